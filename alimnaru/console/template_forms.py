"""The fields of the editor of wordings, and what keeps a wording from being saved.

Only what no version can hold is an error here. What Kakao would refuse may be saved as a draft:
the checks beside the phone say so, and submitting asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.template_sheet import Sheet
from alimnaru.rules.template import ButtonKind, Emphasis, MessageType
from alimnaru.rules.template_buttons import QUICK_REPLIES
from alimnaru.rules.variables import Kind
from alimnaru.wording.editor import BUTTONS, EMPHASES, KINDS, MESSAGE_TYPES
from alimnaru.wording.states import Named

_INPUT: Final = {"class": "krds-input"}
_SELECT: Final = {"class": "krds-form-select"}
#: Longer than any carrier takes: whoever pastes a book is told so, and not by the database.
_LONG: Final = 4_000


def _choices(
    words: Mapping[Any, Named], only: Iterable[Any] | None = None
) -> Callable[[], list[Any]]:
    """Asked anew for each form: its words are in the reader's language."""
    return lambda: [(code.value, words[code].label) for code in (only or words)]


def _line(label: Any, most: int = 500, *, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=most,
        required=False,
        strip=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={**_INPUT, "autocomplete": "off"}),
    )


def _area(label: Any, rows: int, *, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label,
        max_length=_LONG,
        required=False,
        strip=False,
        help_text=help_text,
        widget=forms.Textarea(attrs={"class": "krds-input", "rows": rows}),
    )


def _select(label: Any, choices: Callable[[], list[Any]]) -> Any:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs=_SELECT))


class WordingForm(forms.Form):
    """Everything that a wording has once."""

    message_type = _select(lazy("유형"), _choices(MESSAGE_TYPES, MessageType))
    emphasis = _select(lazy("강조 유형"), _choices(EMPHASES, Emphasis))
    title = _line(lazy("강조 제목"))
    subtitle = _line(lazy("강조 보조 문구"))
    header = _line(lazy("머리말"))
    highlight_title = _line(lazy("강조 항목의 제목"))
    highlight_description = _line(lazy("강조 항목의 설명"))
    summary_title = _line(lazy("합계의 이름"))
    summary_description = _line(
        lazy("합계의 값"), help_text=lazy("숫자와 통화 기호만 쓸 수 있습니다. 보기: 259,000")
    )
    body = _area(lazy("본문"), 12)
    extra = _area(lazy("부가 정보"), 3, help_text=lazy("변수를 쓸 수 없습니다."))
    sms = _area(
        lazy("짧은 문자"), 3, help_text=lazy("90바이트까지입니다. 한글 한 글자는 2바이트입니다.")
    )
    lms_subject = _line(lazy("긴 문자의 제목"), 40)
    lms = _area(lazy("긴 문자의 글"), 6)
    category = forms.RegexField(
        regex=r"^[0-9]{6}$",
        label=lazy("카카오 분류 번호"),
        help_text=lazy(
            "여섯 자리 숫자입니다. 알맞은 번호를 모르면 999999(기타)로 두되, 심사가 늦어집니다."
        ),
        error_messages={"invalid": lazy("여섯 자리 숫자로 적어 주십시오.")},
        widget=forms.TextInput(attrs={**_INPUT, "inputmode": "numeric", "maxlength": 6}),
    )

    def clean_body(self) -> str:
        """A version without a body has nothing to be a version of."""
        body = str(self.cleaned_data["body"])
        if not body.strip():
            raise forms.ValidationError(_("본문이 비어 있습니다. 본문을 적어 주십시오."))
        return body


class ItemForm(forms.Form):
    """A row of the item list."""

    title = _line(lazy("이름"))
    description = _line(lazy("값"))


class ButtonForm(forms.Form):
    """A button or a quick reply."""

    kinds: ClassVar[Iterable[ButtonKind]] = tuple(BUTTONS)

    type = _select(lazy("종류"), _choices(BUTTONS))
    name = _line(lazy("이름"), 100)
    link_mobile = _line(lazy("모바일 주소"), 1000)
    link_pc = _line(lazy("PC 주소"), 1000)
    scheme_android = _line(lazy("안드로이드 앱 주소"), 1000)
    scheme_ios = _line(lazy("아이폰 앱 주소"), 1000)
    tel = _line(lazy("전화번호"), 40)
    chat_extra = _line(lazy("상담 정보"), 200)
    chat_event = _line(lazy("봇 이벤트"), 200)
    plugin_id = _line(lazy("플러그인"), 100)
    biz_form_id = _line(lazy("비즈니스폼"), 100)
    outside = forms.BooleanField(label=lazy("카카오톡 밖에서 열기"), required=False)


