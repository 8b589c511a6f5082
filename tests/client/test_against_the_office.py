"""Everything that the client can ask, asked of a real office over real HTTP."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from alimnaru.client import Conflict, NotFound, NotSignedIn, Refused, Row, verify
from alimnaru.flow import hooks
from alimnaru.flow.gather import gather
from alimnaru.rules.webhooks import as_text
from alimnaru.store import crypto
from alimnaru.store.models import Accepted, Batch, Webhook
from tests.cast import Cast, bring_results, phone
from tests.client.driving import Served, driven
from tests.receiver import receiver

NOTICE = "lib.due.soon"
KINDS = ("sync", "async")


def values() -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=2)
    return {"성명": "김나루", "기한": day.isoformat()}


def row(**changed: Any) -> Row:
    return Row(**{"to": phone(), "name": "김나루", "variables": values(), **changed})


def settle(batch: str) -> None:
    """A worker's part: what is due is gathered, sent and settled."""
    bring_results(Batch.objects.get(pk=int(batch)))


@pytest.mark.parametrize("kind", KINDS)
def test_single_messages(cast: Cast, served: Served, kind: str) -> None:
    with driven(kind, served) as office:
        sent = office.messages.send(
            NOTICE, phone(), name="김나루", variables=values(), reference="loan-17"
        )
        assert (sent.status, sent.notice) == ("accepted", NOTICE)
        assert office.messages.get(sent.id).status == "accepted"
        gather(["normal"])
        settle(office.messages.get(sent.id).batch)
        found = office.messages.get(sent.id)
        assert (found.status, found.channel) == ("delivered", "alimtalk")
        assert [attempt.number for attempt in found.attempts] == [1]
        assert [m.id for m in office.messages.list(reference="loan-17")] == [sent.id]
        with pytest.raises(Conflict) as late:
            office.messages.cancel(sent.id)
        assert late.value.code == "not_now"
        booked = office.messages.send(
            NOTICE, phone(), variables=values(), send_at=timezone.now() + timedelta(days=1)
        )
        assert office.messages.cancel(booked.id).status == "cancelled"


@pytest.mark.parametrize("kind", KINDS)
def test_many_at_once(cast: Cast, served: Served, kind: str) -> None:
    rows = [row(reference=f"loan-{n}") for n in range(7)] + [row(to="02-555-0101")]
    with driven(kind, served) as office:
        trial = office.dry_run(NOTICE, rows)
        assert (trial.rows, trial.would_send, trial.would_refuse) == (8, 7, 1)
        assert trial.first.alimtalk.text.startswith("[나루중앙도서관]")
        assert not Batch.objects.exists()
        with pytest.raises(Refused) as whole:
            office.messages.send_many(NOTICE, rows, refuse_all_on_error=True)
        assert whole.value.errors[0].field == "rows.7.to"
        sent = office.messages.send_many(NOTICE, rows)
        assert (sent.accepted, sent.refused) == (7, 1)
        assert [bool(one.id) for one in sent.results] == [True] * 7 + [False]
        settle(sent.batch)
        stand = office.batches.get(sent.batch)
        assert stand.balances
        assert (stand.delivered["alimtalk"], stand.refused, stand.pending) == (7, 1, 0)
        # Three pages.
        messages = list(office.messages.list(batch=sent.batch, state="delivered", page=3))
        assert len({m.id for m in messages}) == 7
        assert [r.row for r in office.batches.refused(sent.batch)] == [8]


def test_a_batch_in_pieces(cast: Cast, served: Served) -> None:
    with driven("sync", served) as office:
        batch = office.batches.open(NOTICE, reference="november")
        assert (batch.stage, batch.rows) == ("draft", 0)
        piece = [row(key=f"A-{n}") for n in range(3)]
        first = office.batches.add(batch.id, piece, idempotency_key="piece-1")
        again = office.batches.add(batch.id, piece, idempotency_key="piece-1")
        assert first == again
        assert office.batches.add(batch.id, [row(key="A-9")]).rows == 4
        closed = office.batches.close(batch.id)
        assert closed.stage == "released"
        settle(batch.id)
        assert office.batches.get(batch.id).delivered["alimtalk"] == 4
        assert [line.id for line in office.batches.list(reference="november")] == [batch.id]
        other = office.batches.open(NOTICE)
        assert office.batches.cancel(other.id).stage == "discarded"


