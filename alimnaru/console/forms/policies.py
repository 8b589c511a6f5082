"""The form of one number of the office's policy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms.base import ConsoleForm
from alimnaru.rules.policy import FIELDS, Unit


class PolicyForm(ConsoleForm):
    """A share is typed in per cent, everything else as it counts."""

    value = forms.CharField(
        label=lazy("값"),
        max_length=12,
        error_messages={"required": lazy("값을 적어 주십시오.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unit = FIELDS[field].unit

    def clean_value(self) -> float:
        typed = self.cleaned_data["value"].replace(",", "").replace("%", "").strip()
        try:
            number = float(typed) / 100 if self._unit is Unit.SHARE else int(typed)
        except ValueError:
            raise forms.ValidationError(lazy("숫자로만 적어 주십시오.")) from None
        return round(number, 6)
