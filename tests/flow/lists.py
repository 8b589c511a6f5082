"""Files as clerks choose them, and what becomes of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from alimnaru.office.uploads import receive
from alimnaru.store.models import ListUpload, Member, Notice
from tests.cast import Cast, phone, ring

HEADER = ("이용자명", "휴대폰", "도서관", "반납예정일")
DAY = "2026-11-25"


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """An xlsx with these sheets."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(at, column, value)
    return out.getvalue()


def people(count: int, **other: str) -> list[tuple[str, ...]]:
    """Rows of loans; `other` replaces a column by its title."""
    row = dict(zip(HEADER, ("", "", "나루중앙도서관", DAY), strict=True)) | other
    return [
        tuple((row | {"이용자명": f"김나{chr(0xAC00 + at)}", "휴대폰": phone()} | other).values())
        for at in range(count)
    ]


def table(*rows: Sequence[str]) -> bytes:
    """A CSV as Excel saves it."""
    return "\r\n".join(",".join(row) for row in (HEADER, *rows)).encode("utf-8-sig")


def taken(cast: Cast, content: bytes, name: str = "명단.csv", **how: Any) -> ListUpload:
    """An upload after a worker has read it."""
    actor: Member = how.get("actor", cast.librarian)
    notice: Notice = how.get("notice", cast.notice)
    upload = receive(actor=actor, notice=notice, name=name, content=content)
    ring()
    return ListUpload.objects.select_related("batch", "notice", "department", "member").get(
        pk=upload.pk
    )
