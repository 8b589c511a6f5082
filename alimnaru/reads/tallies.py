"""What ended, counted by whatever a program wants to tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from alimnaru.reads.statistics import long_notices
from alimnaru.rules.tariff import Baseline
from alimnaru.store.ledger.base import rows
from alimnaru.store.ledger.pricing import general
from alimnaru.store.scoping import Scope


class By(StrEnum):
    """What is told apart."""

    DAY = "day"
    DEPARTMENT = "department"
    #: The code of the budget line; null: none pays.
    PROJECT = "project"
    NOTICE = "notice"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    #: The text message that the wording needs, `sms` or `lms`.
    NEEDS = "needs"


_COLUMNS = {
    By.DAY: "t.day",
    By.DEPARTMENT: "d.code",
    By.PROJECT: "j.code",
    By.NOTICE: "n.code",
    By.CHANNEL: "t.channel",
    By.OUTCOME: "t.outcome",
    By.NEEDS: "w.needs",
}
#: For tallies from before it was noted, by the newest wording.
_NEEDS = """
    coalesce(nullif(t.needs, ''),
             CASE WHEN t.notice_id = ANY(%s::bigint[]) THEN 'lms' ELSE 'sms' END)
"""
#: Of every day. Where nobody knows a price, a message costs in a baseline what it cost.
_PRICED = f"""
    SELECT day::date, sms.won AS sms, lms.won AS lms
    FROM generate_series(%s::date, %s::date, interval '1 day') AS day
    {general("sms", day="day::date")} {general("lms", day="day::date")}
"""  # noqa: S608 - the price's own SQL
_BASELINES = {
    Baseline.NEEDED: "CASE w.needs WHEN 'lms' THEN x.lms ELSE x.sms END",
    Baseline.ALL_SMS: "x.sms",
    Baseline.ALL_LMS: "x.lms",
}


class Line(NamedTuple):
    """A group, by the values of what was told apart, in that order."""

    values: tuple[Any, ...]
    messages: int
    won: Decimal
    #: Won that the delivered ones would have cost.
    baselines: Mapping[Baseline, Decimal]


def tallied(
    scope: Scope, start: date, end: date, by: Sequence[By], *, after: int, limit: int
) -> tuple[Sequence[Line], int | None]:
    """Messages that ended in the scope's departments from `start` to `end`, both included, and the
    won for them beside every baseline, in the order of `by`; after how many the next lines come.

    One grouped pass over tallies, by the index on department and day: a year of the whole office
    is some 100,000 rows. Figures of days that have passed hardly change, so a page is a stretch.
    """
    columns = ", ".join(_COLUMNS[one] for one in by)
    group = f"GROUP BY {columns} ORDER BY {columns}" if by else ""
    sql = f"""
        SELECT {columns + ", " if by else ""} coalesce(sum(t.messages), 0), coalesce(sum(t.won), 0),
               {", ".join(_would(price) for price in _BASELINES.values())}
        FROM store_tally t
        CROSS JOIN LATERAL (SELECT {_NEEDS} AS needs) w
        JOIN ({_PRICED}) x ON x.day = t.day
        JOIN store_department d ON d.id = t.department_id
        JOIN store_notice n ON n.id = t.notice_id
        LEFT JOIN store_project j ON j.id = t.project_id
        WHERE t.day BETWEEN %s AND %s
          AND EXISTS (SELECT FROM unnest(%s::text[]) AS p WHERE starts_with(d.path, p))
        {group} LIMIT %s OFFSET %s
    """  # noqa: S608 - columns of the table above
    params = [long_notices(), start, end, start, end, list(scope.paths), limit + 1, after]
    found = rows(sql, params)
    lines = [_line(row, len(by)) for row in found[:limit]]
    return lines, after + limit if len(found) > limit else None


def _would(price: str) -> str:
    return f"""coalesce(sum(coalesce(t.messages * {price}, t.won))
                        FILTER (WHERE t.outcome = 'delivered'), 0)"""


def _line(row: Sequence[Any], keys: int) -> Line:
    messages, won, *would = row[keys:]
    baselines = dict(zip(_BASELINES, would, strict=True))
    return Line(tuple(row[:keys]), int(messages), won, baselines)
