"""Tables as Excel workbooks: every cell a text, memory flat, the file its owner's alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

#: A sheet of xlsx holds 1,048,576 rows, its header included.
SHEET_ROWS = 1_048_575

_OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


#: Of a column: its title, its width in characters, whether long texts run over several lines.
Column = tuple[str, int, bool]


def write_table(
    path: Path, rows: Iterable[Sequence[str]], *, title: str, columns: Sequence[Column]
) -> int:
    """Write the workbook, replacing `path` only once it is whole. Returns the number of rows.

    `title` names the sheet (31 characters at most); a table longer than a sheet goes on in the
    next. Raises OSError.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    # Made by us first: XlsxWriter would make it readable by everybody for as long as it writes.
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        count = _write(unfinished, iter(rows), title, columns)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return count


def _write(path: Path, rows: Iterator[Sequence[str]], title: str, columns: Sequence[Column]) -> int:
    # constant_memory keeps one row; every cell is written as a string, so that '=HYPERLINK(…)'
    # in somebody's list stays a text.
    try:
        with path.open("r+b") as file, xlsxwriter.Workbook(file, _OPTIONS) as book:
            return _sheets(book, rows, title, columns)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error


def _sheets(book: Any, rows: Iterator[Sequence[str]], title: str, columns: Sequence[Column]) -> int:
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "valign": "top"})
    wrapped = book.add_format({"valign": "top", "text_wrap": True})
    formats = [wrapped if wraps else text for _, _, wraps in columns]
    count = number = 0
    while True:
        number += 1
        sheet = book.add_worksheet(title if number == 1 else f"{title} {number}")
        for at, (_, width, _) in enumerate(columns):
            sheet.set_column(at, at, width, formats[at])
        sheet.freeze_panes(1, 0)
        for at, (heading, _, _) in enumerate(columns):
            sheet.write_string(0, at, heading, head)
        on_sheet = 0
        for on_sheet, row in enumerate(islice(rows, SHEET_ROWS), 1):
            for at, value in enumerate(row):
                sheet.write_string(on_sheet, at, value, formats[at])
        sheet.autofilter(0, 0, max(on_sheet, 1), len(columns) - 1)
        count += on_sheet
        if on_sheet < SHEET_ROWS:
            return count
