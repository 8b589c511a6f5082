"""The monthly review of the access log: what stands out, what was found out, the signature."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page
from alimnaru.console.sheets import Cell, Sheet, xlsx_answer
from alimnaru.office.access_review import ReviewRefused, remark, sign
from alimnaru.reads.access import Month, month_of, unsigned
from alimnaru.rules.periods import after
from alimnaru.rules.rights import Right
from alimnaru.store.models import AccessRemark
from alimnaru.wording import label, sentence


@page(Right.AUDIT, office_wide=True, section="access-review")
def access_review(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A month of the whole office; without one, the last that is over."""
    now = timezone.now()
    month = month_of(_asked(request.GET.get("month", "")), now)
    context = {
        "month": month,
        "lines": month.lines,
        "found": [
            (one, month.remarks.get(one.key), _own(desk, one.members)) for one in month.found
        ],
        "before": after(month.first, -1),
        "after": None if not month.over else after(month.first, 1),
        "unsigned": [m for m in unsigned(now) if m != month.first],
        "own": any(_own(desk, one.members) for one in month.found),
    }
    return render(request, "console/access_review.html", context)


def _own(desk: Desk, members: tuple[int, ...]) -> bool:
    return desk.member.pk in members


def _asked(text: str) -> date:
    today = timezone.localdate()
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return after(today, -1)
    return asked if date(2000, 1, 1) <= asked <= today else after(today, -1)


def _back(first: date) -> str:
    return f"{reverse('access-review')}?month={first:%Y-%m}"


@page(Right.AUDIT, methods=("POST",), office_wide=True, section="access-review")
def access_remark(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Say what became of something that stands out."""
    first = _asked(request.POST.get("month", ""))
    try:
        remark(
            first,
            request.POST.get("key", ""),
            actor=desk.member,
            text=request.POST.get("text", ""),
        )
    except ReviewRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, _("확인한 내용을 적었습니다."))
    return redirect(_back(first))


@page(Right.AUDIT, methods=("POST",), office_wide=True, section="access-review")
def access_sign(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Sign the month."""
    first = _asked(request.POST.get("month", ""))
    try:
        sign(first, actor=desk.member, note=request.POST.get("note", ""))
    except ReviewRefused as refused:
        messages.error(request, sentence(refused.code))
    else:
        messages.success(request, _("점검을 마치고 서명했습니다."))
    return redirect(_back(first))


@page(Right.AUDIT, office_wide=True, section="access-review")
def access_review_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The month as a workbook: totals, and what stands out with what was found out. No resident
    stands in it."""
    month = month_of(_asked(request.GET.get("month", "")), timezone.now())
    return xlsx_answer(_sheets(month), f"access-review-{month.first:%Y%m}.xlsx")


def _sheets(month: Month) -> list[Sheet]:
    review = month.review
    signed = (
        [
            f"{timezone.localtime(review.signed_at):%Y-%m-%d %H:%M}",
            review.signed_by.name,
            review.note,
        ]
        if review
        else [_("서명하지 않음"), "", ""]
    )
    totals: list[list[Cell]] = [
        [x.name, label(x.act), x.entries, x.people, x.clear] for x in month.lines
    ]
    found: list[list[Cell]] = [
        [label(one.oddity), one.name, one.count, one.against, *_told(month.remarks.get(one.key))]
        for one in month.found
    ]
    return [
        Sheet(
            _("합계"), [_("담당자"), _("한 일"), _("횟수"), _("사람 수"), _("그대로 봄")],
            totals, wide=frozenset({0, 1}),
        ),
        Sheet(
            _("눈에 띄는 것"),
            [_("무엇"), _("담당자"), _("횟수"), _("평소"), _("확인한 내용"), _("확인한 사람")],
            found, wide=frozenset({0, 1, 4}),
        ),
        Sheet(_("서명"), [_("언제"), _("누가"), _("의견")], [signed], wide=frozenset({0, 1, 2})),
    ]  # fmt: skip


def _told(said: AccessRemark | None) -> list[str]:
    return [said.text, said.member.name] if said else ["", ""]


urls = [
    path("access-review", access_review, name="access-review"),
    path("access-review/remark", access_remark, name="access-remark"),
    path("access-review/sign", access_sign, name="access-sign"),
    path("access-review/file", access_review_file, name="access-review-file"),
]
