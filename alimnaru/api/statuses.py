"""Where messages stand, and taking one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Schema
from pydantic import Field

from alimnaru.api import calls
from alimnaru.api.answers import PAGE, answer, bytes_in, cursor, number_in, page
from alimnaru.api.messages import router
from alimnaru.api.principal import Principal, called
from alimnaru.api.problems import Refused, fault
from alimnaru.api.refusals import told
from alimnaru.api.schemas import Cursor, Id, Limit, Reference
from alimnaru.office import programs
from alimnaru.reads.one_message import Try, course_of
from alimnaru.reads.statuses import MessageStatus, by_reference, in_batch, statuses_of
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.message_phase import MessagePhase
from alimnaru.wording import sentence, why_not


class StatusOut(Schema):
    """Where a message stands. Never the phone, the name or the text."""

    id: Annotated[str, Field(examples=["120000345"])]
    status: MessagePhase
    channel: Annotated[Channel, Field(description="Of its latest try.")]
    code: Annotated[
        str | None, Field(description="Why it ended so, or what it waits for. Stable.")
    ] = None
    reason: Annotated[str | None, Field(description="The same in Korean, for people.")] = None
    notice: str
    batch: Annotated[str | None, Field(description="None until it is in one.")] = None
    reference: str
    merged_into: Annotated[
        str | None,
        Field(
            description="The message that told the resident this among other things. All else "
            "is said of that one."
        ),
    ] = None
    accepted_at: Annotated[
        datetime | None, Field(description="None where only the batch's own time is known.")
    ] = None
    not_before: datetime
    expires_at: datetime | None = None
    done_at: datetime | None = None


class AttemptOut(Schema):
    """One try on one channel. `reached_at`: it arrived after all although another followed."""

    number: int
    channel: Channel
    handed_over_at: datetime | None = None
    code: str | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    reached_at: datetime | None = None


class MessageOut(StatusOut):
    """Where a message stands, with every try."""

    attempts: Sequence[AttemptOut]


class MessagesOut(Schema):
    """A page. `next` goes into `cursor` for the next one; null: there is none."""

    data: Sequence[StatusOut]
    next: str | None = None


class Wanted(Schema):
    """Which messages: of one reference or of one batch."""

    reference: Reference = ""
    batch: Id | None = None
    state: Annotated[
        MessageState | None,
        Field(
            description="Only with `batch`. Of a message in any phase that "
            "has not ended it is `pending`."
        ),
    ] = None
    cursor: Cursor | None = None
    limit: Limit = PAGE


@router.get(
    "/messages/{message_id}",
    response=MessageOut,
    operation_id="get_message",
    summary="Where a message stands",
)
def get_message(request: HttpRequest, message_id: Path[Id]) -> HttpResponse:
    """Any message of the key's department or of one below it."""
    who = called(request)
    who.may(Scope.READ)
    return answer(_whole(who, int(message_id)))


def _whole(who: Principal, message: int) -> dict[str, Any]:
    found = statuses_of(who.scope, [message], timezone.now()).get(message)
    if found is None:
        raise Refused(ApiProblem.NOT_FOUND)
    course = course_of(who.scope, found.merged_into or message)
    return {**shown(found), "attempts": [_attempt(t) for t in course.tries] if course else []}


def shown(status: MessageStatus) -> dict[str, Any]:
    """As `StatusOut` describes it."""
    return {
        "id": str(status.id),
        "status": status.phase,
        "channel": status.channel,
        "code": status.code or None,
        "reason": _reason(status),
        "notice": status.notice,
        "batch": None if status.batch is None else str(status.batch),
        "reference": status.reference,
        "merged_into": None if status.merged_into is None else str(status.merged_into),
        "accepted_at": status.accepted_at,
        "not_before": status.not_before,
        "expires_at": status.expires_at,
        "done_at": status.done_at,
    }


def _reason(status: MessageStatus) -> str | None:
    if not status.code:
        return None
    if status.phase is MessagePhase.HELD:
        return sentence(status.code)
    return None if status.phase is MessagePhase.DELIVERED else why_not(status.phase, status.code)


def _attempt(t: Try) -> Mapping[str, Any]:
    return {
        "number": t.number,
        "channel": t.channel,
        "handed_over_at": t.handed_at,
        "code": t.code or None,
        "reason": sentence(t.code) if t.code else None,
        "ended_at": t.ended_at,
        "reached_at": t.reached_at,
    }


@router.get(
    "/messages",
    response=MessagesOut,
    operation_id="list_messages",
    summary="Messages of a reference or of a batch",
)
def list_messages(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Name a `reference`, or a `batch` and perhaps a `state`. The order does not change while
    messages travel: a page that was read stays read."""
    who = called(request)
    who.may(Scope.READ)
    if bool(wanted.reference) == (wanted.batch is not None):
        errors = [fault("reference", CallFault.REFERENCE_OR_BATCH)]
        raise Refused(ApiProblem.INVALID, errors=errors)
    if wanted.reference:
        return _by_reference(request, who, wanted)
    return _in_batch(request, who, wanted)


def _by_reference(request: HttpRequest, who: Principal, wanted: Wanted) -> HttpResponse:
    if wanted.state is not None:
        raise Refused(ApiProblem.INVALID, errors=[fault("state", CallFault.NEEDS_BATCH)])
    after = number_in(wanted.cursor or "", "reference")
    now = timezone.now()
    found, last = by_reference(
        who.scope, wanted.reference, after=after, limit=wanted.limit, now=now
    )
    next_ = None if last is None else cursor("reference", last)
    return page(request, [shown(status) for status in found], next_)


def _in_batch(request: HttpRequest, who: Principal, wanted: Wanted) -> HttpResponse:
    batch = who.scope.batches().filter(pk=int(wanted.batch or 0)).first()
    if batch is None:
        raise Refused(ApiProblem.NOT_FOUND)
    after = bytes_in(wanted.cursor or "", "batch")
    state = wanted.state.value if wanted.state else ""
    found = in_batch(who.scope, batch, state, after=after, limit=wanted.limit, now=timezone.now())
    next_ = None if found.next is None else cursor("batch", found.next)
    return page(request, [shown(status) for status in found.messages], next_)


@router.post(
    "/messages/{message_id}/cancel",
    response=MessageOut,
    operation_id="cancel_message",
    summary="Take a message back",
)
def cancel_message(request: HttpRequest, message_id: Path[Id]) -> HttpResponse:
    """Only what was never handed to a carrier; 409 `not_now` for anything else. It then ends as
    `cancelled`, and is in the equation of its batch as that."""
    who = called(request)
    who.may(Scope.SEND)
    message = int(message_id)

    def act() -> tuple[int, Any]:
        if message not in statuses_of(who.scope, [message], timezone.now()):
            raise Refused(ApiProblem.NOT_FOUND)
        with told():
            if not programs.cancel_message(who.key, message):
                errors = [fault("message_id", CallFault.HANDED_OVER)]
                raise Refused(ApiProblem.NOT_NOW, errors=errors)
        return 200, _whole(who, message)

    return calls.once(request, who, act)
