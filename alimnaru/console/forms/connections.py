"""A key, its limits, its replacement; a webhook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from alimnaru import wording
from alimnaru.console.forms import KrdsForm
from alimnaru.office.connecting import ConnectingRefused
from alimnaru.office.keys import Wish
from alimnaru.office.webhooks import Wanted
from alimnaru.rules.api_keys import (
    MOST_DAYS,
    MOST_OVERLAP_DAYS,
    MOST_PER_DAY,
    MOST_PER_MINUTE,
    USUAL_DAYS,
    USUAL_OVERLAP_DAYS,
    USUAL_PER_DAY,
    USUAL_PER_MINUTE,
    Limits,
)
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.webhooks import EventType
from alimnaru.store.models import ApiKey, Department, Webhook

_F = ConnectingFault
#: In which field of a form a refusal is shown; the others stand above it.
_FIELD_OF = {
    _F.CONNECTION_NAME: "name",
    _F.SCOPES_MISSING: "scopes",
    _F.ADDRESS_UNREADABLE: "addresses",
    _F.ADDRESS_TOO_WIDE: "addresses",
    _F.ADDRESSES_TOO_MANY: "addresses",
    _F.PER_MINUTE_OUT_OF_RANGE: "per_minute",
    _F.PER_DAY_OUT_OF_RANGE: "per_day",
    _F.LIFE_OUT_OF_RANGE: "days",
    _F.OVERLAP_OUT_OF_RANGE: "overlap_days",
    _F.URL_UNREADABLE: "url",
    _F.URL_WITH_SECRET: "url",
    _F.URL_NOT_HTTPS: "url",
    _F.URL_NOT_ALLOWED: "url",
}


class _Refusable(KrdsForm):
    """A form whose refusals by the office stand at their fields."""

    def refuse(self, refused: ConnectingRefused) -> None:
        """Show it where it can be mended."""
        field = _FIELD_OF.get(refused.code)
        self.add_error(field if field in self.fields else None, wording.sentence(refused.code))


class LimitsForm(_Refusable):
    """From where a key may be used, and how often."""

    addresses = forms.CharField(
        label=lazy("허용 주소"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=lazy(
            "한 줄에 하나씩 203.0.113.7이나 10.20.0.0/16처럼 적습니다. "
            "비우면 어디서나 쓸 수 있습니다."
        ),
    )
    per_minute = forms.IntegerField(
        label=lazy("1분 한도(요청 수)"), min_value=1, max_value=MOST_PER_MINUTE
    )
    per_day = forms.IntegerField(
        label=lazy("하루 한도(메시지 수)"), min_value=1, max_value=MOST_PER_DAY
    )

    @classmethod
    def of(cls, key: ApiKey, data: Any = None) -> LimitsForm:
        """As the key has them now."""
        kept = {
            "addresses": "\n".join(key.addresses),
            "per_minute": key.per_minute,
            "per_day": key.per_day,
        }
        return cls(data, initial=kept)

    @property
    def limits(self) -> Limits:
        """As they were typed; the office reads the addresses."""
        data = self.cleaned_data
        lines = tuple(data["addresses"].splitlines())
        return Limits(lines, data["per_minute"], data["per_day"])


class KeyForm(LimitsForm):
    """A new key."""

    department = forms.ChoiceField(label=lazy("부서"))
    name = forms.CharField(
        label=lazy("이름"),
        max_length=40,
        help_text=lazy("어느 프로그램이 쓰는지 알 수 있게 적습니다. 예: 도서관 대출 시스템"),
    )
    kind = forms.ChoiceField(label=lazy("쓰임"), widget=forms.RadioSelect)
    scopes = forms.MultipleChoiceField(
        label=lazy("할 수 있는 일"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=lazy("유효 기간(일)"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=lazy("기간이 지나면 쓸 수 없습니다. 2년까지 정할 수 있습니다."),
    )
    field_order = ("department", "name", "kind", "scopes", "addresses", "per_minute", "per_day")

    def __init__(self, departments: Iterable[Department], data: Any = None) -> None:
        usual = {
            "kind": "test",
            "scopes": [Scope.SEND, Scope.READ],
            "per_minute": USUAL_PER_MINUTE,
            "per_day": USUAL_PER_DAY,
            "days": USUAL_DAYS,
        }
        super().__init__(data, initial=usual)
        self._departments = {department.code: department for department in departments}
        names = [(code, one.name) for code, one in self._departments.items()]
        self.offer("department", names)
        self.offer("kind", [("test", lazy("연습용")), ("live", lazy("실제 발송용"))])
        self.offer("scopes", [(s.value, wording.label(s)) for s in Scope])

    def offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """The choices of a field."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def place(self) -> Department:
        """Whose key it will be."""
        return self._departments[self.cleaned_data["department"]]

    @property
    def wish(self) -> Wish:
        """All of it."""
        data = self.cleaned_data
        return Wish(data["name"], data["scopes"], self.limits, data["kind"] == "test", data["days"])


class RotateForm(_Refusable):
    """How long the old key works on beside the new one."""

    overlap_days = forms.IntegerField(
        label=lazy("예전 키를 함께 쓰는 날수"),
        min_value=0,
        max_value=MOST_OVERLAP_DAYS,
        initial=USUAL_OVERLAP_DAYS,
        help_text=lazy("그동안 상대 쪽에서 새 키로 바꿉니다. 0이면 바로 끝납니다."),
    )


class WebhookForm(_Refusable):
    """Where events go, and which."""

    department = forms.ChoiceField(label=lazy("부서"))
    name = forms.CharField(
        label=lazy("이름"),
        max_length=40,
        help_text=lazy("어느 시스템이 받는지 알 수 있게 적습니다. 예: 예약 시스템"),
    )
    url = forms.CharField(
        label=lazy("받는 주소"),
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        help_text=lazy(
            "https로 시작하는 주소를 적습니다. 주소에 개인정보나 비밀번호를 넣지 않습니다."
        ),
    )
    events = forms.MultipleChoiceField(
        label=lazy("알릴 일"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self, departments: Iterable[Department], data: Any = None, *, known: Webhook | None = None
    ) -> None:
        kept = {"name": known.name, "url": known.url, "events": known.events} if known else {}
        super().__init__(data, initial=kept)
        self._departments = {department.code: department for department in departments}
        choices = [(code, one.name) for code, one in self._departments.items()]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]  # a choice field
        events = [(e.value, wording.label(e)) for e in EventType]
        self.fields["events"].choices = events  # type: ignore[attr-defined]  # a choice field
        if known is not None:
            del self.fields["department"]

    @property
    def place(self) -> Department:
        """Whose messages it hears of."""
        return self._departments[self.cleaned_data["department"]]

    @property
    def wanted(self) -> Wanted:
        """All of it."""
        data = self.cleaned_data
        return Wanted(data["name"], data["url"], data["events"])
