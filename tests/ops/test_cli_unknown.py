"""The working list of unknown outcomes on the command line."""

from __future__ import annotations

import pytest

from alimnaru.rules.outcomes import Result
from alimnaru.store.models import Batch, Message
from tests.cast import Cast, make_cast
from tests.ops.commands import Commands
from tests.reads.fates import hand_over, list_of, tell


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def dark(office: Cast) -> Batch:
    """Three sent, about two of which nobody tells."""
    batch = list_of(office, 3)
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED, 1: Result.TIMED_OUT, 2: Result.UNRECOGNISED})
    return batch


def test_the_list_for_programs(dark: Batch, commands: Commands) -> None:
    (found,) = commands.json("unknown", "list").json["batches"]
    assert (found["batch"], found["notice"], found["open"]) == (dark.pk, "lib.due.soon", 2)
    assert found["codes"] == {"timed_out": 1, "unrecognised": 1}
    assert found["rule"] == "leave"
    said = commands.json("unknown", "list", "--batch", dark.pk).json
    assert [m["code"] for m in said["messages"]] == ["timed_out", "unrecognised"]
    assert {m["name"] for m in said["messages"]} == {"김*루"}
    assert commands.json("unknown").json == commands.json("unknown", "list").json


def test_the_list_for_people(dark: Batch, commands: Commands) -> None:
    said = commands.run("unknown")
    assert said.code == 0
    for words in ("반납예정일 안내", "나루중앙도서관", "그대로 둠", "alimnaru unknown decide"):
        assert words in said.out
    said = commands.run("unknown", "list", "--batch", dark.pk)
    assert "010-****-" in said.out
    assert "김나루" not in said.out


def test_a_long_list_is_cut(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 52)
    hand_over(batch)
    tell(batch, dict.fromkeys(range(52), Result.TIMED_OUT))
    said = commands.run("unknown", "list", "--batch", batch.pk)
    assert "이 밖에 2명이 더 있습니다." in said.out


def test_nothing_is_unknown(office: Cast, commands: Commands) -> None:
    assert "없습니다" in commands.run("unknown").out
    assert commands.json("unknown").json == {"batches": []}


@pytest.mark.parametrize(
    ("how", "words"),
    [("sent", "전달된 것으로 셈합니다"), ("sms", "문자로 다시"), ("leave", "남겨 두고")],
)
def test_a_decision(dark: Batch, commands: Commands, how: str, words: str) -> None:
    assert words in commands.run("unknown").out
    said = commands.run("unknown", "decide", "--batch", dark.pk, "--as", how)
    assert said.code == 0
    assert "2명" in said.out
    assert words in said.out
    said = commands.run("unknown", "decide", "--batch", dark.pk, "--as", how)
    assert "남아 있지 않습니다" in said.out
    shown = commands.run("unknown", "list", "--batch", dark.pk).out
    assert ("모두 정함" in shown) is (how == "leave")


def test_one_message(dark: Batch, commands: Commands) -> None:
    message = Message.objects.filter(state="unknown").order_by("pk")[0].pk
    said = commands.json("unknown", "decide", "--message", message, "--as", "sent")
    assert said.json == {"batch": dark.pk, "choice": "sent", "decided": 1}


@pytest.mark.parametrize("number", ["0", "12345", "9" * 30])
def test_a_message_that_is_not_there(dark: Batch, commands: Commands, number: str) -> None:
    said = commands.json("unknown", "decide", "--message", number, "--as", "sent")
    assert (said.code, said.error) == (2, "message_unknown")


def test_a_batch_that_is_not_there(office: Cast, commands: Commands) -> None:
    assert commands.json("unknown", "list", "--batch", 7).error == "batch_unknown"
    said = commands.json("unknown", "decide", "--batch", 7, "--as", "sent")
    assert said.error == "batch_unknown"


def test_no_sms_may_follow(dark: Batch, office: Cast, commands: Commands) -> None:
    office.notice.fallback = ""
    office.notice.save()
    said = commands.json("unknown", "decide", "--batch", dark.pk, "--as", "sms")
    assert (said.code, said.error) == (2, "unknown_no_text")
    assert "더 시도할 방법이 없습니다" in said.json["error"]["message"]
    (found,) = commands.json("unknown").json["batches"]
    assert found["allowed"] == ["sent", "leave"]


def test_the_status_of_a_batch_leads_here(dark: Batch, commands: Commands) -> None:
    assert f"alimnaru unknown list --batch {dark.pk}" in commands.run("status", dark.pk).out
