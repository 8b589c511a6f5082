"""The longest and the shortest text that a variable may put into a wording."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from alimnaru.rules.variables import Kind, Variable

#: Kinds whose written form has one length: the longest a formatter writes.
_FIXED: Mapping[Kind, str] = {
    Kind.DATE_LONG: "2026. 12. 31.(목)",
    Kind.DATE_SHORT: "12/31(목)",
    Kind.TIME: "23:59",
    Kind.DATETIME: "2026. 12. 31.(목) 23:59",
    Kind.DATE_RANGE: "2026. 12. 30.(수) ~ 2027. 12. 31.(금)",
    Kind.PHONE: "0507-1234-5678",
    Kind.CODE_TAIL: "가가가가",
    Kind.PLATE_TAIL: "9999",
}

# '예비 n번' takes any number that keeps the whole within its greatest length.
_LONE_N = re.compile(r"(?<![a-z])n(?![a-z])", re.IGNORECASE)


def longest_value(variable: Variable, weigh: Callable[[str], int] = len) -> str:
    """The heaviest text the formatter may put in place of a variable.

    Raises `ValueError` for one that may be of any length.
    """
    if variable.kind in _FIXED:
        return _FIXED[variable.kind]
    if variable.kind is Kind.ENUM_SHORT and variable.short:
        return max(variable.short.values(), key=weigh)
    if variable.values and not any(_LONE_N.search(value) for value in variable.values):
        return max(variable.values, key=weigh)
    if variable.max_length is None:
        raise ValueError(f"{variable.name}: a variable of free text needs a greatest length")
    filler = "9" if variable.kind is Kind.INTEGER else "가"
    return filler * variable.max_length


#: Kinds that never come out short; of any other a value may be one character.
_SHORTEST: Mapping[Kind, str] = {
    Kind.DATE_LONG: "2026. 1. 1.(목)",
    Kind.DATETIME: "2026. 1. 1.(목) 09:00",
    Kind.DATE_RANGE: "2026. 1. 1.(목) ~ 2026. 1. 2.(금)",
}


def shortest_length(variable: Variable) -> int:
    """How many characters every value has at least."""
    if variable.kind in _SHORTEST:
        return len(_SHORTEST[variable.kind])
    return min(map(len, variable.values), default=1)
