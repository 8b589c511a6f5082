"""`rule`: what goes by itself, seen and decided from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alimnaru.ops.boot import cli_member
from alimnaru.store.models import AuditEntry, Rule
from tests.cast import make_cast, phone
from tests.flow.conftest import moment as moment
from tests.flow.loans import Loans, with_loans
from tests.flow.moment import Moment
from tests.ops.commands import Commands
from tests.staff import Staff, hire


@pytest.fixture
def loans(db: None, tmp_path: Path, moment: Moment) -> Loans:
    moment.is_("2026-11-27 15:00")
    return with_loans(make_cast(), f"sqlite:///{tmp_path / 'loans.db'}")


@pytest.fixture
def staff(loans: Loans) -> Staff:
    return hire(loans.cast)


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def test_from_list_to_pause(loans: Loans, staff: Staff, commands: Commands) -> None:
    number = phone()
    loans.lend(1, number, date(2026, 11, 30))
    loans.lend(2, "02-555-0101", date(2026, 11, 30))
    Rule.objects.filter(pk=loans.rule(live=False).pk).update(mode="off", made_by=staff.writer)
    assert commands.json("rule").json["rules"][0]["mode"] == "off"
    rehearsal = commands.json("rule", "rehearse", "due").json["rehearsal"]
    assert (rehearsal["records"], rehearsal["messages"]) == (2, 1)
    assert rehearsal["refused"] == {"phone_landline": 1}
    shown = commands.run("rule", "show", "due")
    assert "보내기 직전에" in shown.out
    assert number not in shown.out
    assert commands.json("rule", "approve", "due", "--as", "approver").json["mode"] == "live"
    assert AuditEntry.objects.get(act="rule.approve").facts["with"] == cli_member().login
    assert commands.json("rule", "pause", "due").json["mode"] == "off"
    assert "쉼" in commands.run("rule", "list").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("show", "nothing"), "rule_unknown"),
        (("rehearse", "due"), "rule_not_off"),
        (("approve", "due", "--as", "nobody"), "member_unknown"),
        (("approve", "due", "--as", "librarian"), "rule_not_allowed"),
    ],
)
def test_what_is_refused(
    loans: Loans, staff: Staff, commands: Commands, args: tuple[str, ...], code: str
) -> None:
    loans.rule()
    said = commands.json("rule", *args)
    assert said.code == 2
    assert said.error == code


def test_a_new_office_has_those_of_the_catalogue(db: None, commands: Commands) -> None:
    found = commands.json("rule").json["rules"]
    assert {rule["mode"] for rule in found} == {"off"}
    assert {rule["source"] for rule in found} == {None}
    assert "lib-due-soon" in commands.run("rule", "list").out
    assert "연결하지 않았습니다" in commands.run("rule", "show", "lib-due-soon").out
