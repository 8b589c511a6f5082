"""Looks through the XML of an xlsx: sheets, hidden rows and columns, failed formulas, its size.

The reader of values tells none of these, and lays out whatever grid the file claims.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.parsers import expat

from alimnaru.rules.cell import CellError, formula_fault
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.upload_guard import LIST, MAX_COLUMNS, ListRefused, Size
from alimnaru.sources.upload_sheet import Look, Sheet

_BLOCK: Final = 256 * 1024
_SHOWN_FORMULA: Final = 60
_LAST_ROW: Final = 1 << 20  # of Excel
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"

_TORN: Final = (
    *(KeyError, ValueError, EOFError, OSError, NotImplementedError, zlib.error),
    *(expat.ExpatError, zipfile.BadZipFile),
)
_Handler = Callable[[str, dict[str, str]], None]


class _Enough(Exception):  # noqa: N818
    """What was looked for is found."""


class XlsxLook:
    """The sheets of an xlsx that `upload_guard.look` found safe to unpack."""

    def __init__(self, path: Path, size: Size = LIST) -> None:
        self._path = path
        self._size = size
        self.sheets: list[Sheet] = []
        self._parts: list[str] = []
        targets = self._targets()

        def start(name: str, attributes: dict[str, str]) -> None:
            if _local(name) == "sheet":
                relation = next((v for k, v in attributes.items() if _local(k) == "id"), "")
                hidden = attributes.get("state", "visible") != "visible"
                self.sheets.append(Sheet(attributes.get("name", ""), hidden))
                self._parts.append(targets.get(relation, ""))

        self._parse(_WORKBOOK, start)

    def _targets(self) -> dict[str, str]:
        found: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if _local(name) == "Relationship":
                target = attributes.get("Target", "")
                part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
                found[attributes.get("Id", "")] = part

        self._parse(_RELATIONS, start)
        return found

    def has_values(self, at: int) -> bool:
        """Whether any cell of the sheet holds a value."""

        def start(name: str, _: dict[str, str]) -> None:
            if _local(name) in {"v", "is"}:
                raise _Enough

        try:
            self._parse(self._parts[at], start)
        except _Enough:
            return True
        return False

    def look(self, at: int) -> Look:
        """Look through one sheet. Raises `ListRefused`."""
        look = Look(size=self._size)
        parser = _parser()
        _SheetParser(look, parser)
        self._feed(self._parts[at], parser)
        look.guard(look.rows * look.columns)
        return look

    def _parse(self, part: str, start: _Handler) -> None:
        parser = _parser()
        parser.StartElementHandler = start
        self._feed(part, parser)

    def _feed(self, part: str, parser: expat.XMLParserType) -> None:
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open(part) as file:
                while block := file.read(_BLOCK):
                    parser.Parse(block, False)
                parser.Parse(b"", True)
        except _TORN:
            raise ListRefused(Refusal.FILE_DAMAGED, part=part[:80]) from None


class _SheetParser:
    """Called for every element of a sheet: 3.4 million times for 200,000 rows of 8 cells."""

    def __init__(self, look: Look, parser: expat.XMLParserType) -> None:
        self._look = look
        self._parser = parser
        self._kinds: dict[str, str] = {}
        self._letters: dict[str, int] = {}
        self._row = 0
        self._row_is_hidden = False
        self._column = 0
        self._type: str | None = None
        self._formula: list[str] = []
        self._value: list[str] = []
        self._sink: list[str] = []
        parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kinds = self._kinds
        kind = kinds[name] if name in kinds else kinds.setdefault(name, _local(name))
        if kind == "c":
            self._begin_cell(attributes)
        elif kind == "v":
            self._sink = self._value
            self._value_here()
        elif kind == "row":
            self._begin_row(attributes)
        elif kind == "f":
            self._watch()
            self._sink = self._formula
        elif kind == "is":
            self._value_here()
        elif kind == "col" and _is_hidden(attributes, "width"):
            first, last = int(attributes["min"]), int(attributes["max"])
            self._look.hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
        else:
            letters = place.rstrip("0123456789")
            column = self._letters.get(letters)
            self._column = self._place(letters) if column is None else column
        self._type = attributes.get("t")
        if self._type == "e":
            self._watch()

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        if not 0 < self._row <= _LAST_ROW:
            raise ListRefused(Refusal.FILE_DAMAGED, row=self._row)
        self._column = 0
        self._row_is_hidden = _is_hidden(attributes, "ht")

    def _value_here(self) -> None:
        self._look.value_at(self._row, self._column)
        if self._row_is_hidden:
            self._look.hidden_rows.add(self._row)

    def _place(self, letters: str) -> int:
        column = 0
        for letter in letters.upper():
            column = column * 26 + ord(letter) - 64
        self._letters[letters] = column
        return column

    def _watch(self) -> None:
        """Read the text of this one cell: of nine cells in ten nobody needs it here."""
        self._formula = []
        self._value = []
        self._sink = []
        self._parser.CharacterDataHandler = self._characters
        self._parser.EndElementHandler = self._end

    def _characters(self, text: str) -> None:
        self._sink.append(text)

    def _end(self, name: str) -> None:
        if _local(name) != "c":
            return
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = None
        value = "".join(self._value)
        if self._type == "e":
            self._look.fix(self._row, self._column, CellError(value[:16] or "#N/A"))
        elif not value and self._type != "str":
            self._look.fix(self._row, self._column, _as_formula("".join(self._formula)))


def _as_formula(formula: str) -> str:
    """A formula that nobody has worked out, in a form that no reader takes for text."""
    text = f"={formula[:_SHOWN_FORMULA]}"
    return text if formula_fault(text) else f"=({text[1:]})"


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Hidden by hand or by a filter, or drawn with no height or width, which comes to the same."""
    if attributes.get("hidden") in {"1", "true"}:
        return True
    return size in attributes and float(attributes[size]) == 0


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    # No program writes one into a workbook; entities that grow without end begin with one.
    raise ListRefused(Refusal.FILE_BOMB, part="doctype")
