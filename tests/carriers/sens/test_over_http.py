"""The fence and the look-up against a gateway that keeps time, where the suite does not go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from alimnaru.carriers.base import Carrier, InDoubt, Outgoing, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Rendered
from sandbox.process import Handle, start
from tests.carriers.sens.rig import RIG
from tests.carriers.suite import Bench, deliver, parcel, phones


@pytest.fixture(scope="module")
def played() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def desk(played: Handle) -> Iterator[Bench]:
    made = Bench(RIG, played)
    made.begin()
    yield made
    made.close()


def words(shipment: Shipment, text: str) -> Shipment:
    """The same people, told something else."""
    return replace(
        shipment, messages=[Outgoing(o.ref, o.to, Rendered(text)) for o in shipment.messages]
    )


def cut(desk: Bench, carrier: Carrier, shipment: Shipment, kind: str) -> str:
    """Hand over and lose the answer, or the question; the token is in doubt."""
    desk.fault(kind=kind, path="send")
    token = carrier.prepare("7-1")
    with pytest.raises(InDoubt):
        carrier.send(token, shipment)
    return token


def test_a_whole_chunk_is_found_in_few_calls(desk: Bench) -> None:
    asked: list[str] = []
    carrier = desk.open(tap=lambda one: asked.append(f"{one.method} {one.path.split('?')[0]}"))
    shipment = desk.shipment(Channel.ALIMTALK, *phones(100))
    token = cut(desk, carrier, shipment, "cut_after")
    found = deliver(desk, carrier, shipment, token=token, doubt=True)
    assert (found.sends, len(found.sent.accepted)) == (0, 100)
    assert desk.told() == Counter(phones(100))
    # A list by number, one of the request, and some texts: nothing was asked before its time.
    assert len([one for one in asked if one.startswith("GET")]) == 1 + 1 + 8


def test_the_same_people_are_told_two_things_at_once(desk: Bench) -> None:
    """One notice never arrived, the other did, and neither was answered."""
    carrier = desk.open()
    one = desk.shipment(Channel.SMS, *phones(3))
    other = words(one, "내일은 도서관이 쉽니다.")
    lost, taken = (
        cut(desk, carrier, one, "cut_before"),
        cut(desk, carrier, other, "cut_after"),
    )
    assert deliver(desk, carrier, one, token=lost, doubt=True).sends == 1
    assert deliver(desk, carrier, other, token=taken, doubt=True).sends == 0
    told = Counter((row["to"], row["text"]) for row in desk.accepted())
    assert told == Counter((o.to, o.rendered.text) for s in (one, other) for o in s.messages)


@pytest.mark.parametrize(
    ("first", "second", "sends"),
    [("cut_after", "cut_after", 0), ("cut_before", "cut_after", 1), ("cut_before",) * 2 + (2,)],
)
def test_two_chunks_alike_are_told_apart_by_number(
    desk: Bench, first: str, second: str, sends: int
) -> None:
    """Nothing tells which of the two was taken; that each of them is counted once is enough."""
    carrier = desk.open()
    shipment = desk.shipment(Channel.SMS, *phones(2))
    tokens = [cut(desk, carrier, shipment, kind) for kind in (first, second)]
    settled = [deliver(desk, carrier, shipment, token=token, doubt=True) for token in tokens]
    assert sum(one.sends for one in settled) == sends
    assert desk.told() == Counter(dict.fromkeys(phones(2), 2))
    refs = [set(one.sent.accepted.values()) for one in settled]
    assert not refs[0] & refs[1]


def test_what_a_chunk_has_recorded_is_no_other_chunks(desk: Bench) -> None:
    carrier = desk.open()
    shipment = desk.shipment(Channel.SMS, *phones(2))
    token = cut(desk, carrier, shipment, "cut_before")
    deliver(desk, carrier, shipment)  # another chunk, and its answer came
    assert deliver(desk, carrier, shipment, token=token, doubt=True).sends == 1
    assert desk.told() == Counter(dict.fromkeys(phones(2), 2))


def test_a_signed_request_that_comes_late_is_turned_away(desk: Bench) -> None:
    """The gateway, not our own care, stops what was signed before its process stood still."""
    shipment = desk.shipment(Channel.SMS, *phones(1))
    kept: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        kept.append(request)
        raise httpx.ReadTimeout("stopped", request=request)

    signed = desk.open(transport=httpx.MockTransport(keep))
    token = signed.prepare("7-1")
    with pytest.raises(InDoubt):
        signed.send(token, shipment)
    assert deliver(desk, desk.open(), shipment, token=token, doubt=True).sends == 1
    request = kept[0]
    late = desk.http.request(
        request.method, request.url, headers=request.headers, content=request.content
    )
    assert late.status_code == 401
    assert desk.told() == Counter(phones(1))


@pytest.mark.parametrize("channel", [Channel.ALIMTALK, Channel.SMS])
def test_what_is_under_way_is_told_as_such(desk: Bench, channel: Channel) -> None:
    desk.control("PUT", "config", {"report_delay_ms": 60_000})
    carrier = desk.open()
    delivery = deliver(desk, carrier, desk.shipment(channel, *phones(2)))
    asked = parcel(delivery.token, delivery.shipment, delivery.sent)
    told = [one for raw in carrier.results(asked) for one in carrier.read_receipts(raw)]
    assert [one.result for one in told] == [Result.IN_TRANSIT] * 2
    desk.control("PUT", "config", {"report_delay_ms": 0})
