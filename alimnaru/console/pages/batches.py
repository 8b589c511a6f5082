"""The list of batches: filtered, newest first, with how far each has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page
from alimnaru.console.paging import Paged, paged, query_of
from alimnaru.reads.batch_lists import Status, Wanted, find_batches, lines_of
from alimnaru.rules.disclosure import RIGHTS, Disclosed
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department, Notice
from alimnaru.store.scoping import Scope

PERIODS = (
    ("7", lazy("지난 7일")),
    ("30", lazy("지난 30일")),
    ("90", lazy("지난 90일")),
    ("365", lazy("지난 1년")),
    ("all", lazy("모든 기간")),
)
USUAL = "30"
STATUSES = (
    ("", lazy("모든 상태")),
    (Status.WAITING, lazy("보내기 전")),
    (Status.SCHEDULED, lazy("예약")),
    (Status.SENDING, lazy("보내는 중")),
    (Status.STOPPED, lazy("멈춤, 할 일 있음")),
    (Status.DONE, lazy("완료")),
    (Status.MISSED, lazy("못 받은 분 있음")),
)


class NoticeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic as it runs
    """Notices by their names: the codes are for programs."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class Filters(forms.Form):
    """What the address asks for; odd values count as not given."""

    q = forms.CharField(label=lazy("알림 이름, 발송 번호"), required=False, max_length=60)
    period = forms.ChoiceField(label=lazy("기간"), required=False, choices=PERIODS)
    status = forms.ChoiceField(label=lazy("상태"), required=False, choices=STATUSES)
    department = forms.ModelChoiceField(
        label=lazy("부서"),
        required=False,
        queryset=Department.objects.none(),
        empty_label=lazy("모든 부서"),
    )
    notice = NoticeChoice(
        label=lazy("알림"),
        required=False,
        queryset=Notice.objects.none(),
        empty_label=lazy("모든 알림"),
    )

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__({"period": USUAL, **data.dict()}, auto_id="f-%s")
        self._model("department").queryset = scope.departments().order_by("path")
        self._model("notice").queryset = Notice.objects.order_by("name")
        for name, field in self.fields.items():
            kind = "krds-input" if name == "q" else "krds-form-select"
            field.widget.attrs["class"] = f"{kind} small"

    def _model(self, name: str) -> forms.ModelChoiceField[Any]:
        field = self.fields[name]
        if not isinstance(field, forms.ModelChoiceField):
            raise TypeError(name)
        return field

    def wanted(self, now: datetime) -> Wanted:
        """What is looked for."""
        self.is_valid()
        given = self.cleaned_data
        days = given.get("period") or USUAL
        status = given.get("status")
        return Wanted(
            since=None if days == "all" else now - timedelta(days=int(days)),
            department=given.get("department"),
            notice=given.get("notice"),
            status=Status(status) if status else None,
            text=given.get("q", ""),
        )

    @property
    def narrow(self) -> bool:
        """Whether anything but the period is asked for."""
        given = self.cleaned_data
        return any(given.get(name) for name in ("q", "status", "department", "notice"))


@page(section="batches")
def batches(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Batches of the member's departments."""
    now = timezone.now()
    scope = desk.scope(Right.SEE)
    filters = Filters(request.GET, scope)
    found: Paged[Any] = paged(request, find_batches(scope, filters.wanted(now), now))
    wider = request.GET.copy()
    wider["period"] = "all"
    context = {
        "filters": filters,
        "found": found,
        "lines": lines_of(found.rows, now),
        "query": query_of(request),
        "wider": wider.urlencode(),
        "widest": filters.cleaned_data.get("period") == "all",
        "may_find": bool(desk.rights & RIGHTS[Disclosed.FIND]),
        "may_send": Right.SEND in desk.rights,
    }
    return render(request, "console/batches/list.html", context)


urls = [path("batches", batches, name="batches")]
