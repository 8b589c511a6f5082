"""Whatever is changed behind the office's back is found, and named."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from alimnaru.flow import retention, sealing
from alimnaru.flow.drafts import tidy
from alimnaru.flow.gather import gather
from alimnaru.office.consents import Agreement, record, withdraw
from alimnaru.office.unknowns import decide, ways_out
from alimnaru.reads.verifying import MOST, verify, verify_since
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.seals import Wrong
from alimnaru.rules.unknowns import Choice
from alimnaru.store import audit, signing
from alimnaru.store.ledger import sealing as ledger
from alimnaru.store.ledger import settling
from alimnaru.store.ledger.settling import Verdict
from alimnaru.store.models import (
    AccessEntry,
    Attempt,
    AuditEntry,
    Batch,
    Content,
    Kept,
    Message,
    Notice,
    Outcome,
    Seal,
    ServiceConsent,
)
from tests.cast import Cast, bring_results, phone
from tests.flow.moment import Moment
from tests.flow.test_gather import accept


@pytest.fixture
def batch(cast: Cast) -> Batch:
    """A batch that is through, acts, and a look at somebody's data: all of it sealed."""
    sent: Batch = cast.send(cast.rows(*(phone("0001") for _ in range(3)), phone("0009")))
    bring_results(sent)
    for _ in range(3):
        audit.record(actor=cast.librarian, act="batch.stop", subject="batch:1")
        AccessEntry.objects.create(
            at=timezone.now(),
            member=cast.librarian,
            actor_name="이사서 (lee)",
            via="console",
            act="list",
            subject="batch:1",
        )
    assert sealing.seal() == 4
    assert verify().findings == []
    return sent


