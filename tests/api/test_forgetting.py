"""What is kept of calls goes when its time is over, and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.sweep import CALLS_KEPT, REFERENCES_KEPT, sweep
from alimnaru.store.models import ApiCall, ApiUse, Reference
from tests.api.asked import row
from tests.api.programs import Program, key_for
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("late", "left"), [(-MINUTE, 1), (MINUTE, 0)])
def test_answers_and_references_are_kept_for_so_long(
    practising: Cast, late: timedelta, left: int
) -> None:
    program = Program(key_for(practising.library)[1])
    body = {"notice": "lib.due.soon", **row(reference="loan-1")}
    assert program.post("messages", body, Idempotency_Key="a").status_code == 202
    now = timezone.now()
    ApiCall.objects.update(at=now - CALLS_KEPT - late)
    Reference.objects.update(at=now - REFERENCES_KEPT - late)
    assert sweep()
    assert (ApiCall.objects.count(), Reference.objects.count()) == (left, left)


def test_windows_that_are_over_are_forgotten(practising: Cast) -> None:
    program = Program(key_for(practising.library)[1])
    program.post("messages", {"notice": "lib.due.soon", **row()})
    sweep()
    assert set(ApiUse.objects.values_list("window", flat=True)) == {"minute", "day"}
    ApiUse.objects.update(starts_at=timezone.now() - timedelta(days=3))
    sweep()
    assert not ApiUse.objects.exists()
