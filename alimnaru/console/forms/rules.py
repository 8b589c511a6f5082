"""The form of a rule: which records, when, and of what fields its message is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.forms.base import ConsoleForm
from alimnaru.rules.conditions import Op
from alimnaru.rules.reminder import FURTHEST
from alimnaru.rules.reminder_fields import NAME, PHONE, Merge

#: Conditions that the form has room for.
CONDITIONS = 4
#: Offsets of one rule: more would be a nuisance, not a reminder.
MOST_OFFSETS = 6

_OPS: Mapping[str, Any] = {
    Op.EQ: lazy("같음"),
    Op.NE: lazy("같지 않음"),
    Op.IN: lazy("다음 가운데 하나"),
    Op.NOT_IN: lazy("다음 어느 것도 아님"),
    Op.IS_NULL: lazy("비어 있음"),
    Op.NOT_NULL: lazy("적혀 있음"),
    Op.LT: lazy("미만"),
    Op.LE: lazy("이하"),
    Op.GT: lazy("초과"),
    Op.GE: lazy("이상"),
}
_WAYS: Mapping[str, Any] = {
    Merge.FIRST: lazy("첫 기록의 값"),
    Merge.FIRST_AND_MORE: lazy("『첫째』 외 몇 권"),
    Merge.JOIN: lazy("모두 이어 적음"),
    Merge.EARLIEST: lazy("가장 이른 날"),
    Merge.LATEST: lazy("가장 늦은 날"),
    Merge.COUNT: lazy("기록의 수"),
    Merge.DAYS_SINCE: lazy("그날부터 지난 날수"),
    Merge.RANGE: lazy("이 칸부터 다른 칸까지"),
    Merge.TEXT: lazy("정해진 말"),
}
_NO_VALUE = frozenset({Op.IS_NULL, Op.NOT_NULL})
_LISTS = frozenset({Op.IN, Op.NOT_IN})
#: They need no field of the source.
_ALONE = frozenset({Merge.COUNT, Merge.TEXT})


class RuleForm(ConsoleForm):
    """`columns` are the source's, `variables` the names of the wording's that a rule may fill."""

    name = forms.CharField(
        label=lazy("규칙 이름"),
        max_length=60,
        error_messages={"required": lazy("규칙의 이름을 적어 주십시오.")},
    )
    anchor = forms.ChoiceField(label=lazy("기준 날짜"), required=False)
    offsets = forms.CharField(
        label=lazy("며칠 앞이나 뒤"),
        required=False,
        max_length=60,
        help_text=lazy("이틀 전과 하루 전이면 -2, -1, 당일이면 0, 일주일 뒤면 7이라고 적습니다."),
    )
    days = forms.ChoiceField(
        label=lazy("날을 헤아리는 법"),
        choices=[
            ("calendar", lazy("달력의 날")),
            ("working", lazy("근무일만(주말과 공휴일은 빼고)")),
        ],
    )
    at = forms.TimeField(
        label=lazy("보내는 시각"),
        widget=forms.TextInput(attrs={"class": "krds-input", "inputmode": "numeric"}),
        error_messages={
            "required": lazy("시각을 적어 주십시오."),
            "invalid": lazy("10:00처럼 적어 주십시오."),
        },
    )
    catch_up_minutes = forms.IntegerField(
        label=lazy("늦어도 보내는 시간(분)"),
        min_value=1,
        max_value=24 * 60,
        help_text=lazy(
            "정한 시각에 보내지 못했으면 이 시간 안에만 보냅니다. 다음 날로는 넘기지 않습니다."
        ),
        widget=forms.TextInput(attrs={"class": "krds-input", "inputmode": "numeric"}),
    )
    grouping = forms.BooleanField(label=lazy("같은 분의 기록은 한 통으로 묶음"), required=False)
    at_most = forms.IntegerField(
        label=lazy("같은 기록으로 많아야 몇 번"),
        min_value=0,
        max_value=99,
        help_text=lazy("0이면 정한 날마다 보냅니다."),
        widget=forms.TextInput(attrs={"class": "krds-input", "inputmode": "numeric"}),
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        variables: Sequence[tuple[str, bool]],
        is_event: bool,
        **kwargs: Any,
    ) -> None:
        self.is_event = is_event
        self._columns = [("", lazy("고르지 않음")), *((name, name) for name in columns)]
        self.targets = [(PHONE, _("전화번호"), True), (NAME, _("이름"), False)]
        self.targets += [(name, f"#{{{name}}}", must) for name, must in variables]
        super().__init__(*args, **kwargs)
        self.fields["anchor"].choices = self._columns  # type: ignore[attr-defined]  # a ChoiceField
        if is_event:
            for name in ("offsets", "days", "at", "catch_up_minutes", "at_most"):
                del self.fields[name]
        for number in range(CONDITIONS):
            self._add_condition(number)
        for number, (_name, label, _must) in enumerate(self.targets):
            self._add_target(number, label)

    def _add_condition(self, number: int) -> None:
        named = {"n": number + 1}
        self.fields[f"field_{number}"] = self._choice(_("조건 %(n)s의 칸") % named, self._columns)
        self.fields[f"op_{number}"] = self._choice(_("조건 %(n)s의 비교") % named, _OPS.items())
        self.fields[f"value_{number}"] = self._text(_("조건 %(n)s의 값") % named, 200)

    def _add_target(self, number: int, label: str) -> None:
        named = {"name": label}
        self.fields[f"from_{number}"] = self._choice(_("%(name)s의 칸") % named, self._columns)
        self.fields[f"how_{number}"] = self._choice(
            _("%(name)s을(를) 만드는 법") % named, _WAYS.items()
        )
        self.fields[f"text_{number}"] = self._text(_("%(name)s의 덧붙임") % named, 60)

    @staticmethod
    def _choice(label: str, choices: Any) -> forms.ChoiceField:
        select = forms.Select(attrs={"class": "krds-form-select", "aria-label": label})
        return forms.ChoiceField(label=label, choices=list(choices), required=False, widget=select)

    @staticmethod
    def _text(label: str, length: int) -> forms.CharField:
        typed = forms.TextInput(attrs={"class": "krds-input", "aria-label": label})
        return forms.CharField(label=label, max_length=length, required=False, widget=typed)

    def condition_rows(self) -> Iterator[tuple[Any, Any, Any]]:
        """The fields of each condition."""
        for number in range(CONDITIONS):
            yield self[f"field_{number}"], self[f"op_{number}"], self[f"value_{number}"]

    def target_rows(self) -> Iterator[tuple[str, bool, Any, Any, Any]]:
        """What the message needs, whether it must be filled, and the fields that say of what."""
        for number, (_name, label, must) in enumerate(self.targets):
            made = self[f"from_{number}"], self[f"how_{number}"], self[f"text_{number}"]
            yield (label, must, *made)

    def clean_offsets(self) -> list[int]:
        """Whole numbers of days, each once."""
        typed = self.cleaned_data["offsets"].replace("−", "-").replace("+", "")
        try:
            found = sorted({int(part) for part in typed.split(",") if part.strip()})
        except ValueError:
            raise forms.ValidationError(
                _("-2, -1처럼 숫자를 쉼표로 나누어 적어 주십시오.")
            ) from None
        if not found:
            raise forms.ValidationError(_("며칠 앞이나 뒤에 보낼지 적어 주십시오."))
        if len(found) > MOST_OFFSETS or any(abs(day) > FURTHEST for day in found):
            raise forms.ValidationError(_("앞뒤 400일 안에서 여섯 날까지 적을 수 있습니다."))
        return found

    def clean(self) -> dict[str, Any]:
        """Dates count from a date; the phone and what has no default must come from somewhere."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.is_event and not cleaned.get("anchor"):
            self.add_error("anchor", _("기준이 되는 날짜의 칸을 골라 주십시오."))
        made = self.made()
        for number, (name, _label, must) in enumerate(self.targets):
            if must and name not in made:
                self.add_error(f"from_{number}", _("어느 칸에서 가져올지 골라 주십시오."))
        for number in range(CONDITIONS):
            self._check_condition(number, cleaned)
        return cleaned

    def _check_condition(self, number: int, cleaned: Mapping[str, Any]) -> None:
        op = cleaned.get(f"op_{number}")
        if not cleaned.get(f"field_{number}") or op in _NO_VALUE:
            return
        if not cleaned.get(f"value_{number}", "").strip():
            self.add_error(f"value_{number}", _("견줄 값을 적어 주십시오."))

    def conditions(self) -> list[dict[str, object]]:
        """As `rules.conditions` reads them."""
        found: list[dict[str, object]] = []
        for number in range(CONDITIONS):
            field = self.cleaned_data.get(f"field_{number}")
            if not field:
                continue
            op = self.cleaned_data.get(f"op_{number}") or Op.EQ.value
            typed = self.cleaned_data.get(f"value_{number}", "").strip()
            one: dict[str, object] = {"field": field, "op": op}
            if op in _LISTS:
                one["value"] = [part.strip() for part in typed.split(",") if part.strip()]
            elif op not in _NO_VALUE:
                one["value"] = typed
            found.append(one)
        return found

    def made(self) -> dict[str, object]:
        """As `rules.reminder_fields` reads it; what nobody has chosen keeps its default."""
        found: dict[str, object] = {}
        for number, (name, _label, _must) in enumerate(self.targets):
            field = self.cleaned_data.get(f"from_{number}") or ""
            how = self.cleaned_data.get(f"how_{number}") or Merge.FIRST.value
            text = (self.cleaned_data.get(f"text_{number}") or "").strip()
            said = _said(field, Merge(how), text)
            if said is not None:
                found[name] = said
        return found


