"""Rules find what is due once, send it once, and ask again before it goes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.remind import remind
from alimnaru.store import crypto
from alimnaru.store.models import Batch, Message, Revision, Rule, Stage, Task
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.loans import DUE_FIELDS, Loans, occasions, with_loans
from tests.flow.moment import Moment

MONDAY = date(2026, 11, 30)


@pytest.fixture
def loans(cast: Cast, tmp_path: Path, moment: Moment) -> Loans:
    moment.is_("2026-11-28 09:00")
    return with_loans(cast, f"sqlite:///{tmp_path / 'loans.db'}")


def the_batch(rule: Rule) -> Batch:
    return Batch.objects.get(rule=rule)


def said(batch: Batch) -> list[list[str]]:
    """What each message says now: phone, name, values."""
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    found = Message.objects.filter(batch=batch).order_by("row_no")
    return [key.open(m.pk, bytes(m.payload)) for m in found]


def test_one_message_for_three_books(loans: Loans, moment: Moment) -> None:
    reader, other = phone(), phone()
    rule = loans.rule()
    for number in (1, 2, 3):
        loans.lend(number, reader, MONDAY)
    loans.lend(4, other, MONDAY + timedelta(days=1))
    loans.tend(rule)
    assert occasions(rule) == []
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    batch = the_batch(rule)
    assert [row[-1] for row in said(batch)] == ["3"]
    assert occasions(rule) == [(str(n), "sent", "") for n in (1, 2, 3)]
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]
    check_books(batch)


def test_a_book_that_came_back_is_not_spoken_of(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    for number in (1, 2, 3):
        loans.lend(number, phone("9001"), MONDAY)
    loans.run("UPDATE v_loans SET phone = (SELECT phone FROM v_loans WHERE loan_no = 1)")
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    loans.give_back(1)
    batch = the_batch(rule)
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]
    assert [row[-1] for row in said(batch)] == ["2"]
    assert occasions(rule)[0] == ("1", "dropped", "no_longer_true")
    # What it said before can still be shown.
    revision = Revision.objects.get()
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    assert key.open(revision.message_id, bytes(revision.was))[-1] == "3"

    check_books(batch)


def test_all_came_back(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    loans.give_back(1)
    batch = the_batch(rule)
    ring()
    assert states(batch) == [("suppressed", "alimtalk", "no_longer_true")]
    assert loans.cast.accepted() == []
    check_books(batch)


def test_what_is_found_is_found_once(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    for _ in range(3):
        loans.tend(rule)
        moment.passes(minutes=1)
    # Somebody sets the office's clock back over the moment, and forward again.
    moment.is_("2026-11-28 09:30")
    loans.tend(rule)
    moment.is_("2026-11-28 10:05")
    loans.tend(rule)
    assert Batch.objects.filter(rule=rule).count() == 1
    assert Message.objects.count() == 1


def test_a_clock_that_was_ahead_makes_nobody_miss_it(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 20:00")
    loans.tend(rule)
    assert occasions(rule) == [("1", "dropped", "expired")]
    moment.is_("2026-11-28 09:10")
    loans.tend(rule)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    assert occasions(rule) == [("1", "sent", "")]


def test_a_missed_morning(loans: Loans, moment: Moment) -> None:
    rule = loans.rule(catch_up_minutes=120)
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 11:59")
    loans.tend(rule)
    assert occasions(rule) == [("1", "sent", "")]
    loans.lend(2, phone(), MONDAY + timedelta(days=1))
    moment.is_("2026-11-29 12:01")
    loans.tend(rule)
    assert occasions(rule)[1] == ("2", "dropped", "expired")


def test_a_table_that_is_filled_anew_is_looked_at_again(loans: Loans, moment: Moment) -> None:
    rule = loans.rule(catch_up_minutes=120)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:20")
    loans.tend(rule)
    assert occasions(rule) == [("1", "sent", "")]
    # One that stays empty has nothing to tell.
    loans.run("DELETE FROM v_loans")
    for at in ("11-29 10:00", "11-29 12:01"):
        moment.is_(f"2026-{at}")
        loans.tend(rule)
    rule.refresh_from_db()
    assert (rule.looked_at, rule.error) == (moment.now, "")


def test_overdue(loans: Loans, moment: Moment) -> None:
    fields = {**DUE_FIELDS, "권수": {"days_since": "due_date"}}
    rule = loans.rule("overdue", offsets=[1, 7], fields=fields)
    loans.lend(1, phone(), date(2026, 11, 27))
    loans.lend(2, phone(), date(2026, 11, 21))
    loans.lend(3, phone(), date(2026, 11, 26))
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    assert sorted(row[-1] for row in said(the_batch(rule))) == ["1", "7"]


def test_at_most(loans: Loans, moment: Moment) -> None:
    rule = loans.rule(offsets=[-2, -1, 0], at_most=2, conditions=[])
    loans.lend(1, phone(), MONDAY)
    for day in (28, 29, 30):
        moment.is_(f"2026-11-{day} 10:00")
        loans.tend(rule)
        ring()
    assert occasions(rule) == [("1", "sent", "")] * 2


def test_hold_ready(loans: Loans, moment: Moment) -> None:
    loans.hold(1, phone(), MONDAY, moment.now.replace(tzinfo=None))
    rule = loans.hold_rule()
    loans.tend(rule)
    before = ("1", "rehearsed", "")  # it stood there before
    assert occasions(rule) == [before]
    moment.passes(minutes=2)
    loans.hold(2, phone(), MONDAY, moment.now.replace(tzinfo=None))
    loans.hold(3, phone(), date(2026, 11, 27), moment.now.replace(tzinfo=None))
    for _ in range(3):
        moment.passes(seconds=6)
        loans.tend(rule)
    batch = the_batch(rule)
    bring_results(batch)
    moment.passes(days=1)
    loans.tend(rule)
    assert occasions(rule) == [before, ("2", "sent", ""), ("3", "dropped", "expired")]
    assert states(batch) == [("delivered", "alimtalk", "delivered")]


def test_an_unreachable_source_sends_nothing_unchecked(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    loans.run("ALTER TABLE v_loans RENAME TO gone")
    ring()
    batch = the_batch(rule)
    assert states(batch) == [("pending", "alimtalk", None)]
    rule.refresh_from_db()
    assert rule.error == "no_such_table"
    assert rule.failing_since is not None
    chunk = batch.chunks.get()
    assert (chunk.state, chunk.setbacks) == ("ready", 1)
    loans.run("ALTER TABLE gone RENAME TO v_loans")
    moment.passes(minutes=5)
    dispatch(chunk.pk)
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]
    rule.refresh_from_db()
    assert rule.error == ""


def test_never_back_in_time(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    loans.run("ALTER TABLE v_loans RENAME TO gone")
    moment.is_("2026-12-01 09:00")
    batch = the_batch(rule)
    dispatch(batch.chunks.get().pk)
    assert states(batch) == [("expired", "alimtalk", "expired")]
    check_books(batch)


def test_far_more_than_usual_waits_for_a_person(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    for number in range(50):
        loans.lend(number, phone(), MONDAY, name=f"김나{number}")
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    batch = the_batch(rule)
    assert (batch.stage, batch.risks, batch.approvals_needed) == (Stage.REQUESTED, ["surge"], 1)
    ring()
    assert loans.cast.accepted() == []
    task = Task.objects.get()
    assert (task.kind, task.done_at) == ("rule_surge", None)
    batch.stage = Stage.RETURNED
    batch.save()
    remind()
    task.refresh_from_db()
    assert task.done_at is not None


def test_a_changed_rule_does_not_go(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    loans.lend(1, phone(), MONDAY)
    Rule.objects.filter(pk=rule.pk).update(conditions=[])
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    rule.refresh_from_db()
    assert (occasions(rule), rule.error) == ([], "rule_changed")


def test_rehearsal_shows_and_sends_nothing(loans: Loans, moment: Moment) -> None:
    rule = loans.rule(live=False)
    loans.tend(rule)
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    assert occasions(rule) == [("1", "rehearsed", "")]
    assert not Batch.objects.exists()


def test_rows_that_may_not_go(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    loans.lend(1, "02-555-0101", MONDAY)
    loans.lend(2, phone(), MONDAY, name="3")
    loans.lend(3, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    assert occasions(rule) == [
        ("1", "dropped", "phone_landline"),
        ("2", "dropped", "value_not_a_name"),
        ("3", "sent", ""),
    ]
    batch = the_batch(rule)
    assert (batch.rows, batch.refused) == (2, 1)


def test_a_rule_that_nobody_foresaw_keeps_no_other(loans: Loans, moment: Moment) -> None:
    loans.run(
        "CREATE TABLE v_odd (no VARCHAR(9), loan_no INTEGER, phone VARCHAR(20), name VARCHAR(40),"
        " title VARCHAR(200), due_date DATE, status VARCHAR(10))"
    )
    loans.source.settings["views"]["odd"] = {"table": "v_odd", "key": "no"}
    loans.source.save()
    odd, good = loans.rule("odd", view="odd"), loans.rule()
    loans.lend(1, phone(), MONDAY)
    # PostgreSQL takes no such letter.
    loans.run("INSERT INTO v_odd SELECT 'a' || char(0), * FROM v_loans")
    moment.is_("2026-11-28 10:00")
    remind()
    odd.refresh_from_db()
    assert (odd.error, odd.failing_since is None) == ("internal", False)
    assert occasions(good) == [("1", "sent", "")]
