"""Single messages: ask for one, see where it stands, take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from alimnaru.api import calls, limits
from alimnaru.api.principal import Principal, called
from alimnaru.api.problems import Refused, fault
from alimnaru.api.rows import fault_of
from alimnaru.api.schemas import (
    Moment,
    Name,
    NoticeCode,
    Phone,
    Reference,
    SendAt,
    Strict,
    Variables,
)
from alimnaru.flow import acceptance
from alimnaru.flow.people import missing
from alimnaru.office.projects import ProjectRefused, payable_called
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import BadRow, GoodRow, RosterRefused
from alimnaru.store.ledger import accepting

router = Router(tags=["messages"])


class MessageIn(Strict):
    """One notice for one person."""

    notice: NoticeCode
    to: Phone
    name: Name = ""
    variables: Variables
    reference: Reference = ""
    send_at: SendAt = None
    expires_at: Annotated[
        Moment | None,
        Field(description="Worthless from then on. Without it, as long as the notice says."),
    ] = None


class Acceptance(Schema):
    """A message that will go, or be accounted for."""

    id: Annotated[str, Field(examples=["120000345"])]
    status: Literal["accepted"]
    notice: str
    reference: str
    accepted_at: datetime


@router.post(
    "/messages", response={202: Acceptance}, operation_id="send", summary="Send one message"
)
def send(request: HttpRequest, body: MessageIn) -> HttpResponse:
    """Accepted durably when answered: it is on disk, and goes once."""
    who = called(request)
    who.may(Scope.SEND)
    call = calls.call_of(request, who)
    now = timezone.now()
    try:
        entry = _entry(who, body, now)
        limits.limits.spend(who, limits.DAY)
    except Refused:
        # What was answered before stands, whatever has become of the notice or the day since.
        answer = calls.earlier(call) if call is not None else None
        if answer is None:
            raise
        return answer
    said = msgspec.json.encode(
        {
            "id": str(entry.id),
            "status": "accepted",
            "notice": body.notice,
            "reference": body.reference,
            "accepted_at": now,
        }
    )
    return _answered(who, entry, call, said, body.reference)


def _entry(who: Principal, body: MessageIn, now: datetime) -> accepting.Entry:
    desk = desk_of(who, body.notice)
    row = judged(desk, body)
    if body.expires_at is not None and body.expires_at <= max(body.send_at or now, now):
        raise Refused(ApiProblem.INVALID, errors=[fault("expires_at", CallFault.OVER)])
    return acceptance.entry_for(
        desk,
        row,
        message=accepting.message_ids.take()[0],
        key=who.key.pk,
        member=who.member.pk,
        sandbox=who.key.is_sandbox,
        now=now,
        at=body.send_at,
        expires_at=body.expires_at,
        cells=body.variables,
    )


def _answered(
    who: Principal, entry: accepting.Entry, call: accepting.Call | None, said: bytes, reference: str
) -> HttpResponse:
    stored = False
    try:
        stored = _store(entry, call, said, reference)
    finally:
        if not stored:
            limits.limits.give_back(who, limits.DAY)
    if stored or call is None:
        return HttpResponse(said, status=202, content_type="application/json")
    answer = calls.earlier(call)
    if answer is None:
        raise Refused(ApiProblem.UNAVAILABLE, headers={"Retry-After": "1"})
    return answer


def _store(
    entry: accepting.Entry, call: accepting.Call | None, said: bytes, reference: str
) -> bool:
    """False: the same call was made before, and this one changes nothing."""
    if call is None:
        accepting.accept(entry, reference=reference)
        return True
    kept = msgspec.structs.replace(call, body=said)
    return accepting.accept_once(entry, kept, reference=reference)


def desk_of(who: Principal, notice: str) -> acceptance.Desk:
    """The desk of a notice of the key's department. Raises `Refused`."""
    try:
        desk = acceptance.desk_for(who.scope, notice, sandbox=who.key.is_sandbox)
    except acceptance.NotSendable as error:
        if str(error) == "sandbox_missing":
            raise Refused(ApiProblem.SANDBOX_MISSING) from None
        errors = [fault("notice", CallFault(str(error)))]
        raise Refused(ApiProblem.NOTICE_NOT_SENDABLE, errors=errors) from None
    if desk is None:
        errors = [fault("notice", CallFault.NOTICE_UNKNOWN)]
        raise Refused(ApiProblem.REFUSED, errors=errors)
    return desk


def line_of(desk: acceptance.Desk, code: str | None, at: datetime | None) -> int | None:
    """The budget line of this code that may pay for the desk's department; None: the notice's own.
    Raises `Refused`."""
    if code is None:
        return None
    now = timezone.now()
    on = timezone.localdate(max(at, now) if at else now)
    try:
        return payable_called(code, desk.notice.department, on).pk
    except ProjectRefused:
        raise Refused(ApiProblem.REFUSED, errors=[fault("project", CallFault.PROJECT)]) from None


def judged(desk: acceptance.Desk, body: MessageIn) -> GoodRow:
    """The person as the check of a list would have it. Raises `Refused`."""
    unknown = body.variables.keys() - desk.names
    if unknown:
        raise Refused(
            ApiProblem.REFUSED,
            errors=[fault(f"variables.{n}", CallFault.UNKNOWN) for n in sorted(unknown)],
        )
    try:
        row = desk.rows.judge(body.to, body.name, body.variables)
    except RosterRefused:
        empty = [
            BadRow(1, name, Refusal.VALUE_EMPTY, "", "", "")
            for name in missing(desk, body.variables)
        ]
        raise Refused(ApiProblem.REFUSED, errors=[fault_of(row) for row in empty]) from None
    if isinstance(row, BadRow):
        raise Refused(ApiProblem.REFUSED, errors=[fault_of(row)])
    return row
