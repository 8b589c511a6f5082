"""The reports' page: what one sees, takes, and what is noted of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from alimnaru.store.models import AuditEntry, Vote
from tests.cast import Cast, phone
from tests.console.conftest import SignIn
from tests.console.test_dashboard import text_of
from tests.office.test_reports import tally
from tests.staff import Staff

MARCH = "?report=month&month=2025-03&months=&department="


@pytest.fixture
def march(cast: Cast) -> Cast:
    tally(cast.notice, 800)
    return cast


def words(answer: Any) -> str:
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return " ".join(str(c.value) for sheet in book for row in sheet.rows for c in row)


def test_a_month_is_shown_and_taken(march: Cast, staff: Staff, sign_in: SignIn) -> None:
    client = sign_in(staff.viewer)
    text = text_of(client, f"/reports{MARCH}")
    assert "2025년 3월 알림 발송 실적 보고" in text
    assert "발송 800 건" in text
    answer = client.post(f"/reports/file.xlsx{MARCH}")
    assert "나루중앙도서관(하위 부서 포함)" in words(answer)
    assert "no-store" in answer["Cache-Control"]
    pdf = client.post(f"/reports/file.pdf{MARCH}")
    assert pdf.content[:5] == b"%PDF-"
    assert pdf["Content-Type"] == "application/pdf"
    entries = AuditEntry.objects.filter(act="download.report").order_by("pk")
    assert [(e.subject, e.facts["format"]) for e in entries] == [
        ("report:month", "xlsx"), ("report:month", "pdf"),
    ]  # fmt: skip


def test_everybody_counts_their_own(march: Cast, staff: Staff, sign_in: SignIn) -> None:
    client = sign_in(staff.neighbour)
    assert "나루중앙도서관" not in words(client.post(f"/reports/file.xlsx{MARCH}"))
    theirs = f"/reports{MARCH}{march.library.pk}"
    assert "고칠 곳이 1군데" in text_of(client, theirs)
    assert client.post(theirs.replace("/reports", "/reports/file.xlsx")).status_code == 302


@pytest.mark.parametrize(
    ("query", "said"),
    [("report=none", "고칠 곳이 1군데"), ("month=soon", "고칠 곳이 1군데"),
     ("month=0001-01", "달을 확인해"), ("months=7", "고칠 곳이 1군데")],
)  # fmt: skip
def test_what_cannot_be(query: str, said: str, march: Cast, staff: Staff, sign_in: SignIn) -> None:
    assert said in text_of(sign_in(staff.viewer), f"/reports?{query}")


def test_officers_are_listed_for_a_reason(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = cast.send(cast.rows(phone()))
    Vote.objects.create(
        batch=batch, member=staff.approver, at=batch.created_at, decision="approve", hash=""
    )
    month = f"{batch.created_at:%Y-%m}"
    address = f"/reports/file.xlsx?report=officers&month={month}&months=3"
    client = sign_in(staff.auditor)
    asked = client.post(address)
    assert "사유" in asked.content.decode()
    assert not AuditEntry.objects.filter(act="download.officers").exists()
    answer = client.post(address, {"reason": "for_audit"})
    assert "이팀장" in words(answer)
    entry = AuditEntry.objects.get(act="download.officers")
    assert entry.facts["reason"] == "for_audit"


def test_who_only_looks_on_gets_no_officers(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    client = sign_in(staff.viewer)
    answer = client.post(
        "/reports/file.xlsx?report=officers&month=2025-03", {"reason": "for_audit"}
    )
    assert answer.status_code == 302
    assert not AuditEntry.objects.exists()


def test_effects_say_what_they_count(march: Cast, staff: Staff, sign_in: SignIn) -> None:
    assert "아직 셀 것이 없습니다" in text_of(sign_in(staff.viewer), "/effects")
