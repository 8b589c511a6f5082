"""What ended, counted by whatever a program wants to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from alimnaru.store.ledger.base import rows
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


_COLUMNS = {
    By.DAY: "t.day",
    By.DEPARTMENT: "d.code",
    By.PROJECT: "j.code",
    By.NOTICE: "n.code",
    By.CHANNEL: "t.channel",
    By.OUTCOME: "t.outcome",
}


class Line(NamedTuple):
    """A group, by the values of what was told apart, in that order."""

    values: tuple[Any, ...]
    messages: int
    won: Decimal


def tallied(
    scope: Scope, start: date, end: date, by: Sequence[By], *, after: int, limit: int
) -> tuple[Sequence[Line], int | None]:
    """Messages that ended in the scope's departments from `start` to `end`, both included, and the
    won for them, in the order of `by`; after how many the next lines come.

    One grouped pass over tallies, by the index on department and day: a year of the whole office
    is some 100,000 rows. Figures of days that have passed hardly change, so a page is a stretch.
    """
    columns = ", ".join(_COLUMNS[one] for one in by)
    group = f"GROUP BY {columns} ORDER BY {columns}" if by else ""
    sql = f"""
        SELECT {columns + ", " if by else ""} coalesce(sum(t.messages), 0), coalesce(sum(t.won), 0)
        FROM store_tally t
        JOIN store_department d ON d.id = t.department_id
        JOIN store_notice n ON n.id = t.notice_id
        LEFT JOIN store_project j ON j.id = t.project_id
        WHERE t.day BETWEEN %s AND %s
          AND EXISTS (SELECT FROM unnest(%s::text[]) AS p WHERE starts_with(d.path, p))
        {group} LIMIT %s OFFSET %s
    """  # noqa: S608 - columns of the table above
    found = rows(sql, [start, end, list(scope.paths), limit + 1, after])
    lines = [Line(tuple(row[:-2]), int(row[-2]), row[-1]) for row in found[:limit]]
    return lines, after + limit if len(found) > limit else None
