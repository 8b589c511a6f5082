"""`alimnaru money`, and who pays for a `send`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alimnaru.flow.wordings import wording
from alimnaru.store.models import Batch, Department, Project
from tests.cast import Cast, make_cast
from tests.ops.commands import Commands, write_list


@pytest.fixture
def office(db: None) -> Cast:
    wording.cache_clear()
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def loans(tmp_path: Path) -> Path:
    return write_list(tmp_path / "loans.csv")


@pytest.fixture
def line(office: Cast) -> Project:
    Department.objects.filter(pk=office.library.pk).update(monthly_cap_won=1000)
    return Project.objects.create(
        department=office.library, code="due", name="반납 안내", starts_on=date(2020, 1, 1),
        daily_cap_won=40,
    )  # fmt: skip


def test_what_a_send_would_cost_and_where_it_would_stop(line: Project, commands: Commands) -> None:
    said = commands.json("money", "forecast", "lib.due.soon", "10", "--project", "due").json
    assert said["won"] == 9 * 5 + 8.063
    assert said["basis"] == "assumed"
    assert said["stopped_midway"] is True
    rooms = {(c["whose"], c["span"]): (c["left_won"], c["short_won"]) for c in said["ceilings"]}
    assert rooms == {("department", "month"): (1000, 0), ("project", "day"): (40, 13.063)}
    people = commands.run("money", "forecast", "lib.due.soon", "10", "--project", "due").out
    assert "반납 안내의 오늘 한도에서 13.1원이 모자라 도중에 멈추고" in people
    assert "모자라" not in commands.run("money", "forecast", "lib.due.soon", "10").out


def test_a_line_of_a_district_s_size(office: Cast, commands: Commands) -> None:
    """A ceiling is no price of a message: those end below 100,000 won."""
    line = ("project", "add", "care", "돌봄 안내", "--department", office.library.code)
    commands.json(*line, "--monthly", "1,000,000", "--daily", "50000원")
    made = Project.objects.get()
    assert (made.monthly_cap_won, made.daily_cap_won) == (1_000_000, 50_000)
    for odd in ("많이", "0.4"):
        assert commands.run(*line[:2], "care2", *line[3:], "--daily", odd).code != 0
    assert Project.objects.count() == 1


def test_what_was_spent(line: Project, commands: Commands) -> None:
    said = commands.json("money", "spent").json
    assert [(c["whose"], c["span"], c["left_won"]) for c in said["ceilings"]] == [
        ("department", "month", 1000), ("project", "day", 40),
    ]  # fmt: skip
    assert said["waiting"] == []
    assert "반납 안내" in commands.run("money", "spent").out


def test_a_line_that_may_not_pay_is_refused(line: Project, commands: Commands, loans: Path) -> None:
    given = ("send", loans, "-n", "lib.due.soon", "--yes")
    said = commands.json(*given, "--project", "nobody")
    assert (said.code, said.error) == (2, "project_unpayable")
    assert not Batch.objects.exists()
    said = commands.json(*given, "--project", "due")
    assert said.json["project"] == "due"
    assert said.json["forecast"]["won"] > 0
    assert Batch.objects.get().project == line
