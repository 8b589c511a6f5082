"""What is looked for in the audit and in the access log."""

from __future__ import annotations

from datetime import MAXYEAR, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from alimnaru.reads.audit import Wanted
from alimnaru.store.models import Department
from alimnaru.store.scoping import Scope
from alimnaru.wording.acted import grouped_acts, subject_called

USUAL_DAYS = 30


class Filters(forms.Form):
    """Entries of a time, by whom, about what."""

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

    @property
    def days(self) -> dict[str, object]:
        """The days, for the audit; what else was looked for may be a person's name, which no fact
        may hold."""
        given = self.cleaned_data
        return {name: given[name].isoformat() for name in ("start", "end") if given[name]}

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("start", lazy("시작일이 종료일보다 늦습니다. 순서를 바꿔 주십시오."))
        return self.cleaned_data


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    if day is None or day.year == MAXYEAR:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
