"""What residents want: asked for and entered by phone, which stands in no address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router, Schema
from pydantic import Field

from alimnaru.api.answers import answer
from alimnaru.api.principal import Principal, called
from alimnaru.api.problems import Refused, fault
from alimnaru.api.schemas import NoticeCode, Phone, Strict
from alimnaru.office.preferences import StatutoryNotice, end_choice, enter_choice
from alimnaru.reads.preferences import on_file
from alimnaru.rules.access import Access
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.consent import Choice, Provenance
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.store import access, crypto
from alimnaru.store.models import Notice
from alimnaru.wording import sentence

router = Router(tags=["preferences"])

_WHOLE = "Nothing: for every notice of the office, which only a key of the whole office may enter."


class PhoneIn(Strict):
    """Whose."""

    phone: Phone


class ChoiceIn(PhoneIn):
    """What a resident wants."""

    notice: Annotated[NoticeCode | None, Field(description=_WHOLE)] = None
    choice: Choice


class ChoiceOut(Schema):
    """A choice in force. `notice` null: for every notice."""

    notice: str | None = None
    choice: Choice
    provenance: Provenance
    since: datetime


class PreferencesOut(Schema):
    """What is in force for a phone, as far as it is about notices of the key's department."""

    choices: Sequence[ChoiceOut]
    suspended: Annotated[
        bool, Field(description="Its holder said that our messages are not theirs: nothing goes.")
    ]


class PhoneHeader(Schema):
    """Whose, where a call has no body."""

    resident_phone: Annotated[
        str,
        Field(
            alias="Resident-Phone",
            max_length=40,
            description="A Korean mobile number. Not in the address: addresses are logged.",
            examples=["010-0000-0001"],
        ),
    ]


class NoticeQuery(Schema):
    """Which choice ends."""

    notice: Annotated[NoticeCode | None, Field(description=_WHOLE)] = None


@router.get(
    "/preferences",
    response=PreferencesOut,
    operation_id="get_preferences",
    summary="What a resident wants",
)
def get_preferences(request: HttpRequest, whose: Header[PhoneHeader]) -> HttpResponse:
    """By the `Resident-Phone` header."""
    return _found(request, whose.resident_phone)


@router.post(
    "/preferences/search",
    response=PreferencesOut,
    operation_id="search_preferences",
    summary="What a resident wants, by a body",
)
def search_preferences(request: HttpRequest, body: PhoneIn) -> HttpResponse:
    """The same as `GET /preferences`, where headers are logged too."""
    return _found(request, body.phone)


@router.put(
    "/preferences",
    response=PreferencesOut,
    operation_id="set_preference",
    summary="Enter what a resident wants",
)
def set_preference(request: HttpRequest, body: ChoiceIn) -> HttpResponse:
    """By KakaoTalk (`kakao`), as a text message (`sms`) or not at all (`stop`). It counts from now
    on for whoever sends the notice. What the law makes the office say cannot be stopped. A sandbox
    key is answered as if, and nothing is kept."""
    who = called(request)
    who.may(Scope.PREFERENCES)
    phone, notice = _phone(body.phone), _notice(who, body.notice)

    def act() -> bool:
        try:
            return enter_choice(
                actor=who.member,
                phone=phone,
                choice=body.choice,
                notice=notice,
                provenance=Provenance.API,
            )
        except StatutoryNotice:
            errors = [fault("choice", CallFault.STATUTORY)]
            raise Refused(ApiProblem.REFUSED, errors=errors) from None

    told = _told(notice, body.choice, Provenance.API, timezone.now())
    return _done(who, phone, act, trial=[told])


@router.delete(
    "/preferences",
    response=PreferencesOut,
    operation_id="end_preference",
    summary="End what a resident wanted",
)
def end_preference(
    request: HttpRequest, whose: Header[PhoneHeader], which: Query[NoticeQuery]
) -> HttpResponse:
    """From then on the notice goes as it would to anybody. Nothing is in force: nothing happens."""
    who = called(request)
    who.may(Scope.PREFERENCES)
    phone, notice = _phone(whose.resident_phone), _notice(who, which.notice)

    def act() -> bool:
        found = on_file(crypto.phone_hash(phone), timezone.now())
        ends = [found.for_all] if notice is None else found.for_notices
        over = [
            end_choice(choice, actor=who.member, note="")
            for choice in ends
            if choice is not None and (notice is None or choice.notice_id == notice.pk)
        ]
        return any(over)

    return _done(who, phone, act, trial=[])


def _found(request: HttpRequest, given: str) -> HttpResponse:
    who = called(request)
    who.may(Scope.PREFERENCES)
    return answer(_looked(who, _phone(given)))


def _looked(who: Principal, phone: str) -> Mapping[str, Any]:
    """What there is, and an entry that somebody has looked. A sandbox key finds nobody."""
    if who.key.is_sandbox:
        return {"choices": [], "suspended": False}
    access.note(
        member=who.member,
        act=Access.FIND,
        subject="preferences",
        department=who.department,
        whose=crypto.phone_hash(phone),
        key=who.key,
    )
    return _shown(who, phone)


def _done(
    who: Principal, phone: str, act: Callable[[], bool], *, trial: Sequence[Mapping[str, Any]]
) -> HttpResponse:
    """Act, and answer how it stands. `act` says whether it has left an entry in the access log;
    `trial` is what a sandbox key is answered, which neither changes nor learns what is real."""
    with transaction.atomic():
        noted = act()
        if who.key.is_sandbox:
            transaction.set_rollback(True)
            return answer({"choices": trial, "suspended": False})
        return answer(_shown(who, phone) if noted else _looked(who, phone))


def _shown(who: Principal, phone: str) -> dict[str, Any]:
    found = on_file(crypto.phone_hash(phone), timezone.now())
    ours = set(who.scope.notices().values_list("pk", flat=True))
    own = [choice for choice in found.for_notices if choice.notice_id in ours]
    return {
        "choices": [
            _told(choice.notice, choice.choice, choice.provenance, choice.since)
            for choice in ([found.for_all] if found.for_all else []) + own
        ],
        "suspended": bool(found.suspensions),
    }


def _told(
    notice: Notice | None, choice: str, provenance: str, since: datetime
) -> Mapping[str, Any]:
    return {
        "notice": notice.code if notice else None,
        "choice": choice,
        "provenance": provenance,
        "since": since,
    }


def _phone(given: str) -> str:
    phone = read_phone(given)
    if isinstance(phone, Refusal):
        errors = [{"field": "phone", "code": phone.value, "message": sentence(phone)}]
        raise Refused(ApiProblem.REFUSED, errors=errors)
    return phone


def _notice(who: Principal, code: str | None) -> Notice | None:
    """The notice, if it is one of the key's departments. Raises `Refused`."""
    if code is None:
        if who.department.parent_id is not None:
            # Who speaks for the library may not silence the health centre.
            errors = [fault("notice", CallFault.WHOLE_OFFICE)]
            raise Refused(ApiProblem.SCOPE_MISSING, errors=errors)
        return None
    notice = who.scope.notices().filter(code=code).first()
    if notice is None:
        errors = [fault("notice", CallFault.NOTICE_UNKNOWN)]
        raise Refused(ApiProblem.REFUSED, errors=errors)
    return notice
