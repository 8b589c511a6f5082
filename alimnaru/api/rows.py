"""Rows as programs send them: checked for what is wrong with the call, judged as a list is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alimnaru.api.problems import Refused, fault
from alimnaru.api.schemas import RowIn
from alimnaru.flow import people
from alimnaru.flow.acceptance import Desk
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.wording import sentence

#: Faults that an answer lists; a call with more has one mistake in all of them.
SHOWN = 100
_FIELDS = {"phone": "to", "name": "name", people.KEY: "key"}


def judged(desk: Desk, rows: Sequence[RowIn]) -> list[GoodRow | BadRow]:
    """A row for each, numbered from 1. Raises `Refused` where a variable is none of the notice's:
    that is a mistake in the program, and in no row."""
    unknown = [
        fault(f"rows.{index}.variables.{name}", CallFault.UNKNOWN)
        for index, row in enumerate(rows)
        for name in sorted(row.variables.keys() - desk.names)
    ]
    if unknown:
        raise Refused(ApiProblem.REFUSED, errors=unknown[:SHOWN])
    asked = [people.Person(row.to, row.name, row.variables, row.key) for row in rows]
    return people.judge_all(desk, asked)


def references(rows: Sequence[RowIn]) -> dict[int, str]:
    """What the caller calls them, by number of row."""
    return {number: row.reference for number, row in enumerate(rows, 1) if row.reference}


def fault_of(row: BadRow, prefix: str = "") -> dict[str, Any]:
    """A fault of a row, by the field that the caller filled in."""
    field = field_of(row.column, row.code)
    return {
        "field": prefix + field,
        "code": row.code.value,
        "message": sentence(row.code, column=field),
    }


def field_of(column: str, code: str) -> str:
    """The field of a row that a column of a list is."""
    if code == Refusal.ROW_DUPLICATE:
        return people.KEY
    return _FIELDS.get(column, f"variables.{column}" if column else "variables")


def results(rows: Sequence[RowIn], done: Mapping[int, int | BadRow]) -> list[dict[str, Any]]:
    """For each row by its index: the id of its message, or what is wrong with it."""
    return [_result(index, done[index + 1]) for index in range(len(rows))]


def _result(index: int, done: int | BadRow) -> dict[str, Any]:
    if isinstance(done, BadRow):
        return {"index": index, "id": None, "errors": [fault_of(done)]}
    return {"index": index, "id": str(done), "errors": []}


def all_bad(rows: Sequence[GoodRow | BadRow]) -> Refused:
    """The answer where nothing can be sent, or nothing is to be sent if not all of it can."""
    bad = [row for row in rows if isinstance(row, BadRow)]
    errors = [fault_of(row, f"rows.{row.number - 1}.") for row in bad[:SHOWN]]
    return Refused(ApiProblem.REFUSED, errors=errors)
