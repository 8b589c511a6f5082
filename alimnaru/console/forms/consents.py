"""An agreement to be served electronically: whose, to what, since when, on what evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru import wording
from alimnaru.console.forms import KrdsForm, Remark
from alimnaru.console.forms.guardians import PhoneField
from alimnaru.console.forms.opt_outs import MOST_BYTES
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import Notice, ServiceConsent

#: What staff may say; programs say `api` themselves.
_HOWS = [
    (ServiceConsent.How.DESK.value, lazy("창구")),
    (ServiceConsent.How.LETTER.value, lazy("서면")),
    (ServiceConsent.How.ONLINE.value, lazy("온라인")),
]
HOW_LABELS = {**dict(_HOWS), ServiceConsent.How.API.value: lazy("연결된 시스템")}


class _OfNotice(KrdsForm):
    notice = forms.ChoiceField(
        label=lazy("송달하는 문서"),
        error_messages={"required": lazy("어떤 문서의 송달에 동의했는지 골라 주십시오.")},
    )
    how = forms.ChoiceField(label=lazy("동의한 방법"), choices=_HOWS)

    def __init__(self, notices: list[Notice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._notices = {n.code: n for n in notices}
        choices = [(n.code, n.name) for n in notices]
        self.fields["notice"].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def notice_chosen(self) -> Notice:
        """One of the notices that were offered."""
        return self._notices[self.cleaned_data["notice"]]


class ConsentForm(_OfNotice):
    """What is entered at the desk."""

    phone = PhoneField(
        label=lazy("휴대전화 번호"),
        error_messages={"required": lazy("동의한 분의 번호를 적어 주십시오.")},
    )
    name = forms.CharField(
        label=lazy("이름"),
        max_length=60,
        help_text=lazy("번호와 이름이 모두 같을 때만 송달합니다. 암호화해 보관합니다."),
        error_messages={"required": lazy("동의한 분의 이름을 적어 주십시오.")},
    )
    address = forms.CharField(
        label=lazy("주소"),
        max_length=200,
        required=False,
        help_text=lazy("송달을 두고 다툴 때만 씁니다. 암호화해 보관합니다."),
    )
    starts_on = forms.DateField(
        label=lazy("동의한 날"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        error_messages={
            "required": lazy("동의한 날을 골라 주십시오."),
            "invalid": lazy("날짜를 다시 골라 주십시오."),
        },
    )
    ends_on = forms.DateField(
        label=lazy("끝나는 날"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("비워 두면 철회할 때까지입니다."),
        error_messages={"invalid": lazy("날짜를 다시 골라 주십시오.")},
    )
    evidence = Remark(
        label=lazy("동의를 확인할 수 있는 문서"),
        help_text=lazy("예: 전자송달 동의서 2026-112호"),
        error_messages={"required": lazy("동의서의 번호처럼 확인할 수 있는 것을 적어 주십시오.")},
    )

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("끝나는 날이 동의한 날보다 빠릅니다."))
        return data


class FindConsentForm(KrdsForm):
    """The phone of whoever asks."""

    phone = PhoneField(label=lazy("찾을 휴대전화 번호"))


class EndConsentForm(KrdsForm):
    """Why an agreement ends."""

    note = Remark(
        label=lazy("철회한 까닭"),
        error_messages={"required": lazy("철회한 까닭을 적어 주십시오.")},
    )


class ConsentListForm(_OfNotice):
    """A list of agreements."""

    file = forms.FileField(
        label=lazy("동의 명단"),
        help_text=lazy("엑셀(xlsx, xls)이나 CSV, 20,000행까지."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": lazy("올릴 파일을 골라 주십시오.")},
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Not larger than such a list can be."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(wording.sentence(Refusal.FILE_TOO_LARGE, limit="20MB"))
        return file
