"""Reports as files: what stands in them, that they agree, and that everybody can read the PDF."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from django.utils import timezone

from alimnaru.office.pdf import PdfUnavailable, pdf_of
from alimnaru.office.report_files import write_month
from alimnaru.papers.council import council_document, officers_document
from alimnaru.papers.monthly import month_document
from alimnaru.reads.council import council, released
from alimnaru.reads.monthly import monthly
from alimnaru.reads.statistics import statistics
from alimnaru.reads.tallies import By, tallied
from alimnaru.rules.document import Document
from alimnaru.rules.periods import Period
from alimnaru.store.models import Batch, Department, Notice, Project, Tally, Vote
from alimnaru.store.scoping import whole_office
from tests.cast import Cast, make_cast, phone
from tests.staff import hire

MARCH = date(2025, 3, 1)


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


def tally(notice: Notice, messages: int, day: int = 3, **more: Any) -> None:
    values = {"channel": "alimtalk", "outcome": "delivered", "won": 5 * messages, **more}
    Tally.objects.create(
        day=MARCH.replace(day=day), department=values.pop("department", notice.department),
        notice=notice, messages=messages, **values,
    )  # fmt: skip


@pytest.fixture
def march(office: Cast) -> Document:
    check = Notice.objects.create(code="hc.check", name="<검진> 안내", department=office.health)
    books = Project.objects.create(
        department=office.library, code="books", name="도서관 운영", starts_on=MARCH,
        monthly_cap_won=10_000,
    )  # fmt: skip
    for day in range(1, 29):
        tally(office.notice, 800 + 40 * (day % 7), day, project=books)
        tally(office.notice, 100, day, channel="sms", won=Decimal("806.3"), project=books)
        tally(office.notice, 50, day, channel="sms", outcome="failed", won=0)
    tally(check, 3000, 5)
    tally(check, 7, 5, outcome="suppressed", won=0)
    found = monthly(whole_office(), MARCH)
    return month_document(found, office="나루구청", by="김사서", at=timezone.now())


def test_ceilings_are_those_of_departments_and_of_lines(office: Cast, march: Document) -> None:
    """A department's counts what those below it spent, as the exit does."""
    office.library.monthly_cap_won = 200_000
    office.library.save()
    branch = Department.objects.create(
        code="lib-a", name="가람분관", parent=office.library, path="/gu/lib/lib-a/"
    )
    tally(office.notice, 1000, 7, department=branch)
    shut = {"starts_on": MARCH, "monthly_cap_won": 1, "is_active": False}
    Project.objects.create(department=branch, code="shut", name="닫은 사업", **shut)
    found = monthly(whole_office(), MARCH)
    spent = {d.pk: sums.spent for d, sums in found.found.by_department}
    assert [(c.whose, c.name, c.won) for c in found.ceilings] == [
        ("department", office.library.name, spent[office.library.pk] + 5000),
        ("project", "도서관 운영", spent[office.library.pk]),
    ]


def test_the_pdf_is_one_that_everybody_can_read(march: Document, tmp_path: Path) -> None:
    file = tmp_path / "month.pdf"
    write_month(march, file, summary="요약")
    assert file.stat().st_mode & 0o077 == 0
    with pikepdf.open(file) as pdf:
        root = pdf.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "ko"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as said:
            assert said["pdfuaid:part"] == "1"
            assert said["dc:title"] == march.title
        tags = list(_tags(root.StructTreeRoot))
        # A heading one, then no level is left out; every row of every table has a head.
        levels = [int(str(t.S)[2:]) for t in tags if str(t.S) in {"/H1", "/H2", "/H3"}]
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        rows = [t for t in tags if str(t.S) == "/TR"]
        assert len(rows) > 30
        assert all("/TH" in {str(c.S) for c in _children(row)} for row in rows)
        figures = [t for t in tags if str(t.S) == "/Figure"]
        assert figures
        assert all(str(t.get("/Alt", "")) for t in figures)
        assert {font.split("+")[1] for font in _fonts(pdf)} <= {
            "Alimnaru-Paper", "Alimnaru-Paper-Bold",
        }  # fmt: skip


def _children(tag: Any) -> list[Any]:
    kids = tag.get("/K", [])
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [k for k in kids if isinstance(k, pikepdf.Dictionary) and "/S" in k]


