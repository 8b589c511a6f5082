"""The whole office paused, and going on; of a copy, what becomes of what nobody can tell."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.rules.standing import Unsure

#: The third word of a person about a copy: nothing is missing, so nothing is unsure.
WHOLE = "whole"


class PauseForm(KrdsForm):
    reason = Remark(
        label=lazy("멈추는 까닭"),
        help_text=lazy("감사 기록에 남습니다. 예: 정기 점검, 서버 이전"),
    )


class ResumeForm(KrdsForm):
    """`unsure` is asked for only where a carrier cannot tell (`Standing.all_asked`)."""

    reason = Remark(label=lazy("다시 시작하는 까닭"), help_text=lazy("감사 기록에 남습니다."))
    unsure = forms.ChoiceField(
        label=lazy("갔는지 알 수 없는 메시지"),
        required=False,
        choices=[
            ("", lazy("골라 주십시오")),
            (Unsure.UNKNOWN.value, lazy("보내지 않고 ‘확인 필요’에 두기")),
            (Unsure.SEND.value, lazy("아직 가지 않은 것으로 보고 보내기")),
            (WHOLE, lazy("빠진 기록이 없으므로 알 수 없는 것도 없음")),
        ],
    )

    @property
    def choice(self) -> Unsure | None:
        """What the person decided; None where nothing was asked, or nothing is missing."""
        chosen = self.cleaned_data["unsure"]
        return Unsure(chosen) if chosen in set(Unsure) else None

    @property
    def is_whole(self) -> bool:
        """Whether the person knows that no commit is missing."""
        return bool(self.cleaned_data["unsure"] == WHOLE)
