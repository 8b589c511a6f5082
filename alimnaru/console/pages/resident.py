"""The residents' own page: why they were told, what else was sent, how they wish to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.console.resident_frame import page, public, with_link
from alimnaru.console.whole_numbers import whole_number
from alimnaru.office import consents
from alimnaru.office import residents as office
from alimnaru.reads import residents as reads
from alimnaru.reads.residents import Opened
from alimnaru.rules.consent import Choice
from alimnaru.rules.resident_link import LASTS, TAKE_BACK
from alimnaru.rules.template import marks
from alimnaru.rules.topics import Topic, TopicWish, topic_of
from alimnaru.store import crypto
from alimnaru.store.models import ServiceConsent

#: Lines of the history on the first page.
_FIRST = 5
#: The name of the field that is for all topics at once.
_ALL = "all"


@with_link("GET")
def resident(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The first page: this message, the choices as they stand, the last ones that were sent."""
    now = timezone.now()
    lines, more = reads.told(opened.to_hash, now)
    context = {
        **_about(opened),
        "reason": _reason(opened),
        "topics": reads.topics(opened.to_hash, now),
        "lines": lines[:_FIRST],
        "more": more is not None or len(lines) > _FIRST,
        "code": crypto.resident_signer().code(opened.message.pk),
        "disowned": reads.disowned(opened, now),
        "served": _consents(opened).select_related("notice").order_by("pk"),
    }
    return page(request, "home", context)


@with_link("GET", "POST")
def choices(request: HttpRequest, opened: Opened) -> HttpResponse:
    """How each topic is to come; a POST enters it."""
    found = reads.topics(opened.to_hash, timezone.now())
    if request.method == "POST":
        office.choose(opened, _wanted(request.POST, found))
        return redirect("resident-saved", _token(opened))
    own = topic_of(opened.batch.notice.code)
    # Who comes from a message of the library mostly comes because of the library.
    found.sort(key=lambda one: one.topic != own)
    context = {**_about(opened), "topics": found, "own": own}
    return page(request, "choices", {**context, "all": _ALL, "ways": list(Choice)})


@with_link("GET")
def saved(request: HttpRequest, opened: Opened) -> HttpResponse:
    """What holds now."""
    found = reads.topics(opened.to_hash, timezone.now())
    return page(request, "saved", {**_about(opened), "topics": found})


@with_link("GET")
def history(request: HttpRequest, opened: Opened) -> HttpResponse:
    """What was sent in the last twelve months, page by page."""
    before = whole_number(request.GET.get("before", ""))
    lines, more = reads.told(opened.to_hash, timezone.now(), before)
    context = {**_about(opened), "lines": lines, "next": more, "later": before is not None}
    return page(request, "history", context)


@with_link("GET", "POST")
def not_mine(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The second of two steps is a POST: what a messenger opens to make a preview says nothing."""
    if request.method == "POST":
        office.disown(opened)
        return redirect("resident-not-mine", _token(opened))
    now = timezone.now()
    found = reads.disowned(opened, now)
    context = {
        **_about(opened),
        "disowned": found,
        "may_take_back": found is not None and found.may_take_back(now, TAKE_BACK),
        "minutes": int(TAKE_BACK.total_seconds() // 60),
        "late": "late" in request.GET,
    }
    return page(request, "not_mine", context)


@with_link("POST")
def mine(request: HttpRequest, opened: Opened) -> HttpResponse:
    """It was theirs after all."""
    token = _token(opened)
    if office.take_back(opened):
        return redirect("resident", token)
    return redirect(f"{reverse('resident-not-mine', args=[token])}?late")


@with_link("POST")
def no_service(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Documents are served on paper again."""
    consents.withdraw(_consents(opened), actor=None)
    return redirect("resident", _token(opened))


def _consents(opened: Opened) -> QuerySet[ServiceConsent]:
    """Of whom the message is for: a link shows nobody else's."""
    person = reads.who(opened)
    return consents.of_person(opened.to_hash, person) if person else ServiceConsent.objects.none()


@public(("GET", "POST"))
def check(request: HttpRequest) -> HttpResponse:
    """Whether a message is really the office's, by the code in it."""
    context: dict[str, Any] = {"days": LASTS.days, "typed": "", "asked": False}
    if request.method == "POST":
        typed = request.POST.get("code", "")[:40]
        context |= {"asked": True, "typed": typed, "busy": False, "found": None}
        try:
            found = office.ask_about_code(typed, address=request.META.get("REMOTE_ADDR", ""))
        except office.TooManyCodes:
            context["busy"] = True
        else:
            context |= {"found": found, **(_about(found) if found else {})}
    return page(request, "check", context)


def _about(opened: Opened) -> dict[str, Any]:
    """What may be said of a message to whoever has its link."""
    batch = opened.batch
    return {
        "opened": opened,
        "token": _token(opened),
        "notice": "" if opened.health_only else batch.notice.name,
        "department": batch.department,
        "at": opened.message.done_at
        or max(batch.not_before, batch.released_at or batch.created_at),
        "statutory": batch.notice.is_statutory,
    }


def _reason(opened: Opened) -> str:
    """The sentence of the wording that says why; Kakao asks for one in every wording."""
    if opened.health_only:
        return _("보건소나 복지 부서에 신청하거나 예약하신 분께 보내는 안내입니다.")
    template = opened.batch.version.template
    told = f"{template.get('body', '')}\n{template.get('extra') or ''}"
    said = (line.lstrip("※ ") for line in told.splitlines() if line.startswith("※"))
    return next((line for line in said if not marks(line)), "")


def _wanted(form: Mapping[str, str], found: list[TopicWish]) -> dict[Topic, Choice]:
    """What was chosen, topic by topic; who chose for all at once chose so for each."""
    given = {one.topic: form.get(_ALL) or form.get(one.topic.value, "") for one in found}
    known = {choice.value for choice in Choice}
    return {topic: Choice(raw) for topic, raw in given.items() if raw in known}


def _token(opened: Opened) -> str:
    return crypto.resident_signer().link(opened.message.pk)


urls = [
    path("r/<str:token>", resident, name="resident"),
    path("r/<str:token>/choices", choices, name="resident-choices"),
    path("r/<str:token>/saved", saved, name="resident-saved"),
    path("r/<str:token>/history", history, name="resident-history"),
    path("r/<str:token>/not-mine", not_mine, name="resident-not-mine"),
    path("r/<str:token>/mine", mine, name="resident-mine"),
    path("r/<str:token>/no-service", no_service, name="resident-no-service"),
    path("check", check, name="check-code"),
]
