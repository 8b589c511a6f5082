"""Looks through the records of an Excel 97–2003 workbook (BIFF): what the reader does not tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from alimnaru.rules.cell import CellError
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.upload_guard import ListRefused, read_ole
from alimnaru.sources.upload_sheet import Look, Sheet

# Record numbers of [MS-XLS] 2.3.
_BOF: Final = frozenset({0x0809, 0x0409, 0x0209, 0x0009})
_EOF: Final = 0x000A
_FILEPASS: Final = 0x002F
_BOUNDSHEET: Final = 0x0085
_DIMENSIONS: Final = 0x0200
_ROW: Final = 0x0208
_COLINFO: Final = 0x007D
_BOOLERR: Final = 0x0205
_FORMULA: Final = frozenset({0x0006, 0x0206, 0x0406})
_MULRK: Final = 0x00BD
_OTHER_CELLS: Final = frozenset({0x0203, 0x027E, 0x0204, 0x00FD, 0x00D6})
_CELLS: Final = _OTHER_CELLS | _FORMULA | {_BOOLERR, _MULRK}

# What the format allows a sheet.
_LAST_ROW: Final = 65_536
_LAST_COLUMN: Final = 256
_ROW_HIDDEN: Final = 0x20
_ERRORS: Final = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class XlsLook:
    """The sheets of an xls."""

    def __init__(self, path: Path) -> None:
        _, self._data = read_ole(path, ("Workbook", "Book"))
        self.sheets: list[Sheet] = []
        self._starts: list[int] = []
        self._cells: dict[int, int] = {}
        try:
            for kind, at, size in self._records(0):
                if kind == _FILEPASS:
                    raise ListRefused(Refusal.FILE_PASSWORD)
                if kind == _BOUNDSHEET:
                    self._add_sheet(self._data[at : at + size])
        except (struct.error, IndexError):
            raise ListRefused(Refusal.FILE_DAMAGED) from None

    def _add_sheet(self, record: bytes) -> None:
        start, state, _, length = struct.unpack_from("<IBBB", record)
        name = record[7:]
        # BIFF8 puts a flag before the letters, which are Latin-1 or UTF-16; BIFF5 has a code page.
        if len(name) == length:
            text = name.decode("cp949", "replace")
        elif name[0] & 1:
            text = name[1 : 1 + 2 * length].decode("utf-16-le", "replace")
        else:
            text = name[1 : 1 + length].decode("latin-1")
        self.sheets.append(Sheet(text, hidden=state & 3 != 0))
        self._starts.append(start)

    def _records(self, start: int) -> Iterator[tuple[int, int, int]]:
        """Kind, place and size of the records of one part; charts within it are passed over."""
        data = self._data
        end = len(data)
        depth = 0
        at = start
        while at + 4 <= end:
            kind, size = struct.unpack_from("<HH", data, at)
            at += 4
            if at + size > end:
                raise ListRefused(Refusal.FILE_DAMAGED)
            if kind in _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1:
                yield kind, at, size
            at += size
        raise ListRefused(Refusal.FILE_DAMAGED)

    def has_values(self, at: int) -> bool:
        """Whether any cell of the sheet holds a value. Raises `ListRefused` as `look` does."""
        return self._look(at, Look(max_columns=_LAST_COLUMN)).rows > 0

    def look(self, at: int) -> Look:
        """Look through one sheet. Raises `ListRefused`."""
        return self._look(at, Look())

    def _look(self, at: int, look: Look) -> Look:
        hidden: set[int] = set()
        filled: set[int] = set()
        try:
            for kind, place, size in self._records(self._starts[at]):
                if kind == _ROW:
                    row, _, _, height, _, _, bits = struct.unpack_from("<7H", self._data, place)
                    if bits & _ROW_HIDDEN or height & 0x7FFF == 0:
                        hidden.add(row + 1)
                elif kind == _COLINFO:
                    self._column(look, place)
                elif kind == _DIMENSIONS:
                    self._dimensions(place, size)
                elif kind in _CELLS:
                    filled.add(self._cell(look, kind, place, size))
        except struct.error:
            raise ListRefused(Refusal.FILE_DAMAGED) from None
        look.hidden_rows = hidden & filled
        # The reader lays out all sheets of an xls at once.
        self._cells[at] = look.rows * look.columns
        look.guard(sum(self._cells.values()))
        return look

    def _dimensions(self, place: int, size: int) -> None:
        """The reader asks for this much memory unseen, and ends the process if it gets none."""
        form = "<IIHH" if size >= 12 else "<HHHH"  # BIFF8, BIFF5
        top, bottom, left, right = struct.unpack_from(form, self._data, place)
        if not (top <= bottom <= _LAST_ROW and left <= right <= _LAST_COLUMN):
            raise ListRefused(Refusal.FILE_DAMAGED)

    def _column(self, look: Look, place: int) -> None:
        first, last, width, _, bits = struct.unpack_from("<5H", self._data, place)
        if bits & 1 or width == 0:
            look.hidden_columns.update(range(first + 1, min(last + 1, _LAST_COLUMN) + 1))

    def _cell(self, look: Look, kind: int, place: int, size: int) -> int:
        data = self._data
        row, column = struct.unpack_from("<HH", data, place)
        if kind == _MULRK:
            (last,) = struct.unpack_from("<H", data, place + size - 2)
            look.value_at(row + 1, last + 1)
        elif kind == _BOOLERR:
            code, is_error = struct.unpack_from("<BB", data, place + 6)
            if is_error:
                look.fix(row + 1, column + 1, CellError(_ERRORS.get(code, "#N/A")))
        elif kind in _FORMULA:
            what, code, mark = struct.unpack_from("<BxBxxxH", data, place + 6)
            if mark == 0xFFFF and what == 2:
                look.fix(row + 1, column + 1, CellError(_ERRORS.get(code, "#N/A")))
        look.value_at(row + 1, column + 1)
        return int(row) + 1
