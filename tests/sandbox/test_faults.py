"""Faults on request, and what the record says of them afterwards."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from sandbox.solapi.places import endpoint_of
from tests.sandbox.conversation import Client, sms

V4 = "/messages/v4"


def fault(sandbox: Client, **what: Any) -> None:
    sandbox.control("POST", "faults", what)


def accepted(sandbox: Client) -> int:
    return len(sandbox.control("GET", "accepted"))


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", f"{V4}/groups", "create"),
        ("GET", f"{V4}/groups", "groups"),
        ("GET", f"{V4}/groups/G1", "groups"),
        ("DELETE", f"{V4}/groups/G1", "groups"),
        ("PUT", f"{V4}/groups/G1/messages", "add"),
        ("GET", f"{V4}/groups/G1/messages", "list"),
        ("POST", f"{V4}/groups/G1/send", "send"),
        ("POST", f"{V4}/groups/G1/schedule", "schedule"),
        ("DELETE", f"{V4}/groups/G1/schedule", "schedule"),
        ("POST", f"{V4}/send", "direct"),
        ("POST", f"{V4}/send-many/detail", "direct"),
        ("GET", f"{V4}/list", "list"),
        ("GET", f"{V4}/list-old", "list"),
        ("GET", "/cash/v1/balance", "other"),
    ],
)
def test_paths(method: str, path: str, expected: str) -> None:
    assert endpoint_of(method, path)[0] == expected


@pytest.mark.parametrize(
    ("kind", "status", "sent"),
    [
        ("cut_before", None, 0),
        ("cut_after", None, 1),
        ("cut_middle", None, 1),
        ("error_500", 500, 0),
        ("error_502", 502, 0),
        ("error_503", 503, 0),
        ("too_many", 429, 0),
        ("slow", 200, 1),
        ("slow_after", 200, 1),
    ],
)
def test_a_fault_while_sending(sandbox: Client, kind: str, status: int | None, sent: int) -> None:
    group_id = sandbox.group()
    sandbox.add(group_id, sms())
    fault(sandbox, kind=kind, path="send", ms=50)
    if status is None:
        with pytest.raises(httpx.TransportError):
            sandbox.fire(group_id)
    else:
        assert sandbox.fire(group_id).status_code == status
    assert accepted(sandbox) == sent
    # It struck once: what comes next is answered as ever.
    again = sandbox.fire(group_id)
    assert again.status_code == (400 if sent else 200)
    assert accepted(sandbox) == 1


@pytest.mark.parametrize("kind", ["slow", "slow_after"])
def test_slowness_is_measurable(sandbox: Client, kind: str) -> None:
    fault(sandbox, kind=kind, path="create", ms=120)
    began = time.monotonic()
    sandbox.group()
    assert time.monotonic() - began >= 0.12


def test_a_429_says_when_to_come_back(sandbox: Client) -> None:
    fault(sandbox, kind="too_many")
    reply = sandbox.call("POST", f"{V4}/groups", {})
    assert (reply.headers["retry-after"], reply.json()["errorCode"]) == ("1", "TooManyRequests")


def test_a_cut_after_an_addition_leaves_it_there(sandbox: Client) -> None:
    group_id = sandbox.group()
    fault(sandbox, kind="cut_after", path="add")
    with pytest.raises(httpx.TransportError):
        sandbox.add(group_id, sms())
    assert sandbox.add(group_id, sms()).json()["resultList"][0]["statusCode"] == "1026"


def test_skip_times_and_forever(sandbox: Client) -> None:
    def statuses(count: int) -> list[int]:
        return [sandbox.call("GET", "/cash/v1/balance").status_code for _ in range(count)]

    fault(sandbox, kind="error_503", path="other", skip=1, times=2)
    assert statuses(5) == [200, 503, 503, 200, 200]
    fault(sandbox, kind="error_500", path="any", times=None)
    assert statuses(4) == [500] * 4
    assert sandbox.control("GET", "faults")[0]["struck"] == 4
    assert sandbox.control("DELETE", "faults") == []
    assert statuses(1) == [200]


def test_a_fault_may_be_a_matter_of_chance(sandbox: Client) -> None:
    fault(sandbox, kind="error_500", times=None, probability=0.5)
    seen = {sandbox.call("GET", "/cash/v1/balance").status_code for _ in range(40)}
    assert seen == {200, 500}


def test_control_and_phones_are_spared(sandbox: Client) -> None:
    fault(sandbox, kind="error_500", times=None)
    assert sandbox.control("GET", "health")["status"] == "ok"
    assert sandbox.http.get("/phones").status_code == 200


def test_latency_of_every_request(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"latency_ms": 80})
    began = time.monotonic()
    sandbox.group()
    assert time.monotonic() - began >= 0.08


def test_an_unknown_fault_is_refused(sandbox: Client) -> None:
    reply = sandbox.http.post("/_sandbox/faults", json={"kind": "earthquake"})
    assert reply.status_code == 400
