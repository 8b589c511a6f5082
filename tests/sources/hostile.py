"""Files that people upload by mistake or in bad faith, each with the code that it must get.

`make_hostile` writes them anew: nothing of it is kept in the repository, and the line of 2 GB is a
hole in the file system that takes no space.
"""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from alimnaru.rules.refusals import Refusal

HEADER = "회원번호,이용자명,휴대폰,도서관,대표도서,대출권수,반납예정일"
ROW = "N26000001,김나루,010-1234-5678,물빛도서관,물길을 따라,3,2026-11-25"
GIB = 1 << 30


class HostileFile(NamedTuple):
    """`stage`: 'file' when the file is opened, 'list' when its rows are read as a roster of
    lib.due.soon, 'row' when the file is fine and one row must be refused."""

    path: Path
    expected: Refusal
    stage: str


def make_hostile(folder: Path) -> list[HostileFile]:
    """Write the whole set into the folder."""
    found = []
    for name, expected, stage, write in FILES:
        path = folder / name
        write(path)
        found.append(HostileFile(path, expected, stage))
    return found


# ---- what is written -------------------------------------------------------------------------

_Write = Callable[[Path], object]


def _bytes(data: bytes) -> _Write:
    return lambda path: path.write_bytes(data)


def _text(*lines: str, encoding: str = "cp949") -> _Write:
    return _bytes("\r\n".join([*lines, ""]).encode(encoding))


def plain_xlsx(path: Path, rows: list[list[str]] | None = None) -> None:
    """A good list of two rows."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("명단")
        for at, cells in enumerate(rows or [HEADER.split(","), ROW.split(",")]):
            sheet.write_row(at, 0, cells)


def plain_xls(path: Path) -> None:
    """The same in the format of Excel 97."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("명단")
    for at, line in enumerate((HEADER, ROW)):
        for column, cell in enumerate(line.split(",")):
            sheet.write(at, column, cell)
    book.save(str(path))


def _cut(write: _Write, share: float) -> _Write:
    def cut(path: Path) -> None:
        write(path)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return cut


def with_sheet(xml: bytes, part: str = "xl/worksheets/sheet1.xml") -> _Write:
    """A good xlsx with one part exchanged."""

    def write(path: Path) -> None:
        good = path.with_suffix(".good")
        plain_xlsx(good)
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, xml if name == part else old.read(name))
        good.unlink()

    return write


