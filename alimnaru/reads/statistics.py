"""What ended over some days, by day, month, department and notice; what it cost and saved.

From tallies alone, in one grouped statement: a year of the whole office is some 100,000 rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from alimnaru.reads.money import price_list
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.periods import Period
from alimnaru.rules.tariff import Baseline, PriceList, Saving, needed_text
from alimnaru.store.models import Department, Notice, TemplateVersion
from alimnaru.store.scoping import Scope

#: A result may still come so long after a message went (`settings.SILENCE_HOURS` as it is built).
OPEN_DAYS = 3

_SMS, _LMS = Channel.SMS, Channel.LMS
_TEXTS = (_SMS, _LMS, Channel.MMS)
_DAY = timedelta(days=1)
_S = MessageState


@dataclass(slots=True)
class Sums:
    """Messages that ended and the won for them, one line of a table.

    `delivered` and `won` are by channel, `ends` by every other outcome. `money` holds what was
    spent and what the delivered messages would have cost by each baseline.
    """

    delivered: dict[str, int] = field(default_factory=dict)
    won: dict[str, Decimal] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    money: Saving = field(default_factory=Saving)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            _merged(self.delivered, other.delivered),
            _merged(self.won, other.won),
            _merged(self.ends, other.ends),
            self.money + other.money,
        )

    @property
    def reached(self) -> int:
        """Delivered on whatever channel."""
        return sum(self.delivered.values())

    @property
    def alimtalk(self) -> int:
        return self.delivered.get(Channel.ALIMTALK, 0)

    @property
    def text(self) -> int:
        """Delivered as a text message of any size."""
        return sum(self.delivered.get(channel, 0) for channel in _TEXTS)

    @property
    def failed(self) -> int:
        return self.ends.get(_S.FAILED, 0)

    @property
    def unknown(self) -> int:
        return self.ends.get(_S.UNKNOWN, 0)

    @property
    def unsent(self) -> int:
        """Ended before they went: suppressed, cancelled, too late."""
        return sum(self.ends.get(s, 0) for s in (_S.SUPPRESSED, _S.CANCELLED, _S.EXPIRED))

    @property
    def tried(self) -> int:
        """Everything that went: what a share of reached messages is a share of."""
        return self.reached + self.failed + self.unknown

    @property
    def total(self) -> int:
        return self.tried + self.unsent

    @property
    def won_alimtalk(self) -> Decimal:
        return self.won.get(Channel.ALIMTALK, Decimal(0))

    @property
    def won_text(self) -> Decimal:
        return sum((self.won.get(channel, Decimal(0)) for channel in _TEXTS), Decimal(0))

    @property
    def spent(self) -> Decimal:
        return self.money.spent

    @property
    def as_text(self) -> Decimal:
        """What the same wordings would have cost as the text message that each needs."""
        return self.money.needed

    @property
    def saved(self) -> Decimal:
        """Against that (`Baseline.NEEDED`); below zero: it cost more."""
        return self.money.saved(Baseline.NEEDED)

    @property
    def is_empty(self) -> bool:
        return not (self.total or self.spent)


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {k: one.get(k, 0) + other.get(k, 0) for k in one.keys() | other.keys()}


@dataclass(frozen=True, slots=True)
class Statistics:
    """A period. `departments` are those that were counted. Days and months without anything are
    there too; departments stand in the tree's order, notices by what they delivered."""

    period: Period
    departments: Sequence[Department]
    total: Sums
    by_day: Sequence[tuple[date, Sums]]
    by_month: Sequence[tuple[date, Sums]]
    by_department: Sequence[tuple[Department, Sums]]
    by_notice: Sequence[tuple[Notice, Sums]]


def statistics(
    scope: Scope,
    period: Period,
    *,
    department: Department | None = None,
    notice: int | None = None,
    by_notice: bool = True,
) -> Statistics:
    """What ended in the scope's departments (in `department` and below it), of one notice or all.

    Five queries, and one more for each change of prices within the period. Nothing outside the
    scope is counted, whatever department or notice is given. Without `by_notice` that table stays
    empty and costs no query.
    """
    departments = {d.pk: d for d in scope.departments().order_by("path")}
    wanted = [
        pk for pk, d in departments.items() if not department or d.path.startswith(department.path)
    ]
    groups = _grouped(wanted, period, notice)
    notices = Notice.objects.in_bulk(groups.notices) if by_notice else {}
    by_day = [(day, groups.days.get(day, Sums())) for day in period.days()]
    by_month: dict[date, Sums] = {}
    for day, sums in by_day:
        month = day.replace(day=1)
        by_month[month] = by_month.get(month, Sums()) + sums
    return Statistics(
        period=period,
        departments=[departments[pk] for pk in wanted],
        total=sum(by_month.values(), Sums()),
        by_day=by_day,
        by_month=list(by_month.items()),
        by_department=[
            (departments[pk], groups.departments[pk]) for pk in wanted if pk in groups.departments
        ],
        by_notice=sorted(
            ((notices[pk], sums) for pk, sums in groups.notices.items() if pk in notices),
            key=lambda line: (-line[1].reached, line[0].code),
        ),
    )


