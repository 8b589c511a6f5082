"""What a file really is, and whether it is safe to open. Its name decides nothing but one doubt.

Everything here runs before any reader of spreadsheets sees the file.
"""

from __future__ import annotations

import math
import stat
import struct
import zipfile
import zlib
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import olefile

from alimnaru.rules.refusals import Refusal

MIB: Final = 1 << 20
MAX_COLUMNS: Final = 100
MAX_ROWS: Final = 1_000_000
# The grid that the reader lays out in memory (32 bytes a cell) is at most this large.
MAX_CELLS: Final = 12_000_000

MAX_TEXT_FILE: Final = 512 * MIB  # a million rows of 200 bytes, twice over
MAX_EXCEL_FILE: Final = 128 * MIB
_MAX_ENTRIES: Final = 5_000
_MAX_UNPACKED: Final = 1_024 * MIB
_MAX_STRINGS: Final = 256 * MIB
# Real sheets shrink 10 to 50 times; what shrinks 200 times is made to.
_MAX_RATIO: Final = 200
_SMALL: Final = MIB
_HEAD: Final = 64 * 1024


class Size(NamedTuple):
    """How many rows a file may have, and how many cells a sheet's grid."""

    rows: int = MAX_ROWS
    cells: int = MAX_CELLS


LIST: Final = Size()
#: A carrier's statement: a sheet filled to its last row, or a text of a whole city's month.
STATEMENT: Final = Size(5_000_000, 24_000_000)


class ListRefused(Exception):  # noqa: N818 - the name says what happened
    """The file cannot be used. `facts` say what was found; they never hold personal data."""

    def __init__(self, code: Refusal, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


class FileKind(StrEnum):
    """The kinds of list that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    TEXT = "csv"


_ZIP: Final = b"PK\x03\x04"
_ZIP_EMPTY: Final = b"PK\x05\x06"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# How files begin that Korean document security has wrapped.
_DRM_HEADS: Final = {
    b"<## NASCA": "NASCA",
    b"SCDSA": "SoftCamp",
    b"\x9b DRMONE": "Fasoo",
    b"<!-- FasooSecureContainer": "Fasoo",
}
_DRM_WORDS: Final = {
    b"Fasoo DRM": "Fasoo",
    b"MarkAny": "MarkAny",
    b"DOCUMENT SAFER": "MarkAny",
    b"SCDSA00": "SoftCamp",
}
_OTHER_HEADS: Final = {
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpg",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"RIFF": "webp",
    b"%PDF": "pdf",
    b"Rar!": "rar",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gz",
    b"BZh": "bz2",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zst",
    b"\x7fELF": "program",
    b"MZ": "program",
    b"SQLite format 3": "sqlite",
    b"HWP Document File": "hwp",
    b"EGG": "egg",
    b"ALZ\x01": "alz",
    b"{\\rtf": "rtf",
}
_MARKUP: Final = {
    b"<html": "html",
    b"<!doctype html": "html",
    b"<table": "html",
    b"<meta": "html",
    b"<?mso-application": "xml",
    b"<?xml": "xml",
}
_OLE_STREAMS: Final = {
    "FileHeader": "hwp",
    "WordDocument": "doc",
    "PowerPoint Document": "ppt",
    "__properties_version1.0": "msg",
}
_ZIP_NAMES: Final = {
    "xl/workbook.bin": "xlsb",
    "word/document.xml": "docx",
    "ppt/presentation.xml": "pptx",
    "Contents/content.hpf": "hwpx",
    "content.xml": "ods",
}


def look(path: Path) -> FileKind:
    """The kind of the list at `path`. Raises `ListRefused`, most faults of whole files among it."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ListRefused(Refusal.FILE_NOT_FOUND, file=path.name)
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        raise ListRefused(Refusal.FILE_NOT_FOUND, file=path.name) from None
    if not head:
        raise ListRefused(Refusal.FILE_EMPTY)
    _limit_size(about.st_size, MAX_TEXT_FILE)
    kind = _kind(head, path.suffix.lower())
    if kind is not FileKind.TEXT:
        _limit_size(about.st_size, MAX_EXCEL_FILE)
    if kind is FileKind.XLSX:
        _guard_zip(path)
    elif kind is FileKind.XLS:
        _guard_ole(path)
    return kind


def _limit_size(size: int, limit: int) -> None:
    if size > limit:
        raise ListRefused(Refusal.FILE_TOO_LARGE, limit=f"{limit // MIB} MiB")


def _kind(head: bytes, suffix: str) -> FileKind:
    for mark, maker in _DRM_HEADS.items():
        if head.startswith(mark):
            raise ListRefused(Refusal.FILE_DRM, maker=maker)
    if head.startswith((_ZIP, _ZIP_EMPTY)):
        return FileKind.XLSX
    if head.startswith(_OLE):
        return FileKind.XLS
    if kind := _other_kind(head):
        raise ListRefused(Refusal.FILE_NOT_A_LIST, kind=kind)
    if _is_text(head):
        return FileKind.TEXT
    for mark, maker in _DRM_WORDS.items():
        if mark in head[:4096]:
            raise ListRefused(Refusal.FILE_DRM, maker=maker)
    if not head.strip(b"\0"):
        # What a download that was cut off or a full disk leaves behind.
        raise ListRefused(Refusal.FILE_DAMAGED)
    if suffix in {".xlsx", ".xls", ".xlsm"} and _entropy(head) > 7:
        raise ListRefused(Refusal.FILE_DRM, maker="")
    raise ListRefused(Refusal.FILE_NOT_A_LIST, kind="")


def _other_kind(head: bytes) -> str:
    """The kind of a file that is known and no list, or ''."""
    for mark, kind in _OTHER_HEADS.items():
        # Two or three letters may open a list as well: 'BMI,이름,…'.
        letters = mark.isalpha() and len(mark) <= 3
        if head.startswith(mark) and not (letters and _is_text(head)):
            return kind
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for mark, kind in _MARKUP.items() if start.startswith(mark)), "")


