"""Reports at the command line: files, what is noted of them, and what cannot be made."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from alimnaru.store.models import AuditEntry, MonthCounted
from tests.cast import Cast, make_cast
from tests.office.test_reports import MARCH, tally
from tests.ops.commands import Commands


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def march(db: None) -> Cast:
    cast = make_cast()
    tally(cast.notice, 800)
    return cast


@pytest.mark.parametrize(
    ("kind", "start"),
    [("month", MARCH), ("council", MARCH.replace(year=2022, month=4)), ("officers", MARCH)],
)
def test_a_file(kind: str, start: object, march: Cast, commands: Commands, tmp_path: Path) -> None:
    out = tmp_path / "report.xlsx"
    found = commands.json("report", kind, "--month", "2025-03", "--out", str(out))
    assert found.code == 0
    assert found.json["from"] == str(start)
    assert openpyxl.load_workbook(out).sheetnames[0] == "요약"
    entry = AuditEntry.objects.get(act="report.export")
    assert entry.subject == f"report:{kind}"
    assert entry.facts["file"] == "report.xlsx"
    assert MonthCounted.objects.filter(month=date(2025, 3, 1)).exists() == (kind == "month")


def test_of_one_department(march: Cast, commands: Commands, tmp_path: Path) -> None:
    out = tmp_path / "report.xlsx"
    given = ("report", "month", "--month", "2025-03", "--out", str(out))
    assert commands.json(*given, "--department", "health").code == 0
    first = openpyxl.load_workbook(out)["요약"]
    said = [str(cell.value) for row in first.rows for cell in row]
    assert any("나루구보건소" in text for text in said)
    assert any("끝난 발송이 없습니다" in text for text in said)
    assert commands.run(*given).code != 0
    assert commands.run(*given, "--force").code == 0


def test_what_cannot_be_made(
    march: Cast, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    said = commands.run("report", "month", "--out", str(tmp_path / "report.pdf"))
    assert "Pango" in said.err
    assert said.code != 0
    said = commands.run("report", "month", "--out", str(tmp_path / "report.hwp"))
    assert ".xlsx" in said.err
    assert not AuditEntry.objects.filter(act="report.export").exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("march")
def test_lines_that_differ_are_a_workbook_for_the_carrier(
    commands: Commands, tmp_path: Path
) -> None:
    out = tmp_path / "differ.xlsx"
    given = ("month", "disputes", "2025-03", "--xlsx", str(out))
    assert commands.json(*given).json["count"] == 0
    assert openpyxl.load_workbook(out).sheetnames == ["요약", "서로 다른 줄"]
    assert commands.json(*given).error == "output_exists"
    assert commands.json(*given, "--force").code == 0
    other = ("month", "disputes", "2025-03", "--xlsx", str(out.with_suffix(".pdf")))
    assert commands.json(*other).error == "output_not_xlsx"


@pytest.mark.usefixtures("march")
def test_what_is_no_month_is_told_as_it_was_typed(commands: Commands, tmp_path: Path) -> None:
    report = ("report", "month", "--month", "2026-13", "--out", str(tmp_path / "report.pdf"))
    for given in (report, ("month", "show", "2026-13")):
        said = commands.json(*given)
        assert (said.code, said.error) == (2, "month_unreadable")
        assert "‘2026-13’" in said.json["error"]["message"]


@pytest.mark.django_db
def test_a_month_without_anything_says_so(commands: Commands) -> None:
    make_cast()
    shown = commands.run("month", "show", "2025-03").out
    assert "0원" in shown
    assert "alimnaru month charge 2025-03" in shown
    assert "서로 다른 줄이 없습니다" in commands.run("month", "disputes", "2025-03").out
    assert "2025년 3월의 우리 기록 0건" in commands.run("month", "charge", "2025-03").out
    assert "2025년 3월을 마감했습니다" in commands.run("month", "close", "2025-03").out
