"""Statistics and cost: periods, whose figures, tables that add up, and the workbook."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.store.models import AuditEntry, Department, Notice, Tally
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.console.test_dashboard import chart, text_of
from tests.staff import Staff

MONDAY = date(2025, 3, 3)
DAY = timedelta(days=1)
MARCH = "?span=days&start=2025-03-01&end=2025-03-31"


def tally(notice: Notice, messages: int, day: date = MONDAY, **more: Any) -> None:
    values = {"channel": "alimtalk", "outcome": "delivered", "won": 5 * messages, **more}
    Tally.objects.create(
        day=day, department=values.pop("department", notice.department), notice=notice,
        messages=messages, **values,
    )  # fmt: skip


@pytest.fixture
def march(cast: Cast) -> Notice:
    """A month with one of everything, and a notice of the health centre."""
    check = Notice.objects.create(code="hc.check", name="검진 안내", department=cast.health)
    tally(cast.notice, 800)
    tally(cast.notice, 100, MONDAY + DAY, channel="sms", won=Decimal("806.3"))
    tally(cast.notice, 40, MONDAY + DAY, channel="lms", won=Decimal("1070.52"))
    tally(cast.notice, 50, channel="sms", outcome="failed", won=0)
    tally(cast.notice, 10, outcome="unknown", won=0)
    tally(cast.notice, 7, outcome="suppressed", won=0)
    tally(check, 3000)
    return check


def test_a_period_without_anything(staff: Staff, sign_in: SignIn) -> None:
    text = text_of(sign_in(staff.viewer), "/statistics")
    assert "이 기간에 끝난 발송이 없습니다" in text
    assert "엑셀로 받기" not in text


def test_the_figures_and_tables(march: Notice, staff: Staff, sign_in: SignIn) -> None:
    client = sign_in(staff.viewer)
    text = text_of(client, f"/statistics{MARCH}")
    assert "발송 1,000 건 보내지 않은 7건 별도" in text
    assert "도달률 94.0% 알림톡 80.0% + 문자 14.0%" in text
    assert "비용 5,877 원 알림톡 4,000원 + 문자 1,877원" in text
    assert "장문 문자 도달 40 4.0% 1,071" in text
    assert "합계 1,007 100.0% 5,877" in text
    assert f"모두 장문 문자로 보냈다면 {940 * Decimal('26.763'):,.0f}" in text
    assert "반납예정일 안내 800 140 50 10 7 94.0% 5,877" in text
    assert "검진 안내 800" not in text
    assert "잠정" not in text
    assert len(chart(client, "results", f"/statistics{MARCH}")["labels"]) == 31


def test_a_saving_is_against_what_was_chosen(march: Notice, staff: Staff, sign_in: SignIn) -> None:
    client = sign_in(staff.viewer)
    spent = Decimal("5876.82")
    for base, name, each in (
        ("needed", "문안별 필요 문자", "8.063"),
        ("all_lms", "모두 장문 문자", "26.763"),
    ):
        text = text_of(client, f"/statistics{MARCH}&base={base}")
        would = 940 * Decimal(each)
        assert f"절감 {would - spent:,.0f} 원 {name}로 보냈다면 {would:,.0f}원" in text
        assert f"{name} 기준 절감(원)" in text
        assert f"94.0% 5,877 {would - spent:,.0f} 합계" in text
    assert "고칠 곳이 1군데" in text_of(client, f"/statistics{MARCH}&base=nothing")


def test_every_table_ends_with_the_same_sums(march: Notice, staff: Staff, sign_in: SignIn) -> None:
    text = text_of(sign_in(staff.auditor), f"/statistics{MARCH}")
    sums = "합계 3,800 140 50 10 7 98.5% 20,877"
    assert text.count(sums) == 3


@pytest.mark.parametrize("name", ["writer", "neighbour", "auditor"])
def test_everybody_counts_their_own(
    name: str, march: Notice, staff: Staff, sign_in: SignIn
) -> None:
    reached = {"writer": "800 140", "neighbour": "3,000 0", "auditor": "3,800 140"}[name]
    text = text_of(sign_in(staff.by_name()[name]), f"/statistics{MARCH}")
    assert f"합계 {reached}" in text


def test_a_department_and_a_notice(
    cast: Cast, march: Notice, staff: Staff, sign_in: SignIn
) -> None:
    branch = Department.objects.create(
        code="lib-a", name="가람분관", parent=cast.library, path="/gu/lib/lib-a/"
    )
    tally(cast.notice, 60, department=branch)
    client = sign_in(staff.auditor)
    library = f"/statistics{MARCH}&department={cast.library.pk}"
    assert "합계 860 140" in text_of(client, library)
    assert "합계 60 0" in text_of(client, f"/statistics{MARCH}&department={branch.pk}")
    assert "합계 3,000 0" in text_of(client, f"/statistics{MARCH}&notice={march.pk}")


def test_anothers_department_is_no_choice(
    cast: Cast, march: Notice, staff: Staff, sign_in: SignIn
) -> None:
    text = text_of(sign_in(staff.viewer), f"/statistics{MARCH}&department={cast.health.pk}")
    assert "고칠 곳이 1군데" in text
    assert "3,000" not in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("span=days", "시작일이 있어야 합니다"),
        ("span=days&start=2025-04-01&end=2025-03-01", "시작일이 종료일보다 늦습니다"),
        ("span=days&start=2015-04-01&end=2025-03-01", "3년까지"),
        ("span=days&start=soon", "날짜"),
        ("span=eon", "고칠 곳이 1군데"),
    ],
)
def test_a_period_that_cannot_be(
    query: str, said: str, march: Notice, staff: Staff, sign_in: SignIn
) -> None:
    text = text_of(sign_in(staff.viewer), f"/statistics?{query}")
    assert said in text
    assert "합계" not in text


@pytest.mark.parametrize("span", ["this_month", "this_quarter", "this_year"])
def test_a_running_period_has_today_as_provisional(
    span: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    tally(cast.notice, 5, timezone.localdate())
    text = text_of(sign_in(staff.viewer), f"/statistics?span={span}")
    assert "오늘과 어제, 그제의 숫자는 바뀔 수 있습니다" in text
    assert "합계 5" in text


def test_a_long_period_is_drawn_by_month(march: Notice, staff: Staff, sign_in: SignIn) -> None:
    address = "/statistics?span=days&start=2024-12-15&end=2025-12-31"
    client = sign_in(staff.viewer)
    labels = chart(client, "results", address)["labels"]
    assert labels[0] == "2024. 12."
    assert len(labels) == 13
    assert "날짜별 표는 엑셀 파일에 있습니다" in text_of(client, address)


# ---- the workbook --------------------------------------------------------------------------------


def test_the_workbook(cast: Cast, march: Notice, staff: Staff, sign_in: SignIn) -> None:
    Notice.objects.filter(pk=cast.notice.pk).update(name="=1+1")
    answer = sign_in(staff.viewer).post(f"/statistics/file{MARCH}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["요약", "부서별", "알림별", "월별", "날짜별"]
    for name, heads in (("부서별", 1), ("알림별", 1), ("월별", 1), ("날짜별", 2)):
        head, *rows, total = book[name].values
        assert head[-5] == "합계"
        for at in range(heads, len(head)):
            assert sum(row[at] for row in rows) == pytest.approx(total[at]), head[at]
        assert total[-5] == 1007
        assert total[-4] == pytest.approx(5876.82)
    assert book["알림별"]["A2"].value == "=1+1"
    assert book["알림별"]["A2"].data_type == "s"
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.department) == (
        "download.statistics", staff.viewer, cast.library,
    )  # fmt: skip
    assert entry.facts == {"start": "2025-03-01", "end": "2025-03-31"}


def test_a_workbook_is_not_made_by_a_link(march: Notice, staff: Staff, sign_in: SignIn) -> None:
    assert sign_in(staff.viewer).get(f"/statistics/file{MARCH}").status_code == 405
    assert not AuditEntry.objects.exists()


def test_a_workbook_of_no_period_leads_back(staff: Staff, sign_in: SignIn) -> None:
    answer = sign_in(staff.viewer).post("/statistics/file?span=days")
    assert answer.status_code == 302
    assert answer["Location"] == "/statistics?span=days"
    assert not AuditEntry.objects.exists()


def test_the_number_of_queries_does_not_grow(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    def count() -> int:
        client = sign_in(staff.viewer)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/statistics{MARCH}")
        return len(queries)

    tally(cast.notice, 1)
    few = count()
    for n in range(25):
        notice = Notice.objects.create(code=f"lib.{n}", name=f"안내 {n}", department=cast.library)
        branch = Department.objects.create(
            code=f"b{n}", name="분관", parent=cast.library, path=f"/gu/lib/b{n}/"
        )
        tally(notice, 1, MONDAY + n * DAY, department=branch)
    assert count() == few
