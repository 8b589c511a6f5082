"""Odd input at every surface: no 5xx, nothing that takes five seconds, no growth of memory.

A few of each with every run of the tests; `make fuzz` sets `FUZZ_INPUTS` and `FUZZ_FROM`. A number
that ever failed stands in `FAILED` for good.
"""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil
import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.api.programs import key_for
from tests.e2e.world import State, build
from tests.fuzz.parsers import PARSERS
from tests.fuzz.surfaces import ROOT, Surfaces

NAMES = ("query", "form", "file", "api", "callback")
INPUTS = int(os.environ.get("FUZZ_INPUTS", "12"))
FROM = int(os.environ.get("FUZZ_FROM", "1"))
#: Seconds, and MiB over what the first tenth of a long run takes.
HANG = 5.0
GROWTH = 64
#: Bytes that one input of some kilobytes may take.
MOST = 64 << 20
#: Numbers that ever failed, by surface.
FAILED: Mapping[str, Sequence[int]] = {}
#: Inputs that ever broke a parser: `seeds/<parser>-<what was wrong>`.
SEEDS = sorted(p for p in (Path(__file__).parent / "seeds").iterdir() if "-" in p.name)

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(max(120, INPUTS))]


@pytest.fixture(scope="module")
def surfaces(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Surfaces]:
    """One full office for all; what an input does to it is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build(State.FULL)
        _key, text = key_for(world.office.library)
        document = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text())
        surfaces = Surfaces(world, text, document)
        surfaces.open_browsers()
        yield surfaces
        transaction.set_rollback(True)


def strike(surfaces: Surfaces, name: str, seed: int) -> tuple[int, float]:
    """The status of one odd input, and its seconds."""
    began = time.monotonic()
    with transaction.atomic():
        status = surfaces.each()[name](seed)
        transaction.set_rollback(True)
    return status, time.monotonic() - began


@pytest.mark.parametrize("name", NAMES)
def test_nothing_breaks(surfaces: Surfaces, name: str, record_property: object) -> None:
    statuses: Counter[int] = Counter()
    slowest, process, early = (0.0, 0), psutil.Process(), 0
    for number, seed in enumerate(range(FROM, FROM + INPUTS)):
        try:
            status, seconds = strike(surfaces, name, seed)
        except Exception as error:
            raise AssertionError(f"{name} {seed}: {type(error).__name__}") from error
        statuses[status] += 1
        slowest = max(slowest, (seconds, seed))
        if number == INPUTS // 10:
            early = process.memory_info().rss
    grown = (process.memory_info().rss - early) >> 20
    assert slowest[0] < HANG, f"{name} {slowest[1]} took {slowest[0]:.1f} s"
    assert INPUTS < 1_000 or grown < GROWTH, f"{name} has grown by {grown} MiB"
    _report(name, statuses, slowest[0], grown)


@pytest.mark.parametrize(
    ("name", "seed"), [(name, seed) for name, seeds in FAILED.items() for seed in seeds]
)
def test_what_once_broke_something(surfaces: Surfaces, name: str, seed: int) -> None:
    strike(surfaces, name, seed)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_what_once_broke_a_parser(path: Path) -> None:
    tracemalloc.start()
    try:
        PARSERS[path.name.partition("-")[0]].read(path.read_bytes())
        assert tracemalloc.get_traced_memory()[1] < MOST
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_reads_what_it_knows(name: str) -> None:
    for known in PARSERS[name].known():
        PARSERS[name].read(known)


def _report(name: str, statuses: Counter[int], slowest: float, grown: int) -> None:
    if path := os.environ.get("FUZZ_REPORT"):
        line = {
            "target": name, "inputs": statuses.total(), "slowest_seconds": round(slowest, 3),
            "grown_mib": grown, "statuses": dict(sorted(statuses.items())),
        }  # fmt: skip
        with Path(path).open("a") as file:
            file.write(json.dumps(line) + "\n")
