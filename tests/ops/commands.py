"""Commands run in this process, on the test's own database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from alimnaru.ops import cli

HEADER = ("회원번호", "이용자명", "휴대폰", "반납예정일")
PEOPLE = (
    ("M1", "김나루", "010-1234-9001", "2026-11-25"),
    ("M2", "박가람", "010-1234-9002", "2026-11-25"),
    ("M3", "최다온", "02-555-0101", "2026-11-25"),
    ("M4", "이도담", "010-1234-9004", "언젠가"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        assert self.out.count("\n") == 1
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def error(self) -> str:
        """The code of the error that was told to a program."""
        assert set(self.json) == {"error"}
        assert set(self.json["error"]) == {"code", "message"}
        return str(self.json["error"]["code"])


class Commands:
    """`run("check", path, …)` as it would be typed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *args: object) -> Said:
        self._capsys.readouterr()
        code = cli.run([str(arg) for arg in args])
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)

    def json(self, *args: object) -> Said:
        return self.run(*args, "--json")


def write_list(path: Path, rows: Sequence[Sequence[str]] = PEOPLE) -> Path:
    """A CSV as a library's system exports it."""
    lines = [",".join(row) for row in (HEADER, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
