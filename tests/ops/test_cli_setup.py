"""What a system manager sets up, and the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from alimnaru.store.models import (
    AuditEntry,
    Department,
    Notice,
    Tally,
    TemplateRegistration,
)
from tests.cast import Cast, make_cast
from tests.ops.commands import Commands

SECRET = "SECRETSECRETSECRETSECRETSECRET12"
ADD = ("accounts", "add", "main", "--api-key", "NCSKEY0000000001", "--profile", "KA01PF1")


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SOLAPI_API_SECRET", SECRET)
    return SECRET


# ---- catalogue -----------------------------------------------------------------------------------


def test_the_catalogue_loads_once(db: None, commands: Commands) -> None:
    said = commands.json("catalogue", "load")
    assert said.code == 0
    assert said.json["notices"] == said.json["versions"] == 40
    assert Notice.objects.count() == 40
    assert commands.run("catalogue", "load").out == "바뀐 것이 없습니다.\n"


def test_a_clerk_is_told_what_changed(db: None, commands: Commands) -> None:
    said = commands.run("catalogue", "load")
    assert "알림 업무 40가지" in said.out
    assert "templates submit" in said.out


def test_a_first_command_loads_the_catalogue(db: None, commands: Commands) -> None:
    assert commands.json("report").code == 0
    assert Notice.objects.count() == 40
    assert AuditEntry.objects.get(act="catalogue.load").actor.login == "cli"


def test_a_broken_office_file_changes_nothing(
    office: Cast, commands: Commands, tmp_path: Path
) -> None:
    before = Department.objects.count()
    file = tmp_path / "office.toml"
    file.write_text("[office\n")
    said = commands.json("catalogue", "load", "--office", file)
    assert (said.code, said.error) == (2, "file_syntax")
    said = commands.run("catalogue", "load", "--office", tmp_path / "missing.toml")
    assert said.code == 2
    assert "missing.toml" in said.err
    assert Department.objects.count() == before


# ---- wordings ------------------------------------------------------------------------------------


def test_a_wording_is_linked(office: Cast, commands: Commands, secret: str) -> None:
    commands.run(*ADD)
    link = ("templates", "link", "lib.due.soon", "KA01TP1", "--account", "main")
    assert commands.json(*link).json == {
        "notice": "lib.due.soon",
        "version": 1,
        "account": "main",
        "code": "KA01TP1",
    }
    registration = TemplateRegistration.objects.get()
    assert (registration.code, registration.state) == ("KA01TP1", "approved")
    assert "반납예정일 안내의 문안 1판" in commands.run(*link).out


@pytest.mark.parametrize(
    ("notice", "account", "code"),
    [("lib.x", "main", "notice_unknown"), ("lib.due.soon", "mian", "account_unknown")],
)
def test_what_cannot_be_linked_is_refused(
    *, office: Cast, commands: Commands, secret: str, notice: str, account: str, code: str
) -> None:
    commands.run(*ADD)
    said = commands.json("templates", "link", notice, "KA01TP1", "--account", account)
    assert (said.code, said.error) == (2, code)


# ---- report --------------------------------------------------------------------------------------


@pytest.fixture
def month(office: Cast) -> Cast:
    for channel, outcome, messages, won in (
        ("alimtalk", "delivered", 1000, 5000),
        ("sms", "delivered", 100, 806),
        ("lms", "delivered", 10, 267),
        ("sms", "failed", 7, 0),
        ("alimtalk", "suppressed", 3, 0),
    ):
        Tally.objects.create(
            day=timezone.localdate(),
            department=office.library,
            notice=office.notice,
            channel=channel,
            outcome=outcome,
            messages=messages,
            won=won,
        )
    return office


def test_the_report_for_programs(month: Cast, commands: Commands) -> None:
    found = commands.json("report").json
    assert found["to"] == timezone.localdate().isoformat()
    assert found["won"]["spent"] == 6073.0
    assert {(r["channel"], r["outcome"]): r["messages"] for r in found["rows"]} == {
        ("alimtalk", "delivered"): 1000,
        ("sms", "delivered"): 100,
        ("lms", "delivered"): 10,
        ("sms", "failed"): 7,
        ("alimtalk", "suppressed"): 3,
    }


def test_the_report_for_people(month: Cast, commands: Commands) -> None:
    said = commands.run("report")
    line = next(line for line in said.out.splitlines() if "lib.due.soon" in line)
    assert line.split()[-6:] == ["1,000", "100", "10", "7", "3", "6,073원"]
    assert "전달 1,110명, 비용 6,073원" in said.out
    assert "모두 장문 문자로 보냈다면" in said.out


def test_a_period_without_anything(month: Cast, commands: Commands) -> None:
    said = commands.run("report", "--from", "2001-01-01", "--to", "2001-01-31")
    assert "2001. 1. 1. ~ 2001. 1. 31." in said.out
    assert "끝난 발송이 없습니다" in said.out


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--from", "어제"), "date_unreadable"),
        (("--from", "2026-11-25", "--to", "2026-11-24"), "dates_reversed"),
    ],
)
def test_an_odd_period_is_refused(
    month: Cast, commands: Commands, more: tuple[str, ...], code: str
) -> None:
    said = commands.json("report", *more)
    assert (said.code, said.error) == (2, code)
