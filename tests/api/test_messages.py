"""One message: accepted once, gathered, sent; refusals say which field and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from alimnaru.flow.acceptance import forget_desks
from alimnaru.flow.gather import gather
from alimnaru.store.models import Accepted, Batch, Message, Notice, Reference
from tests.api.programs import Program, key_for
from tests.cast import Cast, bring_results, phone

ASKED = {
    "notice": "lib.due.soon",
    "name": "김나루",
    "variables": {"성명": "김나루", "기한": "2026-12-01"},
}


@pytest.fixture
def program(practising: Cast) -> Program:
    return Program(key_for(practising.library)[1])


def asked(**changed: Any) -> dict[str, Any]:
    return {**ASKED, "to": phone(), **changed}


def test_it_works(practising: Cast, program: Program) -> None:
    answer = program.post("messages", asked(reference="loan-17"))
    assert answer.status_code == 202, answer.content
    said = answer.json()
    assert said["status"] == "accepted"
    gather(["normal"])
    assert not Accepted.objects.exists()
    message = Message.objects.get(pk=int(said["id"]))
    assert Reference.objects.get(pk=message.pk).text == "loan-17"
    bring_results(message.batch)
    message.refresh_from_db()
    assert message.state == "delivered"


def test_the_same_call_again_is_answered_as_before(program: Program) -> None:
    body = asked()
    first = program.post("messages", body, Idempotency_Key="a1")
    again = program.post("messages", body, Idempotency_Key="a1")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again["Idempotent-Replayed"] == "true"
    assert Accepted.objects.count() == 1
    other = program.post("messages", asked(), Idempotency_Key="a1")
    assert other.status_code == 422
    assert other.json()["code"] == "token_reused"


def test_what_could_never_go_is_refused(program: Program) -> None:
    now = timezone.now()
    for ends, at in [(-1, None), (60, 60), (60, 120), (-60, -120)]:
        body = asked(expires_at=(now + timedelta(seconds=ends)).isoformat())
        if at is not None:
            body["send_at"] = (now + timedelta(seconds=at)).isoformat()
        answer = program.post("messages", body)
        assert answer.status_code == 422
        assert [(f["field"], f["code"]) for f in answer.json()["errors"]] == [
            ("expires_at", "over")
        ]
    assert not Accepted.objects.exists()
    body = asked(expires_at=(now + timedelta(minutes=2)).isoformat())
    assert program.post("messages", body).status_code == 202


def test_what_was_answered_stands_when_the_notice_is_out_of_use(
    practising: Cast, program: Program
) -> None:
    body = asked()
    first = program.post("messages", body, Idempotency_Key="a1")
    Notice.objects.filter(pk=practising.notice.pk).update(is_active=False)
    forget_desks()
    again = program.post("messages", body, Idempotency_Key="a1")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert program.post("messages", body, Idempotency_Key="a2").status_code == 409


def test_every_variable_that_is_missing_is_named(program: Program) -> None:
    answer = program.post("messages", asked(variables={}, name=""))
    assert answer.status_code == 422
    faults = [(fault["field"], fault["code"]) for fault in answer.json()["errors"]]
    assert ("variables.기한", "value_empty") in faults


def test_messages_of_a_few_minutes_share_a_batch(program: Program) -> None:
    for _ in range(3):
        program.post("messages", asked())
        gather(["normal"])
    batch = Batch.objects.get()
    assert (batch.rows, Message.objects.filter(batch=batch).count()) == (3, 3)