def tamper(sql: str, *params: object) -> None:
    """As the database's owner, past all triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, params)
        assert cursor.rowcount > 0
        cursor.execute("SET LOCAL session_replication_role = origin")


def found() -> set[tuple[Wrong, str, int]]:
    return {(one.wrong, one.table, one.id) for one in verify().findings}


def middle(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
    return int(ids[len(ids) // 2])


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("store_auditentry", "subject"),
        ("store_accessentry", "reason"),
        ("store_outcome", "code"),
        ("store_content", "messages"),
    ],
)
def test_a_sealed_row(batch: Batch, table: str, column: str) -> None:
    row = middle(table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [row])
        was = cursor.fetchone()[0]
    changed = 77 if isinstance(was, int) else "other"
    tamper(f"UPDATE {table} SET {column} = %s WHERE id = %s", changed, row)
    assert (Wrong.ROW_ALTERED, table, row) in found()
    tamper(f"UPDATE {table} SET {column} = %s WHERE id = %s", was, row)
    assert found() == set()
    tamper(f"DELETE FROM {table} WHERE id = %s", row)
    told = verify().findings
    assert (Wrong.ROW_REMOVED, table, row) in {(f.wrong, f.table, f.id) for f in told}
    assert next(f for f in told if f.table == table).day == timezone.localdate()


def test_a_row_put_in_between(batch: Batch) -> None:
    row = AuditEntry.objects.order_by("id").first()
    last = AuditEntry.objects.order_by("-id").first()
    assert row
    assert last
    tamper("DELETE FROM store_auditentry WHERE id = %s", row.pk)
    row.act = "batch.go_on"
    row.save(force_insert=True)
    assert found() == {(Wrong.ROW_ALTERED, "store_auditentry", row.pk)}
    tamper("UPDATE store_auditentry SET id = %s WHERE id = %s", -5, row.pk)
    assert (Wrong.ROW_REMOVED, "store_auditentry", row.pk) in found()
    tamper("UPDATE store_auditentry SET id = 0 WHERE id = -5")
    row.pk = last.pk + 10_000_000  # after the last seal: rightly new
    row.save(force_insert=True)
    assert (Wrong.ROW_REMOVED, "store_auditentry", last.pk) not in found()


def test_two_rows_in_each_others_place(batch: Batch) -> None:
    first, second = AuditEntry.objects.order_by("id").values_list("pk", flat=True)[:2]
    for was, to in ((first, -1), (second, first), (-1, second)):
        tamper("UPDATE store_auditentry SET id = %s WHERE id = %s", to, was)
    assert found() == {
        (Wrong.ROW_ALTERED, "store_auditentry", first),
        (Wrong.ROW_ALTERED, "store_auditentry", second),
    }


@pytest.mark.parametrize(
    "change",
    [
        "state = 'failed'",
        "code = 'number_wrong'",
        "channel = 'mms'",
        "attempt_no = 7",
        "done_at = done_at + interval '1 second'",
    ],
)
def test_a_message_that_stands_otherwise(batch: Batch, change: str) -> None:
    message = Message.objects.filter(state="delivered").first()
    assert message
    # With every trigger in force: who changes rows by hand is found all the same.
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE store_message SET {change} WHERE id = %s",
            [message.pk],
        )
    assert found() == {(Wrong.MESSAGE_ALTERED, "store_message", message.pk)}


def test_messages_removed_added_or_given_other_words(batch: Batch) -> None:
    content = (Wrong.CONTENT_ALTERED, "store_batch", batch.pk)
    message = Message.objects.order_by("-id").first()
    assert message
    key = message.pk
    other = bytes(message.payload)[:-1] + bytes([bytes(message.payload)[-1] ^ 1])
    tamper("UPDATE store_message SET payload = %s WHERE id = %s", other, key)
    assert found() == {content}
    tamper("UPDATE store_message SET payload = %s WHERE id = %s", bytes(message.payload), key)
    tamper("DELETE FROM store_message WHERE id = %s", key)
    assert found() == {content, (Wrong.MESSAGE_REMOVED, "store_message", key)}
    message.save(force_insert=True)
    assert found() == set()
    message.pk, message.row_key = key + 1_000_000, bytes(16)
    message.save(force_insert=True)
    assert found() == {content, (Wrong.MESSAGE_UNTOLD, "store_message", message.pk)}


@pytest.mark.parametrize(
    "change",
    [
        'store_templateversion SET template = template || \'{"body": "x"}\'',
        "store_templateversion SET sms = 'x'",
        "store_batch SET member_id = member_id + 1",
        "store_batch SET released_at = released_at - interval '1 day'",
        "store_chunk SET carrier_refs[1] = 'x' WHERE carrier_refs IS NOT NULL",
        "store_chunk SET sent_at = sent_at - interval '1 day'",
        "store_chunk SET account_id = NULL",
        "store_attempt SET code = 'x'",
        "store_attempt SET at = at - interval '1 day'",
    ],
)
def test_what_the_proof_says_beside_the_messages(batch: Batch, change: str) -> None:
    tamper(f"UPDATE {change}")
    assert found() == {(Wrong.COURSE_ALTERED, "store_batch", batch.pk)}


def test_a_try_that_was_removed(batch: Batch) -> None:
    tamper("DELETE FROM store_attempt")
    assert found() == {(Wrong.COURSE_ALTERED, "store_batch", batch.pk)}


def test_what_comes_later_is_no_alteration(batch: Batch) -> None:
    """A late word of the first channel, and an SMS after an unknown outcome."""
    Attempt.objects.update(reached_at=timezone.now())
    unknown = Message.objects.get(state="unknown")
    choice = Choice.SMS if Choice.SMS in ways_out(batch, None).allowed else Choice.SENT
    assert decide(batch, choice, actor=batch.member, messages=[unknown.pk]) == 1
    bring_results(batch)
    assert found() == set()


def test_a_key_that_somebody_has_put_in_its_place(batch: Batch) -> None:
    tamper("UPDATE store_batch SET wrapped_key = %s", bytes(60))
    assert found() == {(Wrong.KEY_LOST, "store_batch", batch.pk)}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE store_serviceconsent SET starts_on = starts_on - 30 WHERE withdrawn_at IS NULL",
        "UPDATE store_serviceconsent SET evidence = 'x' WHERE withdrawn_at IS NULL",
        "DELETE FROM store_serviceconsent WHERE withdrawn_at IS NULL",
        "UPDATE store_serviceconsent SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL",
        "UPDATE store_serviceconsent SET withdrawn_at = now() WHERE withdrawn_at IS NULL",
        "UPDATE store_serviceconsent SET withdrawn_at = withdrawn_at - interval '1 day'",
        (
            "INSERT INTO store_serviceconsent (to_hash, person_hash, sealed, starts_on, how,"
            " evidence, recorded_at, department_id, notice_id, recorded_by_id)"
            " SELECT 'x', 'x', 'x', starts_on, how, evidence, recorded_at, department_id,"
            " notice_id, recorded_by_id FROM store_serviceconsent LIMIT 1"
        ),
    ],
)
def test_agreements_are_as_the_audit_has_them(cast: Cast, change: str) -> None:
    """Who was served without one was not served."""
    Notice.objects.filter(pk=cast.notice.pk).update(legal_effect="service")
    cast.notice.refresh_from_db()
    agreed = [
        Agreement(phone=phone(), name=n, starts_on=timezone.localdate(), evidence="대장 1")
        for n in ("김나루", "박강가")
    ]
    record(cast.notice, agreed, actor=cast.librarian)
    one = ServiceConsent.objects.order_by("pk").first()
    assert one
    withdraw(ServiceConsent.objects.filter(pk=one.pk), actor=cast.librarian)
    sealing.seal()
    assert found() == set()
    tamper(change)
    assert {(wrong, table) for wrong, table, _ in found()} == {
        (Wrong.CONSENT_ALTERED, "store_serviceconsent")
    }


def test_an_agreement_in_an_office_that_recorded_none(cast: Cast) -> None:
    one = ServiceConsent.objects.create(
        to_hash=b"x", person_hash=b"x", sealed=b"x", notice=cast.notice, department=cast.library,
        starts_on=timezone.localdate(), how="desk", evidence="대장 1",
        recorded_by=cast.librarian, recorded_at=timezone.now(),
    )  # fmt: skip
    assert found() == {(Wrong.CONSENT_ALTERED, "store_serviceconsent", one.pk)}


def test_destroyed_by_somebody_who_may_not(batch: Batch) -> None:
    """All that destroying does, by hand: the digest holds, and no certificate says so."""
    tamper("UPDATE store_message SET payload = '\\x00'::bytea || sha256(to_hash || payload)")
    tamper("UPDATE store_batch SET wrapped_key = NULL")
    assert found() == {(Wrong.DESTROYED_UNTOLD, "store_batch", batch.pk)}
    # A round that is under way certifies within the day; this one never would.
    tomorrow = timezone.now() + timedelta(days=1)
    Kept.objects.create(
        pk=batch.pk, retention="RA", key_gone_at=tomorrow,
        through_at=tomorrow, text_until=tomorrow, hash_until=tomorrow,
    )  # fmt: skip
    assert found() == {(Wrong.DESTROYED_UNTOLD, "store_batch", batch.pk)}


def test_destroyed_data_leave_their_hash(batch: Batch, moment: Moment) -> None:
    moment.passes(days=2)
    retention.retain()
    moment.passes(days=91)
    retention.retain()
    batch.refresh_from_db()
    assert batch.wrapped_key is None
    assert found() == set()
    moment.passes(days=300)
    retention.retain()
    assert found() == set()
    tamper("UPDATE store_message SET payload = '\\x00'::bytea || sha256('else')")
    assert (Wrong.CONTENT_ALTERED, "store_batch", batch.pk) in found()


def test_a_late_receipt_follows_its_seal(batch: Batch) -> None:
    unknown = Message.objects.get(state="unknown")
    verdict = Verdict(unknown.pk, unknown.attempt_no, "delivered")
    assert settling.settle(MessageState.DELIVERED, [verdict], timezone.now())
    assert found() == set()
    assert sealing.seal() == 1
    assert found() == set()


def test_a_seal_itself(batch: Batch) -> None:
    first, second, third, last = Seal.objects.order_by("number")
    paper = [(last.number, bytes(last.chain))]
    tamper("UPDATE store_seal SET digest = %s WHERE number = 2", bytes(32))
    assert (Wrong.SEAL_ALTERED, "store_seal", 2) in found()
    tamper("UPDATE store_seal SET digest = %s WHERE number = 2", bytes(second.digest))
    tamper("UPDATE store_seal SET signature = %s WHERE number = 3", bytes(first.signature))
    assert found() == {(Wrong.SEAL_UNSIGNED, "store_seal", 3)}
    tamper("UPDATE store_seal SET signature = %s WHERE number = 3", bytes(third.signature))
    tamper("DELETE FROM store_seal WHERE number = 2")
    assert (Wrong.SEAL_MISSING, "store_seal", 2) in found()
    second.save(force_insert=True)
    tamper("DELETE FROM store_seal WHERE number = 4")
    # Only what was published tells that the end was cut off.
    assert found() == set()
    told = verify(published=paper).findings
    assert [(one.wrong, one.id) for one in told] == [(Wrong.SEALS_CUT, 4)]


_ENTRY = "actor_id, actor_name, act, subject, address, via, facts, at FROM store_auditentry LIMIT 1"
_INTO = (
    "INSERT INTO store_auditentry (id, actor_id, actor_name, act, subject, address, via, facts, at)"
)


def test_what_no_program_writes(batch: Batch) -> None:
    """Each is found, and none keeps the rest from being looked at."""
    first = AuditEntry.objects.order_by("pk").values_list("pk", flat=True)[0]
    for change, wrong, row in (
        # By these a seal would hide from whoever asks for a day or a table.
        ("UPDATE store_seal SET day = day - 1", Wrong.SEAL_ALTERED, 1),
        ("UPDATE store_seal SET kind = 'x'", Wrong.SEAL_ALTERED, 1),
        ("UPDATE store_seal SET made_at = 'infinity'", Wrong.SEAL_ALTERED, 2),
        ("UPDATE store_seal SET number = 9e18 WHERE number = 4", Wrong.SEAL_MISSING, 4),
        # Below the first number of a sequence.
        (f"{_INTO} SELECT -7, {_ENTRY}", Wrong.ROW_INSERTED, -7),
        (f"{_INTO} SELECT -(2^63), {_ENTRY}", Wrong.ROW_INSERTED, -(2**63)),
        # Moments that Python cannot hold.
        (
            f"UPDATE store_auditentry SET at = 'infinity' WHERE id = {first}",
            Wrong.ROW_ALTERED, first,
        ),
        ("UPDATE store_chunk SET sent_at = '-infinity'", Wrong.COURSE_ALTERED, batch.pk),
        ("UPDATE store_content SET at = 'infinity', digest = 'x'", Wrong.UNREADABLE, 0),
    ):  # fmt: skip
        with transaction.atomic():
            tamper(change)
            told = {(one.wrong, one.id) for one in verify().findings}
            assert (wrong, row) in told, change
            assert len(told) <= MOST + 8
            transaction.set_rollback(True)
    assert found() == set()


def test_what_is_put_where_the_law_lets_rows_go(batch: Batch, moment: Moment) -> None:
    """Entries of the access log are deleted after two years; others are not put in their place."""
    row = AccessEntry.objects.order_by("pk").first()
    assert row
    moment.passes(days=740)
    tamper("DELETE FROM store_accessentry")
    assert found() == set()
    row.reason = "other"
    row.save(force_insert=True)
    assert found() == {(Wrong.ROW_ALTERED, "store_accessentry", row.pk)}


def test_a_batch_that_others_still_join_is_not_through(cast: Cast, moment: Moment) -> None:
    """The first single messages have their results; an hour's seal comes; others follow."""
    accept(cast, phone())
    gather(["normal"])
    bring_results(Batch.objects.get())
    sealing.seal()
    accept(cast, phone())
    gather(["normal"])
    joined = Batch.objects.get()
    bring_results(joined)
    assert joined.rows == 2
    assert found() == set()
    assert not Content.objects.exists()
    moment.passes(days=1)
    sealing.seal()
    assert Content.objects.get().messages == 2
    assert found() == set()