def _said(field: str, how: Merge, text: str) -> object:
    """None: nothing was chosen, or half of it."""
    if how is Merge.TEXT:
        return {"text": text} if text else None
    if how is Merge.COUNT:
        return {"merge": how.value}
    if not field or (how is Merge.RANGE and not text):
        return None
    whole: Mapping[Merge, object] = {
        Merge.FIRST: field,
        Merge.FIRST_AND_MORE: {"field": field, "merge": how.value, "unit": text or "권"},
        Merge.DAYS_SINCE: {"days_since": field},
        Merge.RANGE: {"range": [field, text]},
    }
    return whole.get(how, {"field": field, "merge": how.value})


def initial_of(
    conditions: Sequence[Mapping[str, Any]],
    fields: Mapping[str, Any],
    targets: Sequence[str],
) -> dict[str, object]:
    """What a rule says, for the form's fields."""
    initial: dict[str, object] = {}
    for number, one in enumerate(conditions[:CONDITIONS]):
        value = one.get("value")
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        initial[f"field_{number}"] = one.get("field")
        initial[f"op_{number}"] = one.get("op", Op.EQ.value)
        initial[f"value_{number}"] = "" if shown is None else shown
    for number, name in enumerate(targets):
        if name in fields:
            field, how, text = _typed(fields[name])
            initial[f"from_{number}"] = field
            initial[f"how_{number}"] = how.value
            initial[f"text_{number}"] = text
    return initial


