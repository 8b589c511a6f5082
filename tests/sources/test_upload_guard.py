"""What a file is, and what is wrong with its container."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from alimnaru.rules.refusals import Refusal
from alimnaru.sources import upload_guard
from alimnaru.sources.upload import ListRefused, open_list
from alimnaru.sources.upload_guard import FileKind, look
from tests.sources.hostile import ole, plain_xls, plain_xlsx


def _refused(path: Path) -> ListRefused:
    with pytest.raises(ListRefused) as refused:
        look(path)
    return refused.value


@pytest.mark.parametrize("name", ["list.xlsx", "list.xls", "list.csv", "list", "list.pdf"])
def test_the_name_of_a_workbook_decides_nothing(name: str, tmp_path: Path) -> None:
    plain_xlsx(tmp_path / name)
    assert look(tmp_path / name) is FileKind.XLSX
    plain_xls(tmp_path / name)
    assert look(tmp_path / name) is FileKind.XLS


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    refused = _refused(tmp_path / "none.xlsx")
    assert (refused.code, refused.facts) == (Refusal.FILE_NOT_FOUND, {"file": "none.xlsx"})
    assert str(refused) == "file_not_found"


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    """A pipe would keep whoever opens it waiting for ever."""
    os.mkfifo(tmp_path / "pipe.csv")
    assert _refused(tmp_path / "pipe.csv").code is Refusal.FILE_NOT_FOUND
    assert _refused(tmp_path).code is Refusal.FILE_NOT_FOUND


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\xff\xd8\xff\xe0JFIF", "jpg"),
        (b"BM\x36\0\0\0", "bmp"),
        (b"MZ\x90\0", "program"),
        (b"\x1f\x8b\x08\0", "gz"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"SQLite format 3\0", "sqlite"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML>", "html"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "xml"),
        (b"\1\2\3\4" * 99, ""),
    ],
)
def test_other_kinds_are_named(head: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(head)
    refused = _refused(tmp_path / "a.xlsx")
    assert (refused.code, refused.facts) == (Refusal.FILE_NOT_A_LIST, {"kind": kind})


@pytest.mark.parametrize(
    "text", ["BMI,이름\r\n", "MZ세대,이름\r\n", "BZh,a\r\n", "<성명>,<휴대폰>\r\n"]
)
def test_a_list_may_begin_like_something_else(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode("cp949"))
    assert look(tmp_path / "a.csv") is FileKind.TEXT


@pytest.mark.parametrize(
    ("stream", "kind"),
    [("FileHeader", "hwp"), ("PowerPoint Document", "ppt"), ("Anything", "")],
)
def test_other_ole_files(stream: str, kind: str, tmp_path: Path) -> None:
    ole(stream)(tmp_path / "a.xls")
    assert _refused(tmp_path / "a.xls").facts == {"kind": kind}


def _entries(path: Path, *names: str, how: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", how) as archive:
        for name in names:
            archive.writestr(name, b"<x/>" * 9)


def _patched(path: Path, change: Callable[[bytearray, int, int], None]) -> None:
    """Change the bytes of the last entry; the places are its own header and the directory's."""
    data = bytearray(path.read_bytes())
    change(data, data.rindex(b"PK\3\4"), data.rindex(b"PK\1\2"))
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ppt/presentation.xml", "pptx"), ("Contents/content.hpf", "hwpx"), ("content.xml", "ods")],
)
def test_other_zip_files(name: str, kind: str, tmp_path: Path) -> None:
    _entries(tmp_path / "a.xlsx", "mimetype", name)
    assert _refused(tmp_path / "a.xlsx").facts == {"kind": kind}


def test_two_parts_of_one_name(tmp_path: Path) -> None:
    _entries(tmp_path / "a.xlsx", "xl/workbook.xml", "xl/Workbook.xml")
    assert _refused(tmp_path / "a.xlsx").code is Refusal.FILE_DAMAGED


def test_an_encrypted_part(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    _entries(path, "xl/workbook.xml")
    _patched(path, lambda data, _, entry: data.__setitem__(entry + 8, 1))
    assert _refused(path).code is Refusal.FILE_PASSWORD


@pytest.mark.parametrize(
    ("how", "change"),
    [
        # a header that is none
        (zipfile.ZIP_STORED, lambda data, header, _: data.__setitem__(header, 0)),
        # stored, and yet of two sizes
        (zipfile.ZIP_STORED, lambda data, _, entry: struct.pack_into("<I", data, entry + 24, 7)),
        # a way of packing that no office program uses
        (zipfile.ZIP_BZIP2, lambda data, *_: None),
        # less than the directory says
        (zipfile.ZIP_DEFLATED, lambda data, _, entry: struct.pack_into("<I", data, entry + 24, 99)),
        # packed data that break off
        (zipfile.ZIP_DEFLATED, lambda data, _, entry: struct.pack_into("<I", data, entry + 20, 3)),
        # packed data that are none
        (zipfile.ZIP_DEFLATED, lambda data, header, _: data.__setitem__(header + 45, 0xFF)),
    ],
    ids=["header", "stored", "bzip2", "short", "end", "noise"],
)  # fmt: skip
def test_damaged_parts(
    how: int, change: Callable[[bytearray, int, int], None], tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    _entries(path, "first", "xl/workbook.xml", how=how)
    _patched(path, change)
    assert _refused(path).code is Refusal.FILE_DAMAGED


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("_MAX_STRINGS", Refusal.FILE_TOO_LARGE),
        ("_MAX_UNPACKED", Refusal.FILE_BOMB),
        ("_MAX_ENTRIES", Refusal.FILE_BOMB),
        ("MAX_EXCEL_FILE", Refusal.FILE_TOO_LARGE),
        ("MAX_TEXT_FILE", Refusal.FILE_TOO_LARGE),
    ],
)
def test_limits(limit: str, code: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    plain_xlsx(path)
    assert open_list(path).format == "xlsx"
    monkeypatch.setattr(upload_guard, limit, 5)
    assert _refused(path).code is code
