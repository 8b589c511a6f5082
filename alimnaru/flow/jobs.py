"""Job names, their queues, and the one way to defer them.

Inside a worker Procrastinate's own `.defer()` commits on another connection, so that a rollback
leaves a job without its row (tried with 3.10). `defer` always uses Django's connection: the job
is part of the caller's transaction. Defer last in a transaction: a waiting job's key is a lock
that other transactions queue up behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from alimnaru.rules.channel import Lane
from alimnaru.store.ledger import owing


class JobName(StrEnum):
    """What a job rings for. Jobs carry ids only and may run twice."""

    DISPATCH = "dispatch"  # chunk
    RECEIVE = "receive"  # the inbox
    POLL = "poll"  # chunk
    FALLBACK = "fallback"  # batch
    SILENCE = "silence"  # chunk
    REVIEW = "review"  # account
    OUTAGE = "outage"  # outage
    UNKNOWN = "unknown"  # batch
    SLICE = "slice"  # batch
    CHECK_LIST = "check_list"  # upload
    REMEMBER = "remember"  # batch
    ERASE = "erase"  # batch
    COUNT_MONTH = "count_month"  # 202611
    VERIFY = "verify"  # verification
    MONTH_WORK = "month_work"  # work
    HOLD = "hold"  # legal hold


RECEIPTS = "receipts"
LISTS = "lists"
#: Queues that every worker serves, whatever its lanes.
SHARED_QUEUES = (RECEIPTS, LISTS)
#: Larger goes first. Receipts stand above normal work: their fallbacks are somebody's only notice.
#: Before a list a clerk sits and waits.
PRIORITY = {
    Lane.URGENT.value: 30,
    RECEIPTS: 20,
    LISTS: 15,
    Lane.NORMAL.value: 10,
    Lane.BULK.value: 0,
}


def defer(name: JobName, key: int, *, queue: str = RECEIPTS, at: datetime | None = None) -> None:
    """Ring for `key` in the caller's transaction; a job that already waits for it is enough.

    Raises RuntimeError outside a transaction: a job without its row is the fault this prevents.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("defer a job inside the transaction that writes its row")
    if owing.is_rung_for(lock_of(name, key)):
        return
    try:
        # The refused duplicate is an error of the statement: only a savepoint keeps the rest.
        with transaction.atomic():
            _jobs().batch_defer_jobs([_job(name, key, queue, at)])
    except AlreadyEnqueued:
        pass


def defer_new(
    name: JobName, keys: Iterable[int], *, queue: str, at: datetime | None = None
) -> None:
    """Ring for many keys that cannot have a job yet, in one statement."""
    if not connection.in_atomic_block:
        raise RuntimeError("defer a job inside the transaction that writes its row")
    jobs = [_job(name, key, queue, at) for key in keys]
    if jobs:
        _jobs().batch_defer_jobs(jobs)


def defer_each(name: JobName, keys: Iterable[tuple[int, datetime]], *, queue: str) -> None:
    """`defer_new` for keys that each have a moment of their own."""
    if not connection.in_atomic_block:
        raise RuntimeError("defer a job inside the transaction that writes its row")
    jobs = [_job(name, key, queue, at) for key, at in keys]
    if jobs:
        _jobs().batch_defer_jobs(jobs)


def defer_at(name: JobName, keys: Sequence[int], *, queue: str, at: datetime | None) -> None:
    """Ring for many keys at this moment, also where a job waits for another one."""
    rung = owing.ring_at([lock_of(name, key) for key in keys], at)
    defer_new(name, [key for key in keys if lock_of(name, key) not in rung], queue=queue, at=at)


def lock_of(name: JobName, key: int) -> str:
    """The key under which at most one job waits; the sweep looks for missing ones by it."""
    return f"{name}:{key}"


def _jobs() -> JobManager:
    return JobManager(DjangoConnector())


def _job(name: JobName, key: int, queue: str, at: datetime | None) -> Job:
    return Job(
        task_name=f"alimnaru.{name}",
        task_kwargs={"key": key},
        queue=queue,
        priority=PRIORITY[queue],
        lock=None,
        queueing_lock=lock_of(name, key),
        scheduled_at=at,
    )
