"""Every hostile file ends in a sentence and exit code 2, and leaves nothing behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alimnaru.flow.wordings import wording
from alimnaru.ops.cli_faults import BAD_INPUT
from alimnaru.store.models import Batch, Chunk, Message, RefusedRow
from tests.cast import make_cast
from tests.ops.commands import Commands
from tests.sources import hostile

#: Files whose rows can be judged: good rows among them may go, the bad ones are reported.
WHOLE = [name for name, _, stage, _ in hostile.FILES if stage != "row"]


@pytest.fixture
def commands(db: None, capsys: pytest.CaptureFixture[str]) -> Commands:
    wording.cache_clear()
    make_cast()
    return Commands(capsys)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("command", [("check",), ("send", "--yes")])
def test_a_hostile_file(
    commands: Commands, tmp_path: Path, name: str, command: tuple[str, ...]
) -> None:
    path = hostile.make_one(tmp_path, name).path
    said = commands.run(command[0], path, "--notice", "lib.due.soon", *command[1:])
    assert said.code == BAD_INPUT
    assert re.search(r"[가-힣].*니다", said.err), said.err
    assert re.search(r"십시오\.", said.err), said.err
    for table in (Batch, Chunk, Message, RefusedRow):
        assert not table.objects.exists()
