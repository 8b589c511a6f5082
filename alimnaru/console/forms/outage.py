"""Switching a channel off: for how much, why, and typed, so that no slip of the hand does it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru import wording
from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.rules.channel import Channel
from alimnaru.rules.outage import REPLACEABLE

#: Won; what the column holds, and more than any district spends in a year.
MOST = 10**11


class OffForm(KrdsForm):
    """For one channel; only what SMS can stand in for has a ceiling."""

    ceiling = forms.IntegerField(
        label=lazy("대신 보내는 문자에 쓸 금액(원)"),
        min_value=0,
        max_value=MOST,
        required=False,
        help_text=lazy("0을 적으면 가장 급한 알림만 문자로 보냅니다."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    unlimited = forms.BooleanField(label=lazy("금액을 정하지 않고 모두 보내기"), required=False)
    reason = Remark(
        label=lazy("끄는 까닭"),
        help_text=lazy("감사 기록에 남습니다. 예: 카카오 점검 공지, 통신사 장애 안내"),
    )
    typed = forms.CharField(max_length=20)

    def __init__(self, channel: Channel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=channel.value, **kwargs)
        self.channel = channel
        self.word = wording.label(channel)
        self.fields["typed"].label = _("확인하려면 ‘%(word)s’(이)라고 적어 주십시오") % {
            "word": self.word
        }
        if channel not in REPLACEABLE:
            del self.fields["ceiling"], self.fields["unlimited"]

    def clean_typed(self) -> str:
        """The channel's name, as the page calls it."""
        typed: str = self.cleaned_data["typed"].strip()
        if typed != self.word:
            raise ValidationError(
                _("적은 말이 다릅니다. ‘%(word)s’ 그대로 적어 주십시오.") % {"word": self.word}
            )
        return typed

    def clean(self) -> dict[str, Any]:
        """One of the two: an amount, or none on purpose."""
        data = super().clean() or self.cleaned_data
        if "ceiling" not in self.fields or self.has_error("ceiling"):
            return data
        if data.get("unlimited"):
            data["ceiling"] = None
        elif data.get("ceiling") is None:
            self.add_error("ceiling", _("쓸 금액을 적거나, 정하지 않는다고 표시해 주십시오."))
        return data

    @property
    def ceiling_won(self) -> int | None:
        """Won, or None for no ceiling."""
        found: int | None = self.cleaned_data.get("ceiling")
        return found
