"""The rows of a list: as they come, as they go on, and what of a refused one may be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from typing import NamedTuple

from alimnaru.rules.cell import Cell, CellError, holds_resident_number, is_blank, tidy
from alimnaru.rules.names import mask_name
from alimnaru.rules.refusals import Refusal

SHOWN_LENGTH = 40

# Rows are tuples and not dataclasses: a list has 470,000 of them and a frozen dataclass costs
# three times as much to make.


class SourceRow(NamedTuple):
    """A row of a file. `number` counts from 1, as Excel shows it at the left."""

    number: int
    cells: Sequence[Cell]

    def __repr__(self) -> str:
        return f"SourceRow({self.number})"


class GoodRow(NamedTuple):
    """A row that may go. `key` (16 bytes) is its identity within the list; `values` are final."""

    number: int
    key: bytes
    phone: str
    name: str
    values: tuple[str, ...]

    def __repr__(self) -> str:
        return f"GoodRow({self.number})"


class BadRow(NamedTuple):
    """A row that may not go: the first fault in it, and in which column (as the list names it).

    `phone` is '' unless it was good. `shown` is what stood there, masked, ≤ 40 characters; for a
    duplicate the number of the row that counts, for a text too long '103/90'.
    """

    number: int
    column: str
    code: Refusal
    phone: str
    name: str
    shown: str

    def __repr__(self) -> str:
        return f"BadRow({self.number}, {self.code})"


class RosterRefused(Exception):  # noqa: N818 - the name says what happened
    """The list as a whole cannot be used. `facts` name rows and columns, never people.

    `titles` are the columns of the header that was found, for whoever can say what they mean.
    """

    def __init__(self, code: Refusal, *, titles: Sequence[str] = (), **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts
        self.titles = tuple(titles)


_BRACKETED = re.compile(r"[(\[{<〈《「【][^)\]}>〉》」】]*[)\]}>〉》」】]")
_TOTAL = re.compile(
    r"(?:총?합계|총계|소계|누계|계|총|grandtotal|subtotal|total)(?:[0-9]+(?:명|건|권|부|개|인)?)?"
)
_END = frozenset({"이하여백", "이하빈칸", "끝"})
_FOOTNOTE = ("※", "*", "주)", "주:", "비고", "출처", "작성")


def squeeze(text: str) -> str:
    """Letters and digits only, full width and case apart: how headers and totals are compared."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def as_text(cell: Cell) -> str:
    """The cell as a clerk sees it, on one line. Not for messages: nothing is checked."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = tidy(cell)
        return text if text.isalnum() else " ".join(text.split())
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return cell.code if isinstance(cell, CellError) else str(cell)


def left_out_as(
    cells: Sequence[Cell], mapped: Container[int], headers: Sequence[str]
) -> str | None:
    """What a row without a good phone is, if it is nobody's: 'blank', 'total', 'header', 'note'.

    `mapped` are the columns that the notice reads. None means that somebody stands there.
    """
    filled = [(at, as_text(cell)) for at, cell in enumerate(cells) if not is_blank(cell)]
    if not filled:
        return "blank"
    if all(at not in mapped and squeeze(text).isdigit() for at, text in filled):
        return "blank"  # a form numbered in advance
    if any(_is_total(text) for _, text in filled[:3]):
        return "total"
    if len(filled) >= 2 and all(at < len(headers) and text == headers[at] for at, text in filled):
        return "header"
    if len(filled) == 1 and filled[0][1].startswith(_FOOTNOTE):
        return "note"
    return None


def _is_total(text: str) -> bool:
    bare = squeeze(text)
    return (
        bare in _END
        or _TOTAL.fullmatch(bare) is not None
        or _TOTAL.fullmatch(squeeze(_BRACKETED.sub("", text))) is not None
    )


_DIGITS = re.compile(r"[0-9](?:[\s\-–‐.)]*[0-9]){4,}")
_LONG = 9  # shorter ones outside a phone column are dates and amounts


def shown(cell: Cell, *, person: bool = False, phone: bool = False) -> str:
    """What stood in the cell, for a report: names masked, long numbers without their middle."""
    text = as_text(cell)
    if person:
        text = mask_name(text) or text
    # Full-width digits are digits to whoever reads the report.
    text = unicodedata.normalize("NFKC", text)
    if holds_resident_number(text):
        text = re.sub("[0-9]", "*", text)
    text = _DIGITS.sub(lambda found: _hide_middle(found[0], 0 if phone else _LONG), text)
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def _hide_middle(text: str, at_least: int) -> str:
    """'02-385-1234' → '02-3**-**34': what is left helps to find the row, not the person."""
    count = sum(map(str.isdigit, text))
    if count < at_least:
        return text
    keep = min(3, count // 3)
    last = len(text) - 2
    seen = 0
    out = []
    for at, char in enumerate(text):
        seen += char.isdigit()
        out.append("*" if char.isdigit() and seen > keep and at < last else char)
    return "".join(out)
