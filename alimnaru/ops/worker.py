"""A worker process: Procrastinate's loop over some lanes, with the sweep beside it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from typing import cast

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.utils import sync_to_async

from alimnaru.flow.jobs import SHARED_QUEUES
from alimnaru.flow.sweep import sweep
from alimnaru.rules.channel import Lane

log = structlog.get_logger()

#: Jobs at once in one process: while one waits for a carrier, another settles receipts. More than
#: this gains nothing on one interpreter.
CONCURRENCY = 3


def work(lanes: Sequence[Lane]) -> None:
    """Serve jobs until SIGTERM or SIGINT; a second signal does not wait for the running ones."""
    _commit_asynchronously()
    connector = cast("DjangoConnector", app.connector)
    with app.replace_connector(connector.get_worker_connector()):
        asyncio.run(_serve([lane.value for lane in lanes]))


def _commit_asynchronously() -> None:
    """Do not wait for the disk at each commit: a crashed server forgets the last moments, in order,
    and everything a worker does can be done again from what is left. The exception waits for
    itself (`ledger.chunks.store_token`); intake, callbacks and people's acts always wait."""
    connections.close_all()
    entry = connections["default"].settings_dict
    options = entry["OPTIONS"].get("options", "")
    entry["OPTIONS"]["options"] = f"{options} -c synchronous_commit=off".strip()


async def _serve(lanes: list[str]) -> None:
    sweeping = asyncio.create_task(_sweep_for_ever())
    loop = asyncio.get_running_loop()
    try:
        async with app.open_async():
            await app.run_worker_async(
                queues=[*lanes, *SHARED_QUEUES],
                concurrency=CONCURRENCY,
                delete_jobs="successful",
                fetch_job_polling_interval=0.5,
                shutdown_graceful_timeout=settings.CARRIER_TIMEOUT,
                install_signal_handlers=True,
            )
    finally:
        sweeping.cancel()
        loop.remove_signal_handler(signal.SIGTERM)


async def _sweep_for_ever() -> None:
    while True:
        await asyncio.sleep(settings.SWEEP_SECONDS)
        try:
            await sync_to_async(_sweep_once)
        except DatabaseError as error:
            log.warning("sweep_failed", error=type(error).__name__)


def _sweep_once() -> None:
    close_old_connections()
    try:
        sweep()
    finally:
        close_old_connections()
