"""The forms about budget lines (세부사업)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms.base import ConsoleForm
from alimnaru.console.forms.people import CeilingField
from alimnaru.rules.budget_lines import Funding, Line
from alimnaru.store.models import Department, Notice, Project
from alimnaru.wording import label


def _day(text: Any, *, required: bool, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=text,
        required=required,
        help_text=hint,
        error_messages={
            "required": lazy("날짜를 골라 주십시오."),
            "invalid": lazy("날짜를 2026-01-31처럼 적어 주십시오."),
        },
        widget=forms.DateInput(attrs={"type": "date", "class": "krds-input"}, format="%Y-%m-%d"),
    )


class ProjectForm(ConsoleForm):
    """A budget line that is there."""

    name = forms.CharField(
        label=lazy("세부사업 이름"),
        max_length=60,
        error_messages={"required": lazy("세부사업의 이름을 적어 주십시오.")},
    )
    funding = forms.ChoiceField(label=lazy("재원"))
    starts_on = _day(lazy("쓰는 첫날"), required=True)
    ends_on = _day(
        lazy("쓰는 마지막 날"),
        required=False,
        hint=lazy("이날이 지나면 이 사업에서 대지 않습니다. 정해지지 않았으면 비워 주십시오."),
    )
    daily_cap_won = CeilingField(
        label=lazy("하루 한도(원)"),
        help_text=lazy("긴급 안내는 한도에 닿아도 나가며, 쓴 돈에 셉니다."),
    )
    monthly_cap_won = CeilingField(
        label=lazy("한 달 한도(원)"),
        help_text=lazy("이 금액에 이르면 더 보내지 않고 기다립니다. 한도가 없으면 비워 주십시오."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["funding"]).choices = [
            (one.value, label(one)) for one in Funding
        ]

    def line(self, code: str) -> Line:
        """What was written, under a code."""
        names = ("name", "funding", "starts_on", "ends_on", "daily_cap_won", "monthly_cap_won")
        return Line(code=code, **{name: self.cleaned_data[name] for name in names})


class NewProjectForm(ProjectForm):
    """A budget line that is entered."""

    department = forms.ModelChoiceField(
        label=lazy("부서"),
        queryset=Department.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": lazy("부서를 골라 주십시오.")},
    )
    code = forms.CharField(
        label=lazy("코드"),
        max_length=40,
        help_text=lazy("영문 소문자와 숫자, 붙임표로 40자까지. 나중에 바꿀 수 없습니다."),
        error_messages={"required": lazy("코드를 적어 주십시오.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        place.queryset = departments


class _NoticeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django knows no argument of it
    def label_from_instance(self, obj: Notice) -> str:
        return obj.name


class NoticeForm(ConsoleForm):
    """For which further notice a line pays."""

    notice = _NoticeField(
        label=lazy("알림"),
        queryset=Notice.objects.none(),
        empty_label=lazy("알림을 골라 주십시오"),
        error_messages={"required": lazy("알림을 골라 주십시오.")},
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        notices = Notice.objects.filter(department__path__startswith=project.department.path)
        field = cast("forms.ModelChoiceField[Notice]", self.fields["notice"])
        field.queryset = notices.exclude(project=project).order_by("name")
