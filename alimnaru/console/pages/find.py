"""What was sent to one phone: the number travels in the body of a request and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.access import Desk, page, refused
from alimnaru.console.reason import ReasonForm
from alimnaru.office.disclosure import disclose
from alimnaru.reads.by_phone import messages_to
from alimnaru.rules.disclosure import RIGHTS, Disclosed
from alimnaru.rules.phone import mask, read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.rights import Right, roles_with
from alimnaru.store import crypto
from alimnaru.store.models import Department
from alimnaru.store.scoping import Scope
from alimnaru.wording import sentence

#: Messages shown of one phone: some years of them.
MOST = 100


class FindForm(ReasonForm):
    """A phone, and why it is looked for."""

    phone = forms.CharField(
        label=lazy("휴대전화 번호"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"class": "krds-input", "inputmode": "tel", "autocomplete": "off"}
        ),
    )
    field_order = ("phone", "reason", "note")

    def clean_phone(self) -> str:
        """The digits."""
        found = read_phone(self.cleaned_data["phone"])
        if isinstance(found, Refusal):
            raise forms.ValidationError(sentence(found))
        return found


@page(methods=("GET", "POST"), section="batches")
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form; with a number and a reason, what was sent to it."""
    scope, department = _where(desk)
    if department is None:
        return refused(request, Right.SEND)
    if request.method != "POST":
        return render(request, "console/batches/find.html", {"form": FindForm()})
    form = FindForm(request.POST)
    if not form.is_valid() or form.purpose is None:
        return render(request, "console/batches/find.html", {"form": form})
    digits: str = form.cleaned_data["phone"]
    found = messages_to(digits, scope, MOST + 1)
    disclose(
        actor=desk.member,
        subject=f"department:{department.code}",
        department=department,
        what=Disclosed.FIND,
        reason=form.purpose,
        facts={"found": len(found[:MOST])},
        whose=crypto.phone_hash(digits),
    )
    context: dict[str, Any] = {
        "phone": mask(digits),
        "found": found[:MOST],
        "more": len(found) > MOST,
        "most": MOST,
    }
    answer = render(request, "console/batches/found.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _where(desk: Desk) -> tuple[Scope, Department | None]:
    """The departments in which the member may look a phone up, and the first of them."""
    roles = frozenset().union(*(roles_with(right) for right in RIGHTS[Disclosed.FIND]))
    held: Sequence[Department] = [m.department for m in desk.memberships if m.role in roles]
    return Scope(tuple(sorted({d.path for d in held}))), held[0] if held else None


urls = [path("find-by-phone", find, name="find-by-phone")]
