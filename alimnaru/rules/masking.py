"""Values of a message, masked: the shape stays, so that a text keeps its lines and its weight."""

from __future__ import annotations

from typing import Final

from alimnaru.rules.variables import Kind, Variable

#: What belongs to the office and not to the resident, or is masked in every message (PERSON).
_OPEN: Final = frozenset(
    {Kind.PERSON, Kind.DEPARTMENT, Kind.STAFF, Kind.PHONE, Kind.PLACE, Kind.ENUM, Kind.ENUM_SHORT}
)
#: From this on (`Notice.sensitivity`) even a choice of two says something about a person.
_SENSITIVE: Final = 2
#: Two bytes in an SMS, as a syllable has; a star has one, as a digit has.
_WIDE, _NARROW = "○", "*"


def mask_value(variable: Variable, value: str, *, sensitivity: int) -> str:
    """The value as a screen shows it to who has given no reason.

    '2026. 11. 25.(수)' is '2***. **. **.(○)'. A single character is hidden whole.
    """
    own = variable.kind is Kind.PERSON or variable.default == value
    if own or (variable.kind in _OPEN and sensitivity < _SENSITIVE):
        return value
    if len(value) < 2:
        return _hidden(value)
    return value[0] + "".join(map(_hidden, value[1:]))


def _hidden(char: str) -> str:
    if not char.isalnum():
        return char
    return _NARROW if char.isascii() else _WIDE
