"""Odd input at every surface: no 5xx, nothing that takes five seconds, no growth of memory.

A few of each with every run of the tests; `make fuzz` sets `FUZZ_INPUTS` and `FUZZ_FROM`. A number
that ever failed stands in `FAILED` for good.
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.api.programs import key_for
from tests.e2e.world import State, build
from tests.fuzz.coverage import HANG, seconds
from tests.fuzz.odd import Odd
from tests.fuzz.parsers import PARSERS
from tests.fuzz.surfaces import ROOT, Surfaces

NAMES = ("query", "form", "story", "file", "odd", "link", "api", "callback")
INPUTS = int(os.environ.get("FUZZ_INPUTS", "12"))
FROM = int(os.environ.get("FUZZ_FROM", "1"))
#: A run by itself, with a database of its own that nobody uses after it.
ALONE = "FUZZ_REPORT" in os.environ
#: MiB over what the first tenth of a long run takes; no input of some kilobytes takes as much.
GROWTH = 64
#: Faults after which a run ends.
ENOUGH = 20
#: Seconds after which everybody signs in anew: a one-time code is fresh for five minutes.
FRESH = 120
#: Numbers that ever failed, by surface.
FAILED: Mapping[str, Sequence[int]] = {"odd": (70,), "form": (106171,)}
#: Inputs that ever broke a parser: `seeds/<parser>-<what was wrong>`.
SEEDS = sorted(p for p in (Path(__file__).parent / "seeds").iterdir() if "-" in p.name)

pytestmark = [pytest.mark.django_db(transaction=ALONE), pytest.mark.timeout(max(120, INPUTS * 4))]


@pytest.fixture(scope="module")
def surfaces(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Surfaces]:
    """One full office for all; what an input does to it is undone."""
    # What is undone within a transaction is looked through by all that follows in it.
    whole = nullcontext() if ALONE else transaction.atomic()
    with django_db_blocker.unblock(), whole:
        world = build(State.FULL)
        _key, text = key_for(world.office.library)
        document = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text())
        surfaces = Surfaces(world, text, document)
        surfaces.open_accounts()
        surfaces.sign_in()
        yield surfaces
        surfaces.web.close()
        if not ALONE:
            transaction.set_rollback(True)


def strike(surfaces: Surfaces, name: str, seed: int) -> tuple[list[int], float]:
    """What one odd input was answered (a story is several), and its seconds of the processor."""
    surfaces.web.statuses.clear()
    began = seconds()
    with transaction.atomic():
        surfaces.each()[name](Odd(seed))
        if name != "query":
            # A row that names nobody is found when it is committed.
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    return surfaces.web.statuses, seconds() - began


@dataclass(slots=True)
class Run:
    """What came of the inputs of one surface so far; seconds of the processor, MiB."""

    name: str
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)
    early: int = 0
    late: int = 0

    def strike(self, surfaces: Surfaces, seed: int) -> None:
        """One more; what is broken does not end the run."""
        try:
            answered, took = strike(surfaces, self.name, seed)
            self.slowest = max(self.slowest, (took, seed))
        except Exception as error:
            self.broken.append(f"{self.name} {seed}: {type(error).__name__} {error}")
            answered = surfaces.web.statuses or [0]
        self.statuses.update(answered)

    def look(self) -> None:
        """Note the memory, and tell how far it has come, for a run that is cut off."""
        self.late = psutil.Process().memory_info().rss >> 20
        if not self.early and self.statuses.total() * 10 >= INPUTS:
            self.early = self.late
        if path := os.environ.get("FUZZ_REPORT"):
            line = {
                "target": self.name,
                "inputs": self.statuses.total(),
                "failed": len(self.broken),
                "slowest_seconds": round(self.slowest[0], 3),
                "first_mib": self.early,
                "last_mib": self.late,
                "statuses": dict(sorted(self.statuses.items())),
            }
            Path(path).write_text(json.dumps(line) + "\n")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_breaks(surfaces: Surfaces, name: str) -> None:
    run, seed, signed_in = Run(name), FROM, time.monotonic()
    while run.statuses.total() < INPUTS and len(run.broken) < ENOUGH:
        if time.monotonic() - signed_in > FRESH:
            surfaces.sign_in()
            signed_in = time.monotonic()
        run.strike(surfaces, seed)
        seed += 1
        if seed % 100 == 0:
            run.look()
    run.look()
    assert run.broken == []
    assert run.slowest[0] < HANG, f"{name} {run.slowest[1]} took {run.slowest[0]:.1f} s"
    if INPUTS >= 1_000:
        assert run.late - run.early < GROWTH, f"{name}: {run.early} MiB, then {run.late}"


@pytest.mark.parametrize(
    ("name", "seed"), [(name, seed) for name, seeds in FAILED.items() for seed in seeds]
)
def test_what_once_broke_something(surfaces: Surfaces, name: str, seed: int) -> None:
    strike(surfaces, name, seed)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_what_once_broke_a_parser(path: Path) -> None:
    before = _peak()
    PARSERS[path.name.partition("-")[0]].read(path.read_bytes())
    assert _peak() - before < GROWTH


def _peak() -> int:
    """MiB that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_reads_what_it_knows(name: str) -> None:
    for known in PARSERS[name].known():
        PARSERS[name].read(known)
