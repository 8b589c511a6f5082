"""A carrier's statement: the file, and which of its columns says what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms.base import ConsoleForm
from alimnaru.reads.months import billing_accounts
from alimnaru.rules.channel import Channel
from alimnaru.rules.statement import Columns

_LONGEST = 200


class StatementForm(ConsoleForm):
    """Whose statement, and the file."""

    account = forms.TypedChoiceField(label=lazy("발송 계정"), coerce=int)
    file = forms.FileField(label=lazy("이용 내역 파일"), allow_empty_file=True)
    replace = forms.BooleanField(
        label=lazy("이 계정이 이 달에 올린 것을 이 파일로 바꿉니다."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {account.pk: account for account in billing_accounts()}
        choices = [(pk, account.name) for pk, account in self.accounts.items()]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]  # a choice field
        file = self.fields["file"].widget
        file.attrs |= {"accept": ".xlsx,.xls,.csv,.txt", "class": "krds-input"}


def _column(text: Any, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=text, required=required)


def _words(text: Any) -> forms.CharField:
    return forms.CharField(label=text, max_length=_LONGEST, required=False)


class ColumnsForm(ConsoleForm):
    """Which column is which, and what the carrier means by its words (parted by commas)."""

    ref = _column(lazy("메시지 번호"))
    ref_too = _column(lazy("메시지 번호의 둘째 칸"), required=False)
    channel = _column(lazy("채널"))
    day = _column(lazy("결과가 나온 날짜"))
    won = _column(lazy("금액"))
    result = _column(lazy("결과"), required=False)
    number = _column(lazy("받는 번호(저장하지 않음)"), required=False)
    vat_included = forms.BooleanField(
        label=lazy("금액에 부가가치세가 들어 있습니다."), required=False
    )
    word_alimtalk = _words(lazy("알림톡이라는 말"))
    word_sms = _words(lazy("단문 문자라는 말"))
    word_lms = _words(lazy("장문 문자라는 말"))
    word_mms = _words(lazy("그림 문자라는 말"))
    billed = _words(lazy("청구되는 결과"))
    unbilled = _words(lazy("청구되지 않는 결과"))

    def __init__(
        self, titles: Sequence[str], columns: Columns, data: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, initial=_initial(columns), **kwargs)
        known = [(title, title) for title in dict.fromkeys(titles)]
        for name in ("ref", "ref_too", "channel", "day", "won", "result", "number"):
            field = self.fields[name]
            nothing = lazy("고르십시오") if field.required else lazy("쓰지 않음")
            field.choices = [("", nothing), *known]  # type: ignore[attr-defined]  # a choice field

    def columns(self) -> Columns:
        """What was said."""
        given = self.cleaned_data
        return Columns(
            ref=tuple(filter(None, (given["ref"], given["ref_too"]))),
            channel=given["channel"],
            day=given["day"],
            won=given["won"],
            result=given["result"],
            number=given["number"],
            vat_included=given["vat_included"],
            channels={
                word: channel.value
                for channel in Channel
                for word in _parted(given[f"word_{channel.value}"])
            },
            billed=_parted(given["billed"]),
            unbilled=_parted(given["unbilled"]),
        )


def _parted(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))


def _initial(columns: Columns) -> dict[str, Any]:
    ref = [*columns.ref, "", ""]
    words = {
        f"word_{channel.value}": ", ".join(w for w, c in columns.channels.items() if c == channel)
        for channel in Channel
    }
    return {
        "ref": ref[0],
        "ref_too": ref[1],
        "channel": columns.channel,
        "day": columns.day,
        "won": columns.won,
        "result": columns.result,
        "number": columns.number,
        "vat_included": columns.vat_included,
        "billed": ", ".join(columns.billed),
        "unbilled": ", ".join(columns.unbilled),
        **words,
    }


class CloseForm(ConsoleForm):
    """Why an account has no statement, and whether what nobody knows is carried over."""

    carry = forms.BooleanField(label=lazy("결과를 모르는 것을 다음 달로 넘깁니다."), required=False)

    def __init__(self, missing: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing = list(missing)
        for at, name in enumerate(self.missing):
            self.fields[f"why_{at}"] = forms.CharField(
                label=lazy("‘%(name)s’ 계정의 내역이 없는 사유") % {"name": name},
                max_length=_LONGEST,
                required=False,
                widget=forms.TextInput(attrs={"class": "krds-input"}),
            )

    def reasons(self) -> dict[str, str]:
        """By the account's name."""
        given = {name: self.cleaned_data[f"why_{at}"] for at, name in enumerate(self.missing)}
        return {name: why for name, why in given.items() if why.strip()}
