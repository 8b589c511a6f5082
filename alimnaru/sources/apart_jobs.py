"""Reads files of strangers, confined, and says on a pipe what stands in them.

Run as a script by its path, in a process of its own (`sources.apart`); it imports neither Django
nor the settings, and its environment is empty. Every answer is a frame: four bytes of length, then
msgpack. The first is `{"ok": …}`, `{"refused": code, "facts": …}`; then blocks of rows; then nil.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

if __name__ == "__main__":  # pragma: no cover - in the other process
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec

from alimnaru.rules.cell import Cell, CellError
from alimnaru.rules.pictures import Limits
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import SourceRow
from alimnaru.sources.confined import CPU_SECONDS, MIB, confine
from alimnaru.sources.upload_guard import ListRefused, Size

ROWS_AT_ONCE: Final = 2_000
#: A sheet of 12,000,000 cells with short texts takes 1.2 GiB in the reader; a picture of
#: 25,000,000 pixels 100 MiB, and as much for each of its copies.
LIST_MEMORY: Final = 3072 * MIB
PICTURE_MEMORY: Final = 1024 * MIB
#: A statement as xlsx that fills its sheet takes 60 on a machine with nothing else to do.
STATEMENT_SECONDS: Final = 300

#: Kinds of cell that msgpack has no type for.
DATETIME, DATE, TIME, DURATION, ERROR = range(1, 6)
_pack = msgspec.msgpack.Encoder().encode
_PLAIN: Final = (str, int, float, bool, type(None))


def packed(row: SourceRow) -> list[Any]:
    """A row as it goes over the pipe."""
    cells = row.cells
    for cell in cells:
        if type(cell) not in _PLAIN:
            return [row.number, [_special(cell) for cell in cells]]
    return [row.number, cells]


def _special(cell: Cell) -> Any:
    kind = type(cell)
    if kind in _PLAIN:
        return cell
    if isinstance(cell, CellError):
        return msgspec.msgpack.Ext(ERROR, cell.code.encode())
    if isinstance(cell, timedelta):
        return msgspec.msgpack.Ext(DURATION, repr(cell.total_seconds()).encode())
    code = DATETIME if kind is datetime else DATE if kind is date else TIME
    return msgspec.msgpack.Ext(code, cast("date | time", cell).isoformat().encode())


def list_(
    out: BinaryIO,
    path: str,
    sheet: str | None,
    include_hidden: bool,
    size: tuple[int, int] | None = None,
) -> None:
    """A list: what is known of it, then its rows."""
    from alimnaru.sources.upload import open_list  # noqa: PLC0415 - pictures need none of it

    most = Size(*size) if size else None
    found = open_list(path, sheet=sheet, include_hidden=include_hidden, size=most)
    tell(out, {"ok": {name: getattr(found, name) for name in found.__slots__ if name[0] != "_"}})
    rows: Iterator[SourceRow] = found.rows()
    while block := [packed(row) for row in islice(rows, ROWS_AT_ONCE)]:
        tell(out, block)
    tell(out, None)


def picture(out: BinaryIO, path: str, limits: dict[str, Any]) -> None:
    """A picture written anew within limits: its bytes, the ending of its name, its size."""
    from alimnaru.sources.picture_file import rewritten  # noqa: PLC0415 - lists need no Pillow

    told = rewritten(Path(path).read_bytes(), Limits(**limits))
    tell(out, {"ok": told._asdict()})


#: By name, with the memory and the seconds of the processor that each may take.
JOBS: Final[dict[str, tuple[Callable[..., None], int, int]]] = {
    "list": (list_, LIST_MEMORY, CPU_SECONDS),
    "statement": (list_, LIST_MEMORY, STATEMENT_SECONDS),
    "picture": (picture, PICTURE_MEMORY, CPU_SECONDS),
}


def tell(out: BinaryIO, what: object) -> None:
    """One frame."""
    body = _pack(what)
    out.write(len(body).to_bytes(4, "big"))
    out.write(body)
    out.flush()


def serve(asked: bytes, out: BinaryIO) -> None:
    """Do what was asked: `[job, arguments]`. A fault of the file is an answer."""
    name, given = msgspec.msgpack.decode(asked)
    job = JOBS[name][0]
    try:
        job(out, *given)
    except ListRefused as refused:
        tell(out, {"refused": refused.code.value, "facts": refused.facts})
    except MemoryError:
        tell(out, {"refused": Refusal.FILE_BOMB.value, "facts": {}})


if __name__ == "__main__":  # pragma: no cover - in the other process
    _asked = sys.stdin.buffer.read()
    confine(*JOBS[msgspec.msgpack.decode(_asked)[0]][1:])
    serve(_asked, sys.stdout.buffer)