def test_notices_preferences_tallies_and_the_key(cast: Cast, served: Served) -> None:
    with driven("sync", served) as office:
        assert [line.code for line in office.notices.list()] == [NOTICE]
        notice = office.notices.get(NOTICE)
        assert {v.name for v in notice.variables} == {"도서관", "성명", "기한"}
        assert [w.sends for w in office.notices.templates(NOTICE)] == [True]
        assert "김나루" not in office.notices.preview(NOTICE, variables=values()).sms.text
        number = phone()
        office.preferences.set(number, "sms", notice=NOTICE)
        assert office.preferences.get(number).choices == []  # a sandbox key takes nothing away
        assert not office.preferences.end(number, notice=NOTICE).suspended
        sent = office.messages.send_many(NOTICE, [row(), row()])
        settle(sent.batch)
        today = timezone.localdate()
        (line,) = office.tallies(start=today, end=today, by=["day", "outcome"])
        assert (line.day, line.outcome, line.messages) == (today, "delivered", 2)
        assert isinstance(line.day, date)
        me = office.me()
        assert (me.department, me.sandbox) == ("lib", True)
        assert me.calls_a_minute.left < me.calls_a_minute.limit


def test_what_it_raises(cast: Cast, served: Served) -> None:
    with driven("sync", served) as office:
        with pytest.raises(NotFound):
            office.messages.get("1")
        with pytest.raises(Refused) as refused:
            office.messages.send(NOTICE, "02-555-0101", variables=values())
        (fault,) = refused.value.errors
        assert fault.field == "to"
        assert "0101" not in str(refused.value)
    assert not Accepted.objects.exists()
    with driven("sync", Served(served.url, "an_live_wrong")) as office, pytest.raises(NotSignedIn):
        office.me()


def test_the_same_key_from_two_processes_sends_once(cast: Cast, served: Served) -> None:
    to, said = phone(), values()
    ids = set()
    for _ in range(2):
        with driven("sync", served) as office:
            sent = office.messages.send(NOTICE, to, variables=said, idempotency_key="loan-17")
            ids.add(sent.id)
    assert len(ids) == 1
    assert Accepted.objects.count() == 1


def test_a_message_from_the_call_to_the_webhook(cast: Cast, served: Served, settings: Any) -> None:
    settings.HOOK_HOSTS = ["127.0.0.1"]
    secret = b"thirty-two bytes that nobody has"
    with receiver() as other, driven("sync", served) as office:
        Webhook.objects.create(
            department=cast.library,
            made_by=cast.librarian,
            name="대출 시스템",
            url=other.url,
            secret=crypto.seal(secret, purpose=hooks.PURPOSE),
            events=["message.delivered", "message.failed"],
            created_at=timezone.now(),
        )
        sent = office.messages.send(NOTICE, phone(), variables=values(), reference="loan-17")
        many = office.messages.send_many(NOTICE, [row(reference="loan-18")])
        gather(["normal"])
        settle(office.messages.get(sent.id).batch)
        settle(many.batch)
        hooks.tell()
        events = [verify(as_text(secret), call.headers, call.body) for call in other.got]
    told = {event.data["message"]: event.data for event in events}
    assert told.keys() == {sent.id, many.results[0].id}
    assert told[sent.id]["reference"] == "loan-17"
    assert told[sent.id]["sandbox"] is True
    assert all(isinstance(event.timestamp, datetime) for event in events)


def test_the_examples_in_the_documentation(
    cast: Cast, served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALIMNARU_URL", served.url)
    monkeypatch.setenv("ALIMNARU_KEY", served.key)
    page = (Path(__file__).parents[2] / "docs/reference/client.md").read_text()
    names: dict[str, Any] = {}
    # In a thread of its own: a browser's tests may have left a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        for block in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
            thread.submit(exec, compile(block, "client.md", "exec"), names).result()
    said = capsys.readouterr().out.splitlines()
    assert "refused [('to', 'phone_landline')]" in said
    assert "released 0 2" in said
    assert any(line.startswith("2 1 ") for line in said)
