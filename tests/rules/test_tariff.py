from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.channel import Channel
from alimnaru.rules.tariff import (
    DEFAULT_PRICES,
    Baseline,
    Contract,
    Contracts,
    Price,
    PriceList,
    Saving,
    needed_text,
    saving,
)

A_DAY = date(2026, 11, 25)
PRICES = PriceList(DEFAULT_PRICES)


@pytest.mark.parametrize(
    ("channel", "won"),
    [
        (Channel.ALIMTALK, "5"),
        (Channel.SMS, "8.063"),
        (Channel.LMS, "26.763"),
        (Channel.MMS, "49.863"),
    ],
)
def test_default_prices(channel: Channel, won: str) -> None:
    assert PRICES.won(channel, A_DAY) == Decimal(won)


def test_every_channel_has_a_default_price() -> None:
    assert {price.channel for price in DEFAULT_PRICES} == set(Channel)


@pytest.mark.parametrize(
    ("on", "won"),
    [
        (date(2021, 1, 1), "8"),
        (date(2026, 6, 30), "8"),
        (date(2026, 7, 1), "9"),
        (date(2030, 1, 1), "9"),
    ],
)
def test_the_latest_price_that_has_begun(on: date, won: str) -> None:
    prices = PriceList(
        [
            Price(Channel.SMS, Decimal(9), date(2026, 7, 1)),
            Price(Channel.SMS, Decimal(8), date(2021, 1, 1)),
        ]
    )
    assert prices.won(Channel.SMS, on) == Decimal(won)


def test_no_price_yet() -> None:
    with pytest.raises(ValueError, match="sms has no price on 2020-12-31"):
        PRICES.won(Channel.SMS, date(2020, 12, 31))


def test_no_price_at_all() -> None:
    with pytest.raises(ValueError, match="lms has no price"):
        PriceList([]).won(Channel.LMS, A_DAY)


@pytest.mark.parametrize(
    ("prices", "fault"),
    [
        ([Price(Channel.SMS, Decimal(-1), A_DAY)], "below zero"),
        ([Price(Channel.SMS, Decimal(n), A_DAY) for n in (8, 9)], "two prices"),
    ],
)
def test_contradictory_prices(prices: list[Price], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        PriceList(prices)


@pytest.mark.parametrize(
    ("charged", "messages", "spent", "all_sms", "all_lms"),
    [
        ({}, None, "0", "0", "0"),
        ({Channel.ALIMTALK: 1000}, None, "5000", "8063", "26763"),
        ({Channel.ALIMTALK: 920, Channel.SMS: 80}, None, "5245.04", "8063", "26763"),
        ({Channel.ALIMTALK: 9, Channel.LMS: 1}, None, "71.763", "80.63", "267.63"),
        ({Channel.ALIMTALK: 9, Channel.MMS: 1}, None, "94.863", "80.63", "267.63"),
        # One of ten was reached twice: both are billed, the baseline has ten.
        ({Channel.ALIMTALK: 10, Channel.SMS: 1}, 10, "58.063", "80.63", "267.63"),
        ({Channel.SMS: 3, Channel.LMS: 0}, None, "24.189", "24.189", "80.289"),
    ],
)
def test_saving(
    charged: dict[Channel, int], messages: int | None, spent: str, all_sms: str, all_lms: str
) -> None:
    assert saving(charged, PRICES, A_DAY, messages=messages) == Saving(
        Decimal(spent), Decimal(all_sms), Decimal(all_lms), Decimal(all_sms)
    )


def test_each_baseline_has_its_own_saving() -> None:
    money = saving({Channel.ALIMTALK: 10}, PRICES, A_DAY, needs=Channel.LMS)
    assert {base: money.saved(base) for base in Baseline} == {
        Baseline.NEEDED: Decimal("217.63"),
        Baseline.ALL_SMS: Decimal("30.63"),
        Baseline.ALL_LMS: Decimal("217.63"),
    }


@pytest.mark.parametrize(
    ("body", "needed"),
    [("가" * 45, "sms"), ("가" * 46, "lms"), ("가" * 45 + "#{아주 긴 이름의 값}", "sms")],
)
def test_values_do_not_make_a_text_long(body: str, needed: str) -> None:
    assert needed_text(body) == needed


@pytest.mark.parametrize(
    ("charged", "messages"),
    [({Channel.SMS: 2}, 3), ({Channel.SMS: 2}, -1), ({Channel.SMS: -1, Channel.LMS: 2}, None)],
)
def test_contradictory_counts(charged: dict[Channel, int], messages: int | None) -> None:
    with pytest.raises(ValueError, match="messages cannot have"):
        saving(charged, PRICES, A_DAY, messages=messages)


counts = st.fixed_dictionaries({channel: st.integers(0, 10**6) for channel in Channel})


@given(counts, counts)
def test_days_add_up(first: dict[Channel, int], second: dict[Channel, int]) -> None:
    both = {channel: first[channel] + second[channel] for channel in Channel}
    days = [saving(day, PRICES, A_DAY) for day in (first, second)]
    assert sum(days, Saving()) == saving(both, PRICES, A_DAY)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_with_short_fallbacks_alimtalk_never_costs_more_than_sms(alimtalk: int, sms: int) -> None:
    won = saving({Channel.ALIMTALK: alimtalk, Channel.SMS: sms}, PRICES, A_DAY)
    assert won.spent <= won.all_sms <= won.all_lms


def test_the_days_on_which_a_price_changes() -> None:
    early, late = date(2026, 1, 1), date(2026, 7, 1)
    prices = PriceList(
        [
            Price(Channel.SMS, Decimal(8), early),
            Price(Channel.SMS, Decimal(9), late),
            Price(Channel.LMS, Decimal(27), early),
        ]
    )
    assert prices.changes(Channel.SMS) == {early, late}
    assert prices.changes(Channel.LMS) == {early}
    assert prices.changes(Channel.MMS) == set()


# ---- whose price ---------------------------------------------------------------------------------


def priced(won: int, account: int | None = None, department: str = "") -> Contract:
    return Contract(Price(Channel.SMS, Decimal(won), date(2026, 1, 1)), account, department)


ALL = [
    priced(1),
    priced(2, account=7),
    priced(3, department="/gu/"),
    priced(4, account=7, department="/gu/"),
    priced(5, department="/gu/lib/"),
]


@pytest.mark.parametrize(
    ("account", "department", "won"),
    [
        pytest.param(None, "", 1, id="the office's"),
        pytest.param(8, "/other/", 1, id="of others there is nothing narrower"),
        pytest.param(7, "/other/", 2, id="the account's"),
        pytest.param(8, "/gu/health/", 3, id="the contract of the department above"),
        pytest.param(7, "/gu/health/", 4, id="the one at the account"),
        pytest.param(7, "/gu/lib/team/", 5, id="the nearest department before all"),
    ],
)
def test_the_narrowest_price(account: int | None, department: str, won: int) -> None:
    for contracts in (Contracts(ALL), Contracts(reversed(ALL))):
        assert contracts.won(Channel.SMS, A_DAY, account=account, department=department) == won


def test_a_narrow_price_that_has_not_begun() -> None:
    later = Contract(Price(Channel.SMS, Decimal(9), date(2026, 12, 1)), 7, "/gu/lib/")
    contracts = Contracts([*ALL, later])
    assert contracts.won(Channel.SMS, A_DAY, account=7, department="/gu/lib/") == 5
    with pytest.raises(ValueError, match="lms has no price on 2026-11-25"):
        contracts.won(Channel.LMS, A_DAY)
