"""Contracts with carriers: their settings as the kind asks for them, terms and prices.

What is secret is written and never shown again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru import wording
from alimnaru.carriers.kind import Kind, Setting, SettingsError
from alimnaru.carriers.registry import kind_called
from alimnaru.console.forms import KrdsForm
from alimnaru.office.accounts import Contract, Terms
from alimnaru.rules.channel import Channel
from alimnaru.rules.phone import read_office_number
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import Department
from alimnaru.wording import Fault

#: Fields that every kind has; its own settings stand between them.
_OURS = ("name", "base_url", "profile")


class AccountForm(KrdsForm):
    """A contract. `known`: what stands there already; secrets may then stay empty."""

    name = forms.CharField(max_length=40)
    base_url = forms.URLField(max_length=200, required=False, assume_scheme="https")
    profile = forms.CharField(max_length=60, required=False)

    def __init__(self, kind: str, *args: Any, known: Mapping[str, str] | None = None) -> None:
        super().__init__(*args, initial=dict(known or {}))
        self.kind = kind
        carrier = kind_called(kind)
        settings = [s for s in carrier.settings if s.name not in _OURS]
        for setting in settings:
            self.fields[setting.name] = _field(setting, is_new=known is None)
        self.order_fields(["name", *(s.name for s in settings if s.required), "profile"])
        self.fields["base_url"].required = not carrier.address
        if known is not None:
            del self.fields["name"]
        for name, field in self.fields.items():
            field.label = wording.setting_name(name)
            field.help_text = _hint(name, carrier, field, is_new=known is None)
        self.dress()

    @property
    def usual(self) -> list[forms.BoundField]:
        """What every contract of this kind is asked for."""
        return [field for field in self if not _is_rare(field.name)]

    @property
    def rare(self) -> list[forms.BoundField]:
        """What hardly anybody sets."""
        return [field for field in self if _is_rare(field.name)]

    @property
    def settings(self) -> dict[str, str]:
        """What was typed, by the names that the kind has for it."""
        return {k: v for k, v in self.cleaned_data.items() if k not in _OURS and v}

    @property
    def contract(self) -> Contract:
        """The whole of a new one."""
        data = self.cleaned_data
        return Contract(
            self.kind,
            data["name"],
            data["base_url"],
            data["profile"],
            self.settings,
            is_sandbox=self.kind == "sandbox",
        )

    def refuse(self, error: SettingsError) -> None:
        """Say which setting the carrier's client would not take."""
        field = error.setting if error.setting in self.fields else None
        name = wording.setting_name(error.setting)
        self.add_error(field, wording.sentence(Fault.ACCOUNT_SETTING, setting=name))

    def ask_again(self, names: Sequence[str]) -> None:
        """Say that another address gets no secret which was typed for the present one."""
        text = _("주소를 바꾸면 비밀 정보를 새로 적어야 합니다. 새 주소에서 쓸 것을 적어 주십시오.")
        for name in names:
            self.add_error(name if name in self.fields else None, text)


def _is_rare(name: str) -> bool:
    return name == "base_url" or name.endswith(("_seconds", "_template"))


def _field(setting: Setting, *, is_new: bool) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}) if setting.secret else None
    return forms.CharField(
        max_length=100, required=setting.required and (is_new or not setting.secret), widget=widget
    )


def _hint(name: str, carrier: Kind, field: forms.Field, *, is_new: bool) -> str:
    hint = wording.setting_hint(name)
    if name == "base_url" and not carrier.address:
        return ""
    if isinstance(field.widget, forms.PasswordInput) and not is_new:
        return _("%(hint)s 비워 두면 지금 것을 그대로 씁니다.") % {"hint": hint}
    return hint


class TermsForm(KrdsForm):
    """What a contract carries and allows."""

    priority = forms.IntegerField(
        label=lazy("순서"), min_value=0, max_value=2**15 - 1, help_text=lazy("작은 수부터 씁니다.")
    )
    channels = forms.MultipleChoiceField(
        label=lazy("보낼 방법"), widget=forms.CheckboxSelectMultiple
    )
    per_second = forms.IntegerField(
        label=lazy("1초에 보낼 수 있는 건수"),
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text=lazy("비우면 한도가 없습니다."),
    )
    per_day = forms.IntegerField(
        label=lazy("하루에 보낼 수 있는 건수"),
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text=lazy("비우면 한도가 없습니다. 다 쓰면 자정까지 다음 계정으로 보냅니다."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(c.value, wording.label(c)) for c in Channel]
        self.fields["channels"].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def terms(self) -> Terms:
        """As the office keeps them: 0 takes a limit away."""
        data = self.cleaned_data
        return Terms(
            priority=data["priority"],
            channels=[Channel(c) for c in data["channels"]],
            per_second=data["per_second"] or 0,
            per_day=data["per_day"] or 0,
        )


class _DepartmentField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django knows no argument of it
    def label_from_instance(self, obj: Department) -> str:
        return "\u2003" * (obj.path.count("/") - 2) + obj.name


class PriceForm(KrdsForm):
    """The price of a delivered message from a day on."""

    channel = forms.ChoiceField(label=lazy("방법"))
    won = forms.DecimalField(
        label=lazy("단가(원, 부가세 별도)"),
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=3,
    )
    since = forms.DateField(
        label=lazy("적용하는 날"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    department = _DepartmentField(
        label=lazy("부서"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=lazy("모든 부서"),
        help_text=lazy("부서가 따로 맺은 단가이면 고릅니다. 그 부서와 아래 부서에만 씁니다."),
    )

    def __init__(self, channels: list[Channel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"since": timezone.localdate()}, **kwargs)
        place = cast("forms.ModelChoiceField[Department]", self.fields["department"])
        place.queryset = Department.objects.order_by("path")
        choices = [(c.value, wording.label(c)) for c in channels]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]  # a choice field


class SenderForm(KrdsForm):
    """A department's own sender number; empty for that of the department above."""

    number = forms.CharField(
        label=lazy("발신번호"),
        max_length=20,
        required=False,
        help_text=lazy("비우면 상위 부서의 번호로 보냅니다. 예: 02-000-1234"),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    registered = forms.BooleanField(
        label=lazy("이 번호를 모든 발송 사업자에 발신번호로 등록했습니다"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A number that nobody registered makes every text fail."""
        data = super().clean() or self.cleaned_data
        number = data.get("number", "")
        if number:
            read = read_office_number(number)
            if isinstance(read, Refusal):
                self.add_error("number", ValidationError(wording.sentence(read)))
            if not data.get("registered"):
                self.add_error(
                    "registered", _("먼저 사업자에 등록하고, 등록했다고 표시해 주십시오.")
                )
        return data
