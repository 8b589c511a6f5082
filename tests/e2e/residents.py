"""Invented residents, and the rows that a list of them has for any notice of the catalogue."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from alimnaru.ops.example_words import SURNAMES, SYLLABLES, TITLES
from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import GoodRow
from alimnaru.rules.variables import Kind, Variable, format_value

_people = itertools.count(1)

_PLACES: Final = ("1층 종합자료실", "2층 강의실", "3층 검사실", "별관 체육관", "마당 쉼터")
_STAFF: Final = ("김나루", "박물빛", "이솔숲")

#: What a list holds in a column of each kind, by the row's number and the day.
_CELLS: Final[Mapping[Kind, Callable[[int, date], Cell]]] = {
    Kind.PERSON: lambda at, _: name_of(at),
    Kind.TITLE: lambda at, _: TITLES[at % len(TITLES)],
    Kind.PLACE: lambda at, _: _PLACES[at % len(_PLACES)],
    Kind.STAFF: lambda at, _: _STAFF[at % len(_STAFF)],
    Kind.DEPARTMENT: lambda *_: "도서관과",
    Kind.PHONE: lambda *_: "02-555-0123",
    Kind.INTEGER: lambda at, _: 1 + at % 5,
    # With an hour: some notices take their time of day from the same cell.
    Kind.DATE_LONG: lambda at, day: datetime.combine(day + timedelta(days=1 + at % 3), time(10)),
    Kind.DATE_SHORT: lambda at, day: day + timedelta(days=1 + at % 3),
    Kind.TIME: lambda at, _: time(9 + at % 8, 30),
    Kind.DATETIME: lambda at, day: datetime.combine(day, time(9 + at % 8, 30)),
    Kind.DATE_RANGE: lambda _, day: f"{day:%Y-%m-%d} ~ {day + timedelta(days=30):%Y-%m-%d}",
    Kind.CODE: lambda at, _: f"N{2026_0000 + at}",
    Kind.CODE_TAIL: lambda at, _: f"N{2026_0000 + at}",
    Kind.PLATE_TAIL: lambda at, _: f"12가{3000 + at % 7000}",
    Kind.TEXT: lambda at, _: f"{1 + at % 9}회차 안내",
}


def name_of(at: int) -> str:
    """The name of the at-th invented person."""
    given = SYLLABLES[at * 7 % len(SYLLABLES)] + SYLLABLES[at * 13 % len(SYLLABLES)]
    return SURNAMES[at * 3 % len(SURNAMES)] + given


def phone_of(at: int) -> str:
    """A number that nobody else of this run has and for which the sandbox has no fate in store."""
    return f"010{3000 + at // 9000:04}{1000 + at % 9000:04}"


def rows_of(variables: tuple[Variable, ...], count: int, today: date) -> Iterator[GoodRow]:
    """The rows of a list of `count` new people, from line 2 on."""
    for number in range(2, count + 2):
        at = next(_people)
        raw = {v.name: _cell(v, at, today) for v in variables}
        values = tuple(_text(v, raw[v.source or v.name], today) for v in variables)
        yield GoodRow(number, at.to_bytes(16, "big"), phone_of(at), name_of(at), values)


def table_of(variables: tuple[Variable, ...], count: int, today: date) -> list[list[Cell]]:
    """The same as it stands in a file: titles, then `count` people; a date is text."""
    said = [v for v in variables if v.source is None and v.kind is not Kind.PERSON]
    table: list[list[Cell]] = [
        ["성명", "휴대폰", *(v.columns[0] if v.columns else v.name for v in said)]
    ]
    for _ in range(count):
        at = next(_people)
        cells = (_cell(v, at, today) for v in said)
        typed = (c.date().isoformat() if isinstance(c, datetime) else c for c in cells)
        table.append([name_of(at), phone_of(at), *typed])
    return table


def _cell(variable: Variable, at: int, today: date) -> Cell:
    if variable.values:
        return variable.values[at % len(variable.values)].replace("n", "3")
    if variable.short:
        return list(variable.short)[at % len(variable.short)]
    return _CELLS[variable.kind](at, today) if variable.kind in _CELLS else f"{1 + at % 9}번"


def _text(variable: Variable, cell: Cell, today: date) -> str:
    text = format_value(variable, cell, today=today)
    assert not isinstance(text, Refusal), f"{variable.name}: {text}"
    return text
