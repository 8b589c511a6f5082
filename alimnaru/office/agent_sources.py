"""Legacy SMS tables are connected: Alimnaru takes the place of the agent that emptied them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from django.db import transaction

from alimnaru.flow import sources as flow
from alimnaru.flow.agent_reading import SUBJECT, TEXT
from alimnaru.office.sources import SourceRefused, connect
from alimnaru.reads.rights import above
from alimnaru.rules.channel import Lane
from alimnaru.rules.source_refusals import SourceRefusal
from alimnaru.rules.variables import Kind
from alimnaru.sources.agents.database import engine_for
from alimnaru.sources.agents.registry import LAYOUTS
from alimnaru.sources.base import SourceError
from alimnaru.store import audit
from alimnaru.store.models import Department, Member, Notice, Source, TemplateVersion

#: How the texts of an old system go that are none of the office's notices.
_PLAIN = "plain"
# As long as a network carries in Korean; what really goes is weighed in bytes (`rules.plain_text`).
_TEXT = {"name": TEXT, "kind": Kind.TEXT.value}
_SHORT = {**_TEXT, "max": 45}
_LONG = {**_TEXT, "max": 1_000}
_SUBJECT = {"name": SUBJECT, "kind": Kind.TEXT.value, "max": 20, "required": False}


def add_agent(
    *,
    actor: Member,
    code: str,
    name: str,
    department: Department,
    url: str,
    tables: Mapping[str, str],
    notices: Sequence[str] = (),
    schema: str = "",
    log: bool = True,
    poll_seconds: int | None = None,
) -> Source:
    """Connect the tables of an SMS agent, and make the plain notice as which its texts go.

    `tables`: layout (`sources.agents.registry.LAYOUTS`) → the table's name there. `notices`: codes
    that its texts may be recognised as, of the department, below it or above it. `log`: finished
    rows are moved into the monthly log where there is one. Raises `SourceRefused`.
    """
    _check_tables(tables)
    _check_notices(department, notices)
    _check_address(url)
    settings: dict[str, object] = {"tables": dict(tables), "schema": schema, "log": log}
    settings |= {"notices": list(notices), "plain_notice": f"{_PLAIN}.{code}"}
    with transaction.atomic():
        source = connect(
            actor=actor,
            kind=Source.Kind.AGENT,
            code=code,
            name=name,
            department=department,
            settings=settings,
            secrets={"url": url},
            poll_seconds=poll_seconds,
        )
        _plain_notice(source, actor)
    return source


def change_agent(
    source: Source,
    *,
    actor: Member,
    url: str | None = None,
    notices: Sequence[str] | None = None,
) -> Source:
    """Another address, other notices that its texts may be, or both. Raises `SourceRefused`."""
    if source.kind != Source.Kind.AGENT:
        raise SourceRefused(SourceRefusal.KIND_OTHER)
    if url is not None:
        _check_address(url)
    _check_notices(source.department, notices or ())
    with transaction.atomic():
        fresh = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if url is not None:
            fresh.secrets = flow.sealed({"url": url})
        if notices is not None:
            fresh.settings = {**fresh.settings, "notices": list(notices)}
        fresh.polled_at = None
        fresh.save(update_fields=["secrets", "settings", "polled_at"])
        audit.record(
            actor=actor,
            act="source.change",
            subject=f"source:{fresh.pk}",
            department=fresh.department,
            facts={
                "code": fresh.code,
                "address": url is not None,
                "notices": fresh.settings["notices"],
            },
        )
    return fresh


def _check_tables(tables: Mapping[str, str]) -> None:
    unknown = [layout for layout in tables if layout not in LAYOUTS]
    if unknown or not tables:
        raise SourceRefused(
            SourceRefusal.TABLE_UNKNOWN, text=", ".join(unknown), known=", ".join(LAYOUTS)
        )


def _check_notices(department: Department, notices: Sequence[str]) -> None:
    for notice in notices:
        if not _may_send(department, notice):
            raise SourceRefused(SourceRefusal.NOTICE_NOT_ITS, code=notice)


def _may_send(department: Department, code: str) -> bool:
    found = Notice.objects.filter(code=code).select_related("department").first()
    if found is None:
        return False
    path = found.department.path
    return path.startswith(department.path) or path in above(department)


def _check_address(url: str) -> None:
    try:
        engine_for(url)
    except SourceError as error:
        raise SourceRefused(error.code) from None


def _plain_notice(source: Source, actor: Member) -> None:
    """A notice of one variable, the whole text, that goes by SMS or LMS and never by Alimtalk.

    It goes at any hour, as it did in the agent's hands: who put the text there has chosen the
    moment. Nobody may choose its people: it says whatever it is given.
    """
    notice, new = Notice.objects.get_or_create(
        code=source.settings["plain_notice"],
        defaults={
            "name": f"{source.name} 문자"[:60],
            "department": source.department,
            "priority": "P1",
            "lane": Lane.NORMAL,
            "opens": time(0),
            "closes": time(0),
            "fallback": "",
            "approvals": 0,
            "hand_typed": False,
        },
    )
    if not new:
        return
    mark, title = f"#{{{TEXT}}}", f"#{{{SUBJECT}}}"
    _version(notice, 1, [_SHORT], sms=mark)
    _version(notice, 2, [_LONG, _SUBJECT], lms=mark, lms_subject=title)
    audit.record(
        actor=actor,
        act="notice.plain",
        subject=f"notice:{notice.pk}",
        department=notice.department,
        facts={"code": source.code, "notice": notice.code},
    )


def _version(
    notice: Notice, number: int, variables: Sequence[Mapping[str, object]], **texts: str
) -> None:
    version = TemplateVersion(
        notice=notice,
        number=number,
        status=TemplateVersion.Status.APPROVED,
        # Without a body there is no Alimtalk (`flow.wordings`).
        template={"body": ""},
        variables=list(variables),
        **texts,
    )
    version.sha256 = version.fingerprint()
    version.save()
