"""The commands as a whole: help in Korean, JSON everywhere, odd input refused, and the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from alimnaru.ops.cli import app
from tests.ops.commands import Commands

ROOT = Path(__file__).parents[2]


def _leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    inside = getattr(command, "commands", None)
    if not inside:
        yield " ".join(path), command
    for name, child in (inside or {}).items():
        yield from _leaves(child, (*path, name))


LEAVES = dict(_leaves(typer.main.get_command(app)))
ISSUE = [
    *("check", "send", "status", "stop", "resume", "unreached", "doctor"),
    *("up", "worker", "sandbox", "demo", "bench", "chaos", "restore", "migrate"),
]


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def options_of(command: Any) -> set[str]:
    return {name for param in command.params for name in param.opts if name.startswith("-")}


def test_every_command_is_there() -> None:
    groups = {
        "catalogue load",
        "catalogue fallback",
        *(f"members {act}" for act in ("list", "add", "role", "reset", "code")),
        *(f"rule {act}" for act in ("list", "show", "rehearse", "approve", "pause")),
        *(f"accounts {act}" for act in ("list", "add", "on", "off", "price", "reset")),
    }
    groups |= {f"key {act}" for act in ("list", "issue", "rotate", "revoke")}
    groups |= {f"keys {act}" for act in ("status", "rotate", "retire")}
    groups |= {f"webhook {act}" for act in ("list", "add", "pause", "resume", "redrive")}
    steps = ("status", "draft", "diff", "submit", "comment", "withdraw", "refresh", "wake", "link")
    groups |= {f"templates {step}" for step in steps}
    groups |= {f"entrances {act}" for act in ("list", "add", "open")}
    groups |= {f"consent {act}" for act in ("list", "add", "end", "import")}
    groups |= {"proof", "verify", "seal now", "seal show", "seal key"}
    groups |= {"channel off", "channel on", "channel status", "unknown list", "unknown decide"}
    groups |= {f"report {kind}" for kind in ("month", "council", "officers", "effect")}
    acts = ("charge", "close", "compare", "disputes", "reopen", "settle", "show", "statement")
    groups |= {f"month {act}" for act in acts}
    groups |= {"incident list", "incident show", "destroy list", "destroy show"}
    groups |= {"money spent", "money forecast"}
    groups |= {f"project {act}" for act in ("list", "add", "close", "assign")}
    groups |= {f"office {act}" for act in ("status", "pause", "reconcile", "resume")}
    groups |= {f"backup {act}" for act in ("make", "check", "archive")}
    acts = ("list", "change", "test", "pause", "resume", "remove")
    groups |= {f"source add-{kind}" for kind in ("table", "folder", "agent")}
    groups |= {f"source {act}" for act in acts}
    groups |= {"canary on", "canary off", "canary show"}
    assert set(LEAVES) == set(ISSUE) | groups


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_speaks_json(name: str) -> None:
    assert "--json" in options_of(LEAVES[name])


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_explains_itself_in_korean(name: str, commands: Commands) -> None:
    said = commands.run(*name.split(), "--help")
    assert said.code == 0
    assert said.err == ""
    assert re.match(r"[가-힣]", LEAVES[name].help)
    for param in LEAVES[name].params:
        assert re.search(r"[가-힣]", param.help), param.name
    assert "Show this message" not in said.out
    assert "Options" not in said.out


@pytest.mark.parametrize("args", [(), ("--help",), ("-h",)])
def test_help_names_the_commands(commands: Commands, args: tuple[str, ...]) -> None:
    said = commands.run(*args)
    assert said.code == 0
    assert all(re.search(rf"\b{name}\b", said.out) for name in ISSUE)


def test_the_version(commands: Commands) -> None:
    said = commands.run("--version")
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", said.out)


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("chekc",), "usage_command", "check"),
        (("zzz",), "usage_command", "zzz"),
        (("check",), "usage_missing", "명단"),
        (("check", "a.csv"), "usage_missing", "--notice"),
        (("unreached", "1"), "usage_missing", "--out"),
        (("send", "a.csv", "--notic", "x"), "usage_option", "--notice"),
        (("status", "첫번째"), "usage_value", "발송번호"),
        (("up", "--port", "99999"), "usage_value", "--port"),
        (("demo", "--rows", "0"), "usage_value", "--rows"),
        (("status", "1", "2"), "usage_extra", "2"),
        (("worker", "--lanes", "fast"), "lane_unknown", "urgent"),
        (("channel", "off", "fax"), "channel_unknown", "alimtalk"),
        (("channel", "off", "sms", "--ceiling", "-1"), "usage_value", "--ceiling"),
        (("unknown", "decide", "--batch", "1", "--as", "resend"), "choice_unknown", "leave"),
        (("unknown", "decide", "--as", "sent"), "unknown_target", "--batch"),
        (
            ("unknown", "decide", "--as", "sms", "--batch", "1", "--message", "2"),
            "unknown_target",
            "--message",
        ),
        (("unreached", "1", "--out", "a.csv"), "output_not_xlsx", ".xlsx"),
    ],
)
def test_odd_input_is_refused_before_anything_starts(
    commands: Commands, args: tuple[str, ...], code: str, words: str
) -> None:
    said = commands.json(*args)
    assert (said.code, said.error) == (2, code)
    assert words in said.json["error"]["message"]
    said = commands.run(*args)
    assert (said.code, said.out) == (2, "")
    assert said.err.strip().endswith("니다.") or said.err.strip().endswith("십시오.")


def test_a_group_names_what_it_has(commands: Commands) -> None:
    said = commands.run("catalogue")
    assert (said.code, said.out) == (2, "")
    assert "load" in said.err


# ---- the page ------------------------------------------------------------------------------------


def documented() -> dict[str, set[str]]:
    """Command → options, as the page has them."""
    page = (ROOT / "docs" / "reference" / "cli.md").read_text()
    found = {}
    for section in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        title = re.match(r"`alimnaru ([a-z -]+?)(?: [A-Z ]+)?`", section)
        assert title, section[:60]
        firsts = re.findall(r"^\| (`-.*?) \|", section, flags=re.MULTILINE)
        found[title[1]] = set(re.findall(r"`(-[-a-z]+)`", " ".join(firsts)))
    return found


def test_the_page_and_the_commands_agree() -> None:
    real = {name: options_of(command) for name, command in LEAVES.items()}
    assert documented() == real
