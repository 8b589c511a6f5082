"""A worker process: Procrastinate's loop over some lanes, and what is due by the clock."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import cast

from django.conf import settings
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from alimnaru.flow import holds, sealing, verifying
from alimnaru.flow.canary import sing
from alimnaru.flow.gather import gather
from alimnaru.flow.hooks import Post
from alimnaru.flow.jobs import SHARED_QUEUES
from alimnaru.flow.remind import remind
from alimnaru.flow.retention import retain
from alimnaru.flow.rewrapping import rewrap_round
from alimnaru.flow.standing import look_after, while_reaching_out, while_sending
from alimnaru.flow.sweep import sweep
from alimnaru.flow.watching import watch
from alimnaru.office import dormancy
from alimnaru.ops import drop_receipts
from alimnaru.ops.beside import Loop, Rounds, running
from alimnaru.ops.pulse import Pulse
from alimnaru.rules.channel import Lane
from alimnaru.store.ledger import beats

#: Jobs at once in one process: while one waits for a carrier, another settles receipts. More than
#: this gains nothing on one interpreter.
CONCURRENCY = 3
#: How often it is looked which connected system is to be asked; each has a pause of its own.
WATCH_SECONDS = 1.0
#: How often it is looked whether a rule is due: "within a minute of the row" with room to spare.
REMIND_SECONDS = 3.0
#: How often it is looked whether a canary is due, and how those on their way fare.
CANARY_SECONDS = 20.0
#: How often it is looked whether a seal is due (`sealing.EVERY`).
SEAL_SECONDS = 60.0
#: How often it is looked whether the verification of the night is due.
VERIFY_SECONDS = 300.0
#: How often unused accounts are shut and unsigned months brought up: both are matters of days.
PRIVACY_SECONDS = 600.0
#: How often it is looked what is to be destroyed: days late is the fault, not minutes.
RETAIN_SECONDS = 300.0
#: How often it is looked which legal holds are to be copied or are over.
HOLD_SECONDS = 60.0
#: How often keys are looked at that stand under an old generation of the root.
REWRAP_SECONDS = 60.0


def work(lanes: Sequence[Lane]) -> None:
    """Serve jobs until SIGTERM or SIGINT; a second signal does not wait for the running ones."""
    _commit_asynchronously()
    look_after(timezone.now())
    connector = cast("DjangoConnector", app.connector)
    with (
        app.replace_connector(connector.get_worker_connector()),
        closing(Post()) as post,
        closing(Pulse(lanes)) as pulse,
        running(_loops(lanes, post, pulse)),
    ):
        asyncio.run(_serve([lane.value for lane in lanes]))


def _commit_asynchronously() -> None:
    """Do not wait for the disk at each commit: a crashed server forgets the last moments, in order,
    and everything a worker does can be done again from what is left. The exception waits for
    itself (`ledger.chunks.store_token`); intake, callbacks and people's acts always wait."""
    connections.close_all()
    entry = connections["default"].settings_dict
    options = entry["OPTIONS"].get("options", "")
    entry["OPTIONS"]["options"] = f"{options} -c synchronous_commit=off".strip()


#: Minutes do not matter for these: one thread and one connection for all of them.
_RARELY = Rounds(
    ("canary", CANARY_SECONDS, while_sending(sing)),
    ("seal", SEAL_SECONDS, sealing.tend),
    ("verify", VERIFY_SECONDS, verifying.tend),
    ("rewrapping", REWRAP_SECONDS, rewrap_round),
    # Before: what is to be put apart must not be destroyed.
    ("holds", HOLD_SECONDS, holds.tend),
    ("retention", RETAIN_SECONDS, retain),
    ("privacy", PRIVACY_SECONDS, dormancy.tend),
)


def _loops(lanes: Sequence[Lane], post: Post, pulse: Pulse) -> list[Loop]:
    """What nobody rings for, or rings too late: each in a thread and on a connection of its own."""
    return [
        Loop("beat", beats.EVERY, pulse.beat, at_once=True),
        Loop("sweep", settings.SWEEP_SECONDS, sweep),
        Loop("gather", settings.GATHER_SECONDS, partial(gather, [lane.value for lane in lanes])),
        # What was accepted is packed in a pause as well: nothing leaves by that.
        Loop("hooks", settings.HOOK_SECONDS, while_reaching_out(post.go_round)),
        Loop("watch", WATCH_SECONDS, while_sending(watch)),
        Loop("remind", REMIND_SECONDS, while_sending(remind)),
        Loop("receipts", drop_receipts.SECONDS, while_reaching_out(drop_receipts.tend)),
        Loop("rarely", 1.0, _RARELY.go_round),
    ]


async def _serve(lanes: list[str]) -> None:
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
        loop.remove_signal_handler(signal.SIGTERM)
