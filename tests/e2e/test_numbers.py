"""Charts, the workbook of statistics and the audit log, in a browser under the strict policy."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone

from alimnaru.store import audit
from alimnaru.store.models import AuditEntry, Tally
from tests.cast import Cast
from tests.e2e.conftest import WIDTHS, Open
from tests.staff import Staff


@pytest.fixture
def told(cast: Cast) -> None:
    """One Alimtalk reached somebody today."""
    Tally.objects.create(
        day=timezone.localdate(), department=cast.library, notice=cast.notice,
        channel="alimtalk", outcome="delivered", messages=1234, won=6170,
    )  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", ["/", "/statistics"])
def test_charts_are_drawn_beside_their_tables(
    address: str, width: int, told: None, open_page: Open, staff: Staff
) -> None:
    page = open_page(staff.writer, width=width)
    page.goto(address)
    for chart in page.locator("[data-chart]").all():
        chart.locator("svg path").first.wait_for(state="attached")
        assert "자세한 값은 바로 아래 표에 있습니다." in (chart.get_attribute("aria-label") or "")
        assert chart.locator("text", has_text="알림톡").count()
    assert page.locator("[data-chart]").count() == 2
    page.locator(".c-data summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".c-data td", has_text="1,234").first.is_visible()
    # Nothing makes the page wider than the screen.
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_chart_that_is_swapped_away_is_disposed_of(
    told: None, open_page: Open, staff: Staff
) -> None:
    page = open_page(staff.writer)
    page.goto("/")
    page.locator("[data-chart][data-ready]").first.wait_for()
    page.evaluate("window.kept = document.querySelector('[data-chart]')")
    assert page.evaluate("!!echarts.getInstanceByDom(window.kept)")
    page.evaluate("htmx.swap('.c-grid', '<p>…</p>', {swapStyle: 'innerHTML'})")
    page.wait_for_function("!echarts.getInstanceByDom(window.kept)")


def test_statistics_as_a_workbook(told: None, open_page: Open, staff: Staff) -> None:
    page = open_page(staff.writer)
    page.goto("/statistics")
    with page.expect_download() as download:
        page.get_by_role("button", name="엑셀로 받기").click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    assert book["부서별"]["B2"].value == 1234
    assert AuditEntry.objects.get().act == "download.statistics"


def test_the_audit_log_for_a_reason(cast: Cast, open_page: Open, staff: Staff) -> None:
    audit.record(
        actor=cast.librarian, act="batch.stop", subject="batch:12", department=cast.library
    )
    page = open_page(staff.manager)
    page.goto("/audit")
    page.get_by_role("button", name="엑셀로 받기").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("사유").select_option("for_audit")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="사유를 남기고 받기").click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    assert book.active["C2"].value == "발송 멈춤"
    page.goto("/audit")
    page.get_by_role("link", name="감사 기록", exact=True).first.wait_for()
    assert page.locator("tbody tr").count() == 2
    assert "감사·점검" in page.locator("tbody tr").first.inner_text()
    page.get_by_role("link", name="발송 12").click()
    assert page.locator("h1").inner_text() == "발송 12의 감사 기록"
