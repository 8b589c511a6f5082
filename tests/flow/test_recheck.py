"""The source is asked again at the exit: nothing goes that holds no more, and nothing unasked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.exit import decide
from alimnaru.flow.recheck import Checked, must_ask, recheck
from alimnaru.reads.one_message import course_of
from alimnaru.store.ledger import chunks
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import Batch, Message, Rule
from alimnaru.store.scoping import whole_office
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.loans import Loans, occasions, with_loans
from tests.flow.moment import Moment

MONDAY = date(2026, 11, 30)
NOT_TRUE = [("suppressed", "alimtalk", "no_longer_true")]
WAITS = [("pending", "alimtalk", None)]


@pytest.fixture
def loans(cast: Cast, tmp_path: Path, moment: Moment) -> Loans:
    moment.is_("2026-11-28 09:00")
    return with_loans(cast, f"sqlite:///{tmp_path / 'loans.db'}")


def due(loans: Loans, moment: Moment, **fields: object) -> tuple[Rule, Batch]:
    """A rule that has just made its batch of one book."""
    rule = loans.rule(**fields)
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    return rule, Batch.objects.get(rule=rule)


def claimed(batch: Batch) -> Claim:
    now = timezone.now()
    claim = chunks.claim_ready(batch.chunks.get().pk, now, now + timedelta(minutes=1))
    assert claim is not None
    return claim


@pytest.mark.parametrize(
    "happens",
    [
        "UPDATE v_loans SET status = '반납'",
        "DELETE FROM v_loans",
        # Extended: another day is another reminder.
        "UPDATE v_loans SET due_date = '2026-12-07'",
        "UPDATE v_loans SET due_date = NULL",
        # The number is another person's.
        "UPDATE v_loans SET phone = '01087654321'",
        "UPDATE v_loans SET phone = ''",
        # What it would say may not be said.
        "UPDATE v_loans SET name = '3'",
    ],
)
def test_what_holds_no_more_does_not_go(loans: Loans, moment: Moment, happens: str) -> None:
    rule, batch = due(loans, moment)
    loans.run(happens)
    ring()
    assert states(batch) == NOT_TRUE
    assert batch.chunks.get().state == "settled"
    assert loans.cast.accepted() == []
    # A row that may not go is still due; only its message is not sent.
    assert occasions(rule)[0][1] in {"dropped", "sent"}
    check_books(batch)


def test_a_table_that_is_filled_anew_is_no_answer(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    for number in range(1, 7):
        loans.lend(number, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    batch = Batch.objects.get(rule=rule)
    loans.run("CREATE TABLE kept AS SELECT * FROM v_loans")
    loans.run("DELETE FROM v_loans")
    ring()
    assert {state for state, *_ in states(batch)} == {"pending"}
    rule.refresh_from_db()
    assert rule.error == "rule_source_empty"
    loans.run("INSERT INTO v_loans SELECT * FROM kept WHERE loan_no <> 6")
    moment.passes(minutes=5)
    dispatch(batch.chunks.get().pk)
    bring_results(batch)
    assert sorted(state for state, *_ in states(batch)) == ["delivered"] * 5 + ["suppressed"]
    check_books(batch)


def test_what_was_made_under_a_rule_goes_by_no_other(loans: Loans, moment: Moment) -> None:
    """Somebody changes the rule while its messages wait: to what nobody has agreed to yet."""
    rule, batch = due(loans, moment)
    Rule.objects.filter(pk=rule.pk).update(
        fields={**rule.fields, "권수": {"text": "99"}}, mode=Rule.Mode.REHEARSAL, approved_hash=""
    )
    ring()
    assert states(batch) == WAITS
    rule.refresh_from_db()
    assert rule.error == "rule_changed"
    loans.go_live(rule)
    moment.passes(minutes=5)
    dispatch(batch.chunks.get().pk)
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]


def test_a_reminder_is_worthless_once_the_thing_is_over(loans: Loans, moment: Moment) -> None:
    _, batch = due(loans, moment)
    Batch.objects.filter(pk=batch.pk).update(expires_at=moment.now + timedelta(days=9))
    claim = claimed(batch)
    moment.is_("2026-12-01 09:00")
    checked = recheck(claim)
    assert checked is not None
    assert set(checked.gone.values()) == {"no_longer_true"}


def test_the_batch_ends_with_what_it_looks_ahead_to(loans: Loans, moment: Moment) -> None:
    loans.cast.notice.ttl_minutes = 60 * 24 * 9
    loans.cast.notice.save()
    _, batch = due(loans, moment)
    assert timezone.localtime(batch.expires_at) == datetime(
        2026, 12, 1, tzinfo=timezone.get_current_timezone()
    )


def test_nothing_goes_unasked(loans: Loans, moment: Moment) -> None:
    _, batch = due(loans, moment)
    claim = claimed(batch)
    assert must_ask(claim)
    assert decide(claim) is None
    assert states(batch) == WAITS
    assert batch.chunks.get().setbacks == 1


def test_who_was_not_asked_about_waits(loans: Loans, moment: Moment) -> None:
    _, batch = due(loans, moment)
    claim = claimed(batch)
    assert decide(claim, Checked(asked=frozenset({0}))) is None
    assert states(batch) == WAITS


def test_a_list_asks_nobody(loans: Loans) -> None:
    batch = loans.cast.send(loans.cast.rows(phone()))
    assert not must_ask(claimed(batch))


@pytest.mark.parametrize(
    ("cut", "ends"),
    [
        # The carrier had it when the line was cut: it is settled as it was handed over.
        ("cut_after", [("delivered", "alimtalk", "delivered")]),
        # It had nothing: the second hand-over is the first, and asked about.
        ("cut_before", NOT_TRUE),
    ],
)
def test_what_was_handed_over_is_not_asked_about_again(
    loans: Loans, moment: Moment, cut: str, ends: list[tuple[str, str, str]]
) -> None:
    _, batch = due(loans, moment)
    loans.cast.faults(kind=cut, path="send")
    ring()
    held = batch.chunks.get()
    assert (held.state, bool(held.token)) == ("doubt", True)
    loans.give_back(1)
    for _ in range(3):
        moment.passes(minutes=2)
        dispatch(held.pk)
    bring_results(batch)
    assert states(batch) == ends
    check_books(batch)


def test_the_page_of_a_message_knows_what_each_try_said(loans: Loans, moment: Moment) -> None:
    rule = loans.rule()
    reader = phone()
    for number in (1, 2):
        loans.lend(number, reader, MONDAY)
    moment.is_("2026-11-28 10:00")
    loans.tend(rule)
    loans.give_back(2)
    bring_results(Batch.objects.get(rule=rule))
    course = course_of(whole_office(), Message.objects.get().pk)
    assert course is not None
    said = course.texts_at(1)
    assert said is not None
    assert said[-1] == "1"
    before = course.texts_at(0)
    assert before is not None
    assert before[-1] == "2"


Act = Callable[[Loans, Rule], object]


@pytest.mark.parametrize(
    "breaks",
    [
        lambda loans, rule: loans.run("ALTER TABLE v_loans RENAME TO gone"),
        lambda loans, rule: Rule.objects.filter(pk=rule.pk).update(view="nothing"),
        lambda loans, rule: type(loans.source).objects.update(secrets=b"other"),
    ],
)
def test_what_cannot_be_asked_waits_and_says_so(loans: Loans, moment: Moment, breaks: Act) -> None:
    rule, batch = due(loans, moment)
    breaks(loans, rule)
    ring()
    assert states(batch) == WAITS
    rule.refresh_from_db()
    assert rule.error in {"no_such_table", "rule_no_view", "secret"}
    assert rule.failing_since is not None
