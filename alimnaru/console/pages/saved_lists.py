"""Lists that are kept to be sent again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.htmx import go_to
from alimnaru.office.refused import UploadRefused
from alimnaru.office.saved_lists import ListRefused, RosterRefused, delete, save_content
from alimnaru.office.uploads import MIB, MOST_BYTES
from alimnaru.reads.saved import saved_lists as lists_of
from alimnaru.rules.audience import Audience
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.rights import Right
from alimnaru.store.models import Department
from alimnaru.wording import label, sentence

A_PAGE = 25
_SELECT = {"class": "krds-form-select"}


class SaveForm(forms.Form):
    """A file, what it is called, and who is in it."""

    name = forms.CharField(
        label=lazy("명단 이름"),
        max_length=60,
        widget=forms.TextInput({"class": "krds-input", "autocomplete": "off"}),
        error_messages={"required": lazy("나중에 알아볼 수 있는 이름을 적어 주십시오.")},
    )
    audience = forms.ChoiceField(label=lazy("누구의 명단입니까"), widget=forms.Select(_SELECT))
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=lazy("부서"),
        empty_label=None,
        widget=forms.Select(_SELECT),
    )
    file = forms.FileField(
        label=lazy("명단 파일"),
        widget=forms.FileInput({"class": "s-file", "accept": ".xlsx,.xls,.csv"}),
        error_messages={
            "required": lazy("명단 파일을 골라 주십시오."),
            "empty": lazy("파일에 아무 내용이 없습니다."),
        },
    )

    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = desk.scope(Right.SEND).departments().order_by("path")
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]  # ModelChoiceField
        self.fields["audience"].choices = [(a.value, label(a)) for a in Audience]  # type: ignore[attr-defined]  # ChoiceField


@page(Right.SEND, methods=("GET", "POST"), section="saved-lists")
def saved_lists(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The lists of the member's departments; a new one is put in by a form."""
    form = SaveForm(desk)
    if "too-large" in request.GET:
        limit = f"{MOST_BYTES // MIB} MiB"
        text = sentence(Refusal.FILE_TOO_LARGE, limit=limit)
        messages.error(request, text, extra_tags="bad")
    if request.method == "POST":
        form = SaveForm(desk, request.POST, request.FILES)
        if form.is_valid() and _save(request, desk, form):
            return go_to(request, reverse("saved-lists"))
    found = lists_of(desk.scope(Right.SEND))
    context = {
        "form": form,
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "now": timezone.now(),
        "most_bytes": MOST_BYTES,
        "most": f"{MOST_BYTES // MIB}MB",
    }
    return render(request, "console/saved_lists.html", context)


def _save(request: HttpRequest, desk: Desk, form: SaveForm) -> bool:
    given = form.cleaned_data
    file = given["file"]
    if (file.size or 0) > MOST_BYTES:
        form.add_error("file", _("파일이 너무 큽니다."))
        return False
    try:
        saved = save_content(
            file.read(),
            actor=desk.member,
            department=given["department"],
            name=given["name"],
            file=file.name or "",
            audience=Audience(given["audience"]),
        )
    except UploadRefused as refused:
        form.add_error("name" if "name" in refused.code else "file", _said(refused))
        return False
    except (ListRefused, RosterRefused) as refused:
        form.add_error("file", sentence(refused.code, **refused.facts))
        return False
    text = _("‘%(name)s’ 명단을 저장했습니다.") % {"name": saved.name}
    messages.success(request, text, extra_tags="good")
    return True


def _said(refused: UploadRefused) -> str:
    return sentence(refused.code, **refused.facts)


@page(Right.SEND, methods=("POST",), section="saved-lists")
def delete_saved_list(request: HttpRequest, desk: Desk, list_id: int) -> HttpResponse:
    """Delete a list for good."""
    saved = theirs(lists_of(desk.scope(Right.SEND)).filter(pk=list_id).first())
    delete(saved, actor=desk.member)
    text = _("‘%(name)s’ 명단을 지웠습니다.") % {"name": saved.name}
    messages.success(request, text, extra_tags="good")
    return go_to(request, reverse("saved-lists"))


urls = [
    path("saved-lists", saved_lists, name="saved-lists"),
    path("saved-lists/<int:list_id>/delete", delete_saved_list, name="delete-saved-list"),
]
