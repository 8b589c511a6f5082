"""The typed variables of a notice: what a cell must hold and how residents read it.

A value is checked and given its final form here, once, before any text is put together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from alimnaru.rules import dates
from alimnaru.rules.cell import Cell, CellError, is_blank, narrow, read_text
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import display, read_office_number
from alimnaru.rules.refusals import Refusal

__all__ = [
    "Cell",
    "CellError",
    "Formatter",
    "Kind",
    "Variable",
    "format_value",
    "variable_from_json",
    "variable_to_json",
]


class Kind(StrEnum):
    """What a variable means; it decides what is accepted and how it is shown."""

    PERSON = "person"
    DATE_LONG = "date_long"
    DATE_SHORT = "date_short"
    TIME = "time"
    DATETIME = "datetime"
    DATE_RANGE = "date_range"
    INTEGER = "integer"
    PHONE = "phone"
    ENUM = "enum"
    ENUM_SHORT = "enum_short"
    TEXT = "text"
    TITLE = "title"
    PLACE = "place"
    DEPARTMENT = "department"
    STAFF = "staff"
    CODE = "code"
    CODE_TAIL = "code_tail"
    PLATE_TAIL = "plate_tail"


@dataclass(frozen=True, slots=True)
class Variable:
    """One `#{name}` of a template.

    `max_length` counts characters. `values` are the allowed ones of an ENUM (empty: any text; a
    lone n stands for a number: '예비 n번'). `short` maps long to short forms. `source` names the
    variable whose raw value feeds this one. `columns` are further headers it goes by in lists.
    `default` stands in for a missing column or an empty cell.
    """

    name: str
    kind: Kind
    max_length: int | None = None
    values: tuple[str, ...] = ()
    short: Mapping[str, str] = field(default_factory=dict, hash=False)
    source: str | None = None
    columns: tuple[str, ...] = ()
    default: str | None = None
    required: bool = True


def format_value(variable: Variable, cell: Cell, *, today: date) -> str | Refusal:
    """The cell's value as residents read it, or why it may not go.

    A blank cell is the variable's default, else '' if it is not required.
    """
    if is_blank(cell):
        if variable.default is None or is_blank(variable.default):
            return Refusal.VALUE_EMPTY if variable.required else ""
        cell = variable.default
    if variable.kind in _FROM_CELL:
        # A date cell is no text, but what a text may not hold, a date may not hold either.
        if isinstance(cell, str) and isinstance(text := read_text(cell), Refusal):
            return text
        value = _FROM_CELL[variable.kind](cell, today)
    else:
        text = read_text(cell)
        if isinstance(text, Refusal):
            return text
        value = _FROM_TEXT[variable.kind](variable, text)
    if isinstance(value, Refusal):
        return value
    if variable.max_length is not None and len(value) > variable.max_length:
        return Refusal.VALUE_TOO_LONG
    return value


def _long(cell: Cell, today: date) -> str | Refusal:
    day = dates.read_date(cell, today)
    return day if isinstance(day, Refusal) else dates.long_date(day)


def _short(cell: Cell, today: date) -> str | Refusal:
    day = dates.read_date(cell, today)
    return day if isinstance(day, Refusal) else dates.short_date(day)


def _time(cell: Cell, today: date) -> str | Refusal:
    minutes = dates.read_time(cell, today)
    return minutes if isinstance(minutes, Refusal) else dates.clock(minutes)


def _moment(cell: Cell, today: date) -> str | Refusal:
    moment = dates.read_moment(cell, today)
    if isinstance(moment, Refusal):
        return moment
    return f"{dates.long_date(moment[0])} {dates.clock(moment[1])}"


def _range(cell: Cell, today: date) -> str | Refusal:
    span = dates.read_range(cell, today)
    if isinstance(span, Refusal):
        return span
    return f"{dates.long_date(span[0])} ~ {dates.long_date(span[1])}"


# Counting words only: '3만' and '3천' are other numbers, '3반' may be 3½ or a class.
_INTEGER = re.compile(
    r"([0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.0+)?"
    r"\s*(?:권|일|일째|명|인|년|년차|회|회차|번|분|시간|건|개|개월|주|차|원|점|매|부|장|종|대|세)?"
)


def _integer(_: Variable, text: str) -> str | Refusal:
    found = _INTEGER.fullmatch(narrow(text))
    return str(int(found[1].replace(",", ""))) if found else Refusal.VALUE_NOT_A_NUMBER


def _phone(_: Variable, text: str) -> str | Refusal:
    digits = read_office_number(text)
    return digits if isinstance(digits, Refusal) else display(digits)


def _person(_: Variable, text: str) -> str | Refusal:
    # A number where a name belongs tells that the columns of the list have slid.
    return mask_name(text) or Refusal.VALUE_NOT_A_NAME


def _squeezed(text: str) -> str:
    """Spaces and case apart, the same choice."""
    return "".join(text.split()).casefold()


_LONE_N = re.compile(r"(?<![a-z])n(?![a-z])", re.IGNORECASE)


def _enum(variable: Variable, text: str) -> str | Refusal:
    if not variable.values or text in variable.values:
        return text
    wanted = _squeezed(text)
    for value in variable.values:
        before, *after = _LONE_N.split(value, maxsplit=1)
        if not after:
            if _squeezed(value) == wanted:
                return value
            continue
        pattern = f"{re.escape(_squeezed(before))}([0-9]+){re.escape(_squeezed(after[0]))}"
        if found := re.fullmatch(pattern, wanted):
            return f"{before}{found[1]}{after[0]}"
    return Refusal.VALUE_NOT_IN_LIST


def _enum_short(variable: Variable, text: str) -> str | Refusal:
    if not variable.short:
        return text
    if text in variable.short:
        return variable.short[text]
    wanted = _squeezed(text)
    for long, short in variable.short.items():
        if wanted in {_squeezed(long), _squeezed(short)}:
            return short
    return Refusal.VALUE_NOT_IN_LIST


def _text(_: Variable, text: str) -> str:
    return text


def _title(variable: Variable, text: str) -> str:
    limit = variable.max_length
    if limit is None or len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"


def _code_tail(_: Variable, text: str) -> str | Refusal:
    tail = "".join(filter(str.isalnum, text))[-4:]
    return tail or Refusal.VALUE_EMPTY


_PLATE = re.compile(r".*?[가-힣]([0-9]{4})|([0-9]{1,4})")


def _plate_tail(_: Variable, text: str) -> str | Refusal:
    found = _PLATE.fullmatch("".join(narrow(text).split()))
    # '0056' alone in a cell is the number 56 to Excel.
    return (found[1] or found[2].zfill(4)) if found else Refusal.VALUE_NOT_A_NUMBER


_FROM_CELL: Final[dict[Kind, Callable[[Cell, date], str | Refusal]]] = {
    Kind.DATE_LONG: _long,
    Kind.DATE_SHORT: _short,
    Kind.TIME: _time,
    Kind.DATETIME: _moment,
    Kind.DATE_RANGE: _range,
}
_FROM_TEXT: Final[dict[Kind, Callable[[Variable, str], str | Refusal]]] = {
    Kind.PERSON: _person,
    Kind.INTEGER: _integer,
    Kind.PHONE: _phone,
    Kind.ENUM: _enum,
    Kind.ENUM_SHORT: _enum_short,
    Kind.TEXT: _text,
    Kind.TITLE: _title,
    Kind.PLACE: _text,
    Kind.DEPARTMENT: _text,
    Kind.STAFF: _text,
    Kind.CODE: _text,
    Kind.CODE_TAIL: _code_tail,
    Kind.PLATE_TAIL: _plate_tail,
}

# Dates, libraries and counts repeat down a list; 4,096 of each cover them in about a megabyte.
# Codes never repeat: remembering them would only cost.
_REMEMBERED: Final = 4_096
_NEVER_REPEAT: Final = frozenset({Kind.CODE, Kind.CODE_TAIL, Kind.PLATE_TAIL})


class Formatter:
    """Formats row after row of one list. Not for two threads at once.

    `variables` in the order in which values come out; `today` settles dates without a year.
    """

    def __init__(self, variables: Iterable[Variable], today: date) -> None:
        self._today = today
        self._columns = [_Column(variable) for variable in variables]
        defaults = {column.name: column.variable.default for column in self._columns}
        for column in self._columns:
            inherited = None if column.source is None else defaults.get(column.source)
            cell = inherited if column.variable.default is None else None
            column.when_blank = format_value(column.variable, cell, today=today)
        self._steps = [(one, one.name, one.source, one.known) for one in self._columns]

    def format_row(self, cells: Mapping[str, Cell]) -> list[str | Refusal]:
        """The values of one row, or their refusals, aligned with the variables.

        `cells` are raw, by variable name. A variable with a source reads the source's cell when
        it has none of its own, and the source's default when neither it nor the list has any.
        """
        row: list[str | Refusal] = []
        for column, name, source, known in self._steps:
            cell = cells.get(name)
            if cell is None and source is not None:
                cell = cells.get(source)
            # Only text is its own key: 1, 1.0 and True are equal and mean different things.
            value = known.get(cell) if type(cell) is str else None
            row.append(self._work_out(column, cell, cells) if value is None else value)
        return row

    def _work_out(self, column: _Column, cell: Cell, cells: Mapping[str, Cell]) -> str | Refusal:
        variable = column.variable
        if is_blank(cell):
            cell = None if column.source is None else cells.get(column.source)
            if is_blank(cell):
                return column.when_blank
        value = format_value(variable, cell, today=self._today)
        if type(cell) is str and variable.kind not in _NEVER_REPEAT:
            if len(column.known) >= _REMEMBERED:
                column.known.clear()
            column.known[cell] = value
        return value


class _Column:
    """A variable on its way through a list, with what it has worked out so far."""

    __slots__ = ("known", "name", "source", "variable", "when_blank")

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.name = variable.name
        self.source = variable.source
        self.known: dict[str, str | Refusal] = {}
        self.when_blank: str | Refusal = Refusal.VALUE_EMPTY


_JSON_KEYS: Final = frozenset(
    {"name", "kind", "max", "values", "short", "from", "columns", "default", "required"}
)


def variable_from_json(data: Mapping[str, object]) -> Variable:
    """Read a variable as it stands in a catalogue. Raises `ValueError` that names the fault."""
    if unknown := data.keys() - _JSON_KEYS:
        message = f"unknown keys of a variable: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    name = _one(data, "name", str)
    if not name or "{" in name or "}" in name:
        raise ValueError("a variable needs a name without braces")
    kind = _one(data, "kind", str)
    if kind is None or kind not in set(Kind):
        message = f"variable {name}: unknown kind {kind!r}"
        raise ValueError(message)
    max_length = _one(data, "max", int)
    if max_length is not None and (max_length < 1 or isinstance(max_length, bool)):
        message = f"variable {name}: max must be a whole number from 1"
        raise ValueError(message)
    required = _one(data, "required", bool)
    return Variable(
        name=name,
        kind=Kind(kind),
        max_length=max_length,
        values=_strings(data, "values"),
        short=_forms(data),
        source=_one(data, "from", str),
        columns=_strings(data, "columns"),
        default=_one(data, "default", str),
        required=True if required is None else required,
    )


def variable_to_json(variable: Variable) -> dict[str, object]:
    """The inverse of `variable_from_json`; what is at its default is left out."""
    data: dict[str, object] = {"name": variable.name, "kind": variable.kind.value}
    rest: dict[str, object] = {
        "max": variable.max_length,
        "values": list(variable.values),
        "short": dict(variable.short),
        "from": variable.source,
        "columns": list(variable.columns),
        "default": variable.default,
    }
    data |= {key: value for key, value in rest.items() if value not in (None, [], {})}
    if not variable.required:
        data["required"] = False
    return data


_T = TypeVar("_T")


def _one(data: Mapping[str, object], key: str, kind: type[_T]) -> _T | None:
    value = data.get(key)
    if value is None or isinstance(value, kind):
        return value
    message = f"{key} of a variable must be {kind.__name__}"
    raise ValueError(message)


def _strings(data: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = data.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        message = f"{key} of a variable must be a list of texts"
        raise ValueError(message)
    return tuple(value)


def _forms(data: Mapping[str, object]) -> dict[str, str]:
    value = data.get("short") or {}
    if not isinstance(value, dict) or not all(
        isinstance(text, str) for pair in value.items() for text in pair
    ):
        raise ValueError("short of a variable must map texts to texts")
    return dict(value)
