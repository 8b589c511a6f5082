"""The forms about departments and people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms.base import ConsoleForm
from alimnaru.store.models import Department
from alimnaru.wording import ROLES


def role_choices(roles: Sequence[str]) -> list[tuple[str, str]]:
    """Roles with what they allow, for a list to choose from."""
    return [(role, f"{ROLES[role].label}: {ROLES[role].meaning}") for role in roles]


class AddMemberForm(ConsoleForm):
    """A new person: who, under which name, with which first role."""

    name = forms.CharField(
        label=lazy("이름"),
        max_length=80,
        error_messages={"required": lazy("이름을 적어 주십시오.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    login = forms.CharField(
        label=lazy("아이디"),
        max_length=80,
        help_text=lazy("영문 소문자와 숫자로 3자에서 40자까지. 행정 전자우편의 앞부분이 좋습니다."),
        error_messages={"required": lazy("아이디를 적어 주십시오.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=lazy("역할"), error_messages={"required": lazy("역할을 골라 주십시오.")}
    )
    same_name = forms.BooleanField(
        label=lazy("이름이 같은 다른 분입니다"),
        required=False,
        help_text=lazy("이 부서에 같은 이름의 담당자가 이미 있을 때만 표시해 주십시오."),
    )

    def __init__(self, *args: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["role"]).choices = role_choices(roles)


class GiveRoleForm(ConsoleForm):
    """One more role, in one of the departments that the giver manages."""

    department = forms.ModelChoiceField(
        label=lazy("부서"),
        queryset=Department.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": lazy("부서를 골라 주십시오.")},
    )
    role = forms.ChoiceField(
        label=lazy("역할"), error_messages={"required": lazy("역할을 골라 주십시오.")}
    )

    def __init__(self, *args: Any, departments: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        place.queryset = departments
        cast("forms.ChoiceField", self.fields["role"]).choices = role_choices(roles)


class DepartmentForm(ConsoleForm):
    """A new department."""

    name = forms.CharField(
        label=lazy("부서 이름"),
        max_length=80,
        error_messages={"required": lazy("부서 이름을 적어 주십시오.")},
    )
    phone = forms.CharField(
        label=lazy("대표번호"),
        max_length=40,
        required=False,
        help_text=lazy(
            "주민이 물어볼 때 거는 번호입니다. 발신번호는 ‘채널과 발신번호’에서 정합니다."
        ),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )


class CeilingField(forms.DecimalField):
    """Whole won; empty: no ceiling."""

    def __init__(self, **named: Any) -> None:
        errors = {
            "invalid": lazy("숫자로만 적어 주십시오."),
            "min_value": lazy("0 이상의 금액을 적어 주십시오."),
        }
        super().__init__(
            required=False,
            decimal_places=0,
            max_digits=12,
            min_value=0,
            error_messages=errors,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            **named,
        )


class DepartmentEditForm(DepartmentForm):
    """A department that is there: also what it may spend."""

    daily_cap_won = CeilingField(
        label=lazy("하루 발송 비용 한도(원)"),
        help_text=lazy("아래 부서가 쓴 것까지 셉니다. 긴급 안내는 한도에 닿아도 나갑니다."),
    )
    monthly_cap_won = CeilingField(
        label=lazy("한 달 발송 비용 한도(원)"),
        help_text=lazy("이 금액에 이르면 더 보내지 않고 기다립니다. 한도가 없으면 비워 주십시오."),
    )
