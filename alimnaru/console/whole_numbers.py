"""Numbers as addresses and forms bring them: anybody may type anything there."""

from __future__ import annotations

#: Of a bigint that is surely one. Python itself refuses to read more than 4,300 digits.
_DIGITS = 18


def whole_number(raw: str) -> int | None:
    """The number that `raw` writes in ASCII digits; None for anything else, and for what no
    column of the database holds. `str.isdigit` alone lets '²' pass, which `int` refuses."""
    fits = len(raw) <= _DIGITS and raw.isascii() and raw.isdigit()
    return int(raw) if fits else None
