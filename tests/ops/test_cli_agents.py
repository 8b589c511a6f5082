"""The place of an SMS agent is taken from the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alimnaru.flow import agents
from alimnaru.ops.cli_sources import VARIABLE
from alimnaru.sources.agents.database import engine_for
from alimnaru.store.models import Source
from tests.cast import Cast, make_cast
from tests.legacy import OldSystem
from tests.ops.commands import Commands


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def old(mariadb: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OldSystem]:
    monkeypatch.setenv(VARIABLE, mariadb)
    yield OldSystem(mariadb)
    agents._desk.cache_clear()
    engine_for(mariadb).dispose()
    engine_for.cache_clear()


ADD = ("source", "add-agent", "old", "--name", "옛 시스템", "--department", "lib")


def test_it_works(office: Cast, commands: Commands, old: OldSystem) -> None:
    old.make("SC_TRAN", "MMS_MSG")
    old.run("ALTER TABLE MMS_MSG RENAME TO LIB_MMS")
    said = commands.json(
        *ADD, "--table", "SC_TRAN", "--table", "mms_msg=LIB_MMS", "--notice", "반납예정일 안내"
    )
    assert (said.code, said.json["reads"]) == (0, True)
    settings = Source.objects.get().settings
    assert settings["tables"] == {"sc_tran": "", "mms_msg": "LIB_MMS"}
    assert settings["notices"] == ["lib.due.soon"]
    said = commands.json("source", "change", "old", "--address")
    assert (said.code, said.json["reads"]) == (0, True)
    commands.json("source", "change", "old", "--notice", "lib.due.soon")
    assert Source.objects.get().settings["notices"] == ["lib.due.soon"]
    assert commands.json("source", "change", "old", "--view", "a=b,c").code == 2


def test_a_table_that_is_not_there_is_told_at_once(
    office: Cast, commands: Commands, old: OldSystem
) -> None:
    said = commands.run(*ADD, "--table", "sc_tran", "--keep")
    assert said.code == 1
    assert "그런 표나 뷰가 없습니다" in said.out
    assert not Source.objects.get().settings["log"]


def test_a_table_that_nobody_knows(office: Cast, commands: Commands, old: OldSystem) -> None:
    said = commands.json(*ADD, "--table", "msg")
    assert (said.code, said.json["error"]["code"]) == (2, "source_table_unknown")
