"""What SOLAPI holds for later, and pictures on their way into messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest

from alimnaru.carriers.base import Carrier, InDoubt, NotSent, Picture, PictureUse, Rejected
from alimnaru.carriers.base import Shipment as Shipped
from alimnaru.rules.outcomes import Result
from tests.carriers.asking import nobody, parcel

TOKEN = "G4V20261123101010NARUNARUNARU001"
GROUP = f"/messages/v4/groups/{TOKEN}"
LATER = datetime(2026, 11, 25, 9, 0, tzinfo=timezone(timedelta(hours=9)))


def group(status: str, *, sent: bool = False) -> httpx.Response:
    date = "2026-11-23T10:10:10.000Z" if sent else None
    count = {"total": 3, "registeredSuccess": 2, "registeredFailed": 1}
    body = {"groupId": TOKEN, "status": status, "count": count, "dateSent": date}
    return httpx.Response(200, json=body)


def test_a_shipment_for_later_is_scheduled(carrier: Carrier, desk, shipment: Shipped) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/schedule", group("SCHEDULED"))
    sent = carrier.send(TOKEN, replace(shipment, at=LATER))
    assert set(sent.accepted) == {"101-1", "102-1", "103-2"}
    assert desk.body(1) == {"scheduledDate": "2026-11-25T00:00:00Z"}


def test_a_moment_that_is_over_sends_at_once(carrier: Carrier, desk, shipment: Shipped) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/schedule", group("SENDING", sent=True))
    carrier.send(TOKEN, replace(shipment, at=datetime(2020, 1, 1, tzinfo=UTC)))


def test_a_schedule_that_was_cut_is_found(carrier: Carrier, desk, shipment: Shipped) -> None:
    desk.expect("PUT", f"{GROUP}/messages", "added")
    desk.expect("POST", f"{GROUP}/schedule", httpx.ReadTimeout("lost"))
    with pytest.raises(InDoubt):
        carrier.send(TOKEN, replace(shipment, at=LATER))
    desk.expect("GET", GROUP, group("SCHEDULED"))
    desk.expect("GET", "/messages/v4/list", "list_page_1")
    desk.expect("GET", "/messages/v4/list", "list_page_2")
    found = carrier.find(TOKEN, None, nobody)
    assert found.sent is not None
    assert set(found.sent.accepted) == {"101-1", "103-2"}


def test_a_schedule_is_given_up(carrier: Carrier, desk) -> None:
    desk.expect("DELETE", f"{GROUP}/schedule", group("FAILED"))
    assert carrier.cancel(parcel(TOKEN)) is True


@pytest.mark.parametrize(
    ("now", "taken_back"),
    [
        (group("FAILED"), True),
        (group("DELETED"), True),
        (group("SENDING", sent=True), False),
        (group("COMPLETE", sent=True), False),
        (httpx.Response(404, json={"errorCode": "ResourceNotFound"}), True),
    ],
)
def test_what_is_no_longer_scheduled(
    carrier: Carrier, desk, now: httpx.Response, taken_back: bool
) -> None:
    desk.refuse("DELETE", f"{GROUP}/schedule", 400, "InvalidStatus")
    desk.expect("GET", GROUP, now)
    assert carrier.cancel(parcel(TOKEN)) is taken_back


@pytest.mark.parametrize("status", ["PENDING", "SCHEDULED"])
def test_a_refusal_that_explains_nothing_is_no_answer(carrier: Carrier, desk, status: str) -> None:
    desk.refuse("DELETE", f"{GROUP}/schedule", 400, "InvalidStatus")
    desk.expect("GET", GROUP, group(status))
    with pytest.raises(NotSent, match="UnexpectedGroup"):
        carrier.cancel(parcel(TOKEN))


@pytest.mark.parametrize("answer", [httpx.Response(503), httpx.ReadTimeout("lost")])
def test_a_cut_takes_nothing_back(carrier: Carrier, desk, answer: httpx.Response) -> None:
    desk.expect("DELETE", f"{GROUP}/schedule", answer)
    with pytest.raises(NotSent):
        carrier.cancel(parcel(TOKEN))


@pytest.mark.parametrize(
    ("use", "kind"),
    [(PictureUse.MMS, "MMS"), (PictureUse.TEMPLATE, "KAKAO"), (PictureUse.HIGHLIGHT, "KAKAO")],
)
def test_a_picture_is_stored(carrier: Carrier, desk, use: PictureUse, kind: str) -> None:
    desk.expect("POST", "/storage/v1/files", httpx.Response(200, json={"fileId": "ST01FL26"}))
    stored = carrier.upload(Picture("notice.jpg", b"\xff\xd8\xff"), use)
    assert (stored.ref, stored.until) == ("ST01FL26", None)
    assert desk.body(0) == {"file": "/9j/", "type": kind, "name": "notice.jpg"}


def test_a_picture_that_is_refused(carrier: Carrier, desk) -> None:
    desk.refuse("POST", "/storage/v1/files", 400, "FileSizeExceeded")
    with pytest.raises(Rejected) as caught:
        carrier.upload(Picture("notice.jpg", b"\xff\xd8\xff"), PictureUse.MMS)
    assert caught.value.result is Result.REQUEST_WRONG
