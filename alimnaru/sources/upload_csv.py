"""Lists as text: which encoding and separator, decided over the whole file before a row goes."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import SourceRow
from alimnaru.sources.upload_guard import MAX_COLUMNS, MAX_ROWS, MIB, ListRefused

MAX_LINE: Final = MIB
_BLOCK: Final = 256 * 1024
_SAMPLE_LINES: Final = 30
_SEPARATORS: Final = ",\t;|"
# A quote that is never closed swallows the rows after it into one cell. An address has two or
# three lines, a remark perhaps ten.
_MAX_LINES_IN_ROW: Final = 50
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class TextList:
    """A text file that was read once to its end and found sound."""

    path: Path
    encoding: str
    separator: str
    sha256: str

    def rows(self) -> Iterator[SourceRow]:
        """Rows with something in them, numbered as Excel would number them. Flat memory."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.separator)
            number = 0
            line = 0
            try:
                for number, cells in enumerate(reader, 1):
                    line += 1
                    if reader.line_num != line:
                        if reader.line_num - line > _MAX_LINES_IN_ROW:
                            raise ListRefused(Refusal.FILE_DAMAGED, row=number, line=line)
                        line = reader.line_num
                    if len(cells) > MAX_COLUMNS:
                        cells = _within(cells, number)  # noqa: PLW2901
                    # Old DOS exports end with Ctrl-Z on a line of its own.
                    if len(cells) > 1 or (cells and cells[0].strip("\x1a \t")):
                        yield SourceRow(number, cells)
            except csv.Error:
                raise ListRefused(Refusal.FILE_DAMAGED, row=number + 1, line=line + 1) from None


def _within(cells: list[str], number: int) -> list[str]:
    """The cells without the blank ones at the end, which Excel writes by the hundred."""
    used = max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0)
    if used > MAX_COLUMNS:
        raise ListRefused(Refusal.FILE_TOO_MANY_COLUMNS, count=used, limit=MAX_COLUMNS, row=number)
    return cells[:used]


def open_text(path: Path, most: int | None = None) -> TextList:
    """Check the file from end to end; `most`: rows. Raises `ListRefused`."""
    most = most or MAX_ROWS
    check = _Check()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            check.feed(block)
    encoding = check.encoding()
    separator = _separator(path, encoding)
    if check.lines > most:
        _count_rows(path, encoding, separator, most)
    return TextList(path, encoding, separator, check.hash.hexdigest())


class _Check:
    """One pass over the bytes: encodings that are still possible, longest line, fingerprint."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self.lines = 0
        self._started = False
        self._marked: str | None = None
        self._run = 0
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._failed_at: dict[str, int] = {}
        self._blank = True

    def feed(self, block: bytes) -> None:
        """The next block of the file."""
        if not self._started:
            self._start(block)
        self.hash.update(block)
        self._decode(block, final=False)
        self._measure(block)

    def encoding(self) -> str:
        """The one encoding that reads every byte: by its mark, else UTF-8, else CP949."""
        self._decode(b"", final=True)
        if self._blank:
            raise ListRefused(Refusal.FILE_EMPTY)
        return next(iter(self._decoders))

    def _start(self, block: bytes) -> None:
        self._started = True
        for mark, name in _MARKS.items():
            if block.startswith(mark):
                self._marked = name
        # Hangul in CP949 is all but never valid UTF-8, so UTF-8 is asked first.
        names = ["utf-8", "cp949"] if self._marked is None else [self._marked]
        self._decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in names}

    def _decode(self, block: bytes, *, final: bool) -> None:
        for name, decoder in list(self._decoders.items()):
            try:
                text = decoder.decode(block, final)
            except UnicodeDecodeError as error:
                del self._decoders[name]
                self._failed_at[name] = self.lines + 1 + error.object.count(b"\n", 0, error.start)
                continue
            if "\0" in text:
                raise ListRefused(Refusal.FILE_NOT_A_LIST, kind="")
            self._blank = self._blank and not text.strip('\ufeff \t\r\n\x1a,;|"')
        if not self._decoders:
            raise ListRefused(Refusal.FILE_ENCODING, line=max(self._failed_at.values()))

    def _measure(self, block: bytes) -> None:
        end = b"\n" if b"\n" in block else b"\r"
        first = block.find(end)
        self._run += len(block) if first < 0 else first
        if self._run > MAX_LINE:
            raise ListRefused(Refusal.FILE_LINE_TOO_LONG, line=self.lines + 1, limit=MAX_LINE)
        if first >= 0:
            self._run = len(block) - block.rfind(end) - 1
            self.lines += block.count(end)


def _separator(path: Path, encoding: str) -> str:
    """The separator that cuts most of the first lines into the same number of pieces."""
    with path.open(encoding=encoding, newline="") as file:
        sample = list(islice(filter(str.strip, file), _SAMPLE_LINES))
    best, best_score = ",", 0
    for separator in _SEPARATORS:
        try:
            widths = Counter(len(cells) for cells in csv.reader(sample, delimiter=separator))
        except csv.Error:
            continue
        score = max(((width - 1) * count for width, count in widths.items()), default=0)
        if score > best_score:
            best, best_score = separator, score
    return best


def _count_rows(path: Path, encoding: str, separator: str, most: int) -> None:
    """More lines than rows are allowed: count the rows, for a cell may hold several lines."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        try:
            rows = sum(1 for cells in reader if any(cells))
        except csv.Error:
            raise ListRefused(Refusal.FILE_DAMAGED, line=reader.line_num) from None
    if rows > most:
        raise ListRefused(Refusal.FILE_TOO_MANY_ROWS, count=rows, limit=most)
