"""Agreements to be served electronically (송달): found, recorded and ended, by phone in a body."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NoReturn

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import BeforeValidator, Field, StrictStr

from alimnaru.api.answers import answer
from alimnaru.api.principal import Principal, called
from alimnaru.api.problems import Refused, fault
from alimnaru.api.schemas import LINE, Name, NoticeCode, Phone, Strict
from alimnaru.office.consents import (
    EVIDENCE_MOST,
    Agreement,
    NoEvidence,
    NothingServed,
    of_person,
    record,
    withdraw,
)
from alimnaru.reads.consents import open_consents
from alimnaru.rules.access import Access
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.remark import names_somebody
from alimnaru.store import access, crypto
from alimnaru.store.models import Notice, ServiceConsent
from alimnaru.wording import sentence

router = Router(tags=["consents"])

_DAY = re.compile(r"20\d\d-\d\d-\d\d")


def _as_written(value: object) -> object:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise ValueError("date")
    return value


Day = Annotated[date, BeforeValidator(_as_written), Field(examples=["2026-12-01"])]
Line = Annotated[StrictStr, Field(max_length=EVIDENCE_MOST, pattern=LINE)]


class WhoseIn(Strict):
    """Whose. Without a name: of everybody who has this phone."""

    phone: Phone
    name: Name = ""


class ConsentIn(Strict):
    """What somebody agreed to."""

    phone: Phone
    name: Name
    notice: NoticeCode
    evidence: Annotated[
        Line,
        Field(
            description="Where the agreement can be looked up. Nothing about the person.",
            examples=["온라인 신청 2026-31"],
        ),
    ]
    starts_on: Annotated[Day | None, Field(description="Today without it.")] = None
    ends_on: Annotated[Day | None, Field(description="The last day; nothing: until ended.")] = None
    address: Annotated[Line, Field(description="Where the paper goes if this fails.")] = ""


class EndIn(WhoseIn):
    """Which agreements end."""

    notice: NoticeCode
    note: Annotated[Line, Field(description="Why. Nothing about the person.")] = ""


class ConsentOut(Schema):
    """An agreement in force, or that will be."""

    notice: str
    starts_on: date
    ends_on: date | None = None
    how: Literal["desk", "letter", "online", "api"]
    evidence: str


class ConsentsOut(Schema):
    """Agreements about notices of the key's departments."""

    consents: Sequence[ConsentOut]


@router.post(
    "/consents/search",
    response=ConsentsOut,
    operation_id="search_consents",
    summary="What somebody agreed to be served",
)
def search_consents(request: HttpRequest, body: WhoseIn) -> HttpResponse:
    """By phone, and by name where one phone is several people's. A sandbox key finds nobody."""
    who = _called(request)
    return answer(_found(who, _phone(body.phone), body.name))


@router.put(
    "/consents",
    response=ConsentsOut,
    operation_id="record_consent",
    summary="Record that somebody agreed to be served",
)
def record_consent(request: HttpRequest, body: ConsentIn) -> HttpResponse:
    """The same agreement given again is recorded once. A notice that only announces needs none. A
    sandbox key is answered as if, and nothing is kept."""
    who = _called(request)
    notice = _notice(who, body.notice)
    phone = _phone(body.phone)
    starts = body.starts_on or timezone.localdate()
    if body.ends_on is not None and body.ends_on < starts:
        _refuse("ends_on", CallFault.DATES_REVERSED)
    if names_somebody(body.evidence):
        _refuse("evidence", CallFault.EVIDENCE)
    agreed = Agreement(
        phone=body.phone,
        name=body.name,
        starts_on=starts,
        evidence=body.evidence,
        how=ServiceConsent.How.API,
        ends_on=body.ends_on,
        address=body.address,
    )

    def act() -> bool:
        try:
            (said,) = record(notice, [agreed], actor=who.member)
        except NothingServed:
            _refuse("notice", CallFault.NOTHING_SERVED)
        except NoEvidence:
            _refuse("evidence", CallFault.EVIDENCE)
        else:
            if said is not None:
                raise Refused(ApiProblem.REFUSED, errors=[_error("name", said)])
        return True

    over = body.ends_on is not None and body.ends_on < timezone.localdate()
    told = _told(notice.code, starts, body.ends_on, agreed.how, agreed.evidence.strip())
    return _done(who, act, phone, body.name, trial=[] if over else [told])


@router.post(
    "/consents/end",
    response=ConsentsOut,
    operation_id="end_consent",
    summary="End what somebody agreed to",
)
def end_consent(request: HttpRequest, body: EndIn) -> HttpResponse:
    """From this moment on. What was served before stays served. None is in force: nothing
    happens."""
    who = _called(request)
    notice = _notice(who, body.notice)
    phone = _phone(body.phone)
    if names_somebody(body.note):
        _refuse("note", CallFault.EVIDENCE)

    def act() -> bool:
        found = of_person(crypto.phone_hash(phone), _person(body.name)).filter(notice=notice)
        return withdraw(found, actor=who.member, note=body.note.strip()) > 0

    return _done(who, act, phone, body.name, trial=[])


def _called(request: HttpRequest) -> Principal:
    who = called(request)
    who.may(Scope.CONSENTS)
    return who


def _done(
    who: Principal,
    act: Callable[[], bool],
    phone: str,
    name: str,
    *,
    trial: Sequence[Mapping[str, Any]],
) -> HttpResponse:
    """Act, and answer how it stands. `act` says whether it has left an entry in the access log;
    `trial` is what a sandbox key is answered, which neither changes nor learns what is real."""
    with transaction.atomic():
        noted = act()
        if who.key.is_sandbox:
            transaction.set_rollback(True)
            return answer({"consents": trial})
        return answer(_shown(who, phone, name) if noted else _found(who, phone, name))


def _found(who: Principal, phone: str, name: str) -> Mapping[str, Any]:
    """What there is, and an entry that somebody has looked."""
    if who.key.is_sandbox:
        return {"consents": []}
    access.note(
        member=who.member,
        act=Access.FIND,
        subject="consents",
        department=who.department,
        whose=crypto.phone_hash(phone),
        key=who.key,
    )
    return _shown(who, phone, name)


def _shown(who: Principal, phone: str, name: str) -> Mapping[str, Any]:
    found = open_consents(who.scope).filter(to_hash=crypto.phone_hash(phone))
    person = _person(name)
    if person is not None:
        found = found.filter(person_hash=person)
    return {
        "consents": [
            _told(one.notice.code, one.starts_on, one.ends_on, one.how, one.evidence)
            for one in found
        ]
    }


def _told(
    notice: str, starts: date, ends: date | None, how: str, evidence: str
) -> Mapping[str, Any]:
    return {
        "notice": notice,
        "starts_on": starts,
        "ends_on": ends,
        "how": how,
        "evidence": evidence,
    }


def _person(name: str) -> bytes | None:
    compact = "".join(name.split())
    return crypto.person_hash(compact) if compact else None


def _phone(given: str) -> str:
    phone = read_phone(given)
    if isinstance(phone, Refusal):
        raise Refused(ApiProblem.REFUSED, errors=[_error("phone", phone)])
    return phone


def _notice(who: Principal, code: str) -> Notice:
    notice = who.scope.notices().filter(code=code).first()
    if notice is None:
        _refuse("notice", CallFault.NOTICE_UNKNOWN)
    return notice


def _refuse(field: str, code: CallFault) -> NoReturn:
    raise Refused(ApiProblem.REFUSED, errors=[fault(field, code)]) from None


def _error(field: str, code: Refusal) -> dict[str, str]:
    return {"field": field, "code": code.value, "message": sentence(code)}
