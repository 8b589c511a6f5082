"""Looks at signing in, one's own account, the numbers, the people, the channels, the wordings."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.rules.periods import after
from tests.e2e import months
from tests.e2e.acts import choose, fill, opened, press, sign_in_as, too_often
from tests.e2e.look import EMPTY, ERROR, FULL, Look, of, own
from tests.e2e.world import World


def last_month(_: World) -> Mapping[str, str]:
    """The month whose bills differ."""
    return {"month": f"{months.last_month():%Y-%m}"}


def closed_month(_: World) -> Mapping[str, str]:
    """The month before it."""
    return {"month": f"{after(months.last_month(), -1):%Y-%m}"}


SIGN_IN = (
    Look("sign-in", "", states=(FULL,)),
    Look("sign-in", "", note="refused", states=(ERROR,), act=press("로그인")),
    Look("sign-in-code", "", start="sign-in", states=(FULL,), act=sign_in_as("librarian")),
    Look(
        "sign-in-code",
        "",
        start="sign-in",
        states=(ERROR,),
        act=sign_in_as("librarian", fill("인증번호", "000000", "확인")),
    ),
    Look("sign-in-enrol", "", start="sign-in", states=(FULL,), act=sign_in_as("fresh")),
    Look(
        "sign-in-enrol",
        "",
        start="sign-in",
        states=(ERROR,),
        act=sign_in_as("fresh", fill("인증번호", "000000", "등록하고 로그인")),
    ),
    Look("sign-in-password", "", start="sign-in", states=(FULL,), act=sign_in_as("newcomer")),
    Look(
        "sign-in-password",
        "",
        start="sign-in",
        states=(ERROR,),
        act=sign_in_as("newcomer", press("비밀번호 저장")),
    ),
    Look("accessibility", "", states=(FULL,)),
    # Last: nobody signs in from this machine for a while.
    Look("sign-in", "", note="locked", states=(ERROR,), act=too_often),
)
OWN = (
    Look("account", states=(FULL, EMPTY)),
    Look("account-password", states=(FULL,)),
    Look("account-password", states=(ERROR,), act=press("비밀번호 바꾸기")),
    Look("account-mobile", states=(FULL,)),
    Look("account-mobile", states=(ERROR,), act=fill("휴대전화", "02-555-0100", "저장")),
    Look("account-recovery", states=(FULL,)),
    Look("account-recovery", states=(ERROR,), act=fill("인증번호", "000000", "새 코드 만들기")),
    Look("account-authenticator", states=(FULL,)),
    Look("account-authenticator", states=(ERROR,), act=fill("인증번호", "000000", "확인")),
    Look("recovery-codes", states=(FULL,)),
    Look("help", states=(FULL,)),
)
NUMBERS = (
    Look("dashboard"),
    Look("dashboard", "manager", note="manager", states=(FULL, ERROR)),
    Look("dashboard", "system", note="system", states=(FULL, ERROR)),
    Look("statistics", "manager", states=(FULL, EMPTY)),
    Look("statistics", "system", note="year", query="?span=this_year", states=(FULL,)),
    Look("statistics", query="?span=days&start=2026-11-02&end=2026-11-01", states=(ERROR,)),
    Look("months", "system"),
    Look("month", "system", args=last_month, states=(FULL, EMPTY)),
    Look("month", "system", args=last_month, states=(ERROR,), act=press("올리고 칸 확인하기")),
    Look("month", "auditor", note="closed", args=closed_month, states=(FULL,)),
    Look("month-work", "system", args=of("month_work", "pk"), states=(FULL,)),
    Look("month-disputes", "system", args=last_month, states=(FULL, EMPTY)),
    Look("reports", "manager"),
    Look("reports", query="?report=none", note="unknown", states=(ERROR,)),
    Look("effects"),
    Look("budgets", "manager"),
    Look("project-add", "manager", states=(FULL,)),
    Look("project-add", "manager", states=(ERROR,), act=fill("코드", "나쁜 코드", "등록")),
    Look("project", "manager", args=of("project", "pk"), states=(FULL,)),
)
PEOPLE = (
    Look("people", "system"),
    Look("people", "manager", note="manager", states=(FULL,)),
    Look("department", "system", args=own(code="lib-jungang"), states=(FULL,)),
    Look("department", "system", args=own(code="dong-16"), states=(EMPTY,)),
    Look("department-edit", "system", args=own(code="lib-jungang"), states=(FULL,)),
    Look(
        "department-edit",
        "system",
        args=own(code="lib-jungang"),
        states=(ERROR,),
        act=fill("이름", "", "저장"),
    ),
    Look("department-add", "system", args=own(code="lib-jungang"), states=(FULL,)),
    Look(
        "department-add",
        "system",
        args=own(code="lib-jungang"),
        states=(ERROR,),
        act=press("부서 만들기"),
    ),
    Look("member-add", "manager", args=own(code="lib-jungang"), states=(FULL,)),
    Look(
        "member-add",
        "manager",
        args=own(code="lib-jungang"),
        states=(ERROR,),
        act=press("계정 만들기"),
    ),
    Look("member", "manager", args=of("writer", "pk"), states=(FULL,)),
    Look(
        "member",
        "system",
        args=of("writer", "pk"),
        states=(ERROR,),
        act=opened("역할 더하기", choose("부서", "나루중앙도서관"), press("역할 맡기기")),
    ),
    Look("entrances", "system"),
    Look("policies", "system"),
    Look("policy-change", "system", args=own(field="undo_seconds"), states=(FULL,)),
    Look(
        "policy-change",
        "system",
        args=own(field="undo_seconds"),
        states=(ERROR,),
        act=fill("값", "1", "저장"),
    ),
)
CHANNELS = (
    Look("channels", "system"),
    Look("account-kinds", "system", states=(FULL,)),
    Look("account-new", "system", args=own(kind="nhn"), states=(FULL,)),
    Look("account-new", "system", args=own(kind="solapi"), states=(ERROR,), act=press("계정 등록")),
    Look("account-of", "system", args=of("account", "number"), states=(FULL, ERROR)),
    Look("sender-number", "system", args=own(department="lib-jungang"), states=(FULL,)),
    Look(
        "sender-number",
        "system",
        args=own(department="lib-jungang"),
        states=(ERROR,),
        act=press("발신번호 저장"),
    ),
    Look("outage", "system"),
    Look("standing", "system"),
)
WORDINGS = (
    Look("templates", "manager"),
    Look("template", "manager", args=of("lib.due.soon", "notice_id"), states=(FULL, EMPTY)),
    Look("template", "manager", args=of("lib.request", "notice_id"), states=(ERROR,)),
    Look("template-editor", "manager", args=of("lib.due.soon", "notice_id"), states=(FULL,)),
    Look("template-editor", "manager", args=of("lib.request", "notice_id"), states=(ERROR,)),
)
