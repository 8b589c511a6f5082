"""Dated prices, and what the choice of channels has saved against named baselines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from alimnaru.rules.channel import Channel
from alimnaru.rules.template import split_text
from alimnaru.rules.text import channel_for


@dataclass(frozen=True, slots=True)
class Price:
    """`won` per message on `channel`, VAT as the contract has it, from the day `since` on."""

    channel: Channel
    won: Decimal
    since: date


# 행정안전부 2021: unit prices of the government's integrated messaging. Alimtalk is "at most 5".
DEFAULT_PRICES = (
    Price(Channel.ALIMTALK, Decimal(5), date(2021, 1, 1)),
    Price(Channel.SMS, Decimal("8.063"), date(2021, 1, 1)),
    Price(Channel.LMS, Decimal("26.763"), date(2021, 1, 1)),
    Price(Channel.MMS, Decimal("49.863"), date(2021, 1, 1)),
)


class PriceList:
    """The prices of one contract over time. Raises `ValueError` if two claim the same day."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._latest_first: dict[Channel, list[Price]] = {}
        for price in sorted(prices, key=lambda price: price.since, reverse=True):
            if price.won < 0:
                message = f"{price.channel} has a price below zero from {price.since}"
                raise ValueError(message)
            earlier = self._latest_first.setdefault(price.channel, [])
            if earlier and earlier[-1].since == price.since:
                message = f"{price.channel} has two prices from {price.since}"
                raise ValueError(message)
            earlier.append(price)

    def won(self, channel: Channel, on: date) -> Decimal:
        """Won per message on that day. Raises `ValueError` if no price had begun by then."""
        for price in self._latest_first.get(channel, []):
            if price.since <= on:
                return price.won
        message = f"{channel} has no price on {on}"
        raise ValueError(message)

    def changes(self, channel: Channel) -> set[date]:
        """The days from which a price of the channel holds."""
        return {price.since for price in self._latest_first.get(channel, [])}


@dataclass(frozen=True, slots=True)
class Contract:
    """A price and for whom it holds: at one account (None: at all), and for the department of that
    path and all below it (empty: the whole office)."""

    price: Price
    account: int | None = None
    department: str = ""

    def width(self) -> tuple[int, bool, int]:
        """The narrowest sorts first, of equally narrow ones the latest."""
        return (-len(self.department), self.account is None, -self.price.since.toordinal())


class Contracts:
    """Every price of the office: of departments, of accounts, and the general one."""

    def __init__(self, contracts: Iterable[Contract]) -> None:
        self._narrowest_first: dict[Channel, list[Contract]] = {}
        for one in sorted(contracts, key=Contract.width):
            self._narrowest_first.setdefault(one.price.channel, []).append(one)

    def at(
        self, channel: Channel, on: date, *, account: int | None = None, department: str = ""
    ) -> Contract | None:
        """What counts on a day for a department (its path) by an account; None: nothing has begun.

        A department's contract goes before an account's price, that of the nearest department
        before one further up, and for each its price at this account before its general one.
        """
        for one in self._narrowest_first.get(channel, []):
            if (
                one.price.since <= on
                and one.account in {None, account}
                and department.startswith(one.department)
            ):
                return one
        return None

    def won(
        self, channel: Channel, on: date, *, account: int | None = None, department: str = ""
    ) -> Decimal:
        """The same as won for a message. Raises `ValueError` where nothing has begun."""
        found = self.at(channel, on, account=account, department=department)
        if found is None:
            message = f"{channel} has no price on {on}"
            raise ValueError(message)
        return found.price.won


class Baseline(StrEnum):
    """Against what something was saved. The same month saves 40 % against one and 80 % against
    another, so no saving stands anywhere without its baseline's name."""

    #: The text message that each wording would have needed (`needed_text`).
    NEEDED = "needed"
    ALL_SMS = "all_sms"
    ALL_LMS = "all_lms"


def needed_text(body: str) -> Channel:
    """The text message that a wording needs at least: LMS where even with all its values left out
    it is too long for an SMS. Never more than what residents would have got, so that no saving is
    overstated."""
    return channel_for("".join(split_text(body)[0]))


@dataclass(frozen=True, slots=True)
class Saving:
    """Won spent, and what the same messages would have cost by each `Baseline`.

    Savings of several days add up with `+`; `Saving()` is none.
    """

    spent: Decimal = Decimal(0)
    all_sms: Decimal = Decimal(0)
    all_lms: Decimal = Decimal(0)
    needed: Decimal = Decimal(0)

    def __add__(self, other: Saving) -> Saving:
        return Saving(
            self.spent + other.spent,
            self.all_sms + other.all_sms,
            self.all_lms + other.all_lms,
            self.needed + other.needed,
        )

    def would(self, baseline: Baseline) -> Decimal:
        """What the same messages would have cost."""
        return {
            Baseline.NEEDED: self.needed,
            Baseline.ALL_SMS: self.all_sms,
            Baseline.ALL_LMS: self.all_lms,
        }[baseline]

    def saved(self, baseline: Baseline) -> Decimal:
        """Against a baseline; below zero: it cost more."""
        return self.would(baseline) - self.spent


def saving(
    charged: Mapping[Channel, int],
    prices: PriceList,
    on: date,
    *,
    messages: int | None = None,
    needs: Channel = Channel.SMS,
) -> Saving:
    """What `charged` attempts of one day cost, beside the baselines.

    Carriers bill what they delivered, on every channel: `charged` counts delivered attempts.
    `messages` counts the messages behind them and is smaller where one was delivered twice (Kakao
    confirmed after the SMS had gone); each message stands once in a baseline. `needs`: the text
    message that their wording needs (`needed_text`). Raises `ValueError` for a day without prices
    and for counts that contradict each other.
    """
    attempts = sum(charged.values())
    if messages is None:
        messages = attempts
    if min(charged.values(), default=0) < 0 or not 0 <= messages <= attempts:
        message = f"{messages} messages cannot have {attempts} delivered attempts"
        raise ValueError(message)
    return Saving(
        spent=sum(
            (count * prices.won(channel, on) for channel, count in charged.items() if count),
            Decimal(0),
        ),
        all_sms=messages * prices.won(Channel.SMS, on),
        all_lms=messages * prices.won(Channel.LMS, on),
        needed=messages * prices.won(needs, on),
    )
