"""Files of strangers are read apart: bombs end their reader and nothing else."""

from __future__ import annotations

import gc
import io
import os
import re
import socket
import struct
import subprocess
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from alimnaru.rules.cell import CellError
from alimnaru.rules.pictures import limits_for
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import SourceRow
from alimnaru.sources import apart, apart_jobs, confined
from alimnaru.sources.apart import ListRefused, new_picture, open_list
from alimnaru.sources.upload import open_list as open_here

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
MIB = 1 << 20


def _children() -> set[str]:
    found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return set(found.split())


def _code(path: Path) -> Refusal:
    with pytest.raises(ListRefused) as caught:
        list(open_list(path).rows())
    return caught.value.code


@pytest.mark.parametrize("name", ["loans.xlsx", "loans-cp949.csv"])
def test_it_reads_what_is_read_here(name: str) -> None:
    apart_, here = open_list(EXAMPLES / name), open_here(EXAMPLES / name)
    # Twice: a list may be read again.
    for _ in range(2):
        assert list(apart_.rows()) == [SourceRow(n, list(c)) for n, c in here.rows()]
    facts = [slot for slot in here.__slots__ if slot != "_rows"]
    assert [getattr(apart_, f) for f in facts] == [getattr(here, f) for f in facts]


def test_every_kind_of_cell_comes_through() -> None:
    cells = [
        *("나루", 7, 1.5, True, None, datetime(2026, 11, 28, 9, 30), date(2026, 11, 28)),
        *(time(14, 30), timedelta(hours=25, seconds=0.5), CellError("#REF!")),
    ]
    sent = msgspec.msgpack.encode(apart_jobs.packed(SourceRow(3, cells)))
    assert apart._unpack(sent) == [3, cells]
    assert [type(a) for a in apart._unpack(sent)[1]] == [type(c) for c in cells]


def test_refusals_keep_their_facts(tmp_path: Path) -> None:
    with pytest.raises(ListRefused) as caught:
        open_list(EXAMPLES / "loans.xlsx", sheet="없음")
    assert caught.value.code is Refusal.SHEET_NOT_FOUND
    assert caught.value.facts["sheet"] == "없음"
    assert _code(tmp_path / "none.csv") is Refusal.FILE_NOT_FOUND


def test_nobody_is_left_behind() -> None:
    before = _children()
    unread = open_list(EXAMPLES / "loans.xlsx")
    half = open_list(EXAMPLES / "loans.xlsx").rows()
    next(half)
    assert _children() > before
    del unread, half
    gc.collect()
    assert _children() == before


# ---- bombs ---------------------------------------------------------------------------------------


def _png(width: int, height: int, *, rows: int) -> bytes:
    """A PNG that says it is so large, and holds so many rows of it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(rows * (3 * width + 1)))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _book(path: Path, sheet: bytes) -> Path:
    source = zipfile.ZipFile(EXAMPLES / "loans.xlsx")
    with source as good, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bad:
        for entry in good.infolist():
            own = entry.filename == "xl/worksheets/sheet1.xml"
            bad.writestr(entry.filename, sheet if own else good.read(entry))
    return path


def test_a_zip_bomb_is_told(tmp_path: Path) -> None:
    assert _code(_book(tmp_path / "a.xlsx", bytes(300 * MIB))) is Refusal.FILE_BOMB


def test_entities_that_grow_are_told(tmp_path: Path) -> None:
    lines = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + lines + b"]><x>&l9;</x>"
    assert _code(_book(tmp_path / "a.xlsx", laughs)) is Refusal.FILE_BOMB


def test_an_endless_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * (3 * MIB))
    assert _code(path) is Refusal.FILE_LINE_TOO_LONG


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (_png(60_000, 60_000, rows=10), Refusal.PICTURE_TOO_WIDE),
        (_png(4_000, 2_000, rows=10)[:60], Refusal.PICTURE_UNREADABLE),
        (b"GIF89a" + bytes(100), Refusal.PICTURE_UNREADABLE),
    ],
)
def test_pictures_that_are_none(tmp_path: Path, picture: bytes, code: Refusal) -> None:
    path = tmp_path / "picture"
    path.write_bytes(picture)
    with pytest.raises(ListRefused) as caught:
        new_picture(path, limits_for(["template"]))
    assert caught.value.code is code


# ---- what the reader may do ----------------------------------------------------------------------


def _confined(code: str) -> subprocess.CompletedProcess[str]:
    start = "import sys; sys.path[0] = sys.argv[1]\nfrom alimnaru.sources.confined import confine\n"
    start += "print(confine(512 << 20))\n"
    command = [sys.executable, "-I", "-c", start + code, str(ROOT)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={})


def test_it_writes_no_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    told = _confined(f"f = open({str(tmp_path / 'a')!r}, 'w'); f.write('x'); f.flush()")
    assert "Error" in told.stderr
    assert not (tmp_path / "a").read_text()


@pytest.mark.parametrize(
    "act",
    [
        "os.unlink(key)",
        "os.rename(key, key + '2')",
        "os.truncate(key, 0)",
        "open(key, 'w')",
        "os.open(key, os.O_RDONLY | os.O_TRUNC)",
        "mmap.mmap(os.open(key, os.O_RDWR), 3)[:] = b'xyz'",
        "os.chmod(key, 0)",
        "os.mkdir(key + 'd')",
        "os.symlink(key, key + 'l')",
    ],
)
def test_it_harms_no_file_of_its_users(tmp_path: Path, act: str) -> None:
    """It has our user, to whom the key file belongs: without it every text is lost."""
    key = tmp_path / "key"
    key.write_bytes(b"abc")
    told = _confined(f"import mmap, os; key = {str(key)!r}; {act}")
    if "no_sockets" not in told.stdout:
        pytest.skip("this system has no filter of calls")
    assert "PermissionError" in told.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["key"]
    assert key.read_bytes() == b"abc"


def test_it_takes_no_more_memory_than_it_may() -> None:
    told = _confined("try: bytearray(1 << 30)\nexcept MemoryError: print('no')")
    assert told.stdout.endswith("no\n")


def test_it_calls_nobody() -> None:
    told = _confined(
        "import socket\ntry: socket.socket()\nexcept PermissionError: print('no')\n"
        "import subprocess\n"
        "print(subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'],"
        " capture_output=True).returncode)"
    )
    if "no_sockets" not in told.stdout:
        pytest.skip("this system has no filter of calls")
    assert told.stdout.splitlines()[1:] == ["no", "1"]


def test_the_filter_names_the_calls_of_this_machine() -> None:
    """What is refused is `socket` itself, and the test's own process may still make one."""
    socket.socket().close()
    arch, calls = confined._MACHINES["x86_64"]
    program = confined._program(arch, calls, ((2, 24),))
    assert len(program) == 8 * (6 + 2 * len(calls) + 5 + 1)
    assert struct.pack("HBBI", 0x15, 0, 1, 41) in program


