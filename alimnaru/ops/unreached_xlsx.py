"""The unreached list as a workbook that a clerk can work through."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import xlsxwriter

from alimnaru.reads.unreached import UnreachedRow, unreached
from alimnaru.rules.phone import display
from alimnaru.store import audit
from alimnaru.store.models import Batch, Member
from alimnaru.store.scoping import Scope
from alimnaru.wording import label, step_for, why_not

COLUMNS = ("번호(원본 행)", "이름", "전화번호", "시도한 방법", "못 받은 까닭", "다음에 할 일")
_WIDTHS = (14, 14, 16, 20, 52, 62)
#: A sheet of xlsx holds 1,048,576 rows, its header included.
SHEET_ROWS = 1_048_575


def export_unreached(batch: Batch, path: Path, *, actor: Member, scope: Scope) -> int:
    """Write the list and note who took it out of the system. Returns the number of rows."""
    rows = write_unreached(scope, batch.pk, path)
    audit.record(
        actor=actor,
        act="unreached.export",
        subject=f"batch:{batch.pk}",
        department=batch.department,
        facts={"rows": rows, "file": path.name},
    )
    return rows


def write_unreached(scope: Scope, batch_id: int, path: Path) -> int:
    """Write the workbook, replacing `path` only once it is whole. Returns the number of rows.

    The file holds names and phones in the clear, so it is readable by its owner alone. Memory
    stays flat. Raises OSError.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    # Made by us first: XlsxWriter would make it readable by everybody for as long as it writes.
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        count = _write(unfinished, unreached(scope, batch_id))
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return count


def _write(path: Path, rows: Iterable[UnreachedRow]) -> int:
    # constant_memory keeps one row; every cell is written as a string, so that '=HYPERLINK(…)'
    # in somebody's list stays a text.
    try:
        with path.open("r+b") as file, xlsxwriter.Workbook(file, _OPTIONS) as book:
            return _sheets(book, iter(rows))
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error


_OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def _sheets(book: Any, rows: Any) -> int:
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "valign": "top"})
    wrapped = book.add_format({"valign": "top", "text_wrap": True})
    formats = (text, text, text, text, wrapped, wrapped)
    count = number = 0
    while True:
        number += 1
        sheet = book.add_worksheet("못 받은 분" if number == 1 else f"못 받은 분 {number}")
        for at, width in enumerate(_WIDTHS):
            sheet.set_column(at, at, width, formats[at])
        sheet.freeze_panes(1, 0)
        for at, title in enumerate(COLUMNS):
            sheet.write_string(0, at, title, head)
        on_sheet = 0
        for on_sheet, row in enumerate(islice(rows, SHEET_ROWS), 1):
            for at, value in enumerate(cells_of(row)):
                sheet.write_string(on_sheet, at, value, formats[at])
        sheet.autofilter(0, 0, max(on_sheet, 1), len(COLUMNS) - 1)
        count += on_sheet
        if on_sheet < SHEET_ROWS:
            return count


def cells_of(row: UnreachedRow) -> tuple[str, ...]:
    """A row as the clerk reads it."""
    return (
        str(row.row_no),
        row.name,
        display(row.phone) if row.phone else "",
        tried_words(row.tried),
        why_not(row.state, row.code, row.column),
        step_for(row.state, row.code, row.column),
    )


def tried_words(channels: Sequence[str]) -> str:
    """'알림톡 → 문자 2회', or that nothing went out."""
    if not channels:
        return "보내지 않음"
    runs = [(label(channel), len(list(run))) for channel, run in groupby(channels)]
    return " → ".join(name if times == 1 else f"{name} {times}회" for name, times in runs)
