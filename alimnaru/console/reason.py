"""The form that asks why, before anything is shown in the clear or taken out.

A page includes `console/_reason.html` (a dialog that posts to an address of the page's own); that
address calls `asked`, and hands the `Purpose` to `office.disclosure.disclose`:

    purpose = asked(request)
    if not isinstance(purpose, Purpose):
        return ask_again(request, purpose, title=…, back=…)
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import lazy as in_time
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from alimnaru.rules.disclosure import NOTE_MOST, DisclosureFault, Purpose, Reason, purpose_of
from alimnaru.wording import label, sentence

#: In the language of whoever looks, not of the moment at which this is loaded.
_said = in_time(sentence, str)


def reasons() -> list[tuple[str, str]]:
    """What a person chooses from: nothing yet, then the reasons with their words."""
    return [("", gettext("고르십시오")), *((reason.value, label(reason)) for reason in Reason)]


class ReasonForm(forms.Form):
    """A reason and, beside it, a note."""

    # The server says in whole sentences what a browser's bubble would say in two words.
    use_required_attribute = False

    reason = forms.ChoiceField(
        label=lazy("사유"),
        choices=reasons,
        error_messages={"required": _said(DisclosureFault.REASON_MISSING)},
        widget=forms.Select(attrs={"class": "krds-form-select"}),
    )
    note = forms.CharField(
        label=lazy("덧붙일 말"),
        required=False,
        help_text=lazy(
            "‘그 밖의 사유’이면 꼭 적어 주십시오. 이름이나 전화번호는 적지 말아 주십시오."
        ),
        widget=forms.Textarea(attrs={"class": "krds-input", "rows": 2, "maxlength": NOTE_MOST}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose: Purpose | None = None

    def clean(self) -> dict[str, Any]:
        """Leaves the reason in `purpose`, or an error at the field that it is about."""
        given = self.cleaned_data
        if "reason" not in self.errors:
            found = purpose_of(given.get("reason", ""), given.get("note", ""))
            if isinstance(found, DisclosureFault):
                self.add_error("note", sentence(found))
            elif not self.errors:
                self.purpose = found
        return given


def asked(request: HttpRequest) -> Purpose | ReasonForm:
    """The reason that was given, or the form: with what is wrong with it, or still to be filled."""
    if request.method != "POST":
        return ReasonForm()
    form = ReasonForm(request.POST)
    form.is_valid()
    return form.purpose or form


def ask_again(
    request: HttpRequest, form: forms.Form, *, title: str, back: str, text: str = ""
) -> HttpResponse:
    """A page that asks: where no dialog did, and where the reason that was given does not do.

    `back` is where giving up leads; `text` says what will happen.
    """
    context = {"form": form, "title": title, "back": back, "text": text}
    return render(request, "console/reason.html", context)
