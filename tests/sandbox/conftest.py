"""A real sandbox process for every test here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox.process import Handle, start
from tests.sandbox.conversation import TEMPLATES, Client, Listener
from tests.sandbox.nhn_conversation import ITEMS_TEMPLATE, TEMPLATE, Nhn


@pytest.fixture(scope="session")
def handle() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0", "--answer-after-ms", "150"])
    yield running
    assert running.stop() == 0


@pytest.fixture
def sandbox(handle: Handle) -> Iterator[Client]:
    """A clean sandbox with the templates above."""
    client = Client(handle)
    defaults = httpx.get(f"{handle.url}/_sandbox/config", trust_env=False).json()
    client.control("POST", "reset")
    client.control("PUT", "templates", TEMPLATES)
    yield client
    client.control("PUT", "config", defaults)
    client.control("DELETE", "faults")
    client.close()


@pytest.fixture
def spawn() -> Iterator[Callable[..., Client]]:
    """Start further sandboxes; whatever still runs at the end is stopped."""
    started: list[Client] = []

    def begin(**how: Any) -> Client:
        started.append(Client(start(**how)))
        return started[-1]

    yield begin
    for client in started:
        client.close()
        client.handle.stop()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def nhn_handle() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def nhn(nhn_handle: Handle) -> Iterator[Nhn]:
    found = Nhn(nhn_handle)
    before = found.control.get("/config").json()
    found.control.post("/reset").raise_for_status()
    templates = {"templates": [TEMPLATE, ITEMS_TEMPLATE], "protocol": "nhn"}
    found.control.put("/templates", json=templates).raise_for_status()
    yield found
    found.control.put("/config", json=before).raise_for_status()
    found.close()
