"""A library's loan system in another database, and what its readers get: once, and true."""

from __future__ import annotations

import os
import signal
import time as clock
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.receive import poll
from alimnaru.flow.remind import look, remind
from alimnaru.flow.rule_plan import plan_of, rule_numbered
from alimnaru.office import rules as office_rules
from alimnaru.ops.cluster import Cluster
from alimnaru.store.models import Batch, Chunk, Message, Rule
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.loans import Loans, occasions, with_loans
from tests.flow.moment import Moment
from tests.flow.racing import at_once
from tests.staff import Staff, hire
from tests.stories.conftest import wait_until

Working = Callable[..., AbstractContextManager[Cluster]]

MONDAY = date(2026, 11, 30)


@pytest.fixture
def loans(office: Cast, mariadb: str) -> Loans:
    """The office beside a loan system of its own; its notice may go at any hour."""
    office.notice.opens = office.notice.closes = time(0)
    office.notice.save()
    return with_loans(office, mariadb)


@pytest.fixture
def staff(loans: Loans) -> Staff:
    return hire(loans.cast)


def texts(loans: Loans, number: str) -> list[str]:
    """What stands on a reader's phone."""
    return [one["text"] for one in loans.cast.control("GET", f"accepted?to={number}&text=1")]


def the_batch(rule: Rule) -> Batch:
    return Batch.objects.get(rule=rule)


def test_three_books_one_message_and_two_when_one_is_back(
    loans: Loans, staff: Staff, moment: Moment
) -> None:
    moment.is_("2026-11-27 15:00")
    rule = loans.rule(live=False, mode=Rule.Mode.OFF)
    reader = phone()
    for number in (1, 2, 3):
        loans.lend(number, reader, MONDAY)
    office_rules.rehearse(rule, actor=staff.writer)
    assert occasions(rule) == [(str(n), "rehearsed", "") for n in (1, 2, 3)]
    shown = rule_numbered(rule.pk)
    pin = office_rules.pin_of(shown)
    office_rules.approve(shown, actor=staff.approver, hash=pin)
    moment.is_("2026-11-28 10:00")
    remind()
    loans.give_back(2)
    bring_results(the_batch(rule))
    assert states(the_batch(rule)) == [("delivered", "alimtalk", "delivered")]
    [text] = texts(loans, reader)
    assert "모두 2권" in text
    assert occasions(rule) == [
        ("1", "sent", ""),
        ("2", "dropped", "no_longer_true"),
        ("3", "sent", ""),
    ]
    check_books(the_batch(rule))


def test_all_back_just_before(loans: Loans, moment: Moment) -> None:
    moment.is_("2026-11-28 09:59")
    rule, reader = loans.rule(), phone()
    loans.lend(1, reader, MONDAY)
    moment.is_("2026-11-28 10:00")
    remind()
    loans.give_back(1)
    ring()
    assert states(the_batch(rule)) == [("suppressed", "alimtalk", "no_longer_true")]
    assert texts(loans, reader) == []


def test_the_day_after(loans: Loans, moment: Moment) -> None:
    moment.is_("2026-11-28 09:59")
    fields = {
        "phone": "phone",
        "name": "name",
        "기한": "due_date",
        "권수": {"days_since": "due_date"},
    }
    rule, reader = loans.rule("overdue", offsets=[1], fields=fields), phone()
    loans.lend(1, reader, date(2026, 11, 27))
    moment.is_("2026-11-28 10:00")
    remind()
    bring_results(the_batch(rule))
    assert "모두 1권" in texts(loans, reader)[0]


def test_by_sms_it_is_asked_again(loans: Loans, moment: Moment) -> None:
    """Kakao could not reach the reader; a book came back before the SMS left."""
    loans.cast.notice.fallback = "sms"
    loans.cast.notice.save()
    version = loans.cast.version
    version.sms = "[나루구] #{권수}권 반납일 #{기한}"
    version.save()
    moment.is_("2026-11-28 09:59")
    rule, reader = loans.rule(), phone("0002")
    for number in (1, 2):
        loans.lend(number, reader, MONDAY)
    moment.is_("2026-11-28 10:00")
    remind()
    ring_until_kakao_failed(rule)
    loans.give_back(1)
    bring_results(the_batch(rule))
    message = Message.objects.get(batch=the_batch(rule))
    assert (message.channel, message.state) == ("sms", "delivered")
    assert texts(loans, reader)[-1].startswith("[나루구] 1권")


