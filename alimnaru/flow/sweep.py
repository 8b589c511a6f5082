"""Sweep: the net. Whatever is due and has nobody to ring for it gets its job again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from alimnaru.flow import budget, drafts, hooks, month_files, months, outage, standing
from alimnaru.flow.health import call_up, check
from alimnaru.flow.jobs import JobName, defer
from alimnaru.flow.outcome import end_waiting
from alimnaru.reads import reviews
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.store.ledger import (
    absences,
    accesses,
    api_uses,
    chunks,
    health,
    owing,
    releasing,
    unknowns,
)

log = structlog.get_logger()

#: For so long the first answer to a call is replayed.
CALLS_KEPT = timedelta(hours=24)
#: For so long a message is found by what its program calls it: a year, and the month in which
#: somebody looks back on it.
REFERENCES_KEPT = timedelta(days=396)
#: Two years and a day, leap years and all: the table refuses to give up anything younger.
ACCESS_KEPT = timedelta(days=732)
#: One sweep at a time, whatever number of workers: the key of an advisory lock.
LOCK = 0x616C696D  # "alim"


def sweep() -> bool:
    """Ring for everything that is owed. False if another process sweeps just now."""
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return False
        for step in _STEPS:
            _alone(step, now)
    return True


def _alone(step: Callable[[datetime], object], now: datetime) -> None:
    """One that fails each time is in the log, and does not take the net away from all others."""
    try:
        with transaction.atomic():
            step(now)
    except (OperationalError, InterfaceError):
        raise  # the database is away or asks for a new try: so does the next sweep
    except Exception as error:
        log.warning("sweep_failed", step=step.__qualname__, error=type(error).__name__)


def _ring(now: datetime) -> None:
    pause = timedelta(seconds=settings.SWEEP_SECONDS)
    stands = standing.stand()
    if not stands.reaches_out:
        return  # time has passed for a copy, and says nothing about its messages
    for account in reviews.accounts_to_ask(now, settings.REVIEW_SECONDS):
        defer(JobName.REVIEW, account)
    early = health.to_ask_early(now, settings.HEALTH_PATIENCE)
    for chunk in [*owing.chunks_to_poll(now), *early]:
        defer(JobName.POLL, chunk)
    for chunk in owing.silent_chunks(now, settings.FALLBACK_WAIT):
        defer(JobName.SILENCE, chunk)
    # In the order in which `flow.outcome` rings for several batches: a job's key is a lock.
    for batch in sorted(owing.batches_with_due_moves(now)):
        defer(JobName.FALLBACK, batch)
    for chunk, lane in chunks.free_expired(now) + owing.chunks_without_job(
        now, now - pause, ready=stands.sends
    ):
        defer(JobName.DISPATCH, chunk, queue=lane)
    outage.watch(now)
    for batch in unknowns.due_batches(now):
        defer(JobName.UNKNOWN, batch)
    for batch in releasing.watched():
        defer(JobName.SLICE, batch)
    if owing.inbox_waits(now - pause):
        # The last key taken: callbacks queue up behind it until this transaction ends.
        defer(JobName.RECEIVE, 0)


def _settle_forgotten(now: datetime) -> None:
    """After days without a word an attempt is unknown: counted, listed, a person's to decide."""
    if not standing.stand().reaches_out:
        return
    forgotten = owing.forgotten_chunks(now - timedelta(hours=settings.SILENCE_HOURS))
    end_waiting(forgotten, MessageState.UNKNOWN, Result.TIMED_OUT, now)


def _forget(now: datetime) -> None:
    owing.fold_tallies()
    health.forget(now)
    hooks.tidy(now)
    owing.forget_wire(now - timedelta(days=settings.WIRE_DAYS))
    api_uses.forget(now - timedelta(days=2), now - CALLS_KEPT)
    api_uses.forget_references(now - REFERENCES_KEPT)
    accesses.note_programs(now)
    accesses.forget(now - ACCESS_KEPT)


_STEPS: tuple[Callable[[datetime], object], ...] = (
    standing.look_after,
    _forget,
    _settle_forgotten,
    check,
    call_up,
    # After messages, as a drain takes them.
    absences.forget_over,
    drafts.tidy,
    month_files.tidy,
    months.ring,
    budget.look_after,
    _ring,
)
