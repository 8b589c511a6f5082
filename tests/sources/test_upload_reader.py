"""The reader of values, called here without its process."""

from __future__ import annotations

import io
import pickle
import sys
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter

from alimnaru.sources.upload_reader import limit_memory, read, serve
from tests.sources.hostile import plain_xlsx


class PanicException(BaseException):
    """Named as the reader's own, which cannot be imported."""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PanicException, "damaged"),
        (RuntimeError, "damaged"),
        (python_calamine.ZipError, "damaged"),
        (python_calamine.PasswordError, "password"),
    ],
)
def test_what_breaks_the_reader_is_told(
    error: type[BaseException], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise error

    plain_xlsx(tmp_path / "a.xlsx")
    monkeypatch.setattr(python_calamine, "load_workbook", broken)
    out = io.BytesIO()
    serve(str(tmp_path / "a.xlsx"), 0, 1, out)
    assert pickle.loads(out.getvalue()) == told


def test_an_interrupt_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(python_calamine, "load_workbook", broken)
    with pytest.raises(KeyboardInterrupt):
        read("a.xlsx", 0, 1)


def test_another_number_of_sheets_is_not_believed(tmp_path: Path) -> None:
    plain_xlsx(tmp_path / "a.xlsx")
    assert read(str(tmp_path / "a.xlsx"), 0, 2) == ("damaged", None)


def test_what_goes_through_the_pipe(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        for row in range(2_001):
            sheet.write_number(row, 2, row)
    out = io.BytesIO()
    serve(str(tmp_path / "a.xlsx"), 0, 1, out)
    out.seek(0)
    error, indent, first, second, end = (pickle.load(out) for _ in range(5))
    assert (error, indent, len(first), second, end) == ("", 2, 2_000, [[2000.0]], None)
    assert out.read() == b""


def test_an_empty_sheet(tmp_path: Path) -> None:
    xlsxwriter.Workbook(str(tmp_path / "a.xlsx")).close()
    out = io.BytesIO()
    serve(str(tmp_path / "a.xlsx"), 0, 1, out)
    out.seek(0)
    assert [pickle.load(out) for _ in range(3)] == ["", 0, None]


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    import resource

    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: asked.append((kind, limits[0])))
    limit_memory()
    assert asked == [(resource.RLIMIT_AS, 3 << 30)]


def test_a_system_without_such_limits_reads_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    limit_memory()
