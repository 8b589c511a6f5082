"""A clerk's list as rows, whatever program wrote it. Rows come as they stand; nothing is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from alimnaru.rules.roster import SourceRow
from alimnaru.sources.upload_csv import open_text
from alimnaru.sources.upload_excel import ExcelList
from alimnaru.sources.upload_guard import LIST, FileKind, ListRefused, Size, look
from alimnaru.sources.upload_sheet import column_letters

__all__ = ["ListRefused", "OpenList", "SourceRow", "open_list"]


@dataclass(frozen=True, slots=True)
class OpenList:
    """A file that was checked as a whole and may be read, more than once.

    `hidden_rows` counts hidden rows that hold something; they are left out unless
    `hidden_included`. Hidden columns are reported and read: a phone column is hidden from
    onlookers, not from the notice. `sheets_left_out` names the other sheets with values,
    `hidden_sheets` those among them that are hidden. `sha256` is the file's.
    """

    name: str
    format: str
    sha256: str
    encoding: str | None = None
    sheet: str | None = None
    sheets_left_out: tuple[str, ...] = ()
    hidden_sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    hidden_included: bool = False
    hidden_columns: int = 0
    hidden_letters: tuple[str, ...] = ()
    _rows: Callable[[], Iterator[SourceRow]] = field(default=lambda: iter(()), repr=False)

    def rows(self) -> Iterator[SourceRow]:
        """The rows from the top. Raises `ListRefused` where a text file breaks off into one cell or
        one row is too wide, so read to the end before anything is told to be done."""
        return self._rows()


def open_list(
    path: str | Path,
    *,
    sheet: str | None = None,
    include_hidden: bool = False,
    size: Size | None = None,
) -> OpenList:
    """Check the file from end to end and make it ready to read. Raises `ListRefused`.

    Without `sheet` the first visible sheet with values is taken. `size`: other limits than those
    of a clerk's list.
    """
    path = Path(path)
    kind = look(path)
    if kind is FileKind.TEXT:
        text = open_text(path, size.rows if size else None)
        return OpenList(path.name, kind.value, text.sha256, encoding=text.encoding, _rows=text.rows)
    excel = ExcelList(path, kind, sheet=sheet, include_hidden=include_hidden, size=size or LIST)
    hidden = sorted(at for at in excel.look.hidden_columns if at <= excel.look.columns)
    return OpenList(
        path.name,
        kind.value,
        excel.sha256,
        sheet=excel.sheet,
        sheets_left_out=tuple(other.name for other in excel.left_out),
        hidden_sheets=tuple(other.name for other in excel.left_out if other.hidden),
        hidden_rows=len(excel.look.hidden_rows),
        hidden_included=include_hidden,
        hidden_columns=len(hidden),
        hidden_letters=tuple(map(column_letters, hidden)),
        _rows=excel.rows,
    )