def test_a_batch_whose_wording_was_removed_stops_no_seal(cast: Cast) -> None:
    bring_results(cast.send(cast.rows(phone())))
    with transaction.atomic():
        tamper("DELETE FROM store_templateversion")
        assert sealing.seal()
        assert not Content.objects.exists()
        transaction.set_rollback(True)


def test_what_was_planned_long_before_is_sealed_too(cast: Cast) -> None:
    sent = cast.send(cast.rows(phone()))
    bring_results(sent)
    Batch.objects.update(created_at=timezone.now() - timedelta(days=60))
    sealing.seal()
    assert Content.objects.get().batch_id == sent.pk


def test_what_came_since_a_seal(cast: Cast, batch: Batch) -> None:
    """A night looks at what is new, and at all of that."""
    before = Seal.objects.count()
    new = cast.send(cast.rows(phone(), phone()))
    bring_results(new)
    audit.record(actor=cast.librarian, act="batch.stop", subject="batch:2")
    sealing.seal()
    clean = verify_since(before)
    assert (clean.findings, clean.seals, clean.batches, clean.messages) == ([], 3, 1, 2)
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    for change, wrong in (
        (f"UPDATE store_message SET code = 'x' WHERE batch_id = {new.pk}", Wrong.MESSAGE_ALTERED),
        (f"DELETE FROM store_message WHERE batch_id = {new.pk}", Wrong.CONTENT_ALTERED),
        (f"UPDATE store_chunk SET token = 'x' WHERE batch_id = {new.pk}", Wrong.COURSE_ALTERED),
        (f"UPDATE store_batch SET wrapped_key = 'x' WHERE id = {new.pk}", Wrong.KEY_LOST),
        (f"UPDATE store_auditentry SET act = 'x' WHERE id = {last}", Wrong.ROW_ALTERED),
        (f"UPDATE store_seal SET previous = chain WHERE number = {before + 1}", Wrong.SEAL_CHAIN),
        (f"DELETE FROM store_seal WHERE number = {before + 1}", Wrong.SEAL_MISSING),
        # Nothing to start from: everything is looked at.
        (f"DELETE FROM store_seal WHERE number = {before}", Wrong.SEAL_MISSING),
    ):
        with transaction.atomic():
            tamper(change)
            assert wrong in {one.wrong for one in verify_since(before).findings}, change
            transaction.set_rollback(True)
    tamper(f"UPDATE store_message SET code = 'x' WHERE batch_id = {batch.pk}")
    assert verify_since(before).findings == []
    assert verify().wrong == batch.rows


