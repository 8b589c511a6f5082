"""Several notices of one kind to one resident become one message.

Raw cells are merged and what comes of them is judged and formatted afterwards, as any row is: of
finished texts nobody could tell which date is the earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from alimnaru.rules import dates
from alimnaru.rules.cell import Cell, is_blank, read_text
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.variables import Kind, Variable, format_value

Row = Mapping[str, Cell]


class Merge(StrEnum):
    """How the values of several become one. Blank ones are passed over."""

    FIRST = "first"
    #: '한국사 외 2권': the first that was named, and how many more there are.
    FIRST_AND_MORE = "first_and_more"
    #: How many; who brings a number of its own counts for so many.
    COUNT = "count"
    EARLIEST = "earliest"
    LATEST = "latest"
    MOST = "most"
    SUM = "sum"
    #: Each that differs, in their order.
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class MergeSpec:
    """How one variable merges. `unit` stands behind the number of FIRST_AND_MORE; `room` is how
    long its text may be, so that the title is cut and not the count."""

    how: Merge
    unit: str = ""
    room: int | None = None


class NotMergeable(ValueError):  # noqa: N818
    """These values do not become one: each row must go by itself."""


def specs_from_json(
    given: Mapping[str, object], variables: Iterable[Variable]
) -> dict[str, MergeSpec]:
    """Reads `{"대표도서": {"how": "first_and_more", "unit": "권"}}`.

    Raises ValueError that names the variable at fault.
    """
    rooms = {v.name: v.max_length for v in variables}
    return {name: _spec(name, data, rooms) for name, data in given.items()}


def _spec(name: str, data: object, rooms: Mapping[str, int | None]) -> MergeSpec:
    if name not in rooms:
        message = f"merging: there is no variable {name}"
        raise ValueError(message)
    if not isinstance(data, Mapping) or data.keys() - {"how", "unit"}:
        message = f"merging: {name} needs how, and perhaps a unit"
        raise ValueError(message)
    how, unit = data.get("how"), data.get("unit", "")
    if not isinstance(how, str) or how not in set(Merge) or not isinstance(unit, str):
        message = f"merging: {name} cannot be merged by {how}"
        raise ValueError(message)
    return MergeSpec(Merge(str(how)), unit, rooms[name])


def alike(specs: Mapping[str, MergeSpec], rows: Sequence[Row]) -> list[list[int]]:
    """Which rows may become one: those that agree on all that has no spec. Indexes, in order.

    A book that waits in another library needs a message of its own.
    """
    groups: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(_rest(specs, row), []).append(at)
    return list(groups.values())


def _rest(specs: Mapping[str, MergeSpec], row: Row) -> tuple[tuple[str, str], ...]:
    said = ((name, cell) for name, cell in row.items() if name not in specs)
    return tuple(sorted((name, str(_text(cell))) for name, cell in said if not is_blank(cell)))


def _text(cell: Cell) -> str | Cell:
    # What is no text (a date) is compared as what it is; what is refused, with itself.
    text = read_text(cell)
    return cell if isinstance(text, Refusal) else text


def merge_cells(
    specs: Mapping[str, MergeSpec], rows: Sequence[Row], *, today: date
) -> dict[str, Cell]:
    """One row of cells for several of one resident, earliest first; a single one counts as one.

    Raises `NotMergeable` where they differ in what has no spec (see `alike`), or where a date or a
    number cannot be read. `today` settles dates without a year. What is merged is not yet judged:
    it may be too long.
    """
    if len(alike(specs, rows)) != 1:
        raise NotMergeable("they differ in what has no way to be merged")
    merged = dict(rows[0])
    for name, spec in specs.items():
        cells = [row.get(name) for row in rows]
        said = [cell for cell in cells if not is_blank(cell)]
        if said or spec.how is Merge.COUNT:
            merged[name] = _HOW[spec.how](spec, cells, said, today)
    return merged


def _first(_: MergeSpec, __: Sequence[Cell], said: Sequence[Cell], ___: date) -> Cell:
    return said[0]


def _first_and_more(spec: MergeSpec, cells: Sequence[Cell], said: Sequence[Cell], _: date) -> Cell:
    more = len(cells) - 1
    if not more:
        return said[0]
    first, tail = read_text(said[0]), f" 외 {more}{spec.unit}"
    if isinstance(first, Refusal):
        raise NotMergeable("the first is no text")
    if spec.room is not None and len(first) + len(tail) > spec.room:
        room = spec.room - len(tail) - 1
        if room < 1:
            raise NotMergeable("there is no room to count them")
        first = first[:room].rstrip() + "…"
    return first + tail


def _number(cell: Cell) -> int:
    text = format_value(_NUMBER, cell, today=date.min)
    if isinstance(text, Refusal):
        raise NotMergeable("a number cannot be read")
    return int(text)


_NUMBER: Final = Variable("number", Kind.INTEGER)


def _count(_: MergeSpec, cells: Sequence[Cell], __: Sequence[Cell], ___: date) -> Cell:
    return sum(1 if is_blank(cell) else _number(cell) for cell in cells)


def _sum(_: MergeSpec, cells: Sequence[Cell], __: Sequence[Cell], ___: date) -> Cell:
    return sum(map(_number, cells))


def _most(_: MergeSpec, __: Sequence[Cell], said: Sequence[Cell], ___: date) -> Cell:
    return max(said, key=_number)


def _moment(cell: Cell, today: date) -> tuple[date, int]:
    day = dates.read_date(cell, today)
    if isinstance(day, Refusal):
        raise NotMergeable("a date cannot be read")
    minutes = dates.read_time(cell, today)
    return day, 0 if isinstance(minutes, Refusal) else minutes


def _earliest(_: MergeSpec, __: Sequence[Cell], said: Sequence[Cell], today: date) -> Cell:
    return min(said, key=lambda cell: _moment(cell, today))


def _latest(_: MergeSpec, __: Sequence[Cell], said: Sequence[Cell], today: date) -> Cell:
    return max(said, key=lambda cell: _moment(cell, today))


def _join(_: MergeSpec, __: Sequence[Cell], said: Sequence[Cell], ___: date) -> Cell:
    texts = [read_text(cell) for cell in said]
    if Refusal in map(type, texts):
        raise NotMergeable("not all are texts")
    return ", ".join(dict.fromkeys(map(str, texts)))


_HOW: Final[Mapping[Merge, Callable[[MergeSpec, Sequence[Cell], Sequence[Cell], date], Cell]]] = {
    Merge.FIRST: _first,
    Merge.FIRST_AND_MORE: _first_and_more,
    Merge.COUNT: _count,
    Merge.EARLIEST: _earliest,
    Merge.LATEST: _latest,
    Merge.MOST: _most,
    Merge.SUM: _sum,
    Merge.JOIN: _join,
}
