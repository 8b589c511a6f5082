"""Values in a question to another database: JSON and text become what a column holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import reduce
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, types
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.schema import Column

from alimnaru.rules.conditions import Condition, Op
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import SourceError

#: A transaction of the other system's may show its records some time after their own mark. What was
#: marked within so many seconds before the last mark is therefore read again.
OVERLAP = 60

#: Old systems keep moments as text: YYYYMMDDHH24MISS.
_DIGITS = re.compile(r"\d{14}")
_TEXT_MOMENT = "%Y%m%d%H%M%S"


def bound(column: Column[object], value: object) -> object:
    """The value as the column's type wants it. Raises `SourceError` (odd_value)."""
    kind = column.type
    try:
        for types_, read in _READERS:
            if isinstance(kind, types_):
                return read(value)
    except (ValueError, TypeError, KeyError, InvalidOperation, OverflowError):
        raise SourceError(SourceFault.ODD_VALUE) from None
    return value


def _moment(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return datetime.fromisoformat(str(value))


def _day(value: object) -> object:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _clock(value: object) -> object:
    return value if isinstance(value, time) else time.fromisoformat(str(value))


def _whole(value: object) -> object:
    return int(value) if isinstance(value, int) else int(str(value).strip())


def _decimal(value: object) -> object:
    return value if isinstance(value, Decimal) else Decimal(str(value).strip())


def _truth(value: object) -> object:
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
    return bool(value)


def _uuid(value: object) -> object:
    return value if isinstance(value, UUID) else UUID(str(value))


def _text(value: object) -> object:
    return value if isinstance(value, str) else str(value)


#: The first that fits; a date and time is asked before a date, which Oracle's type is both.
_READERS: tuple[tuple[type | tuple[type, ...], Callable[[object], object]], ...] = (
    (types.DateTime, _moment),
    (types.Date, _day),
    (types.Time, _clock),
    (types.Boolean, _truth),
    (types.Integer, _whole),
    (types.Numeric, _decimal),
    (types.Uuid, _uuid),
    (types.String, _text),
)


def clause(column: Column[object], condition: Condition) -> ColumnElement[bool]:
    """One condition as SQL. An empty field is unequal to everything, as a person means it."""
    op, value = condition.op, condition.value
    if op in _NULL:
        return _NULL[op](column)
    if op in _LISTS:
        given = value if isinstance(value, list | tuple | set | frozenset) else [value]
        listed = [bound(column, item) for item in given]
        if op is Op.IN:
            return column.in_(listed)
        return or_(column.not_in(listed), column.is_(None))
    plain = bound(column, value)
    if op is Op.NE:
        return or_(column != plain, column.is_(None))
    try:
        return _COMPARE[op](column, plain)
    except ArgumentError:
        # Nothing is less than true.
        raise SourceError(SourceFault.ODD_VALUE) from None


_NULL: dict[Op, Callable[[Column[object]], ColumnElement[bool]]] = {
    Op.IS_NULL: lambda column: column.is_(None),
    Op.NOT_NULL: lambda column: column.is_not(None),
}
_LISTS = frozenset({Op.IN, Op.NOT_IN})
_COMPARE: dict[Op, Callable[[Column[object], object], ColumnElement[bool]]] = {
    Op.EQ: lambda column, value: column == value,
    Op.LT: lambda column, value: column < value,
    Op.LE: lambda column, value: column <= value,
    Op.GT: lambda column, value: column > value,
    Op.GE: lambda column, value: column >= value,
}


def all_of(clauses: list[ColumnElement[bool]]) -> ColumnElement[bool] | None:
    """All of them at once; None where there are none."""
    return reduce(and_, clauses) if clauses else None


def again_from(mark: object) -> object | None:
    """From which mark on to read again what may have come late; None: a number, drawn once."""
    if isinstance(mark, datetime):
        return mark - timedelta(seconds=OVERLAP)
    if isinstance(mark, date):
        return mark
    if isinstance(mark, str) and _DIGITS.fullmatch(mark):
        try:
            moment = datetime.strptime(mark, _TEXT_MOMENT)  # noqa: DTZ007 - the other's own clock
        except ValueError:
            return mark
        return (moment - timedelta(seconds=OVERLAP)).strftime(_TEXT_MOMENT)
    return mark if isinstance(mark, str) else None


def key_text(value: object) -> str:
    """A key as text, the same however a driver gives it: 17, Decimal('17'), 'A1   ' of a CHAR."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).rstrip(" ")
