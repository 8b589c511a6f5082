"""Departments and people: who sees whom, and what a manager can do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.office.departments import add_department
from alimnaru.store.models import AuditEntry, Authenticator, Department, Member, Membership
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.staff import Staff


@pytest.fixture
def desk(staff: Staff, sign_in: SignIn) -> Client:
    """최관장's."""
    return sign_in(staff.manager)


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def password_on(page: str) -> str:
    found = re.search(r"<code>(\w{4}-\w{4}-\w{4}-\w{4})</code>", page)
    assert found
    return found[1]


def test_it_works(desk: Client) -> None:
    page = said(desk.get("/people"))
    for word in ("나루중앙도서관", "박열람", "승인자", "할 수 있음", "할 수 없음"):
        assert word in page
    assert "나루구보건소" not in page
    assert "<c-" not in page


def test_a_system_manager_sees_the_whole_tree(staff: Staff, sign_in: SignIn) -> None:
    page = said(sign_in(staff.system).get("/people"))
    assert "나루구보건소" in page
    Member.objects.create(login="alone", name="홀로")
    assert "역할이 없는 계정" in said(sign_in(staff.system).get("/people"))


@pytest.mark.parametrize("who", ["viewer", "writer", "approver", "auditor"])
def test_others_do_not(staff: Staff, sign_in: SignIn, who: str) -> None:
    assert sign_in(staff.by_name()[who]).get("/people").status_code == 403


def test_next_door_is_not_there(desk: Client, staff: Staff, cast: Cast) -> None:
    for path in (
        "/people/departments/health",
        "/people/departments/health/edit",
        "/people/departments/gu/add-person",
        f"/people/{staff.neighbour.pk}",
    ):
        assert desk.get(path).status_code == 404
    for act in ("give", "shut", "open", "password", "second-factor"):
        assert desk.post(f"/people/{staff.neighbour.pk}/{act}").status_code == 404
    held = staff.neighbour.memberships.get()
    assert desk.post(f"/people/{staff.viewer.pk}/take/{held.pk}").status_code == 404


def test_a_department_without_anybody(desk: Client, staff: Staff, cast: Cast) -> None:
    made = add_department(actor=staff.manager, parent=cast.library, name="어린이실")
    page = said(desk.get(f"/people/departments/{made.code}"))
    assert "역할을 맡은 사람이 없습니다" in page


def test_long_unused_and_shut_accounts_are_marked(desk: Client, staff: Staff) -> None:
    assert "90일 넘게" not in said(desk.get("/people"))
    Member.objects.filter(pk=staff.viewer.pk).update(last_login=timezone.now() - timedelta(days=91))
    Member.objects.filter(pk=staff.approver.pk).update(is_active=False)
    page = said(desk.get("/people"))
    assert page.count("90일 넘게") == 1
    assert page.count("닫힘") == 1


def test_the_number_of_queries_does_not_grow(desk: Client, cast: Cast) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            code = f"team-{Department.objects.count()}"
            place = Department.objects.create(
                code=code, name=code, parent=cast.library, path=f"/gu/lib/{code}/"
            )
            login = f"member{Member.objects.count()}"
            member = Member.objects.create(login=login, name=login)
            for role, where in (("writer", cast.library), ("viewer", place)):
                Membership.objects.create(member=member, department=where, role=role)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert desk.get("/people").status_code == 200
        return len(found)

    add(2)
    few = queries()
    add(20)
    assert queries() == few


# ---- adding ----------------------------------------------------------------------------------


def test_a_new_member(desk: Client) -> None:
    form = {"name": "새 사람", "login": "new.one", "role": "writer"}
    page = said(desk.post("/people/departments/lib/add-person", form, follow=True))
    member = Member.objects.get(login="new.one")
    assert member.check_password(password_on(page))
    assert "<code>" not in said(desk.get(f"/people/{member.pk}"))


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": "새 사람", "login": "viewer", "role": "writer"}, "이미 쓰고 있는 아이디"),
        ({"name": "박열람", "login": "new", "role": "writer"}, "같은 이름의 담당자"),
        ({"name": "", "login": "new", "role": "writer"}, "이름을 적어"),
        ({"name": "새 사람", "login": "new", "role": "system_manager"}, "목록에 없는 값입니다"),
    ],
)
def test_who_is_not_added(desk: Client, form: dict[str, str], why: str) -> None:
    page = said(desk.post("/people/departments/lib/add-person", form))
    assert why in page
    assert 'aria-invalid="true"' in page
    assert f'value="{form["login"]}"' in page


def test_another_person_of_the_same_name(desk: Client) -> None:
    form = {"name": "박열람", "login": "new", "role": "viewer", "same_name": "on"}
    assert desk.post("/people/departments/lib/add-person", form).status_code == 302


# ---- roles and accounts ----------------------------------------------------------------------


