"""KakaoTalk is out for an hour: who is told meanwhile, in which order, at what price.

Time is compressed: the office's clock is set by hand, the carrier is the sandbox over HTTP, and
every bell is rung as a worker would.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from alimnaru.flow.sweep import sweep
from alimnaru.office.channels import switch_off, switch_on
from alimnaru.rules.channel import Channel
from alimnaru.store.models import Batch, Breaker, Message, Notice, Outage
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books
from tests.flow.moment import Moment
from tests.stories.notices import open_notice, send

KAKAO = Channel.ALIMTALK
ON_KAKAO = ("delivered", "alimtalk", "delivered")
BY_SMS = ("delivered", "sms", "delivered")
WAITS = ("pending", "alimtalk", None)
TOO_LATE = ("expired", "alimtalk", "expired")
#: Eight messages at 8.063 won, and not a ninth.
CEILING = 65

#: Notice → (priority, minutes until it is worthless, people). Sent in this order, which is not
#: the order in which they matter.
LISTS = {
    "campaign": ("P3", 24 * 60, 2),
    "campaign today": ("P3", 40, 2),
    "booking": ("P2", 24 * 60, 3),
    "booking soon": ("P2", 120, 2),
    "appointment": ("P1", 90, 3),
    "gas leak": ("P0", 60, 2),
    "kakao only": ("P1", 24 * 60, 1),
}
#: What the ceiling pays for, in this order: one of the three bookings is the last.
URGENT_BY_SMS = [("gas leak", "SMS")] * 2 + [("appointment", "SMS")] * 3
REST_BY_SMS = [("booking soon", "SMS")] * 2 + [("booking", "SMS")]
BACK_ON_KAKAO = [("booking", "ATA")] * 2 + [("campaign", "ATA")] * 2 + [("kakao only", "ATA")]


@pytest.fixture
def lists(cast: Cast) -> dict[str, Batch]:
    """Not sent yet: `begin` sends them."""
    for code, (priority, ttl, _) in LISTS.items():
        fallback = "" if code == "kakao only" else "sms"
        open_notice(cast, code, priority, ttl_minutes=ttl, fallback=fallback)
    return {}


def begin(cast: Cast, lists: dict[str, Batch]) -> None:
    """Everybody sends while Kakao is out."""
    for code, (_, _, people) in LISTS.items():
        rows = cast.rows(*(phone() for _ in range(people)))
        lists[code] = send(cast, Notice.objects.get(code=code), rows)
    ring()


def time_passes(moment: Moment, minutes: int) -> None:
    """The sweep comes round, bells ring, results come in."""
    moment.passes(minutes=minutes)
    sweep()
    for batch in Batch.objects.all():
        bring_results(batch)
        check_books(batch)


def told(cast: Cast) -> list[tuple[str, str]]:
    """(notice, type) of all acceptances in the carrier's own order."""
    accepted = [(int(ref.partition("-")[0]), kind) for ref, kind in cast.accepted()]
    known = dict(Message.objects.values_list("pk", "batch__notice__code"))
    return [(known[message], kind) for message, kind in accepted]


def nobody_twice(cast: Cast) -> None:
    messages = [ref.partition("-")[0] for ref, _ in cast.accepted()]
    assert len(messages) == len(set(messages))


def test_an_hour_without_kakao_switched_off_by_hand(
    cast: Cast, moment: Moment, lists: dict[str, Batch]
) -> None:
    cast.notice.fallback_wait = 24 * 3600
    cast.notice.save()
    before = cast.send(cast.rows(phone(), phone("0006")))
    ring()  # one will be answered, one never: both are Kakao's already
    outage = switch_off(KAKAO, actor=cast.librarian, ceiling=CEILING)
    begin(cast, lists)
    assert told(cast)[2:] == []  # whoever comes now is held

    time_passes(moment, 1)
    assert told(cast)[2:] == URGENT_BY_SMS + REST_BY_SMS
    outage.refresh_from_db()
    assert outage.spent_won == 8 * Decimal("8.063")

    for _ in range(8):
        time_passes(moment, 5)  # the ceiling is used up: nobody else goes
    assert len(told(cast)) == 10
    assert states(lists["campaign today"]) == [TOO_LATE] * 2

    for _ in range(4):
        time_passes(moment, 5)
    assert switch_on(KAKAO, actor=cast.librarian) == 3
    time_passes(moment, 1)
    assert sorted(told(cast)[10:]) == BACK_ON_KAKAO
    assert states(lists["booking"]) == [BY_SMS, ON_KAKAO, ON_KAKAO]
    assert states(lists["kakao only"]) == [ON_KAKAO]
    assert states(before) == [ON_KAKAO, WAITS]
    nobody_twice(cast)
    spent = outage.spent_won
    outage.refresh_from_db()
    assert outage.spent_won == spent
    assert outage.until is not None


def breaker(cast: Cast, state: str) -> None:
    assert cast.account is not None
    Breaker.objects.update_or_create(
        account=cast.account,
        channel=KAKAO,
        defaults={"state": state, "since": timezone.now(), "probe_chunk": None},
    )


def test_an_hour_without_kakao_seen_by_the_breakers(
    cast: Cast, moment: Moment, lists: dict[str, Batch], settings: Settings
) -> None:
    settings.OUTAGE_CEILING = CEILING
    breaker(cast, "open")
    sweep()
    assert Outage.objects.get().reason == "breaker"
    begin(cast, lists)

    time_passes(moment, 1)  # the urgent ones at once; the others may be spared the SMS
    assert told(cast) == URGENT_BY_SMS
    time_passes(moment, 5)
    assert told(cast)[5:] == REST_BY_SMS

    for _ in range(9):
        time_passes(moment, 5)
    assert len(told(cast)) == 8
    assert states(lists["campaign today"]) == [TOO_LATE] * 2

    Breaker.objects.update(probe_at=moment.now)
    time_passes(moment, 5)
    tried = told(cast)[8:]
    assert tried[0] == ("campaign", "ATA")  # what can wait longest goes first
    breaker(cast, "closed")
    time_passes(moment, 5)
    time_passes(moment, 1)
    assert Outage.objects.get().until is not None
    assert sorted(told(cast)[8:]) == BACK_ON_KAKAO
    nobody_twice(cast)
    assert not Message.objects.filter(state="pending").exists()


def test_a_minute_without_kakao_costs_nothing(cast: Cast, moment: Moment) -> None:
    breaker(cast, "open")
    sweep()
    batch = cast.send(cast.rows(phone(), phone()))
    ring()
    time_passes(moment, 1)
    breaker(cast, "closed")
    time_passes(moment, 1)
    assert states(batch) == [ON_KAKAO] * 2
    assert [kind for _, kind in cast.accepted()] == ["ATA", "ATA"]
    assert Outage.objects.get().spent_won == 0
