"""The examples of the page run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.conftest import Served

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
_MARK = "---- next ----"


def examples() -> list[tuple[str, str]]:
    """(command, what it prints) in order; `…` stands for anything."""
    found: list[tuple[list[str], list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(([line[2:]], []))
            elif line.startswith("> ") and not found[-1][1]:
                found[-1][0].append(line[2:])
            else:
                found[-1][1].append(line)
    return [("\n".join(command), "\n".join(printed)) for command, printed in found]


def fits(printed: str, shown: str) -> bool:
    pattern = ".*?".join(re.escape(part) for part in shown.split("…"))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def test_an_example_is_compared() -> None:
    assert fits('{"id":"12"}\n', '{"id":"…"}')
    assert not fits('{"id":"12","x":1}', '{"id":"…"}')


@pytest.mark.slow
def test_the_examples_run(served: Served) -> None:
    assert shutil.which("curl"), "the examples are curl's"
    script = f"\necho; echo '{_MARK}'\n".join(command for command, _ in examples())
    env = {**os.environ, "ALIMNARU_API": served.url, "ALIMNARU_KEY": served.key}
    ran = subprocess.run(
        ["bash", "-c", script], env=env, capture_output=True, text=True, check=False
    )
    printed = ran.stdout.split(_MARK)
    assert len(printed) == len(examples()) > 9, ran.stderr
    for told, (command, shown) in zip(printed, examples(), strict=True):
        assert fits(told, shown), f"{command}\n\nprints\n{told}\nand not\n{shown}"