def _tags(tag: Any) -> Iterator[Any]:
    for child in _children(tag):
        yield child
        yield from _tags(child)


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            yield str(font.BaseFont)


def test_nothing_but_our_fonts_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("가나다")
    html = (
        f'<html lang="ko"><title>x</title><img alt="x" src="file://{secret}">'
        f'<link rel="attachment" href="file://{secret}"><p>글</p>'
    )
    assert b"EmbeddedFile" not in pdf_of(html)


def test_a_machine_without_pango(
    march: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(PdfUnavailable):
        write_month(march, tmp_path / "month.pdf", summary="요약")
    assert not list(tmp_path.iterdir())
    write_month(march, tmp_path / "month.xlsx", summary="요약")
    assert (tmp_path / "month.xlsx").exists()


def test_the_workbook_is_numbers_that_add_up(march: Document, tmp_path: Path) -> None:
    file = tmp_path / "month.xlsx"
    write_month(march, file, summary="요약")
    assert file.stat().st_mode & 0o077 == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["요약", *(table.sheet for table in march.tables)]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.page_setup.paperSize == 9
        assert not sheet.merged_cells.ranges
    days = [[cell.value for cell in row] for row in book["날짜별"].rows]
    reached = days[0].index("알림톡 도달")
    figures = [row[reached] for row in days[1:]]
    assert sum(figures[:31]) == figures[31] == 28_760
    departments = [row[0].value for row in book["알림별"].rows]
    assert "<검진> 안내" in departments


def test_formulas_in_names_stay_texts(office: Cast, tmp_path: Path) -> None:
    Notice.objects.filter(pk=office.notice.pk).update(name="=1+1")
    tally(office.notice, 3)
    file = tmp_path / "council.xlsx"
    rows = council(whole_office(), Period(MARCH, MARCH.replace(day=31)))
    made = council_document(
        rows, Period(MARCH, MARCH), None, office="나루구청", by="김사서", at=timezone.now()
    )
    write_month(made, file, summary="요약")
    sheet = openpyxl.load_workbook(file)["상세"]
    assert sheet["C2"].value == "=1+1"
    assert sheet["C2"].data_type == "s"


def test_who_sent_what_on_whose_approval(office: Cast) -> None:
    staff = hire(office)
    batch = office.send(office.rows(phone(), phone()))
    Batch.objects.filter(pk=batch.pk).update(release_hash="agreed")
    for member, hash_ in ((staff.approver, "agreed"), (staff.second_approver, "before")):
        Vote.objects.create(
            batch=batch, member=member, at=timezone.now(), decision="approve", hash=hash_
        )
    today = timezone.localdate(batch.created_at)
    sent = list(released(whole_office(), Period(today, today)))
    made = officers_document(
        sent, Period(today, today), None, office="나루구청", by="오감사", at=timezone.now()
    )
    [row] = made.tables[0].rows
    assert row[3:5] == [2, "김사서"]
    assert "이팀장" in str(row[6])
    # What they had agreed to was something else.
    assert "정과장" not in str(row[6])


def test_all_tell_the_same(march: Document, office: Cast) -> None:
    period = Period(MARCH, MARCH.replace(day=31))
    page = statistics(whole_office(), period).total
    lines, _more = tallied(
        whole_office(), period.start, period.end, [By.OUTCOME], after=0, limit=100
    )
    told = {line.values[0]: line for line in lines}
    rows = council(whole_office(), period)
    assert page.reached == told["delivered"].messages == sum(r.cells.delivered for r in rows)
    assert page.failed == told["failed"].messages == sum(r.cells.failed for r in rows)
    assert page.unsent == told["suppressed"].messages == sum(r.cells.unsent for r in rows)
    assert page.spent == told["delivered"].won == sum(r.cells.won for r in rows)
    assert page.as_text == sum(r.cells.as_text for r in rows)
    figures = {figure.name: figure.value for figure in march.figures}
    assert figures["발송"] == f"{page.tried:,}"
    assert figures["비용"] == f"{page.spent:,.0f}"
    projects = next(t for t in march.tables if t.title == "세부사업별")
    assert projects.total[4] == page.spent