def test_a_role_is_given_and_taken(desk: Client, staff: Staff) -> None:
    page = f"/people/{staff.viewer.pk}"
    desk.post(f"{page}/give", {"give-department": "lib", "give-role": "writer"})
    held = staff.viewer.memberships.get(role="writer")
    assert "역할을 맡겼습니다" in said(desk.get(page))
    assert desk.post(f"{page}/take/{held.pk}").headers["Location"] == page
    assert not staff.viewer.memberships.filter(role="writer").exists()


def test_a_role_that_is_held_is_told(desk: Client, staff: Staff) -> None:
    form = {"give-department": "lib", "give-role": "viewer"}
    assert "이미 맡고 있는" in said(desk.post(f"/people/{staff.viewer.pk}/give", form))
    form = {"give-department": "health", "give-role": "viewer"}
    assert desk.post(f"/people/{staff.viewer.pk}/give", form).status_code == 200
    assert staff.viewer.memberships.count() == 1


def test_who_loses_the_last_role_here_is_out_of_sight(desk: Client, staff: Staff) -> None:
    held = staff.viewer.memberships.get()
    answer = desk.post(f"/people/{staff.viewer.pk}/take/{held.pk}")
    assert answer.headers["Location"] == "/people/departments/lib"
    assert desk.get(f"/people/{staff.viewer.pk}").status_code == 404


def test_the_own_page_changes_nothing(desk: Client, staff: Staff) -> None:
    page = said(desk.get(f"/people/{staff.manager.pk}"))
    assert "내 계정 열기" in page
    for act in ("/shut", "/password", "/give", "/take"):
        assert f"/people/{staff.manager.pk}{act}" not in page
    said_ = said(desk.post(f"/people/{staff.manager.pk}/shut", follow=True))
    assert "다른 관리자에게" in said_
    held = staff.manager.memberships.get()
    said_ = said(desk.post(f"/people/{staff.manager.pk}/take/{held.pk}", follow=True))
    assert "스스로 바꿀 수 없습니다" in said_


def test_a_shut_account_is_out_at_once(desk: Client, staff: Staff, sign_in: SignIn) -> None:
    theirs = sign_in(staff.viewer)
    page = said(desk.post(f"/people/{staff.viewer.pk}/shut", follow=True))
    assert "닫힌 계정" in page
    assert theirs.get("/").status_code == 302
    assert "다시 열었습니다" in said(desk.post(f"/people/{staff.viewer.pk}/open", follow=True))


def test_a_new_initial_password(desk: Client, staff: Staff) -> None:
    page = said(desk.post(f"/people/{staff.viewer.pk}/password", follow=True))
    staff.viewer.refresh_from_db()
    assert staff.viewer.check_password(password_on(page))


def test_a_lost_phone(desk: Client, staff: Staff, sign_in: SignIn) -> None:
    theirs = sign_in(staff.viewer)
    assert "인증 초기화" in said(desk.get(f"/people/{staff.viewer.pk}"))
    password_on(said(desk.post(f"/people/{staff.viewer.pk}/second-factor", follow=True)))
    assert not Authenticator.objects.filter(user=staff.viewer).exists()
    assert theirs.get("/").status_code == 302


def test_who_stands_above_is_left_alone(desk: Client, staff: Staff, cast: Cast) -> None:
    Membership.objects.create(member=staff.system, department=cast.library, role="viewer")
    page = said(desk.get(f"/people/{staff.system.pk}"))
    assert "시스템 관리자에게 부탁" in page
    assert "/shut" not in page
    desk.post(f"/people/{staff.system.pk}/shut")
    staff.system.refresh_from_db()
    assert staff.system.is_active


# ---- departments -----------------------------------------------------------------------------


def test_a_branch(desk: Client) -> None:
    form = {"name": "어린이실", "phone": "02-555-0102"}
    answer = desk.post("/people/departments/lib/add-department", form)
    assert answer.headers["Location"] == "/people/departments/lib-1"
    assert "같은 이름의 부서" in said(desk.post("/people/departments/lib/add-department", form))
    form = {"name": "다른 방", "phone": "010-1234-5678"}
    assert "고칠 곳이" in said(desk.post("/people/departments/lib/add-department", form))


def test_a_department_is_changed(desk: Client, cast: Cast) -> None:
    page = said(desk.get("/people/departments/lib/edit"))
    assert 'value="02-555-0101"' in page
    form = {"name": "중앙도서관", "phone": "02-555-0101", "daily_cap_won": "20000"}
    form["monthly_cap_won"] = "500000"
    assert desk.post("/people/departments/lib/edit", form).status_code == 302
    assert "500,000원" in (page := said(desk.get("/people/departments/lib")))
    assert "20,000원" in page
    assert AuditEntry.objects.latest("pk").act == "department.change"
    form = {"name": "중앙도서관", "phone": "", "monthly_cap_won": "-1"}
    assert "0 이상" in said(desk.post("/people/departments/lib/edit", form))
