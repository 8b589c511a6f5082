"""What is set for later, on its day; another time for it, or none."""

from __future__ import annotations

from calendar import Calendar, monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.moment import MomentField
from alimnaru.console.templatetags.figures import moment
from alimnaru.office import release
from alimnaru.office.batches import cancel_batch
from alimnaru.office.release import UNRELEASED, ReleaseRefused, plan_for
from alimnaru.reads.scheduled import next_one, scheduled
from alimnaru.rules.rights import Right
from alimnaru.rules.workdays import korean_holidays
from alimnaru.store.models import Batch, Stage
from alimnaru.wording import sentence

#: Months that anybody looks at: before the first and after the last one there is none.
_YEARS = range(2000, 2200)
#: Between the moment chosen and the one at which it goes: the undo window is no surprise.
ABOUT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar with what goes on it."""

    on: date
    inside: bool
    today: bool
    off: bool
    batches: Sequence[Batch]

    @property
    def people(self) -> int:
        """Who will be told on it."""
        return sum(batch.rows - batch.refused for batch in self.batches)


class TimeForm(forms.Form):
    """Another moment, in the office's own time."""

    at = MomentField(
        label=lazy("보낼 시각"),
        error_messages={
            "required": lazy("보낼 시각을 골라 주십시오."),
            "invalid": lazy("날짜와 시각을 2026-11-25 10:00처럼 골라 주십시오."),
        },
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "krds-input"}
        ),
    )


@page(section="scheduled")
def calendar(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A month with what is set for its days, and the same as a list."""
    now, scope = timezone.now(), desk.scope(Right.SEE)
    month = _month(request.GET.get("month", "")) or next_one(scope, now) or timezone.localdate()
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    found = scheduled(scope, first, last, now)
    by_day: dict[date, list[Batch]] = defaultdict(list)
    for batch in found:
        by_day[timezone.localdate(batch.not_before)].append(batch)
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    context = {
        "first": first,
        "weekdays": _("일 월 화 수 목 금 토").split(),
        "weeks": _weeks(first, by_day),
        "days": sorted(by_day.items()),
        "before": f"{before:%Y-%m}" if before >= timezone.localdate().replace(day=1) else "",
        "after": f"{after:%Y-%m}",
        "may_send": Right.SEND in desk.rights,
        "self": desk.member.pk,
    }
    return render(request, "console/scheduled/calendar.html", context)


def _month(raw: str) -> date | None:
    try:
        found = datetime.strptime(raw, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def _weeks(first: date, by_day: dict[date, list[Batch]]) -> list[list[Day]]:
    today = timezone.localdate()
    weeks = Calendar(firstweekday=6).monthdatescalendar(first.year, first.month)
    holidays = korean_holidays(first.year)
    return [
        [
            Day(
                on=on,
                inside=on.month == first.month,
                today=on == today,
                off=on.weekday() > 4 or on in holidays,
                batches=by_day.get(on, []) if on.month == first.month else [],
            )
            for on in week
        ]
        for week in weeks
    ]


@page(Right.SEND, methods=("GET", "POST"), section="scheduled")
def change(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Choose another moment, or give it up."""
    batch = _own(desk, batch_id)
    if batch.stage not in (Stage.REQUESTED, Stage.RELEASED):
        return redirect(_there(batch.pk))
    if request.method != "POST":
        form = TimeForm(initial={"at": timezone.localtime(batch.not_before)})
        return _change_page(request, desk, batch, form)
    form = TimeForm(request.POST)
    if form.is_valid() and _is_open(form, batch):
        try:
            again = release.reschedule(batch, actor=desk.member, at=form.cleaned_data["at"])
        except ReleaseRefused as refused:
            form.add_error("at", sentence(refused.code, **refused.facts))
        else:
            messages.success(request, _said(again))
            return redirect("scheduled")
    return _change_page(request, desk, batch, form, status=422)


def _said(batch: Batch) -> str:
    if batch.stage == Stage.REQUESTED:
        return _("시각을 바꾸고 승인을 다시 요청했습니다. 승인을 받으면 그 시각에 나갑니다.")
    return _("시각을 바꾸었습니다. %(at)s에 나갑니다.") % {"at": moment(batch.not_before)}


def _is_open(form: TimeForm, batch: Batch) -> bool:
    """Whether the notice may arrive at the chosen moment; else the form offers when it would."""
    plan = plan_for(batch, form.cleaned_data["at"], brief=True)
    if plan.opens_at <= plan.starts_at + ABOUT or plan.never_opens:
        return True  # or the act says what is wrong
    text = _(
        "그 시각에는 이 알림을 보낼 수 없습니다. 그대로 두면 %(at)s에 나갑니다. "
        "그 시각으로 고쳐 두었으니, 맞으면 다시 눌러 주십시오."
    )
    form.add_error("at", text % {"at": moment(plan.opens_at)})
    offered = f"{timezone.localtime(plan.opens_at):%Y-%m-%dT%H:%M}"
    form.data = {**form.data, "at": offered}
    return False


def _change_page(
    request: HttpRequest, desk: Desk, batch: Batch, form: TimeForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "batch": batch,
        "form": form,
        "people": batch.rows - batch.refused,
        "own": batch.member_id == desk.member.pk,
        "approved": batch.stage == Stage.RELEASED and batch.approvals_needed > 0,
        "window": batch.notice.window,
    }
    return render(request, "console/scheduled/change.html", context, status=status)


@page(Right.SEND, methods=("POST",), section="scheduled")
def withdraw(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Take a request or a scheduled batch back: a draft again."""
    batch = _own(desk, batch_id)
    act = release.undo if batch.stage == Stage.RELEASED else release.withdraw
    try:
        act(batch, actor=desk.member)
    except ReleaseRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts))
    else:
        messages.success(request, _("거두어들였습니다. 한 건도 나가지 않고 임시 저장되었습니다."))
    return redirect(_there(batch_id))


@page(Right.SEND, methods=("POST",), section="scheduled")
def give_up(request: HttpRequest, desk: Desk, batch_id: int) -> HttpResponse:
    """Decide that it will not go at all."""
    batch = _own(desk, batch_id)
    try:
        if batch.stage in UNRELEASED:
            release.discard(batch, actor=desk.member)
        else:
            cancel_batch(batch, actor=desk.member)
    except ReleaseRefused as refused:
        messages.error(request, sentence(refused.code, **refused.facts))
    else:
        messages.success(request, _("보내지 않기로 했습니다."))
    return redirect("scheduled")


def _own(desk: Desk, batch_id: int) -> Batch:
    own = desk.scope(Right.SEND).batches()
    joined = own.select_related("notice", "department", "version", "member")
    return theirs(joined.filter(pk=batch_id).first())


def _there(batch_id: int) -> str:
    try:
        return reverse("batch", args=[batch_id])
    except NoReverseMatch:
        return reverse("scheduled")


urls = [
    path("scheduled", calendar, name="scheduled"),
    path("scheduled/<int:batch_id>", change, name="scheduled-change"),
    path("scheduled/<int:batch_id>/withdraw", withdraw, name="withdraw"),
    path("scheduled/<int:batch_id>/give-up", give_up, name="give-up"),
]
