"""What is to be kept apart: of which batch, on what it rests, until when, why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.rules.hold import TEXT_MOST, HoldFault, Wanted
from alimnaru.wording import sentence

_FIELDS = {
    HoldFault.BASIS_WRONG: "basis",
    HoldFault.REASON_WRONG: "reason",
    HoldFault.DATE_WRONG: "until",
    HoldFault.ROWS_WRONG: "rows",
}


class HoldForm(KrdsForm):
    """Asked for by one person."""

    batch = forms.IntegerField(
        label=lazy("발송 번호"),
        min_value=1,
        max_value=2**62,
        error_messages={"required": lazy("보존할 발송의 번호를 적어 주십시오.")},
    )
    rows = forms.CharField(
        label=lazy("명단의 행(비우면 모두)"),
        required=False,
        max_length=2000,
        help_text=lazy("‘3, 7-12’처럼 적습니다."),
    )
    basis = Remark(
        label=lazy("근거"),
        max_length=TEXT_MOST,
        help_text=lazy("법 조문이나 법원의 명령을 적습니다. 이름이나 전화번호는 적지 않습니다."),
        error_messages={"required": lazy("어떤 법이나 명령에 따라 보존하는지 적어 주십시오.")},
    )
    until = forms.DateField(
        label=lazy("보존 기한(이날까지)"),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "krds-input medium"}, format="%Y-%m-%d"
        ),
        error_messages={"required": lazy("언제까지 보존할지 적어 주십시오.")},
    )
    reason = Remark(
        label=lazy("사유"),
        max_length=TEXT_MOST,
        error_messages={"required": lazy("왜 이 메시지들을 보존하는지 적어 주십시오.")},
    )

    def wanted(self) -> Wanted:
        """What was asked for."""
        given = self.cleaned_data
        return Wanted(given["basis"], given["reason"], given["until"])

    def blame(self, fault: HoldFault) -> None:
        """Put a fault to the field that it is about."""
        self.add_error(_FIELDS.get(fault, "batch"), sentence(fault))
