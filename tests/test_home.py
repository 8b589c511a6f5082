"""Which installation a command means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from alimnaru.home import home


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALIMNARU_HOME", str(tmp_path / "x"))
    (tmp_path / ".alimnaru").mkdir()
    monkeypatch.chdir(tmp_path)
    assert home() == tmp_path / "x"


def test_then_the_folder_where_the_command_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ALIMNARU_HOME")
    (tmp_path / ".alimnaru").mkdir()
    monkeypatch.chdir(tmp_path)
    assert home() == tmp_path / ".alimnaru"


@pytest.mark.parametrize(("user", "part"), [(0, "/var/lib/alimnaru"), (1000, "alimnaru")])
def test_then_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, part: str
) -> None:
    monkeypatch.delenv("ALIMNARU_HOME")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert str(home()).endswith(part)
    assert str(home()).startswith("/var/lib") == (user == 0)
