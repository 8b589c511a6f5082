"""The form of a notice to one person: the phone, and each variable of its wording."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.workbooks import asked, how_to_write
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.variables import Formatter, Kind, Variable, format_value
from alimnaru.wording import sentence

#: Text at least so long gets a field of several lines.
_LONG = 60
_INPUT = "krds-input"


class OneForm(forms.Form):
    """Built for one wording: fields are named after the places of their variables."""

    phone = forms.CharField(
        label=lazy("휴대전화"),
        max_length=30,
        widget=forms.TextInput(
            {
                "class": _INPUT,
                "inputmode": "tel",
                "autocomplete": "off",
                "placeholder": "010-0000-0000",
            }
        ),
        error_messages={"required": lazy("받는 분의 휴대전화 번호를 적어 주십시오.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)
    confirmed = forms.BooleanField(required=False)

    def __init__(
        self, variables: Sequence[Variable], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"token": secrets.token_urlsafe(18)})
        self.variables = tuple(variables)
        #: The same went lately: the page then asks whether it is meant.
        self.again = bool(data and data.get("confirmed"))
        self._asked = {f"v{at}": v for at, v in enumerate(asked(variables))}
        self._has_person = any(v.kind is Kind.PERSON for v in self._asked.values())
        if not self._has_person:
            self.fields["name"] = forms.CharField(
                label=_("이름"), required=False, max_length=60, widget=_text()
            )
        for key, variable in self._asked.items():
            self.fields[key] = _field(variable)

    def shown(self) -> list[forms.BoundField]:
        """The fields that a person sees, in order."""
        names = ["phone", *([] if self._has_person else ["name"]), *self._asked]
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """Each value as the check of a list would judge it."""
        given: dict[str, Any] = super().clean() or {}
        phone = given.get("phone")
        if phone and isinstance(code := read_phone(phone), Refusal):
            self.add_error("phone", sentence(code))
        for key, variable in self._asked.items():
            code = format_value(variable, given.get(key, ""), today=timezone.localdate())
            if isinstance(code, Refusal) and key not in self.errors:
                limit = variable.max_length or 0
                self.add_error(key, sentence(code, limit=limit))
        return given

    @property
    def cells(self) -> dict[str, str]:
        """What was typed, by variable."""
        return {v.name: str(self.data.get(key, "")).strip() for key, v in self._asked.items()}

    @property
    def person(self) -> str:
        """The name that was typed, in whichever field."""
        for key, variable in self._asked.items():
            if variable.kind is Kind.PERSON:
                return str(self.data.get(key, "")).strip()
        return str(self.data.get("name", "")).strip()

    def values(self) -> list[str]:
        """The values as they would go out; what is missing or wrong stands as its mark."""
        row = Formatter(self.variables, timezone.localdate()).format_row(self.cells)
        return [
            f"#{{{variable.name}}}" if isinstance(value, Refusal) else value
            for variable, value in zip(self.variables, row, strict=True)
        ]

    def blame(self, column: str, text: str) -> None:
        """Put an error to the field of a variable; to the form if there is none."""
        found = (key for key, v in self._asked.items() if v.name == column)
        self.add_error(next(found, "phone" if column == "phone" else None), text)


def _text(**more: str) -> forms.TextInput:
    return forms.TextInput({"class": _INPUT, "autocomplete": "off", **more})


_TYPES = {
    Kind.DATE_LONG: "date",
    Kind.DATE_SHORT: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime-local",
}
_NUMERIC = {Kind.INTEGER: "numeric", Kind.PHONE: "tel"}


def _field(variable: Variable) -> forms.Field:
    needed = variable.required and variable.default is None
    common: dict[str, Any] = {
        "label": variable.name,
        "required": needed,
        "initial": variable.default or "",
        "help_text": how_to_write(variable),
        "error_messages": {"required": sentence(Refusal.VALUE_EMPTY)},
    }
    options = variable.values or tuple(variable.short)
    if options and not any("n" in option for option in options):
        choices = [("", _("고르십시오")), *((option, option) for option in options)]
        select = forms.Select({"class": "krds-form-select"}, choices=choices)
        return forms.CharField(widget=select, **common)
    if kind := _TYPES.get(variable.kind):
        return forms.CharField(widget=_text(type=kind), **common)
    if mode := _NUMERIC.get(variable.kind):
        return forms.CharField(widget=_text(inputmode=mode), max_length=60, **common)
    # As much again: a name is masked and a title cut before they are counted.
    most = min(2 * variable.max_length + 20, 1_000) if variable.max_length else 1_000
    if (variable.max_length or 0) >= _LONG:
        area = forms.Textarea({"rows": "3", "autocomplete": "off"})
        return forms.CharField(widget=area, max_length=most, **common)
    return forms.CharField(widget=_text(), max_length=most, **common)
