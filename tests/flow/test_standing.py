"""The office paused, and a copy of it: nothing leaves, nobody is asked, until a person says so."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.receive import poll
from alimnaru.flow.standing import MARK, look_after, stand, while_reaching_out, while_sending
from alimnaru.flow.sweep import sweep
from alimnaru.office import standing
from alimnaru.rules.standing import Unsure
from alimnaru.store.ledger import standing as ledger
from alimnaru.store.models import AuditEntry, Batch, Chunk, OfficeState, Recalled
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ours() -> None:
    """The row as the migration writes it: a test that commits has emptied the table."""
    OfficeState.objects.all().delete()
    ledger.adopt(timezone.now())


def become_copy() -> None:
    """As a restore does: the rows were written in another time line."""
    OfficeState.objects.update(timeline=99)


def due(batch: Batch) -> None:
    """A minute has passed, and nobody was asked meanwhile."""
    past = timezone.now() - timedelta(minutes=1)
    Chunk.objects.filter(batch=batch).update(not_before=past)


def test_a_pause_holds_and_a_resume_lets_go(cast: Cast) -> None:
    assert standing.pause(actor=cast.librarian, why="정전") is True
    assert standing.pause(actor=cast.librarian, why="정전") is False
    batch = cast.send(cast.rows(phone(), phone()))
    ring()
    assert (stand().sends, stand().reaches_out) == (False, True)
    assert cast.accepted() == []
    due(batch)
    sweep()
    assert ring() == 0  # it is not rung for in vain either
    assert standing.resume(actor=cast.librarian) == 0
    assert standing.resume(actor=cast.librarian) is None
    sweep()
    ring()
    assert len(cast.accepted()) == 2
    acts = AuditEntry.objects.filter(subject="office").order_by("pk")
    assert [(a.act, a.facts["reason"]) for a in acts] == [
        ("office.pause", "정전"),
        ("office.resume", ""),
    ]


def test_results_are_settled_in_a_pause_of_a_persons(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone()))
    ring()
    standing.pause(actor=cast.librarian, why="")
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]


def test_a_copy_sends_nothing_before_anybody_has_noticed(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone()))
    become_copy()
    ring()
    assert cast.accepted() == []
    # Nor does it ask what became of a doubt: that would delete at the carrier what is the office's.
    group = cast.control("GET", "summary")["groups"]
    Chunk.objects.update(
        state="doubt", token="G1", account=cast.account, doubt_since=timezone.now()
    )
    dispatch(Chunk.objects.get().pk)
    assert Chunk.objects.get().state == "doubt"
    Chunk.objects.update(state="sent", sent_at=timezone.now())
    poll(Chunk.objects.get().pk)
    assert Chunk.objects.get().poll_at is None
    assert cast.control("GET", "summary")["groups"] == group
    assert states(batch)[0][0] == "pending"


@pytest.mark.parametrize(("wrap", "copy"), [(while_sending, 0), (while_reaching_out, 0)])
def test_what_runs_by_the_clock_obeys(cast: Cast, wrap: Any, copy: int) -> None:
    done: list[int] = []
    act = wrap(lambda: done.append(1))
    act()
    assert len(done) == 1
    standing.pause(actor=cast.librarian, why="")
    act()
    assert len(done) == (1 if wrap is while_sending else 2)
    become_copy()
    act()
    assert len(done) == (1 if wrap is while_sending else 2) + copy


def test_a_copy_is_noticed_and_must_be_reconciled(cast: Cast) -> None:
    seen = OfficeState.objects.get().seen_at
    become_copy()
    sweep()
    state = OfficeState.objects.get()
    assert (state.pause, state.known_until) == ("copy", seen)
    with pytest.raises(standing.NotReconciled):
        standing.resume(actor=cast.librarian)
    (found,) = standing.reconcile(actor=cast.librarian) or []
    assert (found["asked"], found["listed"]) == (True, 0)
    assert standing.resume(actor=cast.librarian, why="복구") == 0
    assert stand().sends is True
    look_after(timezone.now())
    assert OfficeState.objects.get().pause == ""


def test_a_copy_beside_the_office_in_one_cluster_sends_nothing(cast: Cast) -> None:
    """`createdb --template`, or a dump read in under another name to try something."""
    cast.send(cast.rows(phone()))
    OfficeState.objects.update(database=F("database") + 1)
    ring()
    assert cast.accepted() == []
    assert (stand().sends, stand().reaches_out) == (False, False)
    # What an older version wrote down does not say in which database: no copy by that.
    OfficeState.objects.update(database=None)
    assert stand().sends
    look_after(timezone.now())
    assert OfficeState.objects.get().database


def test_an_office_is_no_copy_to_reconcile(cast: Cast) -> None:
    assert standing.reconcile(actor=cast.librarian) is None


def test_a_standby_that_is_trusted_goes_on(cast: Cast, settings: Any) -> None:
    OfficeState.objects.update(timeline=0)
    assert stand().sends is False
    settings.TRUST_FAILOVER = True
    assert stand().sends is True
    look_after(timezone.now())
    settings.TRUST_FAILOVER = False
    assert stand().sends is True  # it has written down who it is


def test_older_files_are_noticed_by_the_mark(cast: Cast) -> None:
    mark = settings.HOME / MARK
    settings.HOME.mkdir(exist_ok=True, parents=True)
    try:
        OfficeState.objects.update(seen_at=None)
        look_after(timezone.now())
        written = json.loads(mark.read_text())
        mark.write_text(json.dumps(written | {"flushed": written["flushed"] + 2**40}))
        look_after(timezone.now())
        assert OfficeState.objects.get().pause == "copy"
    finally:
        mark.unlink()


def recalled(message: int, token: str, cast: Cast) -> None:
    Recalled.objects.create(
        message_id=message, attempt_no=1, account=cast.account, token=token, at=timezone.now()
    )


@pytest.mark.parametrize("kept", [0, 3])
def test_what_a_carrier_has_goes_no_second_time(cast: Cast, kept: int) -> None:
    """A chunk that went after the copy was made, whole or in part (it was packed otherwise)."""
    batch = cast.send(cast.rows(*[phone() for _ in range(5)]))
    ring()
    first = cast.accepted()
    # Back to the moment before: as the copy has it.
    chunk = Chunk.objects.get()
    token, ids = chunk.token, chunk.sent_ids or []
    ours = ids[: len(ids) - kept]
    Chunk.objects.update(
        state="ready", token="", account=None, sent_ids=None, carrier_refs=None, sent_at=None
    )
    for message in ours:
        recalled(message, token, cast)
    due(batch)
    sweep()
    ring()
    again = cast.accepted()[len(first) :]
    assert sorted(ref for ref, _ in again) == sorted(f"{m}-1" for m in ids if m not in ours)
    assert not Recalled.objects.exists()
    bring_results(batch)
    assert {s for s, _, _ in states(batch)} == {"delivered"}
    check_books(batch)


def test_what_nobody_can_tell_is_a_persons_to_say(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone(), phone()))
    become_copy()
    sweep()
    standing.reconcile(actor=cast.librarian)
    OfficeState.objects.update(found=[{"asked": False, "recalled": 0, "strange": 0}])
    with pytest.raises(standing.MustChoose) as refused:
        standing.resume(actor=cast.librarian)
    assert refused.value.messages == 2
    assert standing.resume(actor=cast.librarian, unsure=Unsure.UNKNOWN) == 2
    sweep()
    ring()
    assert cast.accepted() == []
    assert {s for s, _, _ in states(batch)} == {"unknown"}
    check_books(batch)


@pytest.mark.parametrize("word", [{"unsure": Unsure.SEND}, {"whole": True}])
def test_a_person_may_know_better(cast: Cast, word: dict[str, Any]) -> None:
    cast.send(cast.rows(phone()))
    become_copy()
    sweep()
    standing.reconcile(actor=cast.librarian)
    OfficeState.objects.update(found=[{"asked": False, "recalled": 0, "strange": 0}])
    assert standing.resume(actor=cast.librarian, **word) == 0
    sweep()
    ring()
    assert len(cast.accepted()) == 1
