"""A guardian: whose, who, of what, until when, on what evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru import wording
from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.rules.guardians import Relation
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import Department, Notice


class PhoneField(forms.CharField):
    """A mobile number; its value is the digits."""

    def __init__(self, **kwargs: Any) -> None:
        look = forms.TextInput(attrs={"inputmode": "tel"})
        super().__init__(**{"max_length": 30, "widget": look, **kwargs})

    def clean(self, value: Any) -> str:
        read = read_phone(super().clean(value))
        if isinstance(read, Refusal):
            raise ValidationError(wording.sentence(read))
        return read


class GuardianForm(KrdsForm):
    """What is entered at the desk."""

    ward = PhoneField(
        label=lazy("본인의 휴대전화 번호"),
        help_text=lazy("보관하지 않고, 보낼 때 맞추어 볼 코드만 남깁니다."),
        error_messages={"required": lazy("알림을 받는 본인의 번호를 적어 주십시오.")},
    )
    phone = PhoneField(
        label=lazy("보호자의 휴대전화 번호"),
        help_text=lazy("사본을 보내야 하므로 암호화해 보관합니다."),
        error_messages={"required": lazy("보호자의 번호를 적어 주십시오.")},
    )
    relation = forms.ChoiceField(
        label=lazy("본인과의 관계"), error_messages={"required": lazy("관계를 골라 주십시오.")}
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=lazy("부서"), to_field_name="code", empty_label=None
    )
    notice = forms.ChoiceField(
        label=lazy("어떤 알림의 사본입니까"),
        required=False,
        help_text=lazy("건강과 복지 알림은 동의서에 그 알림이 적혀 있을 때만 하나씩 고릅니다."),
    )
    until = forms.DateField(
        label=lazy("언제까지"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy(
            "3년을 넘길 수 없습니다. 자녀가 성년이 되는 날처럼 정한 날에 저절로 끝납니다."
        ),
        error_messages={
            "required": lazy("끝나는 날을 골라 주십시오."),
            "invalid": lazy("날짜를 다시 골라 주십시오."),
        },
    )
    evidence = Remark(
        label=lazy("확인한 근거"),
        help_text=lazy("예: 가족 알림 동의서 2026-112호, 후견 개시 심판문"),
        error_messages={"required": lazy("무엇을 보고 확인했는지 적어 주십시오.")},
    )

    def __init__(self, departments: Any, notices: list[Notice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._notices = {n.code: n for n in notices}
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]  # ModelChoiceField
        self._offer("relation", [(r.value, wording.label(r)) for r in Relation])
        whole = _("이 부서의 모든 알림(건강·복지 제외)")
        self._offer("notice", [("", whole), *((n.code, n.name) for n in notices)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def notice_chosen(self) -> Notice | None:
        """None: all of the department."""
        return self._notices.get(self.cleaned_data["notice"])


class EndGuardianForm(KrdsForm):
    """Why the copies end."""

    note = Remark(
        label=lazy("끝내는 까닭"),
        error_messages={"required": lazy("끝내는 까닭을 적어 주십시오.")},
    )
