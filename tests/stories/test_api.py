"""A program sends through the API: one, thousands, a list in pieces; cut off, or all at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from alimnaru.ops.cluster import Cluster
from alimnaru.store.models import Accepted, ApiCall, Batch, Message
from tests.api.asked import balanced, many, row
from tests.api.conftest import Served
from tests.api.conftest import served as served
from tests.flow.books import check_books
from tests.stories.conftest import wait_until

Working = Callable[..., AbstractContextManager[Cluster]]
#: No web process stands where carriers could call: results are asked for.
BUSY = {"POLL_SECONDS": 0.5, "SWEEP_SECONDS": 0.5}


@pytest.fixture
def program(served: Served) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {served.key}"}
    with httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


def said(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text[:2000]
    found: dict[str, Any] = answer.json()
    return found


def residents(count: int) -> list[dict[str, Any]]:
    """So many different people; the sandbox delivers to all of them."""
    return [row(to=f"010{2000 + n // 1000}9{n % 1000:03}") for n in range(count)]


@pytest.mark.slow
def test_a_library_sends_for_a_day(program: httpx.Client, working: Working) -> None:
    with working(2, **BUSY):
        one = said(
            program.post("/messages", json={"notice": "lib.due.soon", **row(reference="one")}), 202
        )
        call = said(program.post("/messages/many", json=many(*residents(3000))), 202)
        assert (call["accepted"], call["refused"]) == (3000, 0)

        batch = said(program.post("/batches", json={"notice": "lib.due.soon"}), 201)["id"]
        for number in range(3):
            piece = {"rows": [row(key=f"{number}-{n}") for n in range(100)]}
            token = {"Idempotency-Key": f"piece-{number}"}
            first = program.post(f"/batches/{batch}/rows", json=piece, headers=token)
            # The answer got lost on the way.
            again = program.post(f"/batches/{batch}/rows", json=piece, headers=token)
            assert said(first, 200) == said(again, 200)
            assert again.headers["Idempotent-Replayed"] == "true"
        closed = said(program.post(f"/batches/{batch}/close", json={}), 200)
        assert (closed["rows"], closed["refused"]) == (300, 0)

        batches = [call["batch"], batch]
        wait_until(
            lambda: all(said(program.get(f"/batches/{b}"), 200)["phase"] == "done" for b in batches)
        )
        wait_until(
            lambda: said(program.get(f"/messages/{one['id']}"), 200)["status"] == "delivered"
        )
    for number, people in ((call["batch"], 3000), (batch, 300)):
        done = said(program.get(f"/batches/{number}"), 200)
        assert sum(done["delivered"].values()) == people
        assert balanced(done)
    assert Message.objects.count() == 3301
    tallies = said(program.get("/tallies?by=outcome"), 200)["data"]
    assert [(t["outcome"], t["messages"]) for t in tallies] == [("delivered", 3301)]
    for found in Batch.objects.all():
        check_books(found)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/messages", "/messages/many", "/batches", "rows"])
def test_eight_calls_with_one_token_are_one(program: httpx.Client, path: str) -> None:
    body: dict[str, Any] = {"notice": "lib.due.soon", **row()}
    if path == "/messages/many":
        body = many(row(), row())
    elif path == "/batches":
        body = {"notice": "lib.due.soon"}
    elif path == "rows":
        opened = said(program.post("/batches", json={"notice": "lib.due.soon"}), 201)["id"]
        path, body = f"/batches/{opened}/rows", {"rows": [row(), row()]}
    together = threading.Barrier(8)

    def call(_: int) -> httpx.Response:
        together.wait()
        return program.post(path, json=body, headers={"Idempotency-Key": "the-same"})

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(call, range(8)))
    assert {answer.status_code for answer in answers} <= {200, 201, 202}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert ApiCall.objects.count() == 1
    made = Accepted.objects.count() + Message.objects.count()
    assert made == {"/messages": 1, "/batches": 0}.get(path, 2)
    assert Batch.objects.count() == (0 if path == "/messages" else 1)


@pytest.mark.slow
def test_what_was_answered_outlives_the_web_process(served: Served, program: httpx.Client) -> None:
    """Killed again and again while a batch is filled; the program repeats what was not answered."""
    batch = said(program.post("/batches", json={"notice": "lib.due.soon"}), 201)["id"]
    pieces = [{"rows": [row(key=f"{p}-{n}") for n in range(400)]} for p in range(6)]
    cut = 0

    def until_answered(path: str, body: Any, token: str) -> dict[str, Any]:
        nonlocal cut
        while True:
            try:
                answer = program.post(path, json=body, headers={"Idempotency-Key": token})
            except httpx.TransportError:
                cut += 1
                continue
            return said(answer, 200)

    for number, piece in enumerate(pieces, 1):
        killer = threading.Timer(0.02 * number, served.kill_worker)
        killer.start()
        added = until_answered(f"/batches/{batch}/rows", piece, f"piece-{number}")
        assert (added["rows"], added["refused"]) == (400 * number, 0)
        killer.join()
    closed = until_answered(f"/batches/{batch}/close", {}, "close")
    assert cut > 0
    assert (closed["rows"], closed["refused"], closed["pending"]) == (2400, 0, 2400)
    assert balanced(closed)
    assert Message.objects.count() == 2400