def is_provisional(day: date, today: date) -> bool:
    """Whether results of messages that went then may still change the figures of a day."""
    return day > today - timedelta(days=OPEN_DAYS)


# Plan: index scan by department, the three groups hashed in one pass. Prices are put on the sums
# and not on the rows, and nothing computed is grouped by: the planner takes that for 100,000
# groups and sorts the rows three times (200,000 of a year: 0.3 s against 0.13).
_SQL = """
    SELECT day, department_id, notice_id, channel, outcome, sum(messages), sum(won),
           coalesce(sum(messages) FILTER (
               WHERE needs = 'lms' OR (needs = '' AND notice_id = ANY(%s::bigint[]))), 0)
    FROM store_tally
    WHERE department_id = ANY(%s) AND day BETWEEN %s AND %s
      AND (%s::bigint IS NULL OR notice_id = %s)
    GROUP BY GROUPING SETS (
        (day, channel, outcome), (department_id, channel, outcome), (notice_id, channel, outcome)
    )
"""


@dataclass(slots=True)
class _Groups:
    days: defaultdict[date, Sums] = field(default_factory=lambda: defaultdict(Sums))
    departments: defaultdict[int, Sums] = field(default_factory=lambda: defaultdict(Sums))
    notices: defaultdict[int, Sums] = field(default_factory=lambda: defaultdict(Sums))


def _grouped(departments: Sequence[int], period: Period, notice: int | None) -> _Groups:
    """One statement for each stretch of days with the same prices: nearly always one."""
    groups, prices, long = _Groups(), price_list(), long_notices()
    with connection.cursor() as cursor:
        for part in of_one_price(period, prices):
            params: list[Any] = [long, list(departments), part.start, part.end, notice, notice]
            cursor.execute(_SQL, params)
            sms, lms = (price_on(prices, channel, part.start) for channel in (_SMS, _LMS))
            for day, department, of_notice, *row in cursor.fetchall():
                if day is not None:
                    _add(groups.days[day], row, sms, lms)
                elif department is not None:
                    _add(groups.departments[department], row, sms, lms)
                else:
                    _add(groups.notices[of_notice], row, sms, lms)
    return groups


def of_one_price(period: Period, prices: PriceList) -> Iterator[Period]:
    """The period in stretches of days within which no text message changes its price."""
    changes = prices.changes(_SMS) | prices.changes(_LMS)
    starts = [period.start, *sorted(d for d in changes if period.start < d <= period.end)]
    ends = [*(start - _DAY for start in starts[1:]), period.end]
    return map(Period, starts, ends)


def price_on(prices: PriceList, channel: Channel, on: date) -> Decimal | None:
    """Won for one message on a day; None before the first price."""
    try:
        return prices.won(channel, on)
    except ValueError:
        return None


def _add(sums: Sums, row: Sequence[Any], sms: Decimal | None, lms: Decimal | None) -> None:
    channel, outcome, messages, won, long = row
    if outcome != _S.DELIVERED:
        sums.ends[outcome] = sums.ends.get(outcome, 0) + messages
        return
    sums.delivered[channel] = sums.delivered.get(channel, 0) + messages
    sums.won[channel] = sums.won.get(channel, Decimal(0)) + won
    if sms is None or lms is None:
        # Where nobody knows a baseline, nothing was saved.
        sums.money += Saving(won, won, won, won)
    else:
        sums.money += priced(won, messages, long, sms, lms)


def priced(won: Decimal, messages: int, long: int, sms: Decimal, lms: Decimal) -> Saving:
    """Won for so many messages, `long` of which need an LMS, beside every baseline."""
    needed = (messages - long) * sms + long * lms
    return Saving(won, messages * sms, messages * lms, needed)


def long_notices() -> list[int]:
    """Notices whose wording needs an LMS, for tallies that do not say what theirs needed.

    Judged by the newest wording that is no draft: such a tally does not say which one went.
    """
    newest = (
        TemplateVersion.objects.exclude(status=TemplateVersion.Status.DRAFT)
        .order_by("notice", "-number")
        .distinct("notice")
        .values_list("notice", "template__body")
    )
    return [n for n, body in newest if needed_text(body) is _LMS]
