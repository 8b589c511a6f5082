"""The menu: every page that stands in it, who sees it, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from alimnaru.rules.rights import Right


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: the name of its URL, its text, and the right that shows it.

    `badge` names a count in `frame.counts`; `office_wide` asks for the right at the root; `also`
    is another right that shows it.
    """

    url: str
    text: str | Promise
    right: Right
    badge: str = ""
    office_wide: bool = False
    also: Right | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    text: str | Promise
    entries: Sequence[Entry]


_R = Right
MENU: Sequence[Group] = (
    Group(
        lazy("업무"),
        (
            Entry("dashboard", lazy("대시보드"), _R.SEE),
            Entry("choose-notice", lazy("알림 보내기"), _R.SEND),
            Entry("batches", lazy("발송 내역"), _R.SEE),
            Entry("approvals", lazy("승인 대기"), _R.APPROVE, badge="approvals"),
            Entry("scheduled", lazy("예약"), _R.SEE),
        ),
    ),
    Group(
        lazy("확인할 일"),
        (
            Entry("tasks", lazy("할 일"), _R.SEE, badge="tasks"),
            Entry("unreached", lazy("받지 못한 분"), _R.SEE),
            Entry("unknown", lazy("확인 필요"), _R.SEE, badge="unknown"),
        ),
    ),
    Group(
        lazy("준비"),
        (
            Entry("templates", lazy("문안"), _R.SEE),
            Entry("saved-lists", lazy("저장한 명단"), _R.SEND),
            Entry("opt-outs", lazy("수신거부"), _R.SEND),
            Entry("rules", lazy("알림 규칙"), _R.SEE),
            Entry("guardians", lazy("보호자"), _R.SEND),
            Entry("consents", lazy("송달 동의"), _R.SEND),
        ),
    ),
    Group(
        lazy("현황"),
        (
            Entry("statistics", lazy("통계와 비용"), _R.SEE),
            Entry("reports", lazy("보고서"), _R.SEE),
            Entry("budgets", lazy("사업과 예산"), _R.SEE),
            Entry("months", lazy("월 마감"), _R.SYSTEM, office_wide=True, also=_R.AUDIT),
        ),
    ),
    Group(
        lazy("관리"),
        (
            Entry("people", lazy("부서와 담당자"), _R.DEPARTMENT),
            Entry("connections", lazy("연계"), _R.DEPARTMENT),
            Entry("channels", lazy("채널과 발신번호"), _R.SYSTEM, office_wide=True),
            Entry("outage", lazy("채널 끄고 켜기"), _R.SYSTEM, office_wide=True),
            Entry("standing", lazy("전체 발송 멈춤"), _R.SYSTEM, office_wide=True),
            Entry("policies", lazy("정책"), _R.SYSTEM, office_wide=True),
            Entry("entrances", lazy("접속 허용 주소"), _R.SYSTEM, office_wide=True),
            Entry("audit", lazy("감사 기록"), _R.AUDIT),
        ),
    ),
    Group(
        lazy("개인정보"),
        (
            Entry("incidents", lazy("유출 사고"), _R.PRIVACY),
            Entry("resident-requests", lazy("주민의 요구"), _R.PRIVACY),
            Entry("access-log", lazy("접속기록"), _R.AUDIT),
            Entry("access-review", lazy("접속기록 점검"), _R.AUDIT, office_wide=True),
            Entry("seals", lazy("봉인과 검증"), _R.AUDIT, office_wide=True),
            Entry("grants", lazy("권한 기록"), _R.AUDIT),
            Entry("destructions", lazy("파기"), _R.AUDIT),
            Entry("holds", lazy("보존"), _R.AUDIT),
        ),
    ),
)


def address_of(url: str) -> str:
    """The address of a page without arguments; empty where this build has no such page."""
    try:
        return reverse(url)
    except NoReverseMatch:
        return ""
