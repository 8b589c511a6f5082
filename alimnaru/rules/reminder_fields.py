"""What a message says, made of one record of another system or of several of one person.

A rule maps each variable of its notice (and `phone`, `name`) to one of these:

| in JSON                                               | becomes                                  |
|-------------------------------------------------------|------------------------------------------|
| `"title"`                                             | the field, of the first record           |
| `{"field": "title", "merge": "first_and_more",        | `『A』 외 2권`; of one record the field  |
|   "unit": "권"}`                                      | alone                                    |
| `{"field": "title", "merge": "join"}`                 | `A, B, C`                                |
| `{"field": "due", "merge": "earliest"}`, `"latest"`   | that one of the dates                    |
| `{"merge": "count"}`                                  | how many records                         |
| `{"days_since": "due"}`                               | days from the earliest of them to today  |
| `{"range": ["from", "to"]}`                           | a span of dates                          |
| `{"text": "나루중앙도서관"}`                          | these words                              |

Records come in the order of their dates, so that the first is the most urgent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from alimnaru.rules.cell import Cell, is_blank
from alimnaru.rules.dates import read_date
from alimnaru.rules.refusals import Refusal

Record = Mapping[str, object]

#: Entries of a rule's fields that are no variables.
PHONE, NAME = "phone", "name"


class Merge(StrEnum):
    """How a variable is made of the records."""

    FIRST = "first"
    FIRST_AND_MORE = "first_and_more"
    JOIN = "join"
    EARLIEST = "earliest"
    LATEST = "latest"
    COUNT = "count"
    DAYS_SINCE = "days_since"
    RANGE = "range"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Made:
    """How one variable is made: of these fields, or of `text`."""

    merge: Merge
    fields: tuple[str, ...] = ()
    text: str = ""
    unit: str = "건"


def made_from_json(given: object) -> Made:
    """Read how a variable is made. Raises ValueError that names what is missing."""
    if isinstance(given, str) and given:
        return Made(Merge.FIRST, (given,))
    if not isinstance(given, Mapping):
        # A ValueError like every other fault of what an office has entered.
        raise ValueError("a variable is made of a field, or of an object")  # noqa: TRY004
    if (text := given.get("text")) is not None:
        return Made(Merge.TEXT, text=_named(text))
    if (since := given.get("days_since")) is not None:
        return Made(Merge.DAYS_SINCE, (_named(since),))
    if (span := given.get("range")) is not None:
        if not isinstance(span, list) or len(span) != 2:
            raise ValueError("a range needs two fields")
        return Made(Merge.RANGE, tuple(map(_named, span)))
    try:
        merge = Merge(str(given.get("merge", Merge.FIRST)))
    except ValueError:
        raise ValueError("no such way to put records together") from None
    if merge is Merge.COUNT:
        return Made(merge)
    unit = given.get("unit", "건")
    return Made(merge, (_named(given.get("field")),), unit=_named(unit))


def _named(given: object) -> str:
    if not isinstance(given, str) or not given:
        raise ValueError("a field needs a name")
    return given


def fields_of(made: Mapping[str, Made]) -> list[str]:
    """The source's fields that these are made of, each once."""
    return list(dict.fromkeys(name for one in made.values() for name in one.fields))


def values_of(
    made: Mapping[str, Made],
    records: Sequence[Record],
    today: date,
    room: Mapping[str, int | None] | None = None,
) -> dict[str, Cell]:
    """The cells of one message, as a list would hold them. `records`: one at least, in order.

    `room`: how many characters a variable has; a long title gives way to '외 2권', not the other
    way round.
    """
    limits = room or {}
    return {
        name: _MERGES[one.merge](one, records, today, limits.get(name))
        for name, one in made.items()
    }


def cell_of(value: object) -> Cell:
    """A value of a driver as a cell. Blanks at the end are those of a CHAR column."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, int | float | datetime | date | time | timedelta):
        return value
    return str(value)


def day_of(cell: Cell, today: date) -> date | None:
    """The day in a cell; None where there is none."""
    day = read_date(cell, today)
    return None if isinstance(day, Refusal) else day


_Way = Callable[[Made, Sequence[Record], date, "int | None"], Cell]


def _cells(one: Made, records: Sequence[Record], at: int = 0) -> list[Cell]:
    return [cell_of(record.get(one.fields[at])) for record in records]


def _first(one: Made, records: Sequence[Record], _: date, __: int | None) -> Cell:
    return _cells(one, records[:1])[0]


def _first_and_more(one: Made, records: Sequence[Record], _: date, limit: int | None) -> Cell:
    first = _cells(one, records[:1])[0]
    if is_blank(first) or len(records) == 1:
        return first
    text, more = str(first), f" 외 {len(records) - 1}{one.unit}"
    room = None if limit is None else max(limit - len(more) - len("『』"), 1)
    if room is not None and len(text) > room:
        text = text[: room - 1].rstrip() + "…"
    return f"『{text}』{more}"


def _join(one: Made, records: Sequence[Record], _: date, __: int | None) -> Cell:
    told = (str(cell) for cell in _cells(one, records) if not is_blank(cell))
    return ", ".join(dict.fromkeys(told))


def _earliest(one: Made, records: Sequence[Record], today: date, _: int | None) -> Cell:
    return _by_date(one, records, today, -1)


def _latest(one: Made, records: Sequence[Record], today: date, _: int | None) -> Cell:
    return _by_date(one, records, today, 1)


def _by_date(one: Made, records: Sequence[Record], today: date, sign: int) -> Cell:
    """A cell that holds no date is returned as it is, for the check to refuse."""
    best: tuple[int, Cell] | None = None
    for cell in _cells(one, records):
        day = day_of(cell, today)
        if day is None:
            return cell
        rank = sign * day.toordinal()
        if best is None or rank > best[0]:
            best = rank, cell
    return None if best is None else best[1]


def _count(_: Made, records: Sequence[Record], __: date, ___: int | None) -> Cell:
    return len(records)


def _days_since(one: Made, records: Sequence[Record], today: date, _: int | None) -> Cell:
    day = day_of(_by_date(one, records, today, -1), today)
    return None if day is None else (today - day).days


def _range(one: Made, records: Sequence[Record], today: date, _: int | None) -> Cell:
    ends = [day_of(_cells(one, records[:1], at)[0], today) for at in (0, 1)]
    first, last = ends
    if first is None or last is None:
        return None
    return f"{first.isoformat()} ~ {last.isoformat()}"


def _text(one: Made, _: Sequence[Record], __: date, ___: int | None) -> Cell:
    return one.text


_MERGES: Final[Mapping[Merge, _Way]] = {
    Merge.FIRST: _first,
    Merge.FIRST_AND_MORE: _first_and_more,
    Merge.JOIN: _join,
    Merge.EARLIEST: _earliest,
    Merge.LATEST: _latest,
    Merge.COUNT: _count,
    Merge.DAYS_SINCE: _days_since,
    Merge.RANGE: _range,
    Merge.TEXT: _text,
}
