"""Systems connected from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from alimnaru.ops.cli_sources import VARIABLE
from alimnaru.store.models import AuditEntry, Source
from tests.cast import Cast, make_cast
from tests.ops.commands import Commands


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def url(mariadb: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with create_engine(mariadb, poolclass=NullPool).begin() as link:
        link.execute(text("CREATE TABLE loans (no INTEGER PRIMARY KEY)"))
    monkeypatch.setenv(VARIABLE, mariadb)
    yield mariadb
    from alimnaru.sources.tables import _tables

    _tables.cache_clear()


def add_table(commands: Commands, *more: str, json: bool = True) -> object:
    run = commands.json if json else commands.run
    return run(
        *("source", "add-table", "loans", "--name", "대출", "--department", "lib"),
        *("--view", "loans=loans,no", *more),
    )


def test_it_works(office: Cast, commands: Commands, url: str, tmp_path: Path) -> None:
    said = add_table(commands, "--every", "30")
    assert (said.code, said.json["reads"], said.json["fault"]) == (0, True, None)  # type: ignore[attr-defined]
    assert Source.objects.get().poll_seconds == 30
    said = commands.json(
        *("source", "add-folder", "drop", tmp_path, "--name", "명단", "--department", "lib"),
        *("--notice", "반납예정일 안내", "--keep-days", "3"),
    )
    assert said.code == 0
    assert Source.objects.get(code="drop").settings["notices"] == ["lib.due.soon"]
    listed = commands.json("source", "list").json["sources"]
    assert [(s["code"], s["kind"], s["active"]) for s in listed] == [
        ("drop", "folder", True),
        ("loans", "table", True),
    ]
    assert commands.json("source", "test", "loans").json["reads"]
    assert not commands.json("source", "pause", "loans").json["active"]
    assert commands.json("source", "resume", "loans").json["active"]
    said = commands.json("source", "change", "loans", "--view", "l=loans,nothing", "--address")
    assert (said.code, said.json["fault"]) == (1, "no_such_column")
    assert commands.json("source", "remove", "loans").json["removed"]
    assert {entry.actor.login for entry in AuditEntry.objects.all()} == {"cli"}


def test_for_people(office: Cast, commands: Commands, url: str, tmp_path: Path) -> None:
    assert "연결한 시스템이 없습니다" in commands.run("source", "list").out
    assert "읽을 수 있습니다" in add_table(commands, json=False).out  # type: ignore[attr-defined]
    said = commands.run(
        *("source", "add-folder", "drop", tmp_path / "no", "--name", "명단"),
        *("--department", "lib"),
    )
    assert said.code == 1
    assert "등록되어 있으나 읽지 못했습니다" in said.out
    Source.objects.filter(code="drop").update(failing_since="2026-11-24T01:00Z", error="timeout")
    commands.run("source", "pause", "loans")
    listed = commands.run("source", "list").out
    for words in ("데이터베이스 조회", "폴더", "멈춤", "읽지 못함", "제때"):
        assert words in listed
    assert "다시 살핍니다" in commands.run("source", "resume", "loans").out
    assert "지웠습니다" in commands.run("source", "remove", "loans").out


def test_the_address_is_shown_nowhere(office: Cast, commands: Commands, url: str) -> None:
    add_table(commands)
    for said in (commands.run("source", "list"), commands.json("source", "test", "loans")):
        assert url not in said.out + said.err
        assert "127.0.0.1" not in said.out + said.err


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("test", "laons"), "source_unknown"),
        (("add-table", "x", "--name", "x", "--department", "none", "--view", "a"), "department_unknown"),  # noqa: E501
        (("add-table", "x", "--name", "x", "--department", "lib", "--view", "a"), "source_view_wrong"),  # noqa: E501
        (("add-table", "X", "--name", "x", "--department", "lib", "--view", "a=b,c"), "source_code_wrong"),  # noqa: E501
        (("add-folder", "x", "here", "--name", "x", "--department", "lib"), "source_folder_not_absolute"),  # noqa: E501
        (("add-folder", "x", "/", "--name", "x", "--department", "lib", "--notice", "z"), "notice_unknown"),  # noqa: E501
        (("add-table", "x", "--name", "x", "--department", "lib"), "usage_missing"),
    ],
)  # fmt: skip
def test_what_is_refused(
    office: Cast, commands: Commands, url: str, args: tuple[str, ...], code: str
) -> None:
    add_table(commands)
    said = commands.json("source", *args)
    assert (said.code, said.error) == (2, code)


def test_an_unknown_one_is_told_what_comes_near(office: Cast, commands: Commands, url: str) -> None:
    add_table(commands)
    assert "loans" in commands.run("source", "test", "laons").err


def test_nobody_can_be_asked_for_the_address(
    office: Cast, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    said = add_table(commands)
    assert (said.code, said.error) == (2, "secret_missing")  # type: ignore[attr-defined]
