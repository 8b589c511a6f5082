"""A shipment of more than one request: filled in parts, fired once."""

from __future__ import annotations

import json

import httpx
import pytest

from alimnaru.carriers.base import Carrier, NotSent, Outgoing, Shipment
from alimnaru.carriers.solapi.client import ADD
from alimnaru.rules.channel import Channel
from alimnaru.rules.template import Rendered

TOKEN = "G4V20261123101010NARUNARUNARU001"
GROUP = f"/messages/v4/groups/{TOKEN}"


@pytest.fixture
def long_shipment() -> Shipment:
    count = 2 * ADD + 1
    return Shipment(
        channel=Channel.SMS,
        sender_number="021200000",
        messages=[Outgoing(f"{n}-1", f"010{n:08d}", Rendered("반납일")) for n in range(count)],
    )


def added(numbers: range) -> httpx.Response:
    items = [
        {"messageId": f"M{n}", "statusCode": "2000", "customFields": {"ref": f"{n}-1"}}
        for n in numbers
    ]
    return httpx.Response(200, json={"errorCount": 0, "resultList": items})


def test_each_part_is_added_and_the_group_fired_once(
    carrier: Carrier, desk, long_shipment: Shipment
) -> None:
    for part in (range(ADD), range(ADD, 2 * ADD), range(2 * ADD, 2 * ADD + 1)):
        desk.expect("PUT", f"{GROUP}/messages", added(part))
    desk.expect("POST", f"{GROUP}/send", "group_sending")

    sent = carrier.send(TOKEN, long_shipment)

    assert len(sent.accepted) == 2 * ADD + 1
    assert sent.accepted["2000-1"] == "M2000"
    sizes = [len(json.loads(r.content)["messages"]) for r in desk.asked[:3]]
    assert sizes == [ADD, ADD, 1]


def test_a_part_that_cannot_be_added_keeps_all_of_it_back(
    carrier: Carrier, desk, long_shipment: Shipment
) -> None:
    desk.expect("PUT", f"{GROUP}/messages", added(range(ADD)))
    desk.expect("PUT", f"{GROUP}/messages", httpx.ReadTimeout("lost"))
    desk.expect("DELETE", GROUP, "group_deleted")
    with pytest.raises(NotSent):
        carrier.send(TOKEN, long_shipment)
