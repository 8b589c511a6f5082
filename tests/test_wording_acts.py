"""Every act that the source writes into the audit log has Korean words, and so has every fact."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from alimnaru.rules.disclosure import Disclosed
from alimnaru.wording import label
from alimnaru.wording.acted import (
    act_words,
    fact_words,
    grouped_acts,
    subject_called,
    subject_words,
)
from alimnaru.wording.acts import ACTS, GROUPS, SUBJECTS
from alimnaru.wording.facts import FACTS

ROOT = Path(__file__).parents[1] / "alimnaru"
WRITERS = {"record", "_record", "note", "_note", "disclose"}
ACT = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
HANGUL = re.compile(r"[가-힣]")


def _called(node: ast.Call) -> str:
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _keys(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Dict):
            for key in part.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value


def _trees() -> Iterator[ast.Module]:
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text()
        if path.parent.name == "office" or "audit.record(" in text or "disclose(" in text:
            yield ast.parse(text)


def acts_written() -> set[str]:
    found: set[str] = {what.value for what in Disclosed}
    for path in ROOT.rglob("*.py"):
        # Acts that have a name of their own: whatever begins as the acts of a group do.
        named = [n.value for n in ast.parse(path.read_text()).body if hasattr(n, "value")]
        texts = {s for value in named if value is not None for s in _strings(value)}
        found |= {s for s in texts if ACT.fullmatch(s) and s.partition(".")[0] in GROUPS}
    for tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            parts: list[ast.AST] = [k.value for k in node.keywords if k.arg == "act"]
            if _called(node) in WRITERS:
                parts += node.args
            found |= {s for part in parts for s in _strings(part) if ACT.fullmatch(s)}
    return found


def facts_written() -> set[str]:
    found: set[str] = set()
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in WRITERS:
                parts = [*node.args, *(k.value for k in node.keywords if k.arg == "facts")]
                found |= {key for part in parts for key in _keys(part)}
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(getattr(t, "id", "") == "facts" for t in targets) and node.value:
                    found |= set(_keys(node.value))
            elif isinstance(node, ast.FunctionDef) and node.name == "_facts":
                found |= set(_keys(node))
    return found


def subjects_written() -> set[str]:
    """What stands before the colon wherever a subject is given: by name, or to `looked`."""
    found: set[str] = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or _called(node) not in {*WRITERS, "looked"}:
                continue
            parts = [k.value for k in node.keywords if k.arg == "subject"]
            if _called(node) == "looked":
                parts += node.args[2:3]
            for part in parts:
                begins = part.values[0] if isinstance(part, ast.JoinedStr) else part
                if isinstance(begins, ast.Constant) and isinstance(begins.value, str):
                    found.add(begins.value.partition(":")[0])
    return found


def test_every_subject_has_words() -> None:
    subjects = subjects_written()
    assert {"batch", "consents", "access"} <= subjects
    assert subjects - set(SUBJECTS) == set()


def test_every_act_has_words() -> None:
    acts = acts_written()
    assert {"batch.stop", "channel.off", "template.draft", "account.off"} <= acts
    assert acts - set(ACTS) == set()


def test_every_fact_has_words() -> None:
    facts = facts_written()
    assert {"rows", "ceiling_won", "choice"} <= facts
    assert facts - set(FACTS) == set()


def test_every_act_is_in_a_group() -> None:
    assert {act.partition(".")[0] for act in ACTS} == set(GROUPS)
    assert sum(len(acts) for _group, acts in grouped_acts()) == len(ACTS)


@pytest.mark.parametrize("table", [ACTS, FACTS, GROUPS, SUBJECTS])
def test_words_are_korean_and_polite_to_look_at(table: dict[str, str]) -> None:
    for words in table.values():
        assert HANGUL.search(words)
        assert not re.search(r"[A-Za-z!]", words)


@pytest.mark.parametrize("what", Disclosed)
def test_what_is_disclosed_is_called_the_same_everywhere(what: Disclosed) -> None:
    assert act_words(what) == label(what)


def test_what_a_later_version_wrote_is_shown_as_it_is() -> None:
    assert act_words("robot.dance") == "robot.dance"
    assert fact_words("tempo") == "tempo"
    assert subject_words("robot:7") == "robot 7"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("batch:12", "batch:12"),
        ("발송 12", "batch:12"),
        ("발송12", "batch:12"),
        ("발송 계정 3", "account:3"),
        ("채널 alimtalk", "channel:alimtalk"),
        ("정책", "policy"),
        ("반납예정일 안내", "반납예정일 안내"),
        ("", ""),
    ],
)
def test_a_subject_is_found_by_its_words(text: str, subject: str) -> None:
    assert subject_called(text) == subject


def test_subjects_in_words() -> None:
    assert subject_words("batch:12") == "발송 12"
    assert subject_words("catalogue") == "알림 목록"
