"""After a cut: what does the group hold, and can it still be fired?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from alimnaru.carriers.base import Carrier, Found, InDoubt, NotSent, Recalls, Refused, Taken
from alimnaru.rules.outcomes import Result
from tests.carriers.asking import nobody, parcel

TOKEN = "G4V20261123101010NARUNARUNARU001"
GROUP = f"/messages/v4/groups/{TOKEN}"
LIST = "/messages/v4/list"
MESSAGE = "M4V20261123101011NARUNARUNARU00"


def test_a_waiting_group_is_deleted_before_it_counts_as_nothing(carrier: Carrier, desk) -> None:
    desk.expect("GET", GROUP, "group_pending")
    desk.expect("DELETE", GROUP, "group_deleted")
    desk.expect("GET", GROUP, "group_deleted")
    assert carrier.find(TOKEN, None, nobody) == Found(None)


def test_a_deleted_group_holds_nothing(carrier: Carrier, desk) -> None:
    desk.expect("GET", GROUP, "group_deleted")
    assert carrier.find(TOKEN, None, nobody) == Found(None)


def test_a_group_that_cannot_be_seen_is_deleted_all_the_same(carrier: Carrier, desk) -> None:
    desk.refuse("GET", GROUP, 404, "ResourceNotFound")
    desk.refuse("DELETE", GROUP, 404, "ResourceNotFound")
    desk.refuse("GET", GROUP, 404, "ResourceNotFound")
    assert carrier.find(TOKEN, None, nobody) == Found(None)


@pytest.mark.parametrize("status", ["group_sending", "group_complete", "group_sending_counts_late"])
def test_a_fired_group_is_read_back(carrier: Carrier, desk, status: str) -> None:
    desk.expect("GET", GROUP, status)
    desk.expect("GET", LIST, "list_page_1")
    desk.expect("GET", LIST, "list_page_2")

    found = carrier.find(TOKEN, None, nobody)

    assert found.sent is not None
    assert found.sent.accepted == {"101-1": f"{MESSAGE}1", "103-2": f"{MESSAGE}3"}
    assert found.sent.refused == {"102-1": Refused("1043", Result.TEMPLATE_MISMATCH)}
    assert dict(desk.asked[1].url.params) == {"groupId": TOKEN, "limit": "500"}
    assert desk.asked[2].url.params["startKey"] == f"{MESSAGE}3"


@pytest.mark.parametrize(
    "refusal", ["NotOperationalStatus", "InvalidStatus", "GroupInProcessing", "AlreadySent"]
)
def test_a_group_fired_while_we_deleted_it_is_read_back(
    carrier: Carrier, desk, refusal: str
) -> None:
    desk.expect("GET", GROUP, "group_pending")
    desk.refuse("DELETE", GROUP, 400, refusal)
    desk.expect("GET", GROUP, "group_sending")
    desk.expect("GET", LIST, "list_page_1")
    desk.expect("GET", LIST, "list_page_2")
    found = carrier.find(TOKEN, None, nobody)
    assert found.sent is not None
    assert len(found.sent.accepted) == 2


@pytest.mark.parametrize(
    "status",
    ["group_failed", "group_deleted_after_it_was_sent"],
)
def test_a_state_that_tells_nothing_is_a_doubt(carrier: Carrier, desk, status: str) -> None:
    desk.expect("GET", GROUP, status)
    with pytest.raises(InDoubt, match="UnexpectedGroup"):
        carrier.find(TOKEN, None, nobody)


def test_a_group_that_stays_although_it_was_deleted_is_a_doubt(carrier: Carrier, desk) -> None:
    desk.expect("GET", GROUP, "group_pending")
    desk.refuse("DELETE", GROUP, 400, "InvalidStatus")
    desk.expect("GET", GROUP, "group_pending")
    with pytest.raises(InDoubt, match="PENDING"):
        carrier.find(TOKEN, None, nobody)


def test_a_list_that_lags_behind_the_group_is_a_doubt(carrier: Carrier, desk) -> None:
    desk.expect("GET", GROUP, "group_sending")
    desk.expect("GET", LIST, "list_page_2")
    with pytest.raises(InDoubt, match="ListIncomplete: 1/3"):
        carrier.find(TOKEN, None, nobody)


@pytest.mark.parametrize(
    "message",
    [
        {"statusCode": "2000", "customFields": {}},
        {"statusCode": "2000", "customFields": None},
        {"statusCode": "2000"},
        {"statusCode": None, "customFields": {"ref": "101-1"}},
    ],
)
def test_a_message_that_is_not_recognised_is_a_doubt(carrier: Carrier, desk, message) -> None:
    group = {"groupId": TOKEN, "status": "SENDING", "count": {"total": 1}}
    desk.expect("GET", GROUP, httpx.Response(200, json=group))
    desk.expect("GET", LIST, httpx.Response(200, json={"messageList": {"M1": message}}))
    with pytest.raises(InDoubt, match="ListUnreadable"):
        carrier.find(TOKEN, None, nobody)


FAULTS = [
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("lost"),
    httpx.Response(500, json={"errorCode": "InternalError"}),
    httpx.Response(403, json={"errorCode": "InvalidAPIKey"}),
    httpx.Response(404, text="<html>no such page</html>"),
    httpx.Response(429, json={"errorCode": "TooManyRequests"}),
    httpx.Response(200, text="not json"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_the_first_look_is_a_doubt(carrier: Carrier, desk, fault) -> None:
    desk.expect("GET", GROUP, fault)
    with pytest.raises(InDoubt):
        carrier.find(TOKEN, None, nobody)


@pytest.mark.parametrize("fault", FAULTS[:-1])
def test_a_deletion_that_nobody_confirms_is_a_doubt(carrier: Carrier, desk, fault) -> None:
    desk.expect("GET", GROUP, "group_pending")
    desk.expect("DELETE", GROUP, fault)
    with pytest.raises(InDoubt):
        carrier.find(TOKEN, None, nobody)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_reading_back_is_a_doubt(carrier: Carrier, desk, fault) -> None:
    desk.expect("GET", GROUP, "group_sending")
    desk.expect("GET", LIST, fault)
    with pytest.raises(InDoubt):
        carrier.find(TOKEN, None, nobody)


def test_results_are_pages_that_read_receipts_understands(carrier: Carrier, desk) -> None:
    desk.expect("GET", LIST, "list_page_1")
    desk.expect("GET", LIST, "list_page_2")
    pages = carrier.results(parcel(TOKEN))
    receipts = [one for page in pages for one in carrier.read_receipts(page)]
    assert [(one.message_id, one.attempt_no, one.result) for one in receipts] == [
        (101, 1, Result.DELIVERED),
        (102, 1, Result.TEMPLATE_MISMATCH),
        (103, 2, Result.ACCEPTED),
    ]


def test_pages_that_lead_back_are_not_followed_for_ever(carrier: Carrier, desk) -> None:
    again = {"messageList": {}, "nextKey": "M1"}
    desk.expect("GET", LIST, httpx.Response(200, json=again))
    desk.expect("GET", LIST, httpx.Response(200, json=again))
    with pytest.raises(NotSent, match="PagesInACircle"):
        list(carrier.results(parcel(TOKEN)))


@pytest.mark.parametrize("fault", FAULTS)
def test_results_that_cannot_be_had_are_asked_for_later(carrier: Carrier, desk, fault) -> None:
    desk.expect("GET", LIST, fault)
    with pytest.raises(NotSent):
        list(carrier.results(parcel(TOKEN)))


@pytest.mark.parametrize(
    "token",
    [
        "1764144000000-7-1-0123456789abcdef",  # NHN's
        "6925b1c0-0123456789ab",  # Bizgo's
        "sens.1764144000000.0123456789ab.7-1",
    ],
)
def test_a_token_of_another_carrier_settles_nothing(carrier: Carrier, token: str) -> None:
    """The contract was changed under its name: no group here does not mean that nobody was told."""
    with pytest.raises(InDoubt, match="ForeignToken"):
        carrier.find(token, None, nobody)


# ---- what a restored copy asks -----------------------------------------------------------------


def test_what_was_taken_since_a_moment(carrier: Carrier, desk) -> None:
    """By our references, each with its group; what was refused as it was added went nowhere."""
    assert isinstance(carrier, Recalls)
    desk.expect("GET", LIST, "list_page_1")
    desk.expect("GET", LIST, "list_page_2")
    since = datetime(2026, 11, 23, 10, 5, tzinfo=ZoneInfo("Asia/Seoul"))
    assert list(carrier.taken(since)) == [Taken("101-1", TOKEN), Taken("103-2", TOKEN)]
    assert desk.asked[0].url.params["startDate"] == "2026-11-23T01:05:00Z"


def test_what_bears_no_reference_or_no_group_is_not_ours(carrier: Carrier, desk) -> None:
    assert isinstance(carrier, Recalls)
    group, ref = {"groupId": TOKEN}, {"customFields": {"ref": "101-1"}}
    found = [group, ref, {**group, "customFields": {}}, {**group, **ref}]
    listed = {str(n): {"messageId": str(n), **one} for n, one in enumerate(found)}
    desk.expect("GET", LIST, httpx.Response(200, json={"messageList": listed}))
    assert list(carrier.taken(datetime.now(UTC))) == [Taken("101-1", TOKEN)]


def test_a_list_that_cannot_be_read_is_no_list(carrier: Carrier, desk) -> None:
    assert isinstance(carrier, Recalls)
    desk.refuse("GET", LIST, 500, "InternalServerError")
    with pytest.raises(NotSent):
        list(carrier.taken(datetime.now(UTC)))
