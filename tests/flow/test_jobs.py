"""A job never exists without its row, nor a row without its job."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import cast as typed

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from alimnaru.flow import wire
from alimnaru.flow.jobs import RECEIPTS, JobName, defer, defer_new, lock_of
from alimnaru.store.models import Chunk, Department
from tests.cast import Cast, phone, states
from tests.flow.books import check_books, jobs
from tests.flow.racing import at_once, wait_for_waiting, workers

ON_KAKAO = ("delivered", "alimtalk", "delivered")


def department(code: str = "gu") -> Department:
    return Department.objects.create(code=code, name="나루구청", path=f"/{code}/")


@pytest.fixture
def committed(transactional_db: None) -> None:
    """Really committed rows, Procrastinate's too; gone afterwards."""


# ---- the one way to defer ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ring",
    [
        lambda: defer(JobName.RECEIVE, 0),
        lambda: defer_new(JobName.DISPATCH, [1], queue="normal"),
        lambda: defer_new(JobName.DISPATCH, [], queue="normal"),
    ],
    ids=["one", "many", "none"],
)
def test_outside_a_transaction_nobody_rings(committed: None, ring: Callable[[], None]) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        ring()
    assert jobs() == []


def test_a_second_bell_does_not_spoil_the_transaction(committed: None) -> None:
    with transaction.atomic():
        defer(JobName.POLL, 7)
    with transaction.atomic():
        department("before")
        defer(JobName.POLL, 7)
        department("after")
    assert jobs() == [("poll", 7)]
    assert Department.objects.count() == 2


def test_a_rollback_leaves_no_job(committed: None) -> None:
    with transaction.atomic():
        defer(JobName.POLL, 7)
        defer_new(JobName.DISPATCH, [1, 2], queue="bulk")
        assert len(jobs()) == 3
        transaction.set_rollback(True)
    assert jobs() == []


def test_what_a_job_says(db: None) -> None:
    at = timezone.now() + timedelta(hours=1)
    defer(JobName.RECEIVE, 0)
    defer_new(JobName.DISPATCH, [3, 4], queue="urgent", at=at)
    defer_new(JobName.DISPATCH, [], queue="urgent")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, args, queue_name, priority, queueing_lock, lock, scheduled_at"
            " FROM procrastinate_jobs ORDER BY id"
        )
        assert cursor.fetchall() == [
            ("alimnaru.receive", '{"key": 0}', RECEIPTS, 20, "receive:0", None, None),
            ("alimnaru.dispatch", '{"key": 3}', "urgent", 30, "dispatch:3", None, at),
            ("alimnaru.dispatch", '{"key": 4}', "urgent", 30, "dispatch:4", None, at),
        ]


def test_every_bell_has_somebody_to_hear_it() -> None:
    app.perform_import_paths()
    assert {f"alimnaru.{name}" for name in JobName} <= set(app.tasks)
    assert lock_of(JobName.SILENCE, 12) == "silence:12"


def test_who_rings_at_the_same_moment_waits_and_gives_way(committed: None) -> None:
    with workers(1) as start:
        with transaction.atomic():
            defer(JobName.POLL, 7)
            other = start(ring_and_write)
            wait_for_waiting(1)
        other.result(10)
    assert jobs() == [("poll", 7)]
    assert Department.objects.filter(code="other").exists()


def ring_and_write() -> None:
    with transaction.atomic():
        defer(JobName.POLL, 7)
        department("other")


def test_many_who_ring_at_once(committed: None) -> None:
    def ring() -> None:
        with transaction.atomic():
            defer(JobName.RECEIVE, 0)

    at_once(*[ring] * 6)
    assert jobs() == [("receive", 0)]


# ---- inside a real worker ------------------------------------------------------------------------


def work() -> None:
    """A worker serves everything that waits, and ends."""

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        # One thread for the jobs, so that its connections can be given back in it.
        loop.set_default_executor(ThreadPoolExecutor(1))
        async with app.open_async():
            await app.run_worker_async(
                wait=False,
                concurrency=1,
                delete_jobs="successful",
                install_signal_handlers=False,
                listen_notify=False,
            )
        await loop.run_in_executor(None, give_back)

    connector = typed("DjangoConnector", app.connector)
    with app.replace_connector(connector.get_worker_connector()):
        asyncio.run(serve())


def give_back() -> None:
    wire.hang_up()
    connections.close_all()


@app.task(name="tests.gives_up")
def gives_up(code: str) -> None:
    """What a stage does when its last statement fails."""
    with transaction.atomic():
        department(code)
        defer(JobName.POLL, 7)
        raise RuntimeError("gives up")


@app.task(name="tests.goes_through")
def goes_through(code: str) -> None:
    with transaction.atomic():
        department(code)
        defer(JobName.POLL, 7, at=timezone.now() + timedelta(hours=1))


def test_in_a_worker_too_rows_and_jobs_stand_or_fall_together(committed: None) -> None:
    """Procrastinate's own `.defer()` would commit on the worker's other connection."""
    gives_up.defer(code="gone")
    with workers(1) as start:
        start(work).result(20)
    assert not Department.objects.exists()
    assert jobs() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs")
        assert cursor.fetchall() == [("tests.gives_up", "failed")]
    goes_through.defer(code="kept")
    with workers(1) as start:
        start(work).result(20)
    assert [d.code for d in Department.objects.all()] == ["kept"]
    assert jobs() == [("poll", 7)]


def test_a_worker_carries_a_list_to_its_end(open_cast: Cast) -> None:
    batch = open_cast.send(open_cast.rows(phone(), phone("0001"), phone()), chunk_size=2)
    for _ in range(4):
        with workers(1) as start:
            start(work).result(20)
        with transaction.atomic():
            for chunk in Chunk.objects.filter(state="sent"):
                defer(JobName.POLL, chunk.pk)
    assert states(batch) == [ON_KAKAO, ("delivered", "sms", "delivered"), ON_KAKAO]
    check_books(batch)
