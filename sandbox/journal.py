"""The append-only file behind the sandbox.

A record is `length, crc, kind` and a JSON head followed by bytes; all records of a request go
out in one write before its answer, so that a killed sandbox forgets nothing it has acknowledged.
Without a path the file is a nameless temporary one: it still keeps message texts out of memory.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

# length of the payload, CRC-32 of the head, the kind, the length of the head. A body needs no sum:
# what a kill can tear is the end of the file, and there the length tells.
_FRAME = struct.Struct("<IIcI")
# What one write may be put together from (IOV_MAX); a reset writes down every template it keeps.
_MOST_PARTS = os.sysconf("SC_IOV_MAX")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Record(NamedTuple):
    """One thing that happened. `at` is where its body lies in the file."""

    kind: bytes
    head: dict[str, Any]
    parts: tuple[bytes | bytearray, ...] = ()
    at: int = 0

    @property
    def body(self) -> bytes:
        """All that follows the head."""
        return b"".join(self.parts)


class Journal:
    """Appends records, reads them back, and serves the bodies kept in them."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        if path is None:
            handle, name = tempfile.mkstemp(prefix="sandbox-")
            Path(name).unlink()
            self._file = handle
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._size = 0

    def append(self, *records: Record) -> list[int]:
        """Write `records` with one call; return where their bodies begin."""
        parts: list[bytes | bytearray] = []
        places: list[int] = []
        at = self._size
        for record in records:
            head = msgspec.json.encode(record.head)
            length = len(head) + sum(map(len, record.parts))
            parts.append(_FRAME.pack(length, crc32(head), record.kind, len(head)))
            parts.append(head)
            parts += record.parts
            places.append(at + _FRAME.size + len(head))
            at += _FRAME.size + length
        self._write(parts)
        return places

    def _write(self, parts: Sequence[bytes | bytearray]) -> None:
        wanted = sum(map(len, parts))
        if len(parts) > _MOST_PARTS:
            parts = [b"".join(parts)]
        written = os.pwritev(self._file, parts, self._size)
        self._size += written
        if written < wanted:
            # A full disk or a signal: the rest goes out alone, or the error becomes visible.
            self._write([b"".join(parts)[written:]])

    def read(self, place: tuple[int, int]) -> bytes:
        """The bytes at (offset, length)."""
        return os.pread(self._file, place[1], place[0])

    def replay(self) -> Iterator[Record]:
        """Yield what is there from the beginning, and cut off a record that was torn."""
        self._size = 0
        while True:
            frame = os.pread(self._file, _FRAME.size, self._size)
            if len(frame) < _FRAME.size:
                break
            length, crc, kind, head_length = _FRAME.unpack(frame)
            payload = os.pread(self._file, length, self._size + _FRAME.size)
            # A power cut can leave zeros behind: a record always has a head.
            whole = len(payload) == length and 0 < head_length <= length
            if not whole or crc32(payload[:head_length]) != crc:
                break
            at = self._size + _FRAME.size + head_length
            self._size = at + length - head_length
            yield Record(kind, _decode(payload[:head_length]), (payload[head_length:],), at)
        os.ftruncate(self._file, self._size)

    def clear(self) -> None:
        """Forget everything."""
        os.ftruncate(self._file, 0)
        self._size = 0

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
