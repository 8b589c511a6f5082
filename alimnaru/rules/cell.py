"""What a cell of a list may hold, and which of it never goes into a message."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from alimnaru.rules.refusals import Refusal


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell whose formula failed. `code` is what Excel shows: '#REF!', '#N/A' …"""

    code: str


Cell = str | int | float | bool | datetime | date | time | timedelta | None | CellError

# An Alimtalk holds 1,000 characters in all, so no value may be longer, whatever its variable says.
LONGEST_TEXT = 1_000

# Spaces that look like a space, and marks that look like nothing: they come along when people
# copy from web pages, contact apps and Hangul documents.
_LOOKALIKES: dict[int, str | None] = {
    **dict.fromkeys([0xA0, 0x1680, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x200B)], " "),
    **dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF]),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
}
_LOOKALIKE = re.compile("[" + "".join(map(chr, _LOOKALIKES)) + "]")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

# Exports keep leading zeros by writing ="0012" instead of 0012.
_QUOTED = re.compile(r'="([^"]*)"')

# One cheap look tells that most values need no closer one.
_SUSPECT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029#.:/]|^=|\d{6}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORMULA_ERROR = re.compile(
    r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)"
)
_FORMULA = re.compile(
    r"""=\s*(?:[A-Z]+[A-Z0-9_.]*\s*\(        # =HYPERLINK(
          |\$?[A-Z]{1,3}\$?[0-9]+            # =A1, =$B$2
          |[A-Z0-9_가-힣']+!                 # =Sheet1!A1
          |["(+\-0-9])                       # ="a"&"b", =1+2""",
    re.VERBOSE | re.IGNORECASE,
)
# Birth date, then the digit for sex and century (1-8 since 1900), with or without the hyphen; also
# with its end hidden, which still tells birth date and sex. The date is checked, or receipt numbers
# such as 202611-1234567 would be refused.
_RESIDENT_NUMBER = re.compile(
    r"(?<![0-9])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"\s*[-‐‑‒–—―−]?\s*[1-8](?:[0-9]{6}(?![0-9])|[*●○]{6})"
)
_TLD = "com|net|org|kr|info|biz|shop|xyz|site|top|app|dev|page|link|online|store|asia"
# Phones turn these into links. 'ASP.NET' and 'Node.js' are book titles: a bare name counts only
# in lower case and with a common ending, a name before a slash in any case and with more endings.
# '3.한국사' is a chapter.
_LINK = re.compile(
    r"[a-z0-9]://|\bwww\.\w"
    rf"|[\w-]\.(?:{_TLD}|io|me|ly|gl|do|to|cc|tv|ai|us|jp|cn|ru|kakao|co)/"
    rf"|[\w-]\.(?-i:{_TLD})(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
    r"|[가-힣a-z]\.한국(?!\w)",
    re.IGNORECASE,
)


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as their ordinary selves."""
    return text if text.isascii() else text.translate(_NARROW)


def tidy(text: str) -> str:
    """The text as a reader sees it: composed Hangul, plain spaces, nothing invisible around it."""
    # Most cells are a name or a number: letters and digits alone hold nothing to tidy.
    if text.isalnum() and unicodedata.is_normalized("NFC", text):
        return text
    if not text.isascii():
        # File names and lists from a Mac hold Hangul as separate letters, which no SMS carries.
        text = unicodedata.normalize("NFC", text)
        if _LOOKALIKE.search(text):
            text = text.translate(_LOOKALIKES)
    text = text.strip()
    if text.startswith('="') and (quoted := _QUOTED.fullmatch(text)):
        return quoted[1].strip()
    return text


def holds_resident_number(text: str) -> bool:
    """Whether a resident registration number stands anywhere in the text."""
    return _RESIDENT_NUMBER.search(narrow(text)) is not None


def holds_link(text: str) -> bool:
    """Whether a phone would make a link of some part of the text."""
    return _LINK.search(narrow(text)) is not None


def formula_fault(text: str) -> Refusal | None:
    """Whether the text is a formula, or the error one left behind, instead of its result."""
    if _FORMULA_ERROR.fullmatch(text):
        return Refusal.VALUE_FORMULA_ERROR
    return Refusal.VALUE_FORMULA if _FORMULA.match(text) else None


def objection(text: str) -> Refusal | None:
    """Why a tidy text may not stand in a message whatever its kind, or None."""
    if _SUSPECT.search(text) is None:
        return None
    if _CONTROL.search(text):
        return Refusal.VALUE_CONTROL_CHARACTER
    return formula_fault(text) or _unfit(text)


def _unfit(text: str) -> Refusal | None:
    if holds_resident_number(text):
        return Refusal.VALUE_RESIDENT_NUMBER
    if "#{" in text:
        return Refusal.VALUE_HAS_MARK
    if holds_link(text):
        return Refusal.VALUE_HAS_LINK
    return None


def is_blank(cell: Cell) -> bool:
    """Whether the cell is empty to the eye."""
    if isinstance(cell, str):
        return not (cell[:1].isalnum() or tidy(cell))
    return cell is None


def read_text(cell: Cell) -> str | Refusal:
    """The cell as text fit for a message; '' for a blank one.

    A date or a truth value is refused: Excel makes a date of a room number such as '3-1', and
    what stood there before cannot be told.
    """
    if isinstance(cell, str):
        text = tidy(cell)
    elif cell is None:
        return ""
    elif isinstance(cell, CellError):
        return Refusal.VALUE_FORMULA_ERROR
    elif isinstance(cell, bool | date | time | timedelta):
        return Refusal.VALUE_NOT_TEXT
    elif isinstance(cell, float):
        if not math.isfinite(cell):
            return Refusal.VALUE_FORMULA_ERROR
        text = str(int(cell)) if cell.is_integer() else repr(cell)
    else:
        text = str(cell)
    if len(text) > LONGEST_TEXT:
        return Refusal.VALUE_TOO_LONG
    return objection(text) or text
