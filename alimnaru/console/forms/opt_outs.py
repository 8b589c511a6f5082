"""A phone to look for, a resident's choice, the end of one, a list of the free number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru import wording
from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.rules.consent import HEARD_BY_STAFF, Choice
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import Notice

#: What a list of 50,000 numbers with their times takes, four times over.
MOST_BYTES = 20 * 1024 * 1024
#: Among the choices: the number belongs to somebody else.
SUSPEND = "suspend"


class FindForm(KrdsForm):
    """The phone of whoever asks."""

    phone = forms.CharField(
        label=lazy("휴대전화 번호"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    def clean_phone(self) -> str:
        """Digits."""
        read = read_phone(self.cleaned_data["phone"])
        if isinstance(read, Refusal):
            raise ValidationError(wording.sentence(read))
        return read


class ChoiceForm(KrdsForm):
    """What a resident wants, for which notice, and how they said so."""

    choice = forms.ChoiceField(label=lazy("주민이 원하는 것"), widget=forms.RadioSelect)
    notice = forms.ChoiceField(label=lazy("알림"), required=False)
    provenance = forms.ChoiceField(label=lazy("신청 경로"))
    note = Remark(
        label=lazy("비고"),
        required=False,
        help_text=lazy("접수 번호처럼 신청을 확인할 수 있는 것을 적습니다."),
    )

    def __init__(self, notices: list[Notice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._notices = {n.code: n for n in notices}
        wishes = [(c.value, wording.label(c)) for c in (Choice.STOP, Choice.SMS, Choice.KAKAO)]
        self._offer("choice", [*wishes, (SUSPEND, _("번호의 주인이 아님"))])
        self._offer("notice", [("", _("모든 알림")), *((n.code, n.name) for n in notices)])
        self._offer("provenance", [(p.value, wording.label(p)) for p in HEARD_BY_STAFF])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """The law's notices may be redirected, and not be refused."""
        data = super().clean() or self.cleaned_data
        notice = self._notices.get(data.get("notice", ""))
        if notice is not None and notice.is_statutory and data.get("choice") == Choice.STOP:
            self.add_error(
                "notice",
                _("법으로 알려야 하는 알림은 거부할 수 없습니다. 받는 방법은 바꿀 수 있습니다."),
            )
        return data

    @property
    def notice_chosen(self) -> Notice | None:
        """None: all of them."""
        return self._notices.get(self.cleaned_data["notice"])


class EndForm(KrdsForm):
    """Why a choice ends."""

    note = Remark(label=lazy("끝내는 까닭"))


class ImportForm(KrdsForm):
    """The free number's list."""

    file = forms.FileField(
        label=lazy("080 수신거부 목록"),
        help_text=lazy("엑셀(xlsx, xls)이나 CSV, 50,000행까지. 번호의 열은 하나여야 합니다."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    note = Remark(label=lazy("비고"), required=False, help_text=lazy("예: 11월 3주 080 내역"))

    def clean_file(self) -> UploadedFile[Any]:
        """Not larger than such a list can be."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(wording.sentence(Refusal.FILE_TOO_LARGE, limit="20MB"))
        return file
