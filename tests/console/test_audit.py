"""The audit log: who may read what, what is found, page by page, and taken out for a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.store import audit
from alimnaru.store.models import AuditEntry, Department
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.console.test_dashboard import text_of
from tests.staff import Staff

REASON = {"reason": "for_audit", "note": "상반기 점검"}


def note(staff: Staff, act: str = "batch.stop", subject: str = "batch:12", **more: Any) -> None:
    audit.record(actor=more.pop("actor", staff.writer), act=act, subject=subject, **more)


@pytest.fixture
def acts(cast: Cast, staff: Staff) -> None:
    """One act in the library, one next door, one of the whole office."""
    note(staff, department=cast.library, facts={"chunks": 1200, "hours_waived": True})
    note(staff, "batch.cancel", "batch:77", department=cast.health, actor=staff.neighbour)
    note(staff, "channel.off", "channel:alimtalk", actor=staff.system, facts={"ceiling_won": 5000})


def moments(client: Client, address: str) -> list[str]:
    return re.findall(
        r'<td class="nw"><time datetime="([^"]+)"', client.get(address).content.decode()
    )


# ---- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("auditor", {"batch:12", "batch:77", "channel:alimtalk"}),
        ("manager", {"batch:12"}),
        ("neighbour", {"batch:77"}),
    ],
)
def test_everybody_reads_their_own_departments(
    who: str, seen: set[str], acts: None, staff: Staff, sign_in: SignIn
) -> None:
    html = sign_in(staff.by_name()[who]).get("/audit").content.decode()
    assert set(re.findall(r'href="/audit/of/([^"]+)"', html)) == seen


@pytest.mark.parametrize("who", ["viewer", "writer", "approver", "system"])
@pytest.mark.parametrize("address", ["/audit", "/audit/of/batch:12"])
def test_others_do_not(who: str, address: str, acts: None, staff: Staff, sign_in: SignIn) -> None:
    assert sign_in(staff.by_name()[who]).get(address).status_code == 403


def test_a_subject_next_door_is_as_if_it_were_not(
    acts: None, staff: Staff, sign_in: SignIn
) -> None:
    text = text_of(sign_in(staff.manager), "/audit/of/batch:77")
    assert "이 대상에 남은 기록이 없습니다" in text
    assert "문보건" not in text


# ---- what --------------------------------------------------------------------------------------


def test_an_entry_in_words(acts: None, staff: Staff, sign_in: SignIn) -> None:
    text = text_of(sign_in(staff.manager), "/audit")
    assert (
        "김사서 (librarian) 발송 멈춤 발송 12 나루중앙도서관 묶음 1,200 시간 제한 없이 예" in text
    )


def test_facts_in_words(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    facts = {
        "notice": "lib.due.soon", "wording": "ab" * 32, "reason": "call_resident",
        "since": "2026-11-22T01:24:00+00:00", "start": "2026-11-01", "channels": ["sms", "lms"],
        "risks": [], "version": 1234, "note": "<b>굵게</b>", "until": "언젠가",
    }  # fmt: skip
    note(staff, department=cast.library, facts=facts)
    note(
        staff, "policy.change", "policy", department=cast.library,
        facts={"undo_seconds": [60, 600], "name": [None, "새 이름"]},
    )  # fmt: skip
    text = text_of(sign_in(staff.manager), "/audit")
    assert (
        "채널 문자, 장문 문자 알림 반납예정일 안내 시작 2026-11-22 10:24 시작일 2026-11-01" in text
    )
    assert "끝 언젠가 판 1234 문안 확인 값 abababababab 사유 주민에게 연락" in text
    assert "덧붙인 말 &lt;b&gt;굵게" in text
    assert "60 → 600" in text
    assert "이름 없음 → 새 이름" in text
    assert "살필 점" not in text


def test_the_acts_on_one_subject(acts: None, cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    note(staff, "batch.resume", department=cast.library)
    note(staff, "batch.stop", "batch:13", department=cast.library)
    text = text_of(sign_in(staff.manager), "/audit/of/batch:12")
    assert "발송 12의 감사 기록" in text
    assert text.index("발송 이어서 함") < text.index("발송 멈춤")
    assert "발송 13" not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("act=batch.stop", ["batch:12"]),
        ("person=문보", ["batch:77"]),
        ("person=librar", ["batch:12"]),
        ("subject=batch:77", ["batch:77"]),
        ("subject=발송 12", ["batch:12"]),
        ("subject=batch:7", []),
        ("person=아무도", []),
    ],
)
def test_finding(query: str, found: list[str], acts: None, staff: Staff, sign_in: SignIn) -> None:
    html = sign_in(staff.auditor).get(f"/audit?{query}").content.decode()
    assert re.findall(r'href="/audit/of/([^"]+)"', html) == found
    assert ("맞는 기록이 없습니다" in html) is not bool(found)


def test_a_department_means_those_below_it(
    acts: None, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    branch = Department.objects.create(
        code="lib-a", name="가람분관", parent=cast.library, path="/gu/lib/lib-a/"
    )
    note(staff, subject="batch:5", department=branch)
    html = sign_in(staff.auditor).get(f"/audit?department={cast.library.pk}").content.decode()
    assert re.findall(r'href="/audit/of/([^"]+)"', html) == ["batch:5", "batch:12"]


def test_a_period(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    for days in (0, 10, 40):
        AuditEntry.objects.create(
            at=timezone.now() - timedelta(days=days), actor=staff.writer, actor_name="김사서",
            department=cast.library, act="batch.stop", subject=f"batch:{days}",
        )  # fmt: skip
    client = sign_in(staff.manager)
    assert len(moments(client, "/audit")) == 2
    start = timezone.localdate() - timedelta(days=60)
    assert len(moments(client, f"/audit?start={start}")) == 3
    end = timezone.localdate() - timedelta(days=10)
    assert len(moments(client, f"/audit?end={end}")) == 1
    assert "시작일이 종료일보다 늦습니다" in text_of(client, f"/audit?start=2031-01-02&end={end}")


# ---- page by page ------------------------------------------------------------------------------


def test_every_entry_stands_on_one_page(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    """Also where many bear the same moment, and while others are added."""
    at = timezone.now()
    for n in range(120):
        AuditEntry.objects.create(
            at=at, actor=staff.writer, actor_name="김사서", department=cast.library,
            act="batch.stop", subject=f"batch:{n}",
        )  # fmt: skip
    client, address, seen = sign_in(staff.manager), "/audit?act=batch.stop", []
    for _page in range(3):
        html = client.get(address).content.decode()
        seen += re.findall(r'href="/audit/of/batch:(\d+)"', html)
        note(staff, department=cast.library, subject="batch:999")
        following = re.search(r'rel="next" href="([^"]+)"', html)
        if following is None:
            break
        address = "/audit" + following[1].replace("&amp;", "&")
    assert seen == [str(n) for n in reversed(range(120))]


@pytest.mark.parametrize("mark", ["x", "1-", "9999999999999999999-1", "-", "999999999999999999-1"])
def test_an_odd_mark_begins_anew(mark: str, acts: None, staff: Staff, sign_in: SignIn) -> None:
    assert len(moments(sign_in(staff.auditor), f"/audit?after={mark}")) == 3


def test_the_number_of_queries_does_not_grow(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    def count() -> int:
        client = sign_in(staff.auditor)
        with CaptureQueriesContext(connection) as queries:
            client.get("/audit")
        return len(queries)

    note(staff, department=cast.library, facts={"notice": "lib.due.soon"})
    few = count()
    for n in range(30):
        place = cast.health if n % 2 else cast.library
        note(staff, subject=f"batch:{n}", department=place, facts={"notice": "lib.due.soon"})
    assert count() == few


# ---- taken out ---------------------------------------------------------------------------------


def test_a_workbook_for_a_reason(acts: None, cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    answer = sign_in(staff.manager).post("/audit/file?act=batch.stop", REASON)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    head, row = openpyxl.load_workbook(BytesIO(answer.content)).active.values
    assert head == ("일시", "담당자", "한 일", "대상", "부서", "내용")
    assert row[1:] == (
        "김사서 (librarian)", "발송 멈춤", "발송 12", "나루중앙도서관",
        "묶음 1,200, 시간 제한 없이 예",
    )  # fmt: skip
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor, entry.department) == (
        "download.audit", staff.manager, cast.library,
    )  # fmt: skip
    assert entry.facts["rows"] == 1
    assert entry.facts["reason"] == "for_audit"


def test_an_auditors_download_is_the_offices(acts: None, staff: Staff, sign_in: SignIn) -> None:
    sign_in(staff.auditor).post("/audit/file", REASON)
    assert AuditEntry.objects.latest("pk").department is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "사유가 없습니다"),
        ({"reason": "other_reason", "note": "그냥"}, "5자 이상"),
        ({"reason": "for_audit", "note": "010-0000-1234 확인"}, "개인정보를 적을 수 없습니다"),
    ],
)
def test_without_a_reason_nothing_leaves(
    given: dict[str, str], said: str, acts: None, staff: Staff, sign_in: SignIn
) -> None:
    answer = sign_in(staff.manager).post("/audit/file", given)
    assert "Content-Disposition" not in answer
    assert said in answer.content.decode()
    assert not AuditEntry.objects.filter(act="download.audit").exists()


def test_whose_name_was_looked_for_is_not_noted(acts: None, staff: Staff, sign_in: SignIn) -> None:
    sign_in(staff.auditor).post("/audit/file?person=김사서", REASON)
    assert "김사서" not in str(AuditEntry.objects.latest("pk").facts)


@pytest.mark.parametrize("who", ["viewer", "writer", "system"])
def test_who_may_not_read_may_not_take(who: str, acts: None, staff: Staff, sign_in: SignIn) -> None:
    assert sign_in(staff.by_name()[who]).post("/audit/file", REASON).status_code == 403