def test_its_environment_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither keys nor the database's address: a reader that is taken over finds none."""
    script = tmp_path / "spy.py"
    script.write_text(
        "import os, sys\nsys.stdin.buffer.read()\n"
        "b = b'\\x81\\xa2ok' + bytes([0xA0 + len(str(len(os.environ)))])"
        " + str(len(os.environ)).encode()\n"
        "sys.stdout.buffer.write(len(b).to_bytes(4, 'big') + b)\n"
    )
    monkeypatch.setattr(apart, "_SCRIPT", script)
    monkeypatch.setenv("ALIMNARU_MASTER_KEY", "secret")
    # Python itself sets LC_CTYPE where none is.
    assert int(apart._start("list").word()["ok"]) <= 1


@pytest.mark.parametrize(
    "says",
    [
        "sys.exit(1)",
        "sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff')",
        "sys.stdout.buffer.write(b'\\0\\0\\0\\1\\xc1')",
        "import time; time.sleep(60)",
    ],
)
def test_a_reader_that_breaks_is_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    script = tmp_path / "broken.py"
    script.write_text(f"import sys\nsys.stdin.buffer.read()\n{says}\n")
    monkeypatch.setattr(apart, "_SCRIPT", script)
    monkeypatch.setattr(apart, "PATIENCE", 1.0 if "sleep" in says else 30.0)
    before = _children()
    with pytest.raises(ListRefused) as caught:
        open_list(EXAMPLES / "loans.xlsx")
    assert caught.value.code is Refusal.FILE_DAMAGED
    assert _children() == before


def test_a_fault_is_an_answer() -> None:
    out = io.BytesIO()
    apart_jobs.serve(msgspec.msgpack.encode(["list", ["/nowhere", None, False]]), out)
    said = msgspec.msgpack.decode(out.getvalue()[4:])
    assert said["refused"] == Refusal.FILE_NOT_FOUND


def test_nobody_reads_a_strangers_file_elsewhere() -> None:
    """Only the process apart opens what people send: by `sources.upload`, and by Pillow."""
    inside = {"upload.py", "apart_jobs.py", "picture_file.py"}
    wrong = []
    for path in (ROOT / "alimnaru").rglob("*.py"):
        text = path.read_text()
        opens = re.search(r"(?m)sources\.upload import .*\bopen_list|^\s*from PIL import", text)
        if opens and path.name not in inside and path.parent.name != "ops":
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_it_needs_neither_django_nor_settings() -> None:
    code = "import sys; sys.path[0] = sys.argv[1]\nimport alimnaru.sources.apart_jobs\n"
    code += "import alimnaru.sources.upload\n"
    code += "print(sorted({'django', 'httpx', 'PIL', 'structlog'} & set(sys.modules)))"
    command = [sys.executable, "-I", "-c", code, str(ROOT)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"
