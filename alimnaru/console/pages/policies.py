"""What the office has decided about its own safety, number by number."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page
from alimnaru.console.forms.policies import PolicyForm
from alimnaru.office.policies import PolicyRefused, change_policy
from alimnaru.reads.policies import last_change, office_policy
from alimnaru.rules.policy import FIELDS, OfficePolicy, Unit
from alimnaru.rules.rights import Right
from alimnaru.wording import policies as words


@dataclass(frozen=True, slots=True)
class Row:
    """A number of the policy as the page shows it."""

    name: str
    label: str
    meaning: str
    shown: str
    low: str
    high: str
    changed: bool


@page(Right.SYSTEM, office_wide=True, section="policies")
def policies(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every number with what it means, and who changed something last."""
    policy = office_policy()
    rows = [_row(name, policy) for name in FIELDS]
    return render(request, "console/policies.html", {"rows": rows, "last": last_change()})


@page(Right.SYSTEM, methods=("GET", "POST"), office_wide=True, section="policies", step_up=True)
def change(request: HttpRequest, desk: Desk, field: str) -> HttpResponse:
    """One number."""
    if field not in FIELDS:
        raise Http404
    policy = office_policy()
    row = _row(field, policy)
    form = PolicyForm(request.POST or None, field=field, initial={"value": _typed(field, policy)})
    if form.is_valid():
        try:
            change_policy(actor=desk.member, field=field, value=form.cleaned_data["value"])
        except PolicyRefused as refused:
            for problem in refused.problems:
                form.add_error("value", words.about(problem))
        else:
            messages.success(request, _("바꾸었습니다: %(name)s") % {"name": row.label})
            return redirect("policies")
    context = {"form": form, "row": row, "unit": words.UNITS[FIELDS[field].unit].strip()}
    return render(request, "console/policy_change.html", context)


def _row(name: str, policy: OfficePolicy) -> Row:
    value = getattr(policy, name)
    return Row(
        name,
        words.FIELDS[name].label,
        words.FIELDS[name].meaning,
        words.amount(name, value),
        words.amount(name, FIELDS[name].low),
        words.amount(name, FIELDS[name].high),
        value != getattr(OfficePolicy(), name),
    )


def _typed(name: str, policy: OfficePolicy) -> str:
    value = getattr(policy, name)
    return f"{value * 100:g}" if FIELDS[name].unit is Unit.SHARE else str(value)


urls = [
    path("policies", policies, name="policies"),
    path("policies/<slug:field>", change, name="policy-change"),
]