def _typed(said: Any) -> tuple[str, Merge, str]:
    if isinstance(said, str):
        return said, Merge.FIRST, ""
    if "text" in said:
        return "", Merge.TEXT, said["text"]
    if "days_since" in said:
        return said["days_since"], Merge.DAYS_SINCE, ""
    if "range" in said:
        return said["range"][0], Merge.RANGE, said["range"][1]
    how = Merge(said.get("merge", Merge.FIRST))
    return said.get("field", ""), how, said.get("unit", "")


class ConnectForm(ConsoleForm):
    """Which notice, which table of which system, and what sets it off."""

    notice = forms.ChoiceField(label=lazy("보낼 알림"))
    view = forms.ChoiceField(
        label=lazy("읽을 표"),
        error_messages={"required": lazy("어느 시스템의 어느 표를 읽을지 골라 주십시오.")},
    )
    kind = forms.ChoiceField(
        label=lazy("언제"),
        choices=[
            ("date", lazy("기록에 적힌 날짜의 며칠 앞이나 뒤에")),
            ("event", lazy("새 기록이 생기면 바로")),
        ],
    )

    def __init__(
        self,
        *args: Any,
        notices: Sequence[tuple[str, str]],
        views: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].choices = notices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["view"].choices = views  # type: ignore[attr-defined]  # a ChoiceField
