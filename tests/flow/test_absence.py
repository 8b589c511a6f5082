"""Who cannot be reached on Kakao is sent SMS at once, for a time; then Kakao is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alimnaru.flow.sweep import sweep
from alimnaru.rules.absence import ABSENT_FOR
from alimnaru.rules.outcomes import Result
from alimnaru.store import crypto
from alimnaru.store.models import Absence, Batch, Message, Notice
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.moment import Moment
from tests.flow.reports import CARRIER_DOWN, DELIVERED, NOT_A_USER, TIMED_OUT, ids, report
from tests.flow.test_exit import suspend, wish

BY_SMS = ("delivered", "sms", "delivered")
ON_KAKAO = ("delivered", "alimtalk", "delivered")


def send(cast: Cast, *numbers: str) -> Batch:
    batch = cast.send(cast.rows(*numbers))
    bring_results(batch)
    check_books(batch)
    return batch


def kinds(cast: Cast) -> list[str]:
    return [kind for _, kind in cast.accepted()]


def entry(number: str) -> Absence:
    return Absence.objects.get(to_hash=crypto.phone_hash(number))


@pytest.mark.parametrize(
    ("ending", "result"),
    [("0001", Result.NOT_A_USER), ("0003", Result.UNREACHABLE_ON_KAKAO)],
)
def test_who_was_missed_on_kakao_gets_the_next_notice_by_sms_at_once(
    cast: Cast, ending: str, result: Result
) -> None:
    number = phone(ending)
    assert states(send(cast, number)) == [BY_SMS]
    found = entry(number)
    assert (found.code, found.until - found.since) == (result, ABSENT_FOR[result])
    batch = send(cast, number)
    assert states(batch) == [BY_SMS]
    assert kinds(cast) == ["ATA", "SMS", "SMS"]


def test_only_they_do(cast: Cast) -> None:
    missed, other = phone("0001"), phone()
    send(cast, missed, other)
    batch = send(cast, other, missed)
    assert states(batch) == [ON_KAKAO, BY_SMS]
    assert kinds(cast)[3:] == ["ATA", "SMS"]


@pytest.mark.parametrize("code", [CARRIER_DOWN, TIMED_OUT, DELIVERED])
def test_other_results_say_nothing_about_a_phone(cast: Cast, code: str) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    report(cast, (f"{ids(batch)[0]}-1", code))
    assert not Absence.objects.exists()


def test_an_sms_says_nothing_about_kakao(cast: Cast) -> None:
    number = phone("0013")
    wish(number, "sms")
    batch = cast.send(cast.rows(number))
    ring()
    report(cast, (f"{ids(batch)[0]}-2", NOT_A_USER))
    assert not Absence.objects.exists()


def test_when_the_time_is_over_kakao_is_tried_again_and_the_entry_renewed(
    cast: Cast, moment: Moment
) -> None:
    number = phone("0001")
    send(cast, number)
    first = entry(number)
    moment.now = first.until - timedelta(seconds=1)
    send(cast, number)
    moment.now = first.until
    send(cast, number)
    assert kinds(cast) == ["ATA", "SMS", "SMS", "ATA", "SMS"]
    assert entry(number).until == moment.now + ABSENT_FOR[Result.NOT_A_USER]
    send(cast, number)
    assert kinds(cast)[5:] == ["SMS"]


def test_entries_are_forgotten_when_they_are_over(cast: Cast, moment: Moment) -> None:
    old, fresh = phone("0001"), phone("0001")
    send(cast, old)
    until = entry(old).until
    moment.now = until - timedelta(seconds=1)
    send(cast, fresh)
    sweep()
    assert Absence.objects.count() == 2
    moment.now = until
    sweep()
    assert [bytes(a.to_hash) for a in Absence.objects.all()] == [crypto.phone_hash(fresh)]


def test_a_late_repetition_renews_nothing(cast: Cast, moment: Moment) -> None:
    number = phone("0001")
    batch = send(cast, number)
    until = entry(number).until
    moment.passes(days=3)
    report(cast, (f"{ids(batch)[0]}-1", NOT_A_USER))
    assert entry(number).until == until


# ---- what goes before it -------------------------------------------------------------------------


def test_who_chose_kakao_is_asked_there_again(cast: Cast) -> None:
    number = phone("0001")
    send(cast, number)
    wish(number, "kakao")
    assert states(send(cast, number)) == [BY_SMS]
    assert kinds(cast) == ["ATA", "SMS", "ATA", "SMS"]


def test_who_has_kakao_by_now_is_believed(cast: Cast) -> None:
    """They asked for Kakao and got it: when the wish is gone, Kakao is still their way."""
    number = phone()
    miss(cast, number)
    wish(number, "kakao")
    assert states(send(cast, number)) == [ON_KAKAO]
    assert not Absence.objects.exists()


def miss(cast: Cast, number: str) -> None:
    """Put on file that Kakao could not reach a number, which it now can."""
    batch = cast.send(cast.rows(number))
    Message.objects.filter(batch=batch).update(channel="alimtalk")
    report(cast, (f"{ids(batch)[0]}-1", NOT_A_USER))
    assert Absence.objects.count() == 1


def test_no_sms_may_follow_so_kakao_is_tried(cast: Cast) -> None:
    number = phone("0001")
    send(cast, number)
    cast.notice.fallback = ""
    cast.notice.save()
    assert states(send(cast, number)) == [("failed", "alimtalk", "not_a_user")]
    assert kinds(cast) == ["ATA", "SMS", "ATA"]
    assert Absence.objects.count() == 1  # and found missing anew, also where nothing follows


@pytest.mark.parametrize("statutory", [False, True])
def test_a_stop_stays_a_stop(cast: Cast, statutory: bool) -> None:
    if statutory:
        cast.notice.legal_effect = Notice.LegalEffect.NOTICE
        cast.notice.save()
    number = phone("0001")
    send(cast, number)
    wish(number, "stop")
    becomes = BY_SMS if statutory else ("suppressed", "alimtalk", "opted_out")
    assert states(send(cast, number)) == [becomes]
    assert kinds(cast) == ["ATA", "SMS"] + ["SMS"] * statutory


def test_a_suspended_number_stays_suspended(cast: Cast) -> None:
    number = phone("0001")
    send(cast, number)
    suspend(number)
    assert states(send(cast, number)) == [("suppressed", "alimtalk", "number_suspended")]
