"""What is NHN's alone, against the sandbox: real sockets, real cuts, two processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from alimnaru.carriers.base import InDoubt, Outgoing, Refused, Rejected, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Rendered
from sandbox.process import Handle, start
from tests.carriers.nhn.rig import RIG
from tests.carriers.suite import Bench, deliver, phones


@pytest.fixture(scope="module")
def handle() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


@pytest.fixture
def bench(handle: Handle) -> Iterator[Bench]:
    made = Bench(RIG, handle)
    made.begin()
    yield made
    made.close()


def texts(count: int, channel: Channel = Channel.SMS) -> Shipment:
    messages = [
        Outgoing(f"{at}-1", phone, Rendered(f"{at}번 책 $1 \\2 {{}} 반납", subject=f"{at}호"))
        for at, phone in enumerate(phones(count), start=1)
    ]
    return Shipment(channel, "02-120-0000", messages)


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.LMS])
def test_each_gets_their_own_text(bench: Bench, channel: Channel) -> None:
    shipment = texts(999, channel)
    deliver(bench, bench.open(), shipment)
    assert {row["to"]: row["text"] for row in bench.accepted()} == {
        one.to: one.rendered.text for one in shipment.messages
    }


def test_a_repeated_key_is_a_doubt_and_no_second_copy(bench: Bench) -> None:
    carrier, shipment = bench.open(), bench.alimtalk(*phones(3))
    delivery = deliver(bench, carrier, shipment)
    with pytest.raises(InDoubt, match="-1005"):
        carrier.send(delivery.token, shipment)
    assert set(bench.told().values()) == {1}
    # Which is settled by the list.
    found = carrier.find(delivery.token, shipment, bench.others)
    assert found.sent == delivery.sent


def test_a_cut_does_not_hide_who_was_refused(bench: Bench) -> None:
    shipment = bench.alimtalk(*phones(2))
    wrong = replace(
        shipment, messages=[*shipment.messages, Outgoing("9-1", "공일공", Rendered("x"))]
    )
    bench.fault(kind="cut_after", path="send")
    delivery = deliver(bench, bench.open(), wrong)
    assert set(delivery.sent.accepted) == {"1-1", "2-1"}
    assert delivery.sent.refused == {"9-1": Refused("-5000", Result.NUMBER_WRONG)}
    assert delivery.sends == 1


@pytest.mark.parametrize("key", ["sms_key", "sms_secret"])
def test_the_other_app_has_keys_of_its_own(bench: Bench, key: str) -> None:
    stranger = bench.open(**{key: "ANOTHER"})
    with pytest.raises(Rejected) as caught:
        stranger.send(stranger.prepare("7-1"), texts(1))
    assert caught.value.result is Result.ACCOUNT_REFUSED
    deliver(bench, stranger, bench.alimtalk(*phones(1)))


def test_its_own_fallback_never_steps_in(bench: Bench) -> None:
    shipment = bench.alimtalk(*phones(2, "0001"))
    deliver(bench, bench.open(), shipment)
    summary = bench.control("GET", "summary?protocol=nhn")
    assert sum(summary["replacements"].values()) == 0
    assert [row["type"] for row in bench.accepted()] == ["ATA", "ATA"]
