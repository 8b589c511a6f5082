"""What a monitoring system asks every few seconds: how long things wait, and what stands still.

Each figure starts from a partial index or a small table, so that asking costs the same over ten
million messages. Ages are in seconds by the database's clock; 0 where nothing waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.health import BreakerState
from alimnaru.store.ledger import beats, health, quota
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import CarrierAccount


class Waiting(NamedTuple):
    """How many, and for how many seconds the oldest of them."""

    number: int
    seconds: float


NOTHING = Waiting(0, 0.0)


@dataclass(frozen=True, slots=True)
class LaneGauges:
    """One lane. `chunks` could go now and have not; `accepted` wait to be gathered; `workers` live
    ones that serve it; `versions` of the program that they run."""

    lane: Lane
    chunks: Waiting
    accepted: Waiting
    workers: int
    versions: int


@dataclass(frozen=True, slots=True)
class AccountGauges:
    """One contract. `breakers`: by channel, whether it rests there."""

    name: str
    kind: str
    active: bool
    used_today: int
    breakers: Sequence[tuple[Channel, BreakerState]]


@dataclass(frozen=True, slots=True)
class Gauges:
    """All of it at one moment.

    `chunks`: (state, lane, how many) of chunks that still owe something; `held`: (code, messages);
    `doubt`: chunks that a carrier may or may not have; `receipts`: callbacks not read yet; `jobs`:
    by queue, due ones that no worker has taken; `today`: (channel, outcome, messages, won).
    """

    lanes: Sequence[LaneGauges]
    chunks: Sequence[tuple[str, str, int]]
    held: Sequence[tuple[str, int]]
    doubt: Waiting
    unknown: int
    receipts: Waiting
    jobs: Sequence[tuple[str, Waiting]]
    accounts: Sequence[AccountGauges]
    channels_off: frozenset[Channel]
    today: Sequence[tuple[str, str, int, Decimal]]
    sources_failing: int
    webhooks_failing: int
    open_tasks: int


def gauges(now: datetime) -> Gauges:
    """The office at this moment. A dozen short queries."""
    return Gauges(
        lanes=_lanes(),
        chunks=[(s, lane, n) for s, lane, n in rows(_CHUNKS, [])],
        held=[(code, int(n)) for code, n in rows(_HELD, [])],
        doubt=_waiting(_DOUBT),
        unknown=int(_one("SELECT coalesce(sum(unknown), 0) FROM store_chunk WHERE unknown > 0")),
        receipts=_waiting(_RECEIPTS),
        jobs=[(queue, Waiting(n, float(age))) for queue, n, age in rows(_JOBS, [])],
        accounts=_accounts(now),
        channels_off=frozenset(Channel(row[0]) for row in rows(_OFF, [])),
        today=[(c, o, int(n), won) for c, o, n, won in rows(_TODAY, [timezone.localdate(now)])],
        sources_failing=int(_one(_FAILING.format("store_source"))),
        webhooks_failing=int(_one(_FAILING.format("store_webhook"))),
        open_tasks=int(_one("SELECT count(*) FROM store_task WHERE done_at IS NULL")),
    )


#: Due, and nobody has claimed it. Held ones wait for a person and are counted apart.
_DUE = """
    SELECT lane, count(*), extract(epoch FROM clock_timestamp() - min(not_before))
    FROM store_chunk WHERE state = 'ready' AND not_before <= clock_timestamp() GROUP BY lane
"""
_ACCEPTED = """
    SELECT lane, count(*), extract(epoch FROM clock_timestamp() - min(gather_at))
    FROM store_accepted WHERE gather_at <= clock_timestamp() GROUP BY lane
"""
_CHUNKS = """
    SELECT state, lane, count(*)::int FROM store_chunk WHERE state <> 'settled' GROUP BY 1, 2
    ORDER BY 1, 2
"""
_HELD = """
    SELECT hold_code,
           sum(size - delivered - failed - suppressed - cancelled - expired - unknown - moved)
    FROM store_chunk WHERE state = 'held' GROUP BY 1 ORDER BY 1
"""
_DOUBT = """
    SELECT count(*), extract(epoch FROM clock_timestamp() - min(doubt_since))
    FROM store_chunk WHERE state = 'doubt'
"""
_RECEIPTS = """
    SELECT count(*), extract(epoch FROM clock_timestamp() - min(received_at))
    FROM store_receiptinbox WHERE drained_at IS NULL
"""
_JOBS = """
    SELECT queue_name, count(*)::int, extract(epoch FROM clock_timestamp() - min(
        coalesce(j.scheduled_at,
                 (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id),
                 clock_timestamp())))
    FROM procrastinate_jobs j
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())
    GROUP BY 1 ORDER BY 1
"""
_OFF = "SELECT DISTINCT channel FROM store_outage WHERE until IS NULL"
_TODAY = """
    SELECT channel, outcome, sum(messages), sum(won) FROM store_tally
    WHERE department_id IN (SELECT id FROM store_department) AND day = %s
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_FAILING = "SELECT count(*) FROM {} WHERE failing_since IS NOT NULL"


def _lanes() -> list[LaneGauges]:
    due, accepted = _by_lane(_DUE), _by_lane(_ACCEPTED)
    serving = {one.lane: one for one in beats.serving()}
    return [
        LaneGauges(
            lane,
            due.get(lane, NOTHING),
            accepted.get(lane, NOTHING),
            serving[lane].workers if lane in serving else 0,
            serving[lane].versions if lane in serving else 0,
        )
        for lane in Lane
    ]


def _by_lane(sql: str) -> dict[str, Waiting]:
    return {lane: Waiting(count, max(0.0, float(age))) for lane, count, age in rows(sql, [])}


def _accounts(now: datetime) -> list[AccountGauges]:
    known = list(CarrierAccount.objects.all())
    stands = quota.stands([a.pk for a in known], timezone.localdate(now))
    breakers = health.breakers()
    return [
        AccountGauges(
            a.name,
            a.kind,
            a.is_active,
            stands[a.pk].used if a.pk in stands else 0,
            [
                (c, breakers[a.pk, c].state if (a.pk, c) in breakers else BreakerState.CLOSED)
                for c in Channel
                if c in a.channels.split(",")
            ],
        )
        for a in known
    ]


def _waiting(sql: str) -> Waiting:
    ((count, age),) = rows(sql, [])
    return Waiting(count, max(0.0, float(age or 0)))


def _one(sql: str) -> Any:
    return rows(sql, [])[0][0]
