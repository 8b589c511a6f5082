"""Rules are made and changed in two steps: which table for which notice, then how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from alimnaru.console.access import Desk, page, theirs
from alimnaru.console.forms.rules import ConnectForm, RuleForm, initial_of
from alimnaru.console.pages.rules import own_rule
from alimnaru.flow.rosters import NoWording, newest_wording, variables_for
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.sources import tables_of, view_of
from alimnaru.office.rules import RuleRefused, Said, change_rule, make_rule
from alimnaru.reads.rules import free_code, table_sources
from alimnaru.rules.rights import Right
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.rules.variables import Kind, Variable
from alimnaru.store.models import Notice, Rule, Source
from alimnaru.wording import sentence

#: Separates a source's code from the name of its view in one choice.
_OF = "/"


@dataclass(frozen=True, slots=True)
class Joined:
    """What the first step has chosen."""

    notice: Notice
    source: Source
    view: str
    is_event: bool


@page(Right.SEND, methods=("GET", "POST"), section="rules")
def new_rule(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A new rule."""
    return _form(request, desk, None)


@page(Right.SEND, methods=("GET", "POST"), section="rules")
def change(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Change a rule, or connect one of the catalogue's."""
    return _form(request, desk, own_rule(desk, code))


def _form(request: HttpRequest, desk: Desk, rule: Rule | None) -> HttpResponse:
    sources = table_sources(desk.scope(Right.SEND))
    joined = _joined(request, desk, rule, sources)
    if joined is None:
        return _connect(request, desk, rule, sources)
    try:
        columns = tables_of(joined.source).columns(view_of(joined.source, joined.view))
        version = newest_wording(joined.notice)
    except SourceFailed as failed:
        wrong = f"{sentence(RuleFault.SOURCE_FAILED)} {sentence(str(failed))}"
        return _connect(request, desk, rule, sources, wrong=wrong)
    except NoWording:
        return _connect(request, desk, rule, sources, wrong=sentence(RuleFault.NO_WORDING))
    variables = _to_fill(variables_for(version, joined.source.department), rule)
    form = RuleForm(
        request.POST or None,
        columns=columns,
        variables=variables,
        is_event=joined.is_event,
        initial=_initial(rule, [name for name, _must in variables]),
    )
    if form.is_valid():
        try:
            return _saved(request, desk, rule, joined, form)
        except RuleRefused as refused:
            form.add_error(refused.name or None, sentence(refused.code))
    context = {"form": form, "rule": rule, "joined": joined, "query": request.GET.urlencode()}
    return render(request, "console/rules/form.html", context)


def _joined(
    request: HttpRequest, desk: Desk, rule: Rule | None, sources: Sequence[Source]
) -> Joined | None:
    """The first step, from the address; a rule that has a source needs none."""
    chosen = request.GET.get("view", "")
    code, _sep, view = chosen.partition(_OF)
    if not chosen and rule is not None and rule.source is not None:
        event = rule.kind == Rule.Kind.EVENT
        return Joined(rule.notice, rule.source, rule.view, event)
    source = next((one for one in sources if one.code == code), None)
    if source is None or view not in source.settings.get("views", {}):
        return None
    if rule is not None:
        notice = rule.notice
    else:
        notice = theirs(Notice.objects.filter(code=request.GET.get("notice", "")).first())
    return Joined(notice, source, view, request.GET.get("kind") == Rule.Kind.EVENT)


def _connect(
    request: HttpRequest,
    desk: Desk,
    rule: Rule | None,
    sources: Sequence[Source],
    *,
    wrong: str = "",
) -> HttpResponse:
    notices = [(one.code, one.name) for one in Notice.objects.order_by("name")]
    if rule is not None:
        notices = [(rule.notice.code, rule.notice.name)]
    views = [
        (f"{source.code}{_OF}{name}", f"{source.name} · {name}")
        for source in sources
        for name in source.settings.get("views", {})
    ]
    kind = rule.kind if rule is not None else Rule.Kind.DATE
    form = ConnectForm(notices=notices, views=views, initial={"kind": kind})
    context = {"form": form, "rule": rule, "views": views, "wrong": wrong}
    return render(request, "console/rules/connect.html", context)


def _to_fill(variables: Sequence[Variable], rule: Rule | None) -> list[tuple[str, bool]]:
    """Variables that a rule may fill, and whether it must. What is made of another variable, or
    is the person's own name, comes by itself unless the rule says otherwise."""
    said = rule.fields if rule is not None else {}
    return [
        (one.name, one.required and one.default is None)
        for one in variables
        if one.name in said or (one.source is None and one.kind is not Kind.PERSON)
    ]


def _initial(rule: Rule | None, variables: Sequence[str]) -> dict[str, object]:
    if rule is None:
        return {"at": "10:00", "catch_up_minutes": 240, "at_most": 0}
    return {
        "name": rule.name,
        "anchor": rule.anchor,
        "offsets": ", ".join(map(str, rule.offsets)),
        "days": rule.days,
        "at": f"{rule.at:%H:%M}",
        "catch_up_minutes": rule.catch_up_minutes,
        "grouping": rule.grouping == "person",
        "at_most": rule.at_most,
        **initial_of(rule.conditions, rule.fields, ["phone", "name", *variables]),
    }


def _saved(
    request: HttpRequest, desk: Desk, rule: Rule | None, joined: Joined, form: RuleForm
) -> HttpResponse:
    given = form.cleaned_data
    dated = {} if joined.is_event else {
        name: given[name] for name in ("offsets", "days", "at", "catch_up_minutes", "at_most")
    }  # fmt: skip
    said = Said(
        name=given["name"],
        notice=joined.notice,
        source=joined.source,
        kind=Rule.Kind.EVENT if joined.is_event else Rule.Kind.DATE,
        view=joined.view,
        conditions=form.conditions(),
        anchor=given["anchor"],
        fields=form.made(),
        grouping="person" if given["grouping"] else "none",
        **dated,
    )
    if rule is None:
        saved = make_rule(actor=desk.member, code=free_code(joined.notice), said=said)
    else:
        saved = change_rule(rule, actor=desk.member, said=said)
    messages.success(request, _("저장했습니다. 예행연습을 하여 무엇이 나갈지 확인해 주십시오."))
    return redirect("rule", saved.code)


urls = [
    path("rules/new", new_rule, name="rule-new"),
    path("rules/<slug:code>/change", change, name="rule-change"),
]
