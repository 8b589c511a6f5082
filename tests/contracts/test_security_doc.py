"""`docs/security.md` names a test for each threat: every one of them exists."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
_ROWS = re.compile(r"(?m)^\| ([STRIDE]) \| [^|]+ \| [^|]+ \| `([^`]+)` \|$")


@lru_cache
def _tests(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))


def test_every_named_test_exists() -> None:
    named = [row[1].partition("::") for row in _ROWS.findall(PAGE)]
    assert len(named) > 30
    missing = [f"{path}::{name}" for path, _, name in named if name not in _tests(path)]
    assert missing == []


def test_every_threat_names_one() -> None:
    lines = [line for line in PAGE.splitlines() if re.match(r"\| [A-Z] \|", line)]
    assert [line for line in lines if not _ROWS.match(line)] == []


def test_all_six_kinds_are_thought_of() -> None:
    assert {row[0] for row in _ROWS.findall(PAGE)} == set("STRIDE")
