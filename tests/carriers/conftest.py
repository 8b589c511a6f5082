"""One sandbox process for each carrier that the behaviour suite runs over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.process import Handle, start
from tests.carriers.rigs import RIGS
from tests.carriers.suite import Bench, Listener, Rig


@pytest.fixture(scope="module", params=RIGS, ids=[rig.name for rig in RIGS])
def rig(request: pytest.FixtureRequest) -> Rig:
    found: Rig = request.param
    return found


@pytest.fixture(scope="module")
def played(rig: Rig) -> Iterator[Handle]:
    """The carrier's sandbox."""
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def bench(rig: Rig, played: Handle) -> Iterator[Bench]:
    """A rig on clean ground."""
    made = Bench(rig, played)
    before = made.control("GET", "config")
    made.begin()
    yield made
    made.control("PUT", "config", before)
    made.close()


@pytest.fixture
def listener(bench: Bench) -> Iterator[Listener]:
    """Our callback address, registered with the carrier."""
    listening = Listener(bench)
    yield listening
    listening.close()