def ring_until_kakao_failed(rule: Rule) -> None:
    """Dispatch the Alimtalk, settle its failure, and leave the SMS for later."""
    chunk = Chunk.objects.get(batch=the_batch(rule))
    dispatch(chunk.pk)
    poll(chunk.pk)


def test_two_schedulers_at_one_moment(loans: Loans, moment: Moment) -> None:
    moment.is_("2026-11-28 09:59")
    rule = loans.rule()
    for number in range(30):
        loans.lend(number, phone(), MONDAY, name=f"김나{number}")
    Rule.objects.filter(pk=rule.pk).update(approved_size=30)
    moment.is_("2026-11-28 10:00")
    tend = lambda: loans.tend(rule)  # noqa: E731 - without the lock that would keep one out
    at_once(tend, tend, remind)
    for _ in range(3):
        moment.passes(seconds=3)
        remind()
    assert Message.objects.filter(batch__rule=rule).count() == 30
    assert set(occasions(rule)) == {(str(n), "sent", "") for n in range(30)}


def test_a_clock_that_jumps_about(loans: Loans, moment: Moment) -> None:
    moment.is_("2026-11-27 12:00")
    rule, one, two = loans.rule(), phone(), phone()
    loans.lend(1, one, MONDAY)
    loans.lend(2, two, MONDAY + timedelta(days=1))
    for at in (
        "2026-11-29 10:30",  # two mornings at once: yesterday's is too late, today's goes
        "2026-11-27 23:59",  # back before both
        "2026-11-28 00:01",
        "2026-11-28 10:01",  # now yesterday's is due after all
        "2026-11-28 09:59",
        "2026-11-28 10:02",
        "2026-11-29 10:00",
        "2026-11-29 10:31",
    ):
        moment.is_(at)
        remind()
        ring()
    assert occasions(rule) == [("1", "sent", ""), ("2", "sent", "")]
    assert Message.objects.filter(batch__rule=rule).count() == 2


def test_cut_off_between_finding_and_sending(loans: Loans, moment: Moment) -> None:
    """What was found is committed, and the process dies: the next one sends it."""
    moment.is_("2026-11-28 09:59")
    rule = loans.rule()
    loans.lend(1, phone(), MONDAY)
    moment.is_("2026-11-28 10:00")
    look(plan_of(rule_numbered(rule.pk)), timezone.now())
    assert occasions(rule) == [("1", "due", "")]
    moment.passes(minutes=3)
    remind()
    assert occasions(rule) == [("1", "sent", "")]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_hold_ready_goes_by_itself_whoever_dies(loans: Loans, working: Working) -> None:
    """Two workers, of which one is killed while reserved books arrive."""
    rule = loans.hold_rule(anchor="")
    today = timezone.localdate()
    readers = [phone() for _ in range(12)]
    # What the killed one had in its hands waits for the end of its lease.
    with working(2, HEALTH_PATIENCE=600, LEASE_SECONDS=10) as cluster:
        for number, reader in enumerate(readers[:6]):
            loans.hold(number, reader, today, datetime.now())
        wait_until(lambda: bool(occasions(rule)))
        worker = next(iter(cluster.pids().values()))
        _kill(worker)
        for number, reader in enumerate(readers[6:], 6):
            loans.hold(number, reader, today, datetime.now())
        # A minute on a machine that does nothing else; how long it takes is no matter of tests.
        wait_until(lambda: len(loans.cast.accepted()) >= len(readers), seconds=120)
        clock.sleep(7)  # two more rounds of both: nothing twice
    assert len(loans.cast.accepted()) == len(readers)
    assert [state for _, state, _ in occasions(rule)] == ["sent"] * len(readers)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
