"""Asking for a verification of seals, and keeping one that was made at the machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow import verifying as flow
from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.reads.verifying import Verdict
from alimnaru.rules.seals import VerifyFault, read_lines
from alimnaru.store import audit
from alimnaru.store.models import Member, Verification

#: One that has not ended after so long died with its worker: another may be asked for.
LOST = timedelta(hours=6)
#: The key of an advisory lock: two who press at once begin one.
_LOCK = 0x616C6D36


class VerifyRefused(Exception):  # noqa: N818
    """It was not begun; `code` says why."""

    def __init__(self, code: VerifyFault) -> None:
        super().__init__(code.value)
        self.code = code


def ask(*, actor: Member, lines: str = "") -> Verification:
    """Have a worker compute everything again. `lines`: seals as they stand on paper.

    Raises `VerifyRefused`.
    """
    try:
        published = read_lines(lines)
    except ValueError:
        raise VerifyRefused(VerifyFault.LINES_UNREADABLE) from None
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        asked = Verification.objects.filter(state=Verification.State.ASKED)
        asked.filter(asked_at__lt=now - LOST).update(state=Verification.State.FAILED, ended_at=now)
        if asked.exists():
            raise VerifyRefused(VerifyFault.RUNNING)
        one = _new(actor, now, published)
        audit.record(
            actor=actor,
            act="seal.verify",
            subject=f"verification:{one.pk}",
            facts={"published": len(published)} if published else {},
        )
        defer(JobName.VERIFY, one.pk, queue=LISTS)
    return one


def keep(
    verdict: Verdict,
    *,
    actor: Member,
    begun: datetime,
    days: tuple[date | None, date | None],
    published: Sequence[tuple[int, bytes]] = (),
) -> Verification:
    """Keep what `alimnaru verify` found. `days`: from when to when, if not all."""
    one = _new(actor, begun, published)
    one.since, one.until = days
    flow.keep(one, verdict)
    return one


def _new(actor: Member, at: datetime, published: Sequence[tuple[int, bytes]]) -> Verification:
    lines = [[number, chain.hex()] for number, chain in published]
    return Verification.objects.create(asked_by=actor, asked_at=at, published=lines)