def _is_text(head: bytes) -> bool:
    """No control characters, which text has in no encoding but UTF-16 with its mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not head.translate(None, _PLAIN)


# All but the control characters; tab, line breaks and the end mark of old DOS exports may be.
_PLAIN: Final = bytes(set(range(256)) - set(range(32)) - {0x7F} | {9, 10, 11, 12, 13, 0x1A})


def _entropy(data: bytes) -> float:
    """Bits per byte: text has 4 to 6, what is encrypted nearly 8 (with a few KiB to count)."""
    return -sum(n / len(data) * math.log2(n / len(data)) for n in Counter(data).values())


# ---- zip -------------------------------------------------------------------------------------


def _guard_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = archive.infolist()
            _guard_entries(entries)
            for entry in entries:
                _guard_entry(entry, file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, zlib.error, struct.error):
        raise ListRefused(Refusal.FILE_DAMAGED) from None


def _guard_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MAX_ENTRIES:
        raise ListRefused(Refusal.FILE_BOMB, entries=len(entries))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MAX_UNPACKED:
        raise ListRefused(Refusal.FILE_BOMB, mib=unpacked // MIB)
    for entry in entries:
        if entry.file_size > max(_SMALL, entry.compress_size * _MAX_RATIO):
            raise ListRefused(Refusal.FILE_BOMB, mib=entry.file_size // MIB)
    names = {entry.filename for entry in entries}
    if len({name.lower() for name in names}) < len(entries):
        # Two parts of one name: this look and the reader of values could take different ones.
        raise ListRefused(Refusal.FILE_DAMAGED)
    if "xl/workbook.xml" not in names:
        kinds = (kind for name, kind in _ZIP_NAMES.items() if name in names)
        raise ListRefused(Refusal.FILE_NOT_A_LIST, kind=next(kinds, "zip"))
    if any(entry.flag_bits & 1 for entry in entries):
        raise ListRefused(Refusal.FILE_PASSWORD)
    for entry in entries:
        if entry.filename.lower() == "xl/sharedstrings.xml" and entry.file_size > _MAX_STRINGS:
            raise ListRefused(Refusal.FILE_TOO_LARGE, limit=f"{_MAX_STRINGS // MIB} MiB")


def _guard_entry(entry: zipfile.ZipInfo, file: BinaryIO) -> None:
    """An entry must unpack to the size that its directory states: other readers trust neither."""
    file.seek(entry.header_offset)
    header = struct.unpack("<4s22xHH", file.read(30))
    if header[0] != _ZIP:
        raise ListRefused(Refusal.FILE_DAMAGED)
    file.seek(header[1] + header[2], 1)
    left = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        if left != entry.file_size:
            raise ListRefused(Refusal.FILE_DAMAGED)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise ListRefused(Refusal.FILE_DAMAGED)
    unpacker = zlib.decompressobj(-15)
    size = 0
    while not unpacker.eof and (block := file.read(min(left, _HEAD))):
        left -= len(block)
        size += len(unpacker.decompress(block))
        if size > entry.file_size:
            raise ListRefused(Refusal.FILE_BOMB, mib=size // MIB)
    if size != entry.file_size or not unpacker.eof:
        raise ListRefused(Refusal.FILE_DAMAGED)


# ---- OLE -------------------------------------------------------------------------------------


def _guard_ole(path: Path) -> None:
    """Excel 97–2003 files are OLE containers; so are encrypted xlsx, doc, ppt and hwp files."""
    names = {"/".join(name) for name in read_ole(path, None)[0]}
    if any("DRMEncrypted" in name for name in names):
        raise ListRefused(Refusal.FILE_DRM, maker="Microsoft")
    if "EncryptedPackage" in names:
        raise ListRefused(Refusal.FILE_PASSWORD)
    if names & {"Workbook", "Book"}:
        return
    kinds = (kind for name, kind in _OLE_STREAMS.items() if name in names)
    raise ListRefused(Refusal.FILE_NOT_A_LIST, kind=next(kinds, ""))


def read_ole(path: Path, wanted: tuple[str, ...] | None) -> tuple[list[list[str]], bytes]:
    """The names of all streams and the bytes of the first of `wanted` that is there."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            names: list[list[str]] = container.listdir()
            for name in wanted or ():
                # Sectors may lead in a circle: 6 kB of file then are half a gigabyte of stream.
                if container.exists(name) and container.get_size(name) <= path.stat().st_size:
                    return names, container.openstream(name).read()
    except Exception:
        # olefile raises whatever a torn container makes it stumble on.
        raise ListRefused(Refusal.FILE_DAMAGED) from None
    return names, b""
