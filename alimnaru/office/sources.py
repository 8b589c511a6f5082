"""Other systems are connected, changed, paused and let go.

Where a system is and by which password it is read is sealed with the source; the audit names the
source and never its address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import agents, drops
from alimnaru.flow import sources as flow
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.watching import close_task
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.source_refusals import SourceRefusal, overlap, read_code, read_view
from alimnaru.sources.base import SourceError
from alimnaru.sources.tables import open_tables
from alimnaru.store import audit
from alimnaru.store.models import (
    AgentRow,
    Batch,
    Department,
    DroppedFile,
    Member,
    Notice,
    Rule,
    Source,
)

#: Seconds between two looks. A table is asked by its rules when they look; this is only whether it
#: can be read. A folder is looked at twice before a file in it counts as whole.
POLL_SECONDS: Mapping[str, int] = {
    Source.Kind.TABLE: 60,
    Source.Kind.FOLDER: 5,
    Source.Kind.AGENT: 1,
}


class SourceRefused(Exception):  # noqa: N818
    """Nothing was done; `code` and `facts` say why."""

    def __init__(self, code: StrEnum, /, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


def connect(
    *,
    actor: Member,
    kind: str,
    code: str,
    name: str,
    department: Department,
    settings: Mapping[str, object],
    secrets: Mapping[str, str] | None = None,
    poll_seconds: int | None = None,
) -> Source:
    """A connected system of any kind, with a program of its own that acts for it.

    `settings` and `secrets` are taken as they are: the functions below, and `office.agent_sources`,
    check them. Raises `SourceRefused`.
    """
    if read_code(code) is None:
        raise SourceRefused(SourceRefusal.CODE_WRONG)
    with transaction.atomic():
        # Two who connect at once: the second one waits, and is told.
        list(Department.objects.filter(parent=None).order_by("pk").select_for_update())
        if Source.objects.filter(code=code).exists():
            raise SourceRefused(SourceRefusal.CODE_TAKEN)
        if kind == Source.Kind.FOLDER:
            _alone(str(settings["path"]))
        source = Source.objects.create(
            department=department,
            code=code,
            name=name[:60],
            kind=kind,
            member=_program(code, name),
            settings=dict(settings),
            secrets=flow.sealed(secrets) if secrets else None,
            poll_seconds=poll_seconds or POLL_SECONDS[kind],
            created_at=timezone.now(),
        )
        _note(source, actor, "source.add", {"kind": kind, "name": source.name})
    return source


def add_table(
    *,
    actor: Member,
    code: str,
    name: str,
    department: Department,
    url: str,
    views: Sequence[str],
    poll_seconds: int | None = None,
) -> Source:
    """Connect another system's tables. `views` as `rules.source_refusals.read_view` reads them.

    Raises `SourceRefused`; whether they can be read is asked for separately (`fault_in`).
    """
    settings = {"views": _views(views)}
    _check_address(url)
    return connect(
        actor=actor,
        kind=Source.Kind.TABLE,
        code=code,
        name=name,
        department=department,
        settings=settings,
        secrets={"url": url},
        poll_seconds=poll_seconds,
    )


def add_folder(
    *,
    actor: Member,
    code: str,
    name: str,
    department: Department,
    path: str,
    notices: Sequence[str] = (),
    keep_days: int | None = None,
    poll_seconds: int | None = None,
) -> Source:
    """Connect a folder into which lists are dropped. `notices`: codes; none: all of the department
    and below it. Raises `SourceRefused`."""
    if not Path(path).is_absolute():
        raise SourceRefused(SourceRefusal.FOLDER_NOT_ABSOLUTE)
    for code_ in notices:
        own = Notice.objects.filter(code=code_, department__path__startswith=department.path)
        if not own.exists():
            raise SourceRefused(SourceRefusal.NOTICE_NOT_ITS, code=code_)
    settings: dict[str, object] = {
        # Two spellings of one folder must not be watched as two.
        "path": str(Path(path).resolve()),
        "keep_days": drops.KEEP_DAYS if keep_days is None else keep_days,
    }
    if notices:
        settings["notices"] = list(notices)
    return connect(
        actor=actor,
        kind=Source.Kind.FOLDER,
        code=code,
        name=name,
        department=department,
        settings=settings,
        poll_seconds=poll_seconds,
    )


def change_table(
    source: Source, *, actor: Member, url: str | None = None, views: Sequence[str] | None = None
) -> Source:
    """Another address, other views, or both. Raises `SourceRefused`."""
    if source.kind != Source.Kind.TABLE:
        raise SourceRefused(SourceRefusal.KIND_OTHER)
    read = _views(views) if views is not None else None
    if url is not None:
        _check_address(url)
    with transaction.atomic():
        fresh = _locked(source)
        if url is not None:
            fresh.secrets = flow.sealed({"url": url})
        if read is not None:
            fresh.settings = {**fresh.settings, "views": read}
        fresh.polled_at = None  # looked at anew at once
        fresh.save(update_fields=["secrets", "settings", "polled_at"])
        # That the address changed is told, and not to what.
        _note(
            fresh, actor, "source.change", {"address": url is not None, "views": views is not None}
        )
    return fresh


def pause(source: Source, *, actor: Member) -> Source:
    """Ask it no more for a while. What it gave is sent all the same."""
    with transaction.atomic():
        fresh = _locked(source)
        if fresh.is_active:
            fresh.is_active, fresh.failing_since, fresh.error = False, None, ""
            fresh.save(update_fields=["is_active", "failing_since", "error"])
            close_task(fresh, timezone.now())
            _note(fresh, actor, "source.pause", {})
    return fresh


def resume(source: Source, *, actor: Member) -> Source:
    """Ask it again from now on."""
    with transaction.atomic():
        fresh = _locked(source)
        if not fresh.is_active:
            fresh.is_active, fresh.polled_at = True, None
            fresh.save(update_fields=["is_active", "polled_at"])
            _note(fresh, actor, "source.resume", {})
    return fresh


def remove(source: Source, *, actor: Member) -> None:
    """Let go of a system from which nothing was ever sent. Raises `SourceRefused`."""
    with transaction.atomic():
        fresh = _locked(source)
        used = (
            Rule.objects.filter(source=fresh),
            Batch.objects.filter(member=fresh.member),
            DroppedFile.objects.filter(source=fresh),
            AgentRow.objects.filter(source=fresh),
        )
        if any(found.exists() for found in used):
            raise SourceRefused(SourceRefusal.IN_USE)
        close_task(fresh, timezone.now())
        _note(fresh, actor, "source.remove", {"name": fresh.name})
        # Its program stays: the audit names it.
        Member.objects.filter(pk=fresh.member_id).update(is_active=False)
        fresh.delete()


def fault_in(source: Source) -> SourceFault | None:
    """Whether it can be read now; why not. Changes nothing, here or there."""
    try:
        _TESTS[source.kind](source)
    except SourceFailed as failed:
        return SourceFault(str(failed))
    return None


def _open(source: Source) -> None:
    with drops.opened(source):
        pass


_TESTS = {
    Source.Kind.TABLE.value: flow.look,
    Source.Kind.FOLDER.value: _open,
    Source.Kind.AGENT.value: agents.check,
}


def _views(views: Sequence[str]) -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = {}
    for text in views:
        view = read_view(text)
        if view is None:
            raise SourceRefused(SourceRefusal.VIEW_WRONG, text=text)
        read[view[0]] = view[1]
    if not read:
        raise SourceRefused(SourceRefusal.VIEW_WRONG)
    return read


def _check_address(url: str) -> None:
    try:
        open_tables(url)
    except SourceError as error:
        raise SourceRefused(error.code) from None


def _alone(path: str) -> None:
    for other in Source.objects.filter(kind=Source.Kind.FOLDER):
        if overlap(path, str(other.settings.get("path", ""))):
            raise SourceRefused(SourceRefusal.FOLDER_SHARED)


def _program(code: str, name: str) -> Member:
    member, _ = Member.objects.update_or_create(
        login=f"source:{code}",
        # Django's mark for a password that nothing matches: a program never signs in.
        defaults={"name": name[:40], "is_program": True, "is_active": True, "password": "!"},
    )
    return member


def _locked(source: Source) -> Source:
    found = Source.objects.select_for_update(of=("self",)).select_related("department", "member")
    return found.get(pk=source.pk)


def _note(source: Source, actor: Member, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"source:{source.pk}",
        department=source.department,
        facts={"code": source.code, **facts},
    )
