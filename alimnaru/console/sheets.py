"""Tables as an xlsx workbook, sent to the browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse

Cell = str | int | float | Decimal | date | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Texts are texts: '=HYPERLINK(…)' in a name must not become a formula.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
_WIDE, _NARROW = 28, 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. `wide` columns hold names or sentences; `total` stands in bold under the rows."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    wide: frozenset[int] = frozenset({0})
    total: Sequence[Cell] = ()


def xlsx_answer(sheets: Iterable[Sheet], name: str) -> HttpResponse:
    """A workbook as a download called `name`; no cache keeps it."""
    answer = HttpResponse(workbook(sheets), content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The bytes of a workbook with these sheets. Rows are written as they come."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {**_OPTIONS, "in_memory": True}) as book:
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1}),
            "number": book.add_format({"num_format": "#,##0"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            "sum": book.add_format({"bold": True, "num_format": "#,##0", "top": 1}),
        }
        for sheet in sheets:
            _write(book, sheet, formats)
    return out.getvalue()


def _write(book: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    made = book.add_worksheet(sheet.name)
    for at in range(len(sheet.columns)):
        made.set_column(at, at, _WIDE if at in sheet.wide else _NARROW)
    made.freeze_panes(1, 0)
    for at, title in enumerate(sheet.columns):
        made.write_string(0, at, title, formats["head"])
    line = 0
    for line, row in enumerate(sheet.rows, 1):
        for at, value in enumerate(row):
            _cell(made, (line, at), value, formats["number"], formats["day"])
    made.autofilter(0, 0, max(line, 1), len(sheet.columns) - 1)
    for at, value in enumerate(sheet.total):
        _cell(made, (line + 1, at), value, formats["sum"], formats["sum"])


def _cell(made: Any, place: tuple[int, int], value: Cell, number: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        made.write_string(*place, value)
    elif isinstance(value, date):
        made.write_datetime(*place, value, day)
    else:
        made.write_number(*place, float(value), number)
