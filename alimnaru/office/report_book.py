"""A report as a workbook: one plain table a sheet, numbers as numbers, ready for A4 and for 한글.

No cell is merged and every table begins in the first cell, so that it can be copied into a
document as it stands.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from django.utils import timezone

from alimnaru.rules.document import As, Cell, Column, Document, Table

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    # Excel reads moments without a zone.
    "remove_timezone": True,
}
#: Won as they were tallied, in thousandths; shown whole.
_FORMS: Final[Mapping[As, str]] = {
    As.TEXT: "@",
    As.COUNT: "#,##0",
    As.WON: "#,##0",
    As.PRICE: "#,##0.00",
    As.SHARE: "0.0%",
    As.DAY: "yyyy. m. d.",
    As.MOMENT: "yyyy. m. d. hh:mm",
}
_A4: Final = 9
_MOST_UPRIGHT: Final = 8


def write_book(document: Document, path: Path, *, summary: str) -> None:
    """Write it, its owner's alone, replacing `path` only once it is whole. `summary` names the
    first sheet. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with unfinished.open("r+b") as file, xlsxwriter.Workbook(file, _OPTIONS) as book:
            book.set_properties({"title": document.title, "company": document.office})
            forms = _formats(book)
            _sheet(book, _summary(document, summary), document, forms)
            for table in document.tables:
                _sheet(book, table, document, forms)
        unfinished.replace(path)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _summary(document: Document, name: str) -> Table:
    rows: list[Sequence[Cell]] = [[document.title, document.office]]
    rows += [list(fact) for fact in document.facts]
    rows += [
        [figure.name, " ".join(filter(None, (figure.value + figure.unit, figure.hint)))]
        for figure in document.figures
    ]
    rows += [["", text] for text in document.says]
    if document.approvals:
        rows += [[f"{document.approval} · {who}", ""] for who in document.approvals]
    columns = [Column(name, As.TEXT, 26), Column("", As.TEXT, 84, wide=True)]
    return Table(name, name, columns, rows)


def _formats(book: Any) -> dict[tuple[As, str], Any]:
    base = {"valign": "top", "border": 1, "border_color": "#CFD5DB"}
    made = {}
    for kind, form in _FORMS.items():
        made[kind, ""] = book.add_format({**base, "num_format": form})
        made[kind, "wide"] = book.add_format({**base, "num_format": form, "text_wrap": True})
        made[kind, "total"] = book.add_format(
            {**base, "num_format": form, "bold": True, "top": 2, "bg_color": "#F6F8FA"}
        )
    made[As.TEXT, "head"] = book.add_format(
        {**base, "bold": True, "bg_color": "#EAF0F7", "text_wrap": True, "valign": "bottom"}
    )
    return made


def _sheet(book: Any, table: Table, document: Document, forms: dict[tuple[As, str], Any]) -> None:
    sheet = book.add_worksheet(table.sheet)
    _paper(sheet, table, document)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width)
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, column.heading, forms[As.TEXT, "head"])
    line = 0
    for row in table.rows:
        line += 1
        for at, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            _cell(sheet, (line, at), value, forms[column.kind, "wide" if column.wide else ""])
    if table.rows:
        sheet.autofilter(0, 0, line, len(table.columns) - 1)
    for at, (value, column) in enumerate(zip(table.total, table.columns, strict=False)):
        _cell(sheet, (line + 1, at), value, forms[column.kind, "total"])
    said = table.notes if table.rows else [table.empty, *table.notes]
    for below, text in enumerate(said, line + (3 if table.total else 2)):
        sheet.write_string(below, 0, text)


def _paper(sheet: Any, table: Table, document: Document) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_paper(_A4)
    if len(table.columns) > _MOST_UPRIGHT:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    # '&' begins a command there.
    title = f"{document.title} · {table.title}".replace("&", "&&")
    sheet.set_header(f"&L{title}"[:255])
    sheet.set_footer("&C&P / &N")


def _cell(sheet: Any, place: tuple[int, int], value: Cell, form: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(*place, None, form)
    elif isinstance(value, str):
        sheet.write_string(*place, value, form)
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, timezone.localtime(value), form)
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, form)
    else:
        sheet.write_number(*place, float(value), form)
