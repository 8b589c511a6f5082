"""A verification that somebody asked for: one at a time, carried out by a job, and kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alimnaru.flow import sealing
from alimnaru.flow.verifying import carry_out, tend
from alimnaru.office import verifying as office
from alimnaru.reads import seals as reads
from alimnaru.rules.seals import VerifyFault
from alimnaru.store import audit
from alimnaru.store.models import AuditEntry, Seal, Verification
from tests.cast import Cast
from tests.flow.books import jobs
from tests.flow.moment import Moment
from tests.flow.test_sealing import tamper


@pytest.fixture
def sealed(cast: Cast) -> Cast:
    audit.record(actor=cast.librarian, act="batch.stop", subject="batch:1")
    assert sealing.seal() == 1
    return cast


def test_what_was_found_is_kept(sealed: Cast) -> None:
    one = office.ask(actor=sealed.librarian, lines=reads.newest_line())
    with pytest.raises(office.VerifyRefused, match=VerifyFault.RUNNING):
        office.ask(actor=sealed.librarian)
    assert jobs("verify") == [("verify", one.pk)]
    carry_out(one.pk)
    one.refresh_from_db()
    assert (one.state, one.wrong, one.newest, one.seals) == ("done", 0, 1, 1)
    assert AuditEntry.objects.get(act="seal.verified").facts == {"seals": 1, "wrong": 0}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE store_auditentry SET subject = 'batch:2' WHERE act = 'batch.stop'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    line = f"2026-11-02T09:00:00+09:00 9 {'ab' * 32}"
    two = office.ask(actor=sealed.librarian, lines=line)
    carry_out(two.pk)
    two.refresh_from_db()
    assert [f["wrong"] for f in two.findings] == ["seals_cut", "row_altered"]
    carry_out(two.pk)
    assert AuditEntry.objects.filter(act="seal.verified").count() == 2


def test_one_whose_worker_died_does_not_shut_the_door(sealed: Cast) -> None:
    lost = office.ask(actor=sealed.librarian)
    Verification.objects.update(asked_at=timezone.now() - office.LOST - timedelta(minutes=1))
    office.ask(actor=sealed.librarian)
    lost.refresh_from_db()
    assert lost.state == "failed"


def test_lines_that_nobody_can_read(sealed: Cast) -> None:
    with pytest.raises(office.VerifyRefused, match=VerifyFault.LINES_UNREADABLE):
        office.ask(actor=sealed.librarian, lines="봉인 1 지문")
    assert not Verification.objects.exists()


def test_the_chain_as_it_is_shown(sealed: Cast) -> None:
    audit.record(actor=sealed.librarian, act="batch.stop", subject="batch:1")
    sealing.seal()
    newer, older = reads.lines(list(reads.seals()))
    assert (newer.rows, newer.holds, newer.follows) == (1, True, True)
    assert (older.holds, older.follows) == (True, True)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE store_seal SET chain = sha256('x') WHERE number = 1")
        cursor.execute("SET LOCAL session_replication_role = origin")
    newer, older = reads.lines(list(reads.seals()))
    assert (newer.holds, newer.follows, older.holds) == (True, False, False)
    assert not reads.standing(timezone.now()).late
    AuditEntry(
        actor=sealed.librarian, actor_name="x", act="batch.stop", subject="batch:1",
        at=timezone.now() - reads.LATE - timedelta(minutes=1),
    ).save(force_insert=True)  # fmt: skip
    assert reads.standing(timezone.now()).late
    assert Seal.objects.count() == 2


def test_every_night_by_itself(moment: Moment, sealed: Cast) -> None:
    moment.is_("2027-03-02 03:59")
    assert not tend()
    moment.passes(minutes=1)
    assert tend()
    assert not tend()
    first = Verification.objects.get()
    assert (first.since, jobs("verify")) == (None, [("verify", first.pk)])
    carry_out(first.pk)
    audit.record(actor=sealed.librarian, act="batch.stop", subject="batch:1")
    sealing.seal()
    tamper(
        "UPDATE store_auditentry SET act = 'x' WHERE id = (SELECT max(id) FROM store_auditentry)"
    )
    moment.passes(days=1)
    assert tend()
    second = Verification.objects.latest("pk")
    carry_out(second.pk)
    second.refresh_from_db()
    assert (str(second.since), second.seals, second.wrong) == ("2027-03-02", 1, 1)
    # A quiet night takes nothing back; everything computed again, and found in order, does.
    moment.passes(days=1)
    tend()
    carry_out(Verification.objects.latest("pk").pk)
    assert reads.verified().wrong == second
    assert reads.verified().troubled
    Verification.objects.create(
        asked_by=sealed.librarian, asked_at=timezone.now(), ended_at=timezone.now(), state="done"
    )
    assert not reads.verified().troubled


def test_a_night_that_could_not_be_done(moment: Moment, sealed: Cast) -> None:
    moment.is_("2027-03-02 05:00")
    tend()
    moment.passes(days=1)
    assert tend()
    lost = Verification.objects.earliest("pk")
    assert lost.state == "failed"
    found = reads.verified()
    assert (found.night, found.failed, found.is_late(timezone.now())) == (lost, True, False)
    moment.passes(days=2)
    assert reads.verified().is_late(timezone.now())
