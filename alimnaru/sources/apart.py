"""Files of strangers are read in a process of their own, which can do nothing but read them.

A spreadsheet, a text or a picture that was made to harm its reader ends that process; whoever asked
gets a refusal, and nothing else notices. What comes back is msgpack, which makes numbers and texts
and nothing that runs. `docs/decisions/0041-uploads-apart.md` has what it costs and what it leaves.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import IO, Any, Final, NoReturn, cast

import msgspec

from alimnaru.rules.cell import Cell, CellError
from alimnaru.rules.pictures import Limits, NewPicture
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import SourceRow
from alimnaru.sources import apart_jobs as jobs
from alimnaru.sources.upload import OpenList
from alimnaru.sources.upload_guard import STATEMENT, ListRefused

__all__ = ["ListRefused", "OpenList", "SourceRow", "new_picture", "open_list", "open_statement"]

_SCRIPT: Final = Path(jobs.__file__)
#: Seconds until the next word. A sheet of a million rows is looked through for 40 before its first.
PATIENCE: Final = 120.0
#: A block of rows with a hundred full cells each is 60 MiB at the very most.
MOST_FRAME: Final = 128 << 20


class _Reader:
    """The other process and what it says. Whoever opens a list and never reads it leaves none."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: int) -> None:
        self._pipe = pipe
        self._poll = select.poll()
        self._poll.register(pipe, select.POLLIN)
        self.end = weakref.finalize(self, _end, process, pipe)

    def word(self) -> Any:
        """The next frame. Raises `ListRefused` for one that says so, and where none comes."""
        until = time.monotonic() + PATIENCE
        size = int.from_bytes(self._bytes(4, until), "big")
        if size > MOST_FRAME:
            self._give_up()
        try:
            said = _unpack(self._bytes(size, until))
        except ValueError:
            self._give_up()
        if isinstance(said, dict) and "refused" in said:
            self.end()
            raise ListRefused(Refusal(said["refused"]), **said["facts"])
        return said

    def _bytes(self, size: int, until: float) -> bytes:
        parts = []
        while size:
            left = until - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                self._give_up()
            part = os.read(self._pipe, min(size, 1 << 20))
            if not part:
                self._give_up()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _give_up(self) -> NoReturn:
        """It was ended for asking too much, took too long, or broke in a way it could not tell."""
        self.end()
        raise ListRefused(Refusal.FILE_DAMAGED)


def _start(job: str, *given: object) -> _Reader:
    mine, its = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own script; what is asked goes by its input
            [sys.executable, "-I", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=its,
            stderr=subprocess.DEVNULL,
            # Neither keys nor the database's address, and a group of its own to be ended as one.
            env={},
            start_new_session=True,
        )
    finally:
        os.close(its)
    reader = _Reader(process, mine)
    # One that died at once has left its pipe; its silence is told by the first word.
    pipe = cast("IO[bytes]", process.stdin)
    with contextlib.suppress(BrokenPipeError), pipe as asked:
        asked.write(msgspec.msgpack.encode([job, given]))
    return reader


def _end(process: subprocess.Popen[bytes], pipe: int) -> None:
    os.close(pipe)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def open_list(
    path: str | Path, *, sheet: str | None = None, include_hidden: bool = False
) -> OpenList:
    """`upload.open_list` in a process of its own. Raises `ListRefused`, as the rows do."""
    return _open("list", path, sheet, include_hidden)


def open_statement(path: str | Path) -> OpenList:
    """As `open_list`, for as many rows as a carrier bills in a month."""
    return _open("statement", path, None, False, STATEMENT)


def _open(job: str, path: str | Path, *how: object) -> OpenList:
    given = (str(Path(path).resolve()), *how)
    reader = _start(job, *given)
    about = reader.word()["ok"]
    waiting = [reader]

    def rows() -> Iterator[SourceRow]:
        own = waiting.pop() if waiting else None
        if own is None:
            own = _start(job, *given)
            own.word()
        try:
            while block := own.word():
                for number, cells in block:
                    yield SourceRow(number, cells)
        finally:
            own.end()

    for name in ("sheets_left_out", "hidden_sheets", "hidden_letters"):
        about[name] = tuple(about[name])
    about["name"] = Path(path).name
    return OpenList(**about, _rows=rows)


def new_picture(path: Path, limits: Limits) -> NewPicture:
    """A picture written anew within limits. Raises `ListRefused`."""
    reader = _start("picture", str(path.resolve()), asdict(limits))
    try:
        return NewPicture(**reader.word()["ok"])
    finally:
        reader.end()


def _cell(code: int, data: memoryview) -> Cell:
    text = bytes(data).decode()
    if code == jobs.ERROR:
        return CellError(text)
    if code == jobs.DURATION:
        return timedelta(seconds=float(text))
    return _MOMENTS[code](text)


_MOMENTS: Final[dict[int, Callable[[str], Cell]]] = {
    jobs.DATETIME: datetime.fromisoformat,
    jobs.DATE: date.fromisoformat,
    jobs.TIME: clock.fromisoformat,
}
_unpack: Final = msgspec.msgpack.Decoder(ext_hook=_cell).decode
