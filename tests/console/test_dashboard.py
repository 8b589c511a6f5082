"""The dashboard: its figures, what it says to whom, and how little it asks."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.rules.outcomes import Result
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Department,
    Member,
    Membership,
    Notice,
    Outage,
    Role,
    Stage,
    Tally,
    Vote,
)
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.reads.fates import hand_over, list_of, tell
from tests.staff import Staff

DAY = timedelta(days=1)


def tally(
    cast: Cast, messages: int, *, ago: int = 0, notice: Notice | None = None, **more: Any
) -> None:
    values = {"channel": "alimtalk", "outcome": "delivered", "won": 5 * messages, **more}
    notice = notice or cast.notice
    Tally.objects.create(
        day=timezone.localdate() - ago * DAY,
        department=notice.department,
        notice=notice,
        messages=messages,
        **values,
    )


def text_of(client: Client, address: str = "/") -> str:
    """The page without its tags."""
    html = client.get(address).content.decode()
    assert "<c-" not in html
    html = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def chart(client: Client, name: str, address: str = "/") -> dict[str, Any]:
    html = client.get(address).content.decode()
    found = re.search(rf'<script id="{name}-data" type="application/json">(.*?)</script>', html)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


# ---- nothing yet ---------------------------------------------------------------------------------


def test_an_empty_office_is_led_to_its_first_notice(staff: Staff, sign_in: SignIn) -> None:
    text = text_of(sign_in(staff.writer))
    assert "첫 알림을 보내 보세요" in text
    assert "받을 분의 명단을 올립니다." in text


def test_who_cannot_send_is_told_what_will_stand_here(staff: Staff, sign_in: SignIn) -> None:
    text = text_of(sign_in(staff.viewer))
    assert "명단을 올립니다" not in text
    assert "보낸 알림이 아직 없습니다" in text


# ---- figures -------------------------------------------------------------------------------------


def test_the_five_figures(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    tally(cast, 900)
    tally(cast, 90, channel="sms", won=Decimal("8.063") * 90)
    tally(cast, 10, channel="sms", outcome="failed", won=0)
    tally(cast, 500, ago=7, outcome="failed", won=0)
    text = text_of(sign_in(staff.writer))
    assert "오늘 발송 1,000 건 지난주 같은 요일은 하루 500건" in text
    assert "도달률(7일) 99.0% 알림톡 90.0% + 문자 9.0%" in text
    assert "실패(7일) 10 건" in text
    spent = Decimal(4500) + 90 * Decimal("8.063")
    assert f"이번 달 비용 {spent:,.0f} 원 정해 둔 월 한도 없음" in text
    saved = 990 * Decimal("8.063") - spent
    assert f"절감(이번 달) {saved:,.0f} 원 문안별 필요 문자로 보냈다면" in text


def test_what_cost_more_than_texts_is_not_called_a_saving(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    tally(cast, 100, won=2000)
    text = text_of(sign_in(staff.writer))
    assert f"더 든 비용(이번 달) {2000 - 100 * Decimal('8.063'):,.0f} 원" in text
    assert "절감(이번 달)" not in text


def test_the_charts_and_their_tables_say_the_same(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    for ago in range(7):
        tally(cast, 1000 + ago, ago=ago)
    client = sign_in(staff.writer)
    week = chart(client, "week")
    assert [s["data"] for s in week["series"]] == [
        [1006, 1005, 1004, 1003, 1002, 1001, 1000], [0] * 7, [0] * 7,
    ]  # fmt: skip
    text = text_of(client)
    assert "1,006 0 0 1,006" in text
    assert "합계 7,021 0 0 7,021" in text
    assert text.count("잠정") == 3
    assert len(chart(client, "cost")["labels"]) == 6


def test_messages_under_way_are_counted(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 5)
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED})
    text = text_of(sign_in(staff.writer))
    assert "오늘 발송 1 건 진행 중 4건" in text
    assert "결과 대기" in text


def test_a_neighbour_sees_none_of_it(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    tally(cast, 900)
    list_of(cast, 5)
    text = text_of(sign_in(staff.neighbour))
    assert "이번 달 비용" not in text
    assert "반납예정일" not in text


def test_a_member_of_two_departments_sees_both(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    check = Notice.objects.create(code="hc.check", name="검진 안내", department=cast.health)
    tally(cast, 100)
    tally(cast, 30, notice=check)
    Membership.objects.create(member=staff.viewer, department=cast.health, role=Role.VIEWER)
    text = text_of(sign_in(staff.viewer))
    assert "오늘 발송 130 건" in text
    assert "외 1곳" in text


# ---- what waits ----------------------------------------------------------------------------------


@pytest.fixture
def asked(cast: Cast) -> Batch:
    batch = list_of(cast, 3)
    batch.stage, batch.release_hash = Stage.REQUESTED, "h1"
    batch.not_before = timezone.now() + DAY
    batch.save()
    return batch


def test_an_approver_hears_what_waits(asked: Batch, staff: Staff, sign_in: SignIn) -> None:
    text = text_of(sign_in(staff.approver))
    assert "승인 대기 1건 이 있습니다. 가장 급한 요청은 ‘반납예정일 안내’이며 내일" in text


@pytest.mark.parametrize("who", ["writer", "viewer", "neighbour"])
def test_who_cannot_approve_it_does_not(
    who: str, asked: Batch, staff: Staff, sign_in: SignIn
) -> None:
    assert "가장 급한 요청" not in text_of(sign_in(staff.by_name()[who]))


def test_nobody_is_called_to_their_own_request(asked: Batch, staff: Staff, sign_in: SignIn) -> None:
    Batch.objects.update(member=staff.approver)
    assert "가장 급한 요청" not in text_of(sign_in(staff.approver))
    assert "가장 급한 요청" in text_of(sign_in(staff.second_approver))


def test_who_has_judged_it_waits_no_more(asked: Batch, staff: Staff, sign_in: SignIn) -> None:
    vote = Vote.objects.create(
        batch=asked, member=staff.approver, at=timezone.now(), decision="approve", hash="h1"
    )
    assert "가장 급한 요청" not in text_of(sign_in(staff.approver))
    vote.hash = "what it was before it changed"
    vote.save()
    assert "가장 급한 요청" in text_of(sign_in(staff.approver))


@pytest.mark.parametrize(
    ("won", "said"),
    [
        (799, ""),
        (900, "에서 이번 달 한도 1,000원의 90.0%를 썼습니다"),
        (1000, "의 이번 달 한도 1,000원을 다 써서 발송이 멈춥니다"),
    ],
)
def test_a_cap_that_is_nearly_spent(
    won: int, said: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=1000)
    tally(cast, 1, won=won)
    text = text_of(sign_in(staff.writer))
    assert (f"나루중앙도서관 {said}" in text) if said else ("이번 달 한도" not in text)
    assert f"한도 1,000원의 {won / 10:.1f}%" in text


def test_an_outage_is_told_to_everybody(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    Outage.objects.create(channel="alimtalk", since=timezone.now(), reason="person")
    assert "알림톡 발송이 오늘" in text_of(sign_in(staff.viewer))
    Outage.objects.update(until=timezone.now())
    assert "꺼져 있습니다" not in text_of(sign_in(staff.viewer))


def test_an_account_in_trouble_is_told_to_who_runs_the_system(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    CarrierAccount.objects.create(
        name="계약 하나", kind="solapi", base_url="http://127.0.0.1:9", api_key="k", secret=b"",
        callback_token="t", profile_state="blocked",
    )  # fmt: skip
    assert "계약 하나 의 카카오 발신 프로필" in text_of(sign_in(staff.system))
    assert "계약 하나" not in text_of(sign_in(staff.manager))


def test_unknown_results_wait_for_a_decision(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 2)
    hand_over(batch)
    tell(batch, {0: Result.TIMED_OUT, 1: Result.DELIVERED})
    assert "결과를 알 수 없는 분이 있는 발송이 1건" in text_of(sign_in(staff.writer))


# ---- and how much it asks ------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    Department.objects.update(monthly_cap_won=1000)

    def count(member: Member) -> int:
        client = sign_in(member)
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        return len(queries)

    tally(cast, 1)
    list_of(cast, 1)
    few = count(staff.manager)
    for n in range(30):
        notice = Notice.objects.create(code=f"lib.{n}", name="안내", department=cast.library)
        tally(cast, 1, ago=n, notice=notice)
        list_of(cast, 1)
    assert count(staff.manager) == few
    # Twelve of this page; the rest is the session, who it is and from where, and the frame with its
    # numbers and whether sending is paused.
    assert few <= 26


def test_the_day_is_written_out(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    today: date = timezone.localdate()
    assert f"{today.year}년 {today.month}월 {today.day}일(" in text_of(sign_in(staff.writer))


def test_who_only_looks_on_decides_nothing(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 1)
    hand_over(batch)
    tell(batch, {0: Result.TIMED_OUT})
    assert "정해 주십시오" in text_of(sign_in(staff.writer))
    assert "정해 주십시오" not in text_of(sign_in(staff.viewer))