def sheet_xml(*rows: str, before: str = "") -> bytes:
    """A sheet with these rows of XML."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = f'{before}<worksheet xmlns="{space}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    return text.encode()


def _lying_zip(path: Path) -> None:
    """The directory states a few bytes; what is there unpacks to 8 MiB."""
    with_sheet(sheet_xml() + b" " * (8 << 20))(path)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml")
    said = struct.pack("<II", real.compress_size, real.file_size)
    lie = struct.pack("<II", real.compress_size, 900)
    path.write_bytes(bytes(data).replace(said, lie))


def _many_entries(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5_001):
            archive.writestr(f"xl/{number}", b"")


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(f"{HEADER}\r\n".encode("cp949"))
        file.seek(2 * GIB)
        file.write(b",\r\n")


def ole(name: str, stream: bytes = b"\0" * 4096) -> _Write:
    """An OLE container with one stream of that name."""

    def write(path: Path) -> None:
        XlsDoc().save(str(path), stream)
        data = path.read_bytes()
        old = "Workbook".encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 18)
        new = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2)
        assert old in data
        path.write_bytes(data.replace(old, new))

    return write


def biff(*records: tuple[int, bytes]) -> bytes:
    """Records of a workbook, with the first and last that every part has."""
    whole = [(0x0809, b"\0\6\5\0" + b"\0" * 12), *records, (0x000A, b"")]
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in whole)


def _png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    size = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\0\0")
    parts = chunk(b"IHDR", size) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def _zip(*names: str) -> _Write:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, b"x")

    return write


def xml_row(number: int, *cells: str) -> str:
    """A row of texts; what begins with '<' stands in its cell as it is."""
    filled = (
        f'<c r="{letter}{number}">{cell}</c>'
        if cell.startswith("<")
        else f'<c r="{letter}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for letter, cell in zip("ABCDEFGHIJ", cells, strict=False)
    )
    return f'<row r="{number}">{"".join(filled)}</row>'


def _formulas(path: Path) -> None:
    """What a program writes that cannot calculate: the formula without its result."""
    good = ROW.split(",")
    broken = ["N2", "이나루", "010-8765-4321", good[3], "<f>1+2</f><v></v>", *good[5:]]
    rows = (HEADER.split(","), good, broken)
    with_sheet(sheet_xml(*(xml_row(at, *cells) for at, cells in enumerate(rows, 1))))(path)


_WIDE = [",".join(f"열{n}" for n in range(300)), ",".join("값" for _ in range(300))]
_DOCTYPE = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
_FAR = '<row r="{0}"><c r="{1}{0}"><v>1</v></c></row>'
_INJECTED = ROW.replace("물길을 따라", "\"=cmd|'/C calc'!A0\"")
_R = Refusal

FILES: tuple[tuple[str, Refusal, str, _Write], ...] = (
    ("empty.xlsx", _R.FILE_EMPTY, "file", _bytes(b"")),
    ("empty.csv", _R.FILE_EMPTY, "file", _bytes(b"\xef\xbb\xbf")),
    ("blank.csv", _R.FILE_EMPTY, "file", _text(",,,", "", ",,,")),
    ("blank.xlsx", _R.FILE_EMPTY, "file", with_sheet(sheet_xml())),
    ("cut.xlsx", _R.FILE_DAMAGED, "file", _cut(plain_xlsx, 0.6)),
    ("cut.xls", _R.FILE_DAMAGED, "file", _cut(plain_xls, 0.4)),
    ("torn-xml.xlsx", _R.FILE_DAMAGED, "file", with_sheet(sheet_xml()[:-20])),
    ("zeros.xlsx", _R.FILE_DAMAGED, "file", _bytes(b"\0" * 9000)),
    ("bomb.xlsx", _R.FILE_BOMB, "file", with_sheet(b" " * (64 << 20))),
    ("lying-bomb.xlsx", _R.FILE_BOMB, "file", _lying_zip),
    ("many-entries.xlsx", _R.FILE_BOMB, "file", _many_entries),
    ("doctype.xlsx", _R.FILE_BOMB, "file", with_sheet(sheet_xml(before=_DOCTYPE))),
    ("line-2gb.csv", _R.FILE_TOO_LARGE, "file", _sparse),
    ("line-2mb.csv", _R.FILE_LINE_TOO_LONG, "file", _text(HEADER, "가" * (1 << 20))),
    (
        "far-cells.xlsx",
        _R.FILE_TOO_LARGE,
        "file",
        with_sheet(sheet_xml(_FAR.format(1_000_000, "CV"))),
    ),
    (
        "deep.xlsx",
        _R.FILE_TOO_MANY_ROWS,
        "file",
        with_sheet(sheet_xml(_FAR.format(1_048_576, "A"))),
    ),
    ("deep.csv", _R.FILE_TOO_MANY_ROWS, "file", _bytes(b"a,b\n" * 1_000_001)),
    (
        "wide.xlsx",
        _R.FILE_TOO_MANY_COLUMNS,
        "file",
        lambda p: plain_xlsx(p, [w.split(",") for w in _WIDE]),
    ),
    ("wide.csv", _R.FILE_TOO_MANY_COLUMNS, "list", _text(*_WIDE)),
    ("picture.xlsx", _R.FILE_NOT_A_LIST, "file", _bytes(_png())),
    ("picture.csv", _R.FILE_NOT_A_LIST, "file", _bytes(_png())),
    ("binary.csv", _R.FILE_NOT_A_LIST, "file", _bytes(bytes(range(256)) * 64)),
    ("program.xls", _R.FILE_NOT_A_LIST, "file", _bytes(b"\x7fELF" + bytes(900))),
    ("page.xls", _R.FILE_NOT_A_LIST, "file", _text("<html><table><tr><td>성명</td></tr></table>")),
    ("letter.xlsx", _R.FILE_NOT_A_LIST, "file", _zip("word/document.xml")),
    ("folder.xlsx", _R.FILE_NOT_A_LIST, "file", _zip("명단.xlsx")),
    ("letter.xls", _R.FILE_NOT_A_LIST, "file", ole("WordDocument")),
    ("late-nul.csv", _R.FILE_NOT_A_LIST, "file", _text(HEADER, *[ROW] * 2_000, "a\0b")),
    ("password.xlsx", _R.FILE_PASSWORD, "file", ole("EncryptedPackage")),
    ("password.xls", _R.FILE_PASSWORD, "file", ole("Workbook", biff((0x2F, b"\1\0" * 27)))),
    (
        "security-1.xlsx",
        _R.FILE_DRM,
        "file",
        _bytes(b"<## NASCA DRM FILE - VER1.00 ##>" + _noise(9000)),
    ),
    ("security-2.csv", _R.FILE_DRM, "file", _bytes(b"SCDSA004\0\0\0\0" + _noise(9000))),
    ("security-3.xls", _R.FILE_DRM, "file", _bytes(b"\x9b DRMONE  This Document" + _noise(9000))),
    ("security-4.xlsx", _R.FILE_DRM, "file", _bytes(b"\0" * 16 + b"MarkAny" + _noise(9000))),
    ("security-5.xlsx", _R.FILE_DRM, "file", _bytes(_noise(9000))),
    ("security-6.xlsx", _R.FILE_DRM, "file", ole("DRMEncryptedTransform")),
    (
        "mixed-encodings.csv",
        _R.FILE_ENCODING,
        "file",
        _bytes(f"{HEADER}\n".encode() + ROW.encode("cp949")),
    ),
    ("open-quote.csv", _R.FILE_DAMAGED, "list", _text(HEADER, f'"{ROW}', *[ROW] * 500)),
    ("header-only.csv", _R.HEADER_ONLY, "list", _text(HEADER)),
    ("header-only.xlsx", _R.HEADER_ONLY, "list", lambda p: plain_xlsx(p, [HEADER.split(",")])),
    ("no-header.csv", _R.HEADER_NOT_FOUND, "list", _text(ROW, ROW)),
    ("no-phone.csv", _R.COLUMN_MISSING, "list", _text(HEADER.replace("휴대폰", "주소"), ROW)),
    ("two-phones.csv", _R.COLUMN_TWICE, "list", _text(HEADER + ",핸드폰", ROW + ",010-1234-9999")),
    ("resident-numbers.csv", _R.COLUMN_FORBIDDEN, "list", _text(HEADER + ",주민등록번호", ROW)),
    ("formulas.xlsx", _R.VALUE_FORMULA, "row", _formulas),
    ("injection.csv", _R.VALUE_FORMULA, "row", _text(HEADER, _INJECTED)),
    (
        "injection-sum.csv",
        _R.VALUE_FORMULA,
        "row",
        _text(HEADER, ROW.replace("물길을", "@SUM(1+1)*")),
    ),
    (
        "injection-phone.csv",
        _R.VALUE_FORMULA,
        "row",
        _text(HEADER, ROW.replace("010-1234-5678", "+cmd|x")),
    ),
)


NAMES = tuple(name for name, *_ in FILES)


def make_one(folder: Path, name: str) -> HostileFile:
    """Write one file of the set."""
    name, expected, stage, write = next(entry for entry in FILES if entry[0] == name)
    write(folder / name)
    return HostileFile(folder / name, expected, stage)


def disk_used(path: Path) -> int:
    """Bytes that the file really takes."""
    return path.stat().st_blocks * 512
