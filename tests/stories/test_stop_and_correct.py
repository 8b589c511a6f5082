"""A wrong list is on its way, with real workers and a carrier of its own: it is stopped in mid-run,
and exactly those who got it are told what is right."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from alimnaru.office.batches import cancel_batch, stop_batch
from alimnaru.office.corrections import correct
from alimnaru.office.release import approve
from alimnaru.reads.reach import corrections_of, left_to_correct, reach_of
from alimnaru.store.models import CarrierAccount, Chunk, Message, Stage
from tests.apology import CELLS, apology
from tests.cast import Cast, phone, states
from tests.flow.books import check_books
from tests.staff import hire
from tests.stories.conftest import wait_until

PEOPLE = 400
#: Results are asked for at once: no callback reaches this office.
QUICK = {"POLL_SECONDS": 1, "SWEEP_SECONDS": 1}
#: Messages a second: the list would take twenty seconds.
PACE = 20
#: People in one call.
CALL = 20


@pytest.mark.slow
def test_stopped_in_mid_run_and_corrected(office: Cast, working: Callable[..., Any]) -> None:
    staff, sorry = hire(office), apology(office)
    # Both notices go by one contract that takes only so many a second.
    CarrierAccount.objects.update(per_second=PACE)
    batch = office.send(office.rows(*(phone() for _ in range(PEOPLE))), chunk_size=CALL)
    with working(2, **QUICK):
        wait_until(lambda: reach_of(batch).told >= 30)
        stop_batch(batch, actor=office.librarian)
        # What a worker had in its hand at that moment goes, and nothing else.
        wait_until(lambda: not Chunk.objects.filter(batch=batch, state="claimed").exists())
        gone = len(office.accepted())
        assert gone < PEOPLE
        time.sleep(3 * CALL / PACE)
        assert len(office.accepted()) == gone
        wait_until(lambda: reach_of(batch).under_way == 0)
        found = reach_of(batch)
        assert (found.told, found.waiting) == (gone, PEOPLE - gone)

        CarrierAccount.objects.update(per_second=None)
        correction = correct(batch, actor=office.librarian, notice=sorry, cells=CELLS)
        assert (correction.stage, correction.people) == (Stage.REQUESTED, gone)
        approve(correction, actor=staff.approver, hash=correction.release_hash)
        wait_until(lambda: reach_of(correction).told == gone)
        cancel_batch(batch, actor=office.librarian)

    reached = Message.objects.filter(batch=batch, state="delivered")
    told = Message.objects.filter(batch=correction, state="delivered")
    assert {bytes(m.to_hash) for m in told} == {bytes(m.to_hash) for m in reached}
    assert len(office.accepted()) == 2 * gone
    assert left_to_correct(batch, corrections_of(batch)) == 0
    assert [s for s, _, _ in states(batch)].count("cancelled") == PEOPLE - gone
    for one in (batch, correction):
        check_books(one)
