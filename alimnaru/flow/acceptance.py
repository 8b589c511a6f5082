"""Acceptance: one message that a program asks for is judged, sealed and stored in one statement."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from alimnaru.flow.gather import seal
from alimnaru.flow.rosters import NoWording, newest_wording, variables_for
from alimnaru.flow.wordings import wording
from alimnaru.reads.reviews import accounts_that_send
from alimnaru.rules.audience import Origin
from alimnaru.rules.cell import Cell
from alimnaru.rules.roster import GoodRow, RosterSpec, SingleRows
from alimnaru.rules.variables import Variable
from alimnaru.store import crypto
from alimnaru.store.ledger.accepting import Entry
from alimnaru.store.models import Department, Notice, TemplateVersion
from alimnaru.store.scoping import Scope

#: Seconds for which a notice's wording is believed to be the newest.
BELIEVED = 3.0


class NotSendable(LookupError):  # noqa: N818
    """The notice cannot be sent just now. The text is a code."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that is needed to judge messages of one notice. Belongs to one thread."""

    notice: Notice
    version: TemplateVersion
    variables: tuple[Variable, ...]
    names: frozenset[str]
    rows: SingleRows
    believed_until: float


class _Desks(threading.local):
    def __init__(self) -> None:
        self.by_notice: dict[tuple[str, str, bool], Desk] = {}


_desks = _Desks()


def desk_for(scope: Scope, code: str, *, sandbox: bool) -> Desk | None:
    """The desk of a notice of the scope's departments; None if they have no such notice.

    Raises `NotSendable`.
    """
    where = (scope.paths[0] if scope.paths else "", code, sandbox)
    desk = _desks.by_notice.get(where)
    if desk is None or desk.believed_until < time.monotonic():
        desk = _open_desk(scope, code, sandbox=sandbox)
        if desk is None:
            _desks.by_notice.pop(where, None)
            return None
        _desks.by_notice[where] = desk
    return desk


def forget_desks() -> None:
    """Look at every notice of this thread anew: for tests."""
    _desks.by_notice.clear()


def _open_desk(scope: Scope, code: str, *, sandbox: bool) -> Desk | None:
    notice = scope.notices().select_related("department").filter(code=code).first()
    if notice is None:
        return None
    if not notice.is_active:
        raise NotSendable("notice_inactive")
    if sandbox and not accounts_that_send(hours_waived=True).exists():
        raise NotSendable("sandbox_missing")
    try:
        version = newest_wording(notice, hours_waived=sandbox)
    except NoWording:
        raise NotSendable("no_wording") from None
    return desk_of_version(notice, version)


def desk_of_version(notice: Notice, version: TemplateVersion) -> Desk:
    """The desk of a notice in a wording that was chosen before. Needs the notice's department."""
    variables = variables_for(version, notice.department)
    return Desk(
        notice=notice,
        version=version,
        variables=variables,
        names=frozenset(v.name for v in variables),
        rows=SingleRows(spec_of(version, notice.department)),
        believed_until=time.monotonic() + BELIEVED,
    )


def spec_of(version: TemplateVersion, department: Department) -> RosterSpec:
    """What a wording asks of a person, as this department would send it."""
    words = wording(version.pk)
    return RosterSpec(
        variables=variables_for(version, department),
        today=timezone.localdate(),
        alimtalk=words.alimtalk,
        sms=words.sms,
        lms=words.lms,
        secret=crypto.row_secret(),
    )


def entry_for(
    desk: Desk,
    row: GoodRow,
    *,
    message: int,
    key: int | None,
    member: int,
    sandbox: bool,
    now: datetime,
    at: datetime | None = None,
    expires_at: datetime | None = None,
    origin: str = Origin.API.value,
    cells: Mapping[str, Cell] | None = None,
) -> Entry:
    """A judged row as it is stored until it is gathered.

    `cells` are the values as they were given: where the notice's messages wait for each other they
    are what becomes one.
    """
    notice = desk.notice
    wait = notice.merge_wait if cells is not None and at is None else None
    return Entry(
        id=message,
        key=key,
        notice=notice.pk,
        version=desk.version.pk,
        department=notice.department_id,
        member=member,
        origin=origin,
        lane=notice.lane,
        to_hash=crypto.phone_hash(row.phone),
        payload=seal([row.phone, row.name, *row.values], cells if wait else None),
        accepted_at=now,
        gather_at=max(at, now) if at else now + (wait or timedelta()),
        expires_at=expires_at,
        is_sandbox=sandbox,
    )
