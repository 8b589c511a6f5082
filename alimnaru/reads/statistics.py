"""What ended over some days, by day, month, department and notice; what it cost and saved.

From tallies alone, in one grouped statement: a year of the whole office is some 100,000 rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.periods import Period
from alimnaru.rules.tariff import Saving
from alimnaru.rules.template import split_text
from alimnaru.rules.text import channel_for
from alimnaru.store.models import Department, Notice, TemplateVersion
from alimnaru.store.scoping import Scope

#: A result may still come so long after a message went (`settings.SILENCE_HOURS` as it is built).
OPEN_DAYS = 3
#: A longer period is shown by month only.
MOST_DAYS = 92

_TEXTS = (Channel.SMS, Channel.LMS, Channel.MMS)
_S = MessageState


@dataclass(slots=True)
class Sums:
    """Messages that ended and the won for them, one line of a table.

    `delivered` and `won` are by channel, `ends` by every other outcome. `money` holds what was
    spent and what the delivered messages would have cost as SMS and as LMS; `as_text` what the
    Alimtalk's own text would have cost as the SMS or LMS that it needs.
    """

    delivered: dict[str, int] = field(default_factory=dict)
    won: dict[str, Decimal] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    money: Saving = field(default_factory=Saving)
    as_text: Decimal = Decimal(0)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            _merged(self.delivered, other.delivered),
            _merged(self.won, other.won),
            _merged(self.ends, other.ends),
            self.money + other.money,
            self.as_text + other.as_text,
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
    def saved(self) -> Decimal:
        """Against sending the same texts as text messages; below zero: it cost more."""
        return self.as_text - self.money.spent

    @property
    def is_empty(self) -> bool:
        return not (self.total or self.spent)


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {k: one.get(k, 0) + other.get(k, 0) for k in one.keys() | other.keys()}


@dataclass(frozen=True, slots=True)
class Statistics:
    """A period. `by_day` is empty for one longer than `MOST_DAYS`; days and months without
    anything are there too; departments are in the tree's order, notices by what they delivered."""

    period: Period
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
    daily: bool = True,
) -> Statistics:
    """What ended in the scope's departments (in `department` and below it), of one notice or all.

    Four queries. Nothing outside the scope is counted, whatever department or notice is given.
    `daily`: a longer period than `MOST_DAYS` has no days even so.
    """
    departments = {d.pk: d for d in scope.departments().order_by("path")}
    wanted = [
        pk for pk, d in departments.items() if not department or d.path.startswith(department.path)
    ]
    daily = daily and period.length <= MOST_DAYS
    groups = _grouped(wanted, period, notice)
    notices = Notice.objects.in_bulk(groups["notice"])
    by_month = [(month, groups["month"].get(month, Sums())) for month in period.months()]
    days = period.days() if daily else ()
    return Statistics(
        period=period,
        total=sum((sums for _, sums in by_month), Sums()),
        by_day=[(day, groups["day"].get(day, Sums())) for day in days],
        by_month=by_month,
        by_department=[
            (departments[pk], groups["department"][pk])
            for pk in wanted
            if pk in groups["department"]
        ],
        by_notice=sorted(
            ((notices[pk], sums) for pk, sums in groups["notice"].items()),
            key=lambda line: (-line[1].reached, line[0].code),
        ),
    )


def is_provisional(day: date, today: date) -> bool:
    """Whether results of messages that went then may still change the figures of a day."""
    return day > today - timedelta(days=OPEN_DAYS)


#: `grouping()` has a bit for each column that a row is not grouped by.
_KINDS = {0b0111: "day", 0b1011: "month", 0b1101: "department", 0b1110: "notice"}

# Plan: bitmap scan of tally_by_department, hash join with the prices of each day, all groups hashed
# in one pass. A day before every tariff has no baseline and so saves nothing.
_SQL = """
    WITH counted AS MATERIALIZED (
        SELECT day, date_trunc('month', day)::date AS month, department_id, notice_id, channel,
               outcome, messages, won,
               CASE WHEN outcome = 'delivered' THEN messages ELSE 0 END AS told
        FROM store_tally
        WHERE department_id = ANY(%s) AND day BETWEEN %s AND %s
          AND (%s::bigint IS NULL OR notice_id = %s)
    ), price AS MATERIALIZED (
        SELECT day,
               (SELECT won FROM store_tariff t WHERE t.channel = 'sms' AND t.account_id IS NULL
                AND t.since <= d.day ORDER BY t.since DESC LIMIT 1) AS sms,
               (SELECT won FROM store_tariff t WHERE t.channel = 'lms' AND t.account_id IS NULL
                AND t.since <= d.day ORDER BY t.since DESC LIMIT 1) AS lms
        FROM (SELECT DISTINCT day FROM counted) AS d
    )
    SELECT grouping(c.day, month, department_id, notice_id),
           coalesce(c.day, month), coalesce(department_id, notice_id), channel, outcome,
           sum(messages), sum(won), sum(coalesce(told * sms, won)), sum(coalesce(told * lms, won)),
           sum(coalesce(told * CASE WHEN notice_id = ANY(%s) THEN lms ELSE sms END, won))
    FROM counted AS c JOIN price USING (day)
    GROUP BY GROUPING SETS (
        (c.day, channel, outcome), (month, channel, outcome),
        (department_id, channel, outcome), (notice_id, channel, outcome)
    )
"""


def _grouped(
    departments: Sequence[int], period: Period, notice: int | None
) -> dict[str, dict[Any, Sums]]:
    """Sums by day, by month (its first day), by department and by notice (their ids)."""
    groups: dict[str, dict[Any, Sums]] = {name: {} for name in _KINDS.values()}
    params = [
        list(departments), period.start, period.end, notice, notice, _long_notices(),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        for mask, day, number, channel, outcome, messages, *won in cursor.fetchall():
            name = _KINDS[mask]
            key = day if name in {"day", "month"} else number
            _add(groups[name].setdefault(key, Sums()), channel, outcome, messages, won)
    return groups


def _add(sums: Sums, channel: str, outcome: str, messages: int, won: Sequence[Decimal]) -> None:
    """`won`: spent, all by SMS, all by LMS, each text by what it needs."""
    if outcome != _S.DELIVERED:
        sums.ends[outcome] = sums.ends.get(outcome, 0) + messages
        return
    sums.delivered[channel] = messages
    sums.won[channel] = won[0]
    sums.money += Saving(*won[:3])
    sums.as_text += won[3]


def _long_notices() -> list[int]:
    """Notices whose Alimtalk is too long for an SMS even with all its values left out.

    Judged by the newest wording that is no draft: a tally does not say which one went.
    """
    newest = (
        TemplateVersion.objects.exclude(status=TemplateVersion.Status.DRAFT)
        .order_by("notice", "-number")
        .distinct("notice")
        .values_list("notice", "template__body")
    )
    return [n for n, body in newest if channel_for("".join(split_text(body)[0])) is Channel.LMS]