def test_another_key_is_not_the_offices(batch: Batch) -> None:
    assert verify(public_key=signing.public_key()).findings == []
    assert {one.wrong for one in verify(public_key=bytes(32)).findings} == {Wrong.SEAL_UNSIGNED}


def test_the_tables_take_insert_only(batch: Batch) -> None:
    for model in (Outcome, Content, Seal):
        with pytest.raises(DatabaseError, match="takes INSERT only"), transaction.atomic():
            model.objects.all().delete()


def test_a_seal_is_made_when_it_is_time(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not sealing.tend()
    audit.record(actor=Batch.objects.get().member, act="batch.stop", subject="batch:1")
    later = timezone.now() + timedelta(hours=25)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert sealing.tend()
    lines = sealing.seals_file().read_text().splitlines()
    assert lines[-1].split()[1:] == ["5", bytes(Seal.objects.get(pk=5).chain).hex()]
    tidy(later)
    assert found() == set()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_breaks_no_seal(open_cast: Cast) -> None:
    """Its number was drawn before one that is visible already: nothing is sealed above it."""
    row = "INSERT INTO store_outcome (state, code, channel, attempt_no, ids)"
    values = "VALUES ('failed', 'x', 'sms', 1, '{}') RETURNING id"
    slow = psycopg.connect(_conninfo())
    quick = psycopg.connect(_conninfo(), autocommit=True)
    low = _one(slow, f"{row} {values}")
    high = _one(quick, f"{row} {values}")
    assert low < high
    assert ledger.finished_up_to(sealing.Kind.OUTCOME, 0.2) is None
    slow.commit()
    assert ledger.finished_up_to(sealing.Kind.OUTCOME, 5) == high
    sealing.seal()
    assert Seal.objects.get(kind="outcome").ids == [low, high]
    slow.close()
    quick.close()


def _one(link: psycopg.Connection, sql: str) -> int:
    found = link.execute(sql.encode()).fetchone()
    assert found
    return int(found[0])


def _conninfo() -> str:
    given = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    parts = {ours: given[theirs] for ours, theirs in names.items() if given[theirs]}
    return make_conninfo(**parts, **({"port": given["PORT"]} if given["PORT"] else {}))
