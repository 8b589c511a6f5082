"""A quota of 100 messages a second, shared by three worker processes."""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from alimnaru.ops.cluster import Cluster
from alimnaru.store.models import Chunk
from tests.cast import Cast, phone
from tests.flow.accounts import first_account
from tests.flow.books import check_books
from tests.flow.reports import ids
from tests.stories.conftest import wait_until

Working = Callable[..., AbstractContextManager[Cluster]]

RATE = 100
TURN = RATE // 20
MESSAGES = 2_500
#: Seconds by which the sandbox may notice a call late: it shares the machine with everything else.
#: Turns themselves never crowd a second (tests/rules/test_quota.py).
JITTER = 0.1
#: Results play no part here, and their absence must not close the account.
CALM = {"HEALTH_PATIENCE": 600, "POLL_SECONDS": 600}


def moments(office: Cast) -> list[tuple[float, int]]:
    """(second, message) of everything that the sandbox took, in order."""
    return [
        (datetime.fromisoformat(row["at"]).timestamp(), int(row["ref"].partition("-")[0]))
        for row in office.control("GET", "accepted")
    ]


def starved() -> bool:
    """Whether other work takes the time that the workers would need: code that is traced for its
    coverage, or twice as many running processes as there are cores besides our own six."""
    cores = os.cpu_count() or 1
    return "COVERAGE_PROCESS_CONFIG" in os.environ or os.getloadavg()[0] > 6 + 2 * cores


def sent(messages: int) -> Callable[[], bool]:
    def enough() -> bool:
        return sum(Chunk.objects.filter(state="sent").values_list("size", flat=True)) >= messages

    return enough


@pytest.fixture
def bulk(office: Cast) -> Cast:
    """An office whose lists travel in the bulk lane, under a contract with a quota."""
    first_account(office, per_second=RATE)
    office.notice.lane = "bulk"
    office.notice.save()
    return office


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_three_workers_keep_one_rate(bulk: Cast, working: Working) -> None:
    batch = bulk.send(bulk.rows(*(phone() for _ in range(MESSAGES))))
    with working(3, **CALM):
        wait_until(sent(MESSAGES), seconds=120)
    taken = [at for at, _ in moments(bulk)]
    assert len(taken) == MESSAGES
    # What the last turn takes is not in the span: it would begin the next one.
    whole = (MESSAGES - TURN) / (taken[-1] - taken[0])
    fullest = max(bisect_left(taken, at + 1 - JITTER) - n for n, at in enumerate(taken))
    assert whole <= 1.05 * RATE
    assert fullest <= 1.05 * RATE
    # A machine that has no time to spare cannot use up a quota; that one is kept all the same.
    if not starved():
        assert whole >= 0.95 * RATE
    check_books(batch)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_what_is_urgent_passes_those_who_wait(bulk: Cast, working: Working) -> None:
    waiting = bulk.send(bulk.rows(*(phone() for _ in range(1_000))))
    with working(3, **CALM) as cluster:
        wait_until(sent(100))
        bulk.notice.lane = "urgent"
        bulk.notice.save()
        urgent = bulk.send(bulk.rows(*(phone() for _ in range(3 * TURN))))
        at = time.time()
        wait_until(lambda: not Chunk.objects.filter(batch=urgent).exclude(state="sent").exists())
        cluster.stop()
    mine = set(ids(urgent))
    order = [message for moment, message in moments(bulk) if moment >= at]
    last = max(order.index(message) for message in mine)
    # The turns of a second at most were given out already; all others waited.
    assert last <= 1.5 * RATE
    check_books(waiting)
    check_books(urgent)
