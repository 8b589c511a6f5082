"""Every carrier accepts a chunk and the line is cut: nobody is told twice, nobody is left out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from alimnaru.carriers.registry import KINDS
from alimnaru.flow import wire
from alimnaru.flow.wordings import wording
from alimnaru.ops.lines import LINES
from alimnaru.store.models import Batch, Chunk
from sandbox.process import Handle, start
from tests.cast import Cast, bring_results, make_cast, phone, ring, states, with_sandbox
from tests.flow.books import check_books

#: Carriers fence in minutes; here in two seconds, on both sides alike.
FENCES: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "nhn": ({"key_seconds": "4", "quiet_seconds": "2"}, {"nhn_key_seconds": 4}),
    "sens": (
        {"skew_seconds": "1", "fresh_seconds": "0.5", "settle_seconds": "0.2"},
        {"sens_skew_seconds": 1},
    ),
}
KINDS_PLAYED = sorted(set(KINDS) & set(LINES))
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def handle() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture(params=KINDS_PLAYED)
def cast(request: pytest.FixtureRequest, db: None, handle: Handle) -> Iterator[Cast]:
    options, config = FENCES.get(request.param, ({}, {}))
    wording.cache_clear()
    made = with_sandbox(make_cast(), handle, request.param, {"timeout": "2", **options})
    made.control("DELETE", "faults")
    made.control("PUT", "config", config)
    yield made
    wire.hang_up()


def work_until_sent(batch: Batch) -> None:
    """Ring for what is due until no chunk waits or is in doubt."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Chunk.objects.filter(batch=batch).exclude(state__in=("sent", "settled")).exists():
        assert time.monotonic() < deadline, list(
            Chunk.objects.filter(batch=batch).values_list("state", "channel", "hold_code")
        )
        ring()
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "cut_middle", "error_503"])
def test_nothing_is_repeated_and_nothing_is_lost(cast: Cast, fault: str) -> None:
    kakao = [phone() for _ in range(40)]
    by_sms = [phone("0001") for _ in range(5)]
    batch = cast.send(cast.rows(*kakao, *by_sms), chunk_size=15)
    cast.faults(kind=fault, path="send", times=2)
    work_until_sent(batch)
    cast.faults(kind=fault, path="send", times=1)  # the SMS of those without KakaoTalk
    bring_results(batch)
    work_until_sent(batch)
    bring_results(batch)

    told = Counter((one["to"], one["type"]) for one in cast.control("GET", "accepted"))
    wanted = Counter({(number, "ATA"): 1 for number in [*kakao, *by_sms]})
    wanted += Counter({(number, "SMS"): 1 for number in by_sms})
    assert told == wanted
    assert Counter(states(batch)) == {
        ("delivered", "alimtalk", "delivered"): 40,
        ("delivered", "sms", "delivered"): 5,
    }
    check_books(batch)
