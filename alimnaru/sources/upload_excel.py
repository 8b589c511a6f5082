"""Lists as xlsx and xls: the right sheet, without what the clerk cannot see."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import SourceRow
from alimnaru.rules.roster_rows import squeeze
from alimnaru.sources.upload_guard import LIST, FileKind, ListRefused, Size
from alimnaru.sources.upload_sheet import Look, Sheet
from alimnaru.sources.upload_xls import XlsLook
from alimnaru.sources.upload_xlsx import XlsxLook

_READER: Final = Path(__file__).with_name("upload_reader.py")
_ERRORS: Final = {"password": Refusal.FILE_PASSWORD, "damaged": Refusal.FILE_DAMAGED}


class ExcelList:
    """One sheet of a workbook that was found sound."""

    def __init__(
        self,
        path: Path,
        kind: FileKind,
        *,
        sheet: str | None,
        include_hidden: bool,
        size: Size = LIST,
    ) -> None:
        """Choose the sheet, look through it, have it read. Raises `ListRefused`."""
        looks = XlsxLook(path, size) if kind is FileKind.XLSX else XlsLook(path)
        at = _choose(looks, sheet, include_hidden=include_hidden)
        self.sheet = looks.sheets[at].name
        self.look: Look = looks.look(at)
        self.left_out: tuple[Sheet, ...] = tuple(
            other for i, other in enumerate(looks.sheets) if i != at and looks.has_values(i)
        )
        with path.open("rb") as file:
            self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self._skipped = set() if include_hidden else self.look.hidden_rows
        self._place = (path, at, len(looks.sheets))
        self._reading: _Reading | None = _Reading(*self._place)

    def rows(self) -> Iterator[SourceRow]:
        """Rows with something in them, numbered as Excel shows them."""
        reading, self._reading = self._reading or _Reading(*self._place), None
        skipped, fixes = self._skipped, self.look.fixes
        # The reader pads the rows above the first value, and not the columns left of it.
        indent = [""] * reading.indent
        for number, values in enumerate(reading.rows(), 1):
            if number in skipped:
                continue
            cells: list[Cell] = [*indent, *values]
            for column, cell in fixes.get(number, ()):
                cells += [""] * (column - len(cells))
                cells[column - 1] = cell
            if cells.count("") < len(cells):
                yield SourceRow(number, cells)


def _choose(looks: XlsxLook | XlsLook, wanted: str | None, *, include_hidden: bool) -> int:
    sheets = looks.sheets
    if wanted is not None:
        for at, sheet in enumerate(sheets):
            if squeeze(sheet.name) == squeeze(wanted):
                return at
        names = ", ".join(sheet.name for sheet in sheets if not sheet.hidden)
        raise ListRefused(Refusal.SHEET_NOT_FOUND, sheet=wanted, sheets=names)
    for hidden in (False, True) if include_hidden else (False,):
        for at, sheet in enumerate(sheets):
            if sheet.hidden is hidden and looks.has_values(at):
                return at
    raise ListRefused(Refusal.FILE_EMPTY, hidden_sheets=sum(sheet.hidden for sheet in sheets))


class _Reading:
    """The other process that reads the values, and its pipe."""

    def __init__(self, path: Path, at: int, sheets: int) -> None:
        command = [sys.executable, "-I", str(_READER), str(path.resolve()), str(at), str(sheets)]
        # Not subprocess.DEVNULL, which is opened for writing: nobody may here (`confined`).
        with Path(os.devnull).open("rb") as nothing:
            process = subprocess.Popen(  # noqa: S603 - our own script; the path is one argument
                command, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing
            )
        # Whoever opens a list and never reads it leaves no process behind.
        self._end = weakref.finalize(self, _end, process)
        self._pipe: IO[bytes] = process.stdout  # type: ignore[assignment]  # PIPE was asked for
        error = self._next()
        if error != "":
            self._end()
            raise ListRefused(_ERRORS[str(error)])
        self.indent: int = self._next()  # type: ignore[assignment]  # as the reader writes it

    def rows(self) -> Iterator[list[Cell]]:
        """The rows from the first one of the sheet on."""
        try:
            while block := self._next():
                yield from block  # type: ignore[misc]  # as the reader writes it
        finally:
            self._end()

    def _next(self) -> object:
        try:
            return pickle.load(self._pipe)  # noqa: S301 - written by our own script
        except (EOFError, pickle.UnpicklingError):
            # The reader was ended for asking too much, or broke in a way it could not tell.
            self._end()
            raise ListRefused(Refusal.FILE_DAMAGED) from None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    if process.stdout is not None:
        process.stdout.close()
    process.wait()