class ReplyForm(ButtonForm):
    """A quick reply: fewer kinds."""

    type = _select(lazy("종류"), _choices(BUTTONS, QUICK_REPLIES))


class VariableForm(forms.Form):
    """A variable of the notice."""

    name = forms.RegexField(
        regex=r"^[^#{}\r\n]+$",
        label=lazy("이름"),
        max_length=40,
        widget=forms.TextInput(attrs={**_INPUT, "autocomplete": "off"}),
        error_messages={
            "required": lazy("변수의 이름을 적어 주십시오."),
            "invalid": lazy("이름에는 중괄호와 우물 정 자를 쓸 수 없습니다."),
        },
    )
    kind = _select(lazy("종류"), _choices(KINDS, Kind))
    max = forms.IntegerField(
        label=lazy("최대 글자 수"),
        min_value=1,
        max_value=1000,
        required=False,
        widget=forms.NumberInput(attrs={**_INPUT, "min": 1, "max": 1000}),
    )
    default = _line(lazy("칸이 비었을 때의 값"), 200)
    columns = _line(
        lazy("명단에서의 열 이름"),
        help_text=lazy("변수의 이름과 다른 것만, 쉼표로 나누어 적습니다."),
    )
    values = _area(lazy("받을 수 있는 값"), 3, help_text=lazy("한 줄에 하나씩 적습니다."))
    short = _area(
        lazy("짧은 꼴"), 3, help_text=lazy("한 줄에 하나씩 ‘긴 값=짧은 값’으로 적습니다.")
    )
    required = forms.BooleanField(label=lazy("꼭 있어야 함"), required=False)


#: `from` is a word of Python's: the field is added by its name.
VariableForm.base_fields["from"] = _line(
    lazy("값을 가져올 변수"), 40, help_text=lazy("다른 변수의 칸에서 값을 만들 때만 적습니다.")
)
_ROW_FORMS: Final[Mapping[str, type[forms.Form]]] = {
    "items": ItemForm,
    "buttons": ButtonForm,
    "quick_replies": ReplyForm,
    "variables": VariableForm,
}


class Fault(NamedTuple):
    """An error for the summary at the top: the field's id, its label, what to do."""

    at: str
    label: str
    text: str


class Fields:
    """The forms of a sheet, filled; with `judge` also their errors."""

    def __init__(self, sheet: Sheet, *, judge: bool) -> None:
        data = sheet.flat() if judge else None
        self.main = WordingForm(data, initial=sheet.texts)
        self.rows = {
            part: [
                form(data, initial=row, prefix=f"{part}-{at}")
                for at, row in enumerate(sheet.rows[part])
            ]
            for part, form in _ROW_FORMS.items()
        }
        if judge:
            self._no_name_twice(sheet)
        else:
            for bound in self:
                _count_beside(bound)

    def faults(self) -> list[Fault]:
        """Every error, in reading order."""
        return [
            Fault(bound.id_for_label, str(bound.label), str(error))
            for bound in self
            for error in bound.errors
        ]

    def __iter__(self) -> Iterator[BoundField]:
        """Every field, in reading order."""
        yield from self.main
        for each in self.rows.values():
            for form in each:
                yield from form

    def _no_name_twice(self, sheet: Sheet) -> None:
        seen = set()
        for form in self.rows["variables"]:
            name = str(form.data.get(form.add_prefix("name"), "")).strip()
            if name and name in seen:
                text = _("이름이 같은 변수가 있습니다. 하나를 지우거나 이름을 바꿔 주십시오.")
                form.add_error("name", text)
            seen.add(name)
        missing = sheet.missing()
        if missing:
            text = _(
                "변수 목록에 없는 변수를 썼습니다: %(names)s. 목록에 더하거나 글에서 빼 주십시오."
            )
            self.main.add_error("body", text % {"names": ", ".join(missing)})


def _count_beside(bound: BoundField) -> None:
    """Say the counter beside a field with it; where there is an error Django says that instead."""
    described = [f"{bound.auto_id}_count"]
    if bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    if isinstance(bound.field.widget, forms.TextInput | forms.Textarea):
        bound.field.widget.attrs["aria-describedby"] = " ".join(described)
