"""The audit log: filtered, page by page, one subject at a time, and as a workbook for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page
from alimnaru.console.audit_facts import names_of, pairs_of
from alimnaru.console.reason import ask_again, asked
from alimnaru.console.sheets import Sheet, xlsx_answer
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office.disclosure import disclose
from alimnaru.reads.audit import Sight, Wanted, entries, page_of
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.rights import Right
from alimnaru.store.models import AuditEntry, Department
from alimnaru.store.scoping import Scope
from alimnaru.wording.acted import act_words, grouped_acts, subject_called, subject_words

PER_PAGE = 50
USUAL_DAYS = 30
#: A workbook is made in memory; more is asked for in several.
MOST_ROWS = 50_000


class Filters(forms.Form):
    """What is looked for."""

    start = forms.DateField(label=lazy("시작일"), required=False)
    end = forms.DateField(label=lazy("종료일"), required=False)
    person = forms.CharField(label=lazy("담당자 이름, 아이디"), required=False, max_length=40)
    act = forms.ChoiceField(label=lazy("한 일"), required=False)
    department = forms.TypedChoiceField(
        label=lazy("부서"), required=False, coerce=int, empty_value=None
    )
    subject = forms.CharField(label=lazy("대상(예: 발송 12)"), required=False, max_length=100)

    def __init__(self, data: Any, scope: Scope, today: date) -> None:
        usual = {"start": today - timedelta(days=USUAL_DAYS), "end": today}
        super().__init__({**usual, **data.dict()}, auto_id="f-%s")
        self._departments = {d.pk: d for d in scope.departments().order_by("path")}
        names = [(pk, d.name) for pk, d in self._departments.items()]
        self._choose("department", [("", lazy("모든 부서")), *names])
        self._choose("act", [("", lazy("모든 일")), *grouped_acts()])
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                field.widget.attrs["class"] = "krds-form-select small"
            elif name in {"start", "end"}:
                attrs = {"type": "date", "class": "krds-input small"}
                field.widget = forms.DateInput(format="%Y-%m-%d", attrs=attrs)
            else:
                field.widget.attrs["class"] = "krds-input small"

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def subtree(self) -> Department | None:
        return self._departments.get(self.cleaned_data.get("department") or 0)

    @property
    def wanted(self) -> Wanted:
        """Once the form is valid."""
        given = self.cleaned_data
        return Wanted(
            since=_midnight(given["start"]),
            until=_midnight(given["end"], days=1),
            person=given["person"].strip(),
            act=given["act"],
            department=self.subtree,
            subject=subject_called(given["subject"].strip()),
        )

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("start", lazy("시작일이 종료일보다 늦습니다. 순서를 바꿔 주십시오."))
        return self.cleaned_data


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    if day is None or day.year == MAXYEAR:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is read: facts as pairs of words."""

    entry: AuditEntry
    act: str
    subject: str
    pairs: list[tuple[str, str]]


def _lines(found: Iterable[AuditEntry], names: Mapping[str, Mapping[str, str]]) -> Iterator[Line]:
    for entry in found:
        act, subject = act_words(entry.act), subject_words(entry.subject)
        yield Line(entry, act, subject, pairs_of(entry, names))


def _sight(desk: Desk) -> Sight:
    return Sight(desk.scope(Right.AUDIT), desk.over_the_office(Right.AUDIT))


@page(Right.AUDIT, section="audit")
def audit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Entries that match, newest first."""
    sight = _sight(desk)
    filters = Filters(request.GET, sight.scope, timezone.localdate())
    query = request.GET.copy()
    query.pop("after", None)
    context: dict[str, object] = {"filters": filters, "query": query.urlencode()}
    if filters.is_valid():
        found = page_of(entries(sight, filters.wanted), request.GET.get("after", ""), PER_PAGE)
        context |= {
            "lines": list(_lines(found.entries, names_of())),
            "next": found.next,
            "later": "after" in request.GET,
        }
    return render(request, "console/audit.html", context)


@page(Right.AUDIT, section="audit")
def audit_of(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Everything that was done to one subject."""
    found = page_of(
        entries(_sight(desk), Wanted(subject=subject)), request.GET.get("after", ""), PER_PAGE
    )
    context = {
        "subject": subject,
        "words": subject_words(subject),
        "lines": list(_lines(found.entries, names_of())),
        "next": found.next,
        "later": "after" in request.GET,
        "address": _address(subject),
    }
    return render(request, "console/audit_of.html", context)


def _address(subject: str) -> str:
    """Where the thing itself is shown, if this console has a page for it."""
    kind, _colon, raw = subject.partition(":")
    number = whole_number(raw)
    if kind not in {"batch", "message"} or number is None:
        return ""
    try:
        return reverse(kind, args=[number])
    except NoReverseMatch:
        return ""


@page(Right.AUDIT, methods=("POST",), section="audit", step_up=True)
def audit_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The matching entries as a workbook, once a reason is given."""
    sight = _sight(desk)
    back = f"{reverse('audit')}?{request.GET.urlencode()}"
    filters = Filters(request.GET, sight.scope, timezone.localdate())
    if not filters.is_valid():
        return redirect(back)
    found = entries(sight, filters.wanted)
    rows = found[: MOST_ROWS + 1].count()
    if rows > MOST_ROWS:
        messages.error(request, _("한 번에 받을 수 있는 것보다 많습니다. 기간을 줄여 주십시오."))
        return redirect(back)
    purpose = asked(request)
    if not isinstance(purpose, Purpose):
        return ask_again(request, purpose, title=_("감사 기록을 엑셀로 받기"), back=back)
    with transaction.atomic():
        # Made before the download itself is noted: the file holds what the page showed.
        sheet = xlsx_answer([_sheet(found)], f"audit-{timezone.localdate():%Y%m%d}.xlsx")
        disclose(
            actor=desk.member,
            subject="audit",
            department=filters.subtree or _highest(desk),
            what=Disclosed.AUDIT,
            reason=purpose,
            facts=_asked_for(filters.cleaned_data) | {"rows": rows},
        )
    return sheet


def _highest(desk: Desk) -> Department | None:
    """To whom the download belongs: nobody's in particular where the whole office was read."""
    if desk.over_the_office(Right.AUDIT):
        return None
    return next(
        (m.department for m in desk.memberships if desk.may(Right.AUDIT, m.department)), None
    )


def _asked_for(given: Mapping[str, Any]) -> dict[str, object]:
    """The days; what else was looked for may be a person's name, which no fact may hold."""
    return {name: given[name].isoformat() for name in ("start", "end") if given[name]}


def _sheet(found: Any) -> Sheet:
    columns = [_("일시"), _("담당자"), _("한 일"), _("대상"), _("부서"), _("내용")]
    rows = (
        [
            f"{timezone.localtime(line.entry.at):%Y-%m-%d %H:%M:%S}",
            line.entry.actor_name,
            line.act,
            line.subject,
            line.entry.department.name if line.entry.department else "",
            ", ".join(f"{name} {value}" for name, value in line.pairs),
        ]
        for line in _lines(found.iterator(2_000), names_of())
    )
    return Sheet(_("감사 기록"), columns, rows, wide=frozenset({0, 1, 2, 5}))


urls = [
    path("audit", audit, name="audit"),
    path("audit/file", audit_file, name="audit-file"),
    path("audit/of/<str:subject>", audit_of, name="audit-of"),
]
