"""Forms of the console. Django gives hints and errors their ids; here they get KRDS's looks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alimnaru.rules.remark import names_somebody

_INPUT = "krds-input medium"
_LOOKS: dict[type[forms.Widget], str] = {
    forms.TextInput: _INPUT,
    forms.NumberInput: _INPUT,
    forms.URLInput: _INPUT,
    forms.PasswordInput: _INPUT,
    forms.DateInput: _INPUT,
    forms.Select: "krds-form-select medium",
}


class KrdsForm(forms.Form):
    """A form whose controls look and behave like KRDS's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Give every control its looks; called again by whoever adds fields later."""
        for field in self.fields.values():
            for kind, look in _LOOKS.items():
                if type(field.widget) is kind:
                    field.widget.attrs.setdefault("class", look)
                    field.widget.attrs.setdefault("autocomplete", "off")


class Remark(forms.CharField):
    """A line for the audit trail: kept for years, so that nobody's number may stand in it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 200, **kwargs})

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and names_somebody(text):
            raise ValidationError(
                _(
                    "전화번호나 주민등록번호가 있습니다. "
                    "감사 기록에 오래 남는 글이니 번호를 빼고 적어 주십시오."
                )
            )
        return text
