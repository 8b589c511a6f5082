"""The office's own numbers on their page."""

from __future__ import annotations

import pytest
from django.test import Client

from alimnaru.reads.policies import office_policy
from alimnaru.rules.policy import FIELDS
from alimnaru.store.models import AuditEntry
from tests.console.conftest import SignIn
from tests.staff import Staff


@pytest.fixture
def desk(staff: Staff, sign_in: SignIn) -> Client:
    return sign_in(staff.system)


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_it_works(desk: Client) -> None:
    page = said(desk.get("/policies"))
    assert page.count("/policies/") == len(FIELDS)
    assert "자동 로그아웃 시간" in page
    assert "기본값과 다름" not in page
    assert desk.post("/policies/idle_minutes", {"value": "20"}).status_code == 302
    page = said(desk.get("/policies"))
    assert "바꾸었습니다: 자동 로그아웃 시간" in page
    assert "기본값과 다름" in page
    assert "(한정보)" in page
    assert AuditEntry.objects.get().facts == {"idle_minutes": [30, 20]}


@pytest.mark.parametrize("who", ["manager", "auditor", "writer"])
def test_only_system_managers(staff: Staff, sign_in: SignIn, who: str) -> None:
    other = sign_in(staff.by_name()[who])
    assert other.get("/policies").status_code == 403
    assert other.post("/policies/idle_minutes", {"value": "20"}).status_code == 403


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        ("idle_minutes", "", "값을 적어"),
        ("idle_minutes", "많이", "숫자로만"),
        ("idle_minutes", "1.5", "숫자로만"),
        ("idle_minutes", "4", "5분부터 60분까지"),
        ("idle_warning_minutes", "60", "1분부터 10분까지"),
        ("second_approval_from", "50", "같거나 더 큰 수"),
        ("slice_share", "90", "0.1%부터 50%까지"),
        ("slice_share", "nan", "부터"),
    ],
)
def test_what_is_not_taken(desk: Client, field: str, typed: str, why: str) -> None:
    before = office_policy()
    assert why in said(desk.post(f"/policies/{field}", {"value": typed}))
    assert office_policy() == before


@pytest.mark.parametrize(("typed", "read"), [("2.5", 0.025), ("2.5%", 0.025), (" 10 ", 0.1)])
def test_shares_are_typed_in_per_cent(desk: Client, typed: str, read: float) -> None:
    desk.post("/policies/slice_share", {"value": typed})
    assert office_policy().slice_share == read


def test_thousands_may_have_their_comma(desk: Client) -> None:
    desk.post("/policies/second_approval_from", {"value": "2,000"})
    assert office_policy().second_approval_from == 2000


def test_a_number_that_nobody_knows(desk: Client) -> None:
    assert desk.get("/policies/nonsense").status_code == 404
