"""Notices that a key may send, their variables and wordings, and how these read when filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from pydantic import Field

from alimnaru.api.answers import answer
from alimnaru.api.messages import desk_of
from alimnaru.api.principal import Principal, called
from alimnaru.api.problems import Refused, fault
from alimnaru.api.rows import fault_of
from alimnaru.api.schemas import Name, NoticeCode, Strict, Variables
from alimnaru.api.texts import TextsOut, texts_of
from alimnaru.flow.people import Person, judge
from alimnaru.flow.rosters import newest_wordings, variables_for
from alimnaru.flow.wordings import wording
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.channel import Channel
from alimnaru.rules.longest import longest_value
from alimnaru.rules.readiness import NotSendable
from alimnaru.rules.roster import BadRow
from alimnaru.rules.variables import Kind, Variable
from alimnaru.store.models import Notice, TemplateVersion
from alimnaru.wording import sentence

router = Router(tags=["notices"])

#: A number that is nobody's: a preview is sent to no one.
_NOBODY = "01000000001"


class NoticeLineOut(Schema):
    """A notice in a list."""

    code: Annotated[str, Field(examples=["lib.due.soon"])]
    name: str
    department: str
    sendable: bool
    why_not: str | None = None
    reason: Annotated[str | None, Field(description="The same in Korean.")] = None


class NoticesOut(Schema):
    """All of them: an office has some eighty."""

    data: Sequence[NoticeLineOut]


class VariableOut(Schema):
    """What has to be given for one `#{name}`. `default` stands in where nothing is given; without
    one a `required` variable must be there."""

    name: str
    kind: Kind
    required: bool
    default: str | None = None
    max_length: int | None = None
    values: Annotated[Sequence[str], Field(description="The only ones allowed; none: any.")] = ()
    example: Annotated[str | None, Field(description="The longest that fits, in its form.")] = None


class NoticeOut(NoticeLineOut):
    """A notice with all that is needed to send it."""

    variables: Sequence[VariableOut]
    fallback: Annotated[
        Channel | None, Field(description="What follows if KakaoTalk does not reach the resident.")
    ] = None
    statutory: Annotated[bool, Field(description="An opt-out does not stop it.")]
    opens: Annotated[str, Field(description="It arrives from then on, Seoul time.")]
    closes: str
    working_days_only: bool
    ttl_minutes: Annotated[int, Field(description="Worthless so long after it was to go.")]


class WordingOut(Schema):
    """A wording as it stands, with its `#{marks}`."""

    number: int
    status: TemplateVersion.Status
    sends: Annotated[bool, Field(description="It is the one that goes out today.")]
    sha256: str
    body: str
    sms: str | None = None
    lms_subject: str | None = None
    lms: str | None = None
    created_at: datetime


class WordingsOut(Schema):
    """Every wording of a notice that is no draft, newest first."""

    data: Sequence[WordingOut]


class PreviewIn(Strict):
    """Values to fill in."""

    name: Name = ""
    variables: Variables


@router.get(
    "/notices", response=NoticesOut, operation_id="list_notices", summary="Notices of the key"
)
def list_notices(request: HttpRequest) -> HttpResponse:
    """Those of the key's department and of those below it."""
    who = called(request)
    who.may(Scope.NOTICES)
    notices = who.scope.notices().select_related("department")
    worded = {v.notice_id for v in newest_wordings(notices, hours_waived=who.key.is_sandbox)}
    return answer({"data": [_line(notice, notice.pk in worded) for notice in notices]})


def _line(notice: Notice, worded: bool) -> dict[str, Any]:
    code: NotSendable | None = None
    if not notice.is_active:
        code = NotSendable.INACTIVE
    elif not worded:
        code = NotSendable.NO_WORDING
    return {
        "code": notice.code,
        "name": notice.name,
        "department": notice.department.code,
        "sendable": code is None,
        "why_not": code,
        "reason": None if code is None else sentence(code),
    }


@router.get(
    "/notices/{code}",
    response=NoticeOut,
    operation_id="get_notice",
    summary="A notice and its variables",
)
def get_notice(request: HttpRequest, code: Path[NoticeCode]) -> HttpResponse:
    """The variables are those of the wording that goes out today."""
    who = called(request)
    who.may(Scope.NOTICES)
    notice = _notice(who, code)
    version = _sending(who, notice)
    variables = variables_for(version, notice.department) if version else ()
    return answer(
        {
            **_line(notice, version is not None),
            "variables": [_variable(variable) for variable in variables],
            "fallback": notice.fallback or None,
            "statutory": notice.is_statutory,
            "opens": f"{notice.opens:%H:%M}",
            "closes": f"{notice.closes:%H:%M}",
            "working_days_only": notice.working_days_only,
            "ttl_minutes": notice.ttl_minutes,
        }
    )


def _variable(variable: Variable) -> dict[str, Any]:
    try:
        example = longest_value(variable)
    except ValueError:
        example = None
    return {
        "name": variable.name,
        "kind": variable.kind,
        "required": variable.required and not variable.default,
        "default": variable.default,
        "max_length": variable.max_length,
        "values": variable.values,
        "example": example,
    }


@router.get(
    "/notices/{code}/templates",
    response=WordingsOut,
    operation_id="list_templates",
    summary="Wordings of a notice",
)
def list_templates(request: HttpRequest, code: Path[NoticeCode]) -> HttpResponse:
    """As they were approved; a message pins the one that it was accepted with."""
    who = called(request)
    who.may(Scope.NOTICES)
    notice = _notice(who, code)
    sending = _sending(who, notice)
    versions = notice.versions.exclude(status=TemplateVersion.Status.DRAFT).order_by("-number")
    return answer({"data": [_wording(v, sending) for v in versions]})


def _wording(version: TemplateVersion, sending: TemplateVersion | None) -> dict[str, Any]:
    return {
        "number": version.number,
        "status": version.status,
        "sends": sending is not None and sending.pk == version.pk,
        "sha256": version.sha256,
        "body": version.template.get("body", ""),
        "sms": version.sms or None,
        "lms_subject": version.lms_subject or None,
        "lms": version.lms or None,
        "created_at": version.created_at,
    }


@router.post(
    "/notices/{code}/preview",
    response=TextsOut,
    operation_id="preview_notice",
    summary="What a resident would read",
)
def preview_notice(request: HttpRequest, code: Path[NoticeCode], body: PreviewIn) -> HttpResponse:
    """The texts of every channel with these values, checked as a message would be."""
    who = called(request)
    who.may(Scope.NOTICES)
    _notice(who, code)
    desk = desk_of(who, code)
    unknown = sorted(body.variables.keys() - desk.names)
    if unknown:
        errors = [fault(f"variables.{name}", CallFault.UNKNOWN) for name in unknown]
        raise Refused(ApiProblem.REFUSED, errors=errors)
    row = judge(desk, Person(_NOBODY, body.name, body.variables), 1)
    if isinstance(row, BadRow):
        raise Refused(ApiProblem.REFUSED, errors=[fault_of(row)])
    return answer(texts_of(wording(desk.version.pk), row.values))


def _notice(who: Principal, code: str) -> Notice:
    notice = who.scope.notices().select_related("department").filter(code=code).first()
    if notice is None:
        raise Refused(ApiProblem.NOT_FOUND)
    return notice


def _sending(who: Principal, notice: Notice) -> TemplateVersion | None:
    only = Notice.objects.filter(pk=notice.pk)
    found = newest_wordings(only, hours_waived=who.key.is_sandbox)
    return found[0] if found else None
