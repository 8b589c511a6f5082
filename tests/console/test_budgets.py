"""The page of budget lines and ceilings: what is spent, what waits, and who may change it."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import (
    AuditEntry,
    CarrierAccount,
    Department,
    Notice,
    Project,
    Tally,
    Tariff,
)
from tests.cast import Cast, phone
from tests.console.conftest import SignIn
from tests.console.test_dashboard import tally, text_of
from tests.staff import Staff

NEW = {
    "department": "lib",
    "name": "도서관 이용 안내",
    "code": "lib-notice",
    "funding": "city",
    "starts_on": "2026-01-01",
    "ends_on": "",
    "daily_cap_won": "",
    "monthly_cap_won": "1000",
}


def line(cast: Cast, **changed: object) -> Project:
    facts = {"code": "due", "name": "반납 안내", "starts_on": date(2020, 1, 1), **changed}
    return Project.objects.create(department=cast.library, **facts)


def test_a_line_is_entered_put_to_a_notice_changed_and_closed(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    manager = sign_in(staff.manager)
    assert (
        "코드를 읽을 수 없습니다"
        in manager.post("/budgets/new", {**NEW, "code": "도서관"}).content.decode()
    )
    assert manager.post("/budgets/new", NEW).status_code == 302
    made = Project.objects.get()
    address = f"/budgets/{made.pk}"
    assert (made.department, made.monthly_cap_won) == (cast.library, 1000)
    manager.post(f"{address}/notices", {"notice": cast.notice.pk})
    cast.notice.refresh_from_db()
    assert cast.notice.project == made
    assert manager.post(address, {**NEW, "monthly_cap_won": "5000"}).status_code == 302
    entry = AuditEntry.objects.get(act="project.change")
    assert entry.facts == {"code": "lib-notice", "monthly_cap_won": [1000, 5000]}
    text = text_of(manager, "/budgets")
    assert "도서관 이용 안내 lib-notice 나루중앙도서관 시비 보조" in text
    assert "반납예정일 안내 0 – 5,000" in text
    manager.post(f"{address}/notices", {"off": cast.notice.pk})
    cast.notice.refresh_from_db()
    assert cast.notice.project is None
    manager.post(f"{address}/close")
    assert "닫음" in text_of(manager, "/budgets")
    assert "닫은 사업입니다" in manager.post(address, NEW).content.decode()


def test_what_is_spent_stands_beside_each_ceiling(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=1000)
    paid = line(cast, daily_cap_won=500)
    tally(cast, 160)
    tally(cast, 20)
    Tally.objects.filter(messages=20).update(project=paid)
    text = text_of(sign_in(staff.viewer), "/budgets")
    assert "나루중앙도서관 부서와 그 아래 이번 달 90.0% 900 0 100 1,000 80% 넘음" in text
    assert "반납 안내 사업 오늘 20.0% 100 0 400 500 여유 있음" in text
    assert "바꾸기 (" not in text
    # Neither the neighbour's ceilings nor their lines.
    assert "반납 안내" not in text_of(sign_in(staff.neighbour), "/budgets")


def test_what_waits_is_told_with_the_ceiling_in_its_way(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=12)
    tally(cast, 2)
    batch = cast.send(cast.rows(phone(), phone(), phone()))
    batch.chunks.update(state="held", hold_code=Refusal.SPEND_CAP)
    text = text_of(sign_in(staff.manager), "/budgets")
    assert "반납예정일 안내 나루중앙도서관 3 15 나루중앙도서관 한 달 12원 한도 바꾸기" in text
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=50)
    assert "3 15 곧 이어집니다" in text_of(sign_in(staff.manager), "/budgets")


def test_what_is_under_way_counts(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    Department.objects.filter(pk=cast.library.pk).update(daily_cap_won=100)
    batch = cast.send(cast.rows(phone(), phone()))
    batch.chunks.update(state="sent", sent_at=timezone.now())
    assert "오늘 0.0% 0 10 90 100 여유 있음" in text_of(sign_in(staff.viewer), "/budgets")


@pytest.mark.parametrize("off", ["", "0", "99999999999999999999", "x"])
def test_a_notice_of_another_branch_is_no_choice(
    cast: Cast, staff: Staff, sign_in: SignIn, off: str
) -> None:
    other = Notice.objects.create(code="hc.x", name="검사 안내", department=cast.health)
    paid = line(cast)
    sign_in(staff.manager).post(f"/budgets/{paid.pk}/notices", {"notice": other.pk, "off": off})
    other.refresh_from_db()
    assert other.project is None


def test_a_price_of_a_department(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    given = {"channel": "sms", "won": "7.5", "since": "2031-01-01", "department": cast.library.pk}
    account = CarrierAccount.objects.create(name="계약", kind="solapi", channels="alimtalk,sms").pk
    assert sign_in(staff.system).post(f"/channels/{account}/price", given).status_code == 302
    made = Tariff.objects.get(department=cast.library)
    assert (made.account_id, made.channel, str(made.won)) == (account, "sms", "7.500")
