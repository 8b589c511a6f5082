"""The form of the own mobile number."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms.base import ConsoleForm


class MobileForm(ConsoleForm):
    """Where test messages go."""

    mobile = forms.CharField(
        label=lazy("휴대전화 번호"),
        max_length=40,
        required=False,
        help_text=lazy("시험 발송이 이 번호로 갑니다. 지우려면 비워 두고 저장해 주십시오."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
