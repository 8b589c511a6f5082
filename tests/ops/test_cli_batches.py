"""A batch watched, stopped, resumed, cancelled, and its unreached listed."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone

from alimnaru.ops.cli_batches_screen import saved
from alimnaru.ops.cli_output import money, period
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import AuditEntry, Batch, Chunk, Tariff
from tests.cast import Cast, make_cast
from tests.console.locked import opened
from tests.ops.commands import Commands
from tests.reads.fates import bad, fall_back, hand_over, list_of, tell, tell_late

ENDS = ("refused", "failed", "suppressed", "cancelled", "expired", "unknown", "pending")


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def done(office: Cast) -> Batch:
    """Six on the list: two by Alimtalk, one by SMS, one wrong number, one unknown, one refused."""
    batch = list_of(office, 5, [bad(90)])
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED, 1: Result.DELIVERED, 2: Result.BLOCKED})
    tell(batch, {3: Result.NUMBER_WRONG, 4: Result.TIMED_OUT})
    fall_back(batch)
    tell(batch, {2: Result.DELIVERED})
    return batch


# ---- status --------------------------------------------------------------------------------------


def test_status_for_programs(done: Batch, commands: Commands) -> None:
    said = commands.json("status", done.pk)
    found = said.json
    assert said.code == 0
    assert found["rows"] == 6 == sum(found["delivered"].values()) + sum(found[e] for e in ENDS)
    assert found["delivered"] == {"alimtalk": 2, "sms": 1, "lms": 0, "mms": 0}
    assert found["won"] == {"spent": 18.063, "needed": 24.189, "all_sms": 24.189, "all_lms": 80.289}
    assert found["seconds"] is not None


def test_status_for_people(done: Batch, commands: Commands) -> None:
    said = commands.run("status", done.pk)
    for words in (
        f"{done.pk}번 발송",
        "알림톡으로 전달",
        "명단과 같음",
        "첫 발송부터 마지막 결과까지",
        "모두 단문 문자로 보냈다면 24.2원: 6.1원(25 %) 아꼈습니다.",
        "없는 번호입니다",
        f"alimnaru unreached {done.pk}",
    ):
        assert words in said.out


def test_a_watch_ends_with_the_batch(done: Batch, commands: Commands) -> None:
    assert commands.json("status", done.pk, "--watch").json["pending"] == 0


def test_a_watch_ends_where_a_person_must_act(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 2)
    Chunk.objects.filter(batch=batch).update(state="held", hold_code="balance_empty")
    said = commands.run("status", batch.pk, "--watch")
    assert "남은 금액이 없어" in said.out
    assert f"alimnaru resume {batch.pk}" in said.out


def test_status_of_a_batch_that_waits_for_its_time(office: Cast, commands: Commands) -> None:
    later = timezone.now() + timedelta(days=1)
    batch = office.send(office.rows("01012349001"), at=later)
    assert "부터 보냄" in commands.run("status", batch.pk).out


def test_status_says_if_somebody_was_told_twice(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 1)
    hand_over(batch)
    tell(batch, {0: Result.NOT_A_USER})
    fall_back(batch)
    tell(batch, {0: Result.DELIVERED})
    tell_late(batch, 0, 1)
    assert "두 번 받은 분이 1명" in commands.run("status", batch.pk).out


def test_status_without_prices(done: Batch, commands: Commands) -> None:
    Tariff.objects.all().delete()
    assert "단가가 정해져 있지 않아" in commands.run("status", done.pk).out


def test_a_sum_that_is_wrong_is_not_hidden(done: Batch, commands: Commands) -> None:
    Batch.objects.filter(pk=done.pk).update(rows=7)
    said = commands.run("status", done.pk)
    assert "명단과 다름" in said.out
    assert "시스템 관리자" in said.out


@pytest.mark.parametrize("number", [0, 4711, 10**30])
@pytest.mark.parametrize("command", ["status", "stop", "resume"])
def test_an_unknown_batch_is_refused(
    done: Batch, commands: Commands, command: str, number: int
) -> None:
    said = commands.json(command, number)
    assert (said.code, said.error) == (2, "batch_unknown")
    assert str(done.pk) in said.json["error"]["message"]


# ---- stop, resume, cancel ------------------------------------------------------------------------


def test_stop_and_resume(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 3)
    said = commands.run("stop", batch.pk)
    assert "3명에게 보낼 것이 멈추어 있습니다" in said.out
    assert commands.json("status", batch.pk).json["stopped"] is True
    assert f"alimnaru resume {batch.pk}" in commands.run("status", batch.pk).out
    found = commands.json("resume", batch.pk).json
    assert (found["stopped"], found["freed_chunks"], found["freed_messages"]) == (False, 1, 3)
    assert "지금 이어서 보낼 것이 없습니다" in commands.run("resume", batch.pk).out


def test_what_is_with_the_carrier_cannot_be_stopped(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 2)
    hand_over(batch)
    said = commands.run("stop", batch.pk)
    assert "이미 넘긴 2명은 결과를 기다립니다" in said.out


def test_cancelled_messages_are_counted(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 3)
    found = commands.json("stop", batch.pk, "--cancel").json
    assert (found["cancelled"], found["cancelled_now"], found["pending"]) == (3, 3, 0)
    assert "멈출 것이 남아 있지 않았습니다" in commands.run("stop", batch.pk).out


def test_a_clerk_who_cancels_is_told_how_many(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 3)
    assert "3명에게 보낼 것을 취소했습니다" in commands.run("stop", batch.pk, "--cancel").out


def test_a_clerk_who_resumes_is_told_how_many(office: Cast, commands: Commands) -> None:
    batch = list_of(office, 3)
    commands.run("stop", batch.pk)
    assert "남은 사람은 3명입니다" in commands.run("resume", batch.pk).out


# ---- unreached -----------------------------------------------------------------------------------


def test_the_unreached_list_is_written(done: Batch, commands: Commands, tmp_path: Path) -> None:
    file = tmp_path / "못받은분.xlsx"
    said = commands.json("unreached", done.pk, "--out", file)
    told = dict(said.json)
    clear = opened(file.read_bytes(), told.pop("password"))
    assert told == {"batch": done.pk, "file": str(file), "rows": 3, "pending": 0}
    assert (file.stat().st_mode & 0o777, list(tmp_path.iterdir())) == (0o600, [file])
    sheet = openpyxl.load_workbook(io.BytesIO(clear)).active
    assert sheet is not None
    assert sheet.max_row == 4
    entry = AuditEntry.objects.get(act="unreached.export")
    assert (entry.subject, entry.facts["rows"]) == (f"batch:{done.pk}", 3)
    assert entry.actor.login == "cli"


def test_what_is_still_under_way_is_mentioned(
    office: Cast, commands: Commands, tmp_path: Path
) -> None:
    batch = list_of(office, 2, [bad(90)])
    said = commands.run("unreached", batch.pk, "--out", tmp_path / "a.xlsx")
    assert "받지 못한 1명" in said.out
    assert "진행 중인 2명" in said.out
    (password,) = re.findall(r"비밀번호: (\S+) ", said.out)
    assert opened((tmp_path / "a.xlsx").read_bytes(), password)


def test_a_file_that_is_there_is_kept_unless_forced(
    done: Batch, commands: Commands, tmp_path: Path
) -> None:
    file = tmp_path / "a.xlsx"
    file.write_text("mine")
    said = commands.json("unreached", done.pk, "--out", file)
    assert (said.code, said.error) == (2, "output_exists")
    assert file.read_text() == "mine"
    assert commands.json("unreached", done.pk, "--out", file, "--force").code == 0
    assert file.read_bytes()[:2] == b"\xd0\xcf"  # encrypted, as Office does it


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.csv", "output_not_xlsx"), ("a", "output_not_xlsx"), ("x/a.xlsx", "output_unwritable")],
)
def test_a_file_that_cannot_be_written_is_refused(
    done: Batch, commands: Commands, tmp_path: Path, name: str, code: str
) -> None:
    said = commands.json("unreached", done.pk, "--out", tmp_path / name)
    assert (said.code, said.error) == (2, code)
    assert list(tmp_path.iterdir()) == []
    assert not AuditEntry.objects.filter(act="unreached.export").exists()


# ---- how numbers are written ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "baseline", "words"),
    [
        ("4815", "7765", "모두 문자로 보냈다면 7,765원: 2,950원(38 %) 아꼈습니다."),
        ("30", "10", "모두 문자로 보냈다면 10원: 20원(200 %) 더 들었습니다."),
        ("0", "0", "모두 문자로 보냈다면 0원: 0원(0 %) 아꼈습니다."),
    ],
)
def test_a_saving_names_its_baseline(spent: str, baseline: str, words: str) -> None:
    assert saved("모두 문자", Decimal(spent), Decimal(baseline)) == words


@pytest.mark.parametrize(
    ("won", "written"),
    [
        ("0", "0원"),
        ("5", "5원"),
        ("8.1", "8.1원"),
        ("999.94", "999.9원"),
        ("1234567.8", "1,234,568원"),
    ],
)
def test_won(won: str, written: str) -> None:
    assert money(Decimal(won)) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.42, "0.4초"), (42, "42초"), (185, "3분 5초"), (3600, "1시간"), (3725, "1시간 2분")],
)
def test_a_period(seconds: float, written: str) -> None:
    assert period(seconds) == written


def test_reasons_beyond_the_first_few_are_counted(office: Cast, commands: Commands) -> None:
    codes = [code for code in Refusal if code.value.startswith("phone_")][:9]
    batch = list_of(office, 1, [bad(90 + n, code) for n, code in enumerate(codes)])
    assert "이 밖의 까닭으로 1명이" in commands.run("status", batch.pk).out
