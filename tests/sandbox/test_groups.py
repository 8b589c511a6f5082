"""The life of a group, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.solapi.wire import MAX_PER_REQUEST
from sandbox.wire import MAX_BODY
from tests.sandbox.conversation import Client, sms, wait_for


def added(sandbox: Client, group_id: str, *messages: dict[str, object]) -> list[str]:
    reply = sandbox.add(group_id, *messages)
    return [one["statusCode"] for one in reply.json()["resultList"]]


def error_of(reply: object) -> str:
    return str(reply.json()["errorCode"])  # type: ignore[attr-defined] # any httpx response


def test_create_add_send(sandbox: Client) -> None:
    group_id = sandbox.group(customFields={"token": "t-1"})
    assert group_id.startswith("G4V")
    assert len(group_id) == 32

    reply = sandbox.add(group_id, sms("010-1234-5678", "7-1"), sms("01098765432", "8-1")).json()
    assert reply["errorCount"] == 0
    first = reply["resultList"][0]
    assert first["messageId"].startswith("M4V")
    assert len(first["messageId"]) == 32
    assert first["to"] == "01012345678"
    assert first["customFields"] == {"ref": "7-1"}
    assert sandbox.control("GET", "accepted") == []

    sent = sandbox.fire(group_id).json()
    assert (sent["status"], sent["count"]["sentTotal"]) == ("SENDING", 2)
    assert sent["customFields"] == {"token": "t-1"}
    refs = [(one["n"], one["ref"]) for one in sandbox.control("GET", "accepted")]
    assert refs == [(1, "7-1"), (2, "8-1")]

    def status() -> str:
        return str(sandbox.call("GET", f"/messages/v4/groups/{group_id}").json()["status"])

    wait_for(lambda: status() == "COMPLETE")


def test_a_number_comes_once_in_a_group(sandbox: Client) -> None:
    group_id = sandbox.group()
    assert added(sandbox, group_id, sms(), sms("010-1234-5678")) == ["2000", "1026"]
    assert added(sandbox, group_id, sms()) == ["1026"]
    assert sandbox.fire(group_id).json()["count"]["sentTotal"] == 1


def test_unless_the_group_allows_it(sandbox: Client) -> None:
    group_id = sandbox.group(allowDuplicates=True)
    assert added(sandbox, group_id, sms(), sms()) == ["2000", "2000"]


def test_a_message_may_name_several_numbers(sandbox: Client) -> None:
    group_id = sandbox.group()
    message = {**sms(), "to": ["01011110000", "01022220000"]}
    assert added(sandbox, group_id, message, sms("01033330000")) == ["2000"] * 3
    sandbox.fire(group_id)
    shown = sandbox.control("GET", "accepted?text=1")
    assert [(one["to"], one["text"]) for one in shown] == [
        ("01011110000", "안내"),
        ("01022220000", "안내"),
        ("01033330000", "안내"),
    ]


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("sent", "AlreadySent"),
        ("deleted", "DeletedGroup"),
        ("scheduled", "ScheduledGroup"),
    ],
)
def test_a_closed_group_takes_nothing(sandbox: Client, ending: str, expected: str) -> None:
    group_id = sandbox.group()
    sandbox.add(group_id, sms())
    path = f"/messages/v4/groups/{group_id}"
    if ending == "sent":
        sandbox.fire(group_id)
    elif ending == "deleted":
        assert sandbox.call("DELETE", path).json()["status"] == "DELETED"
    else:
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        sandbox.call("POST", f"{path}/schedule", {"scheduledDate": later})

    for reply in (sandbox.fire(group_id), sandbox.add(group_id, sms("01098765432"))):
        assert reply.status_code == 400
        assert error_of(reply) == expected
    assert len(sandbox.control("GET", "accepted")) == (1 if ending == "sent" else 0)


def test_a_sent_group_cannot_be_deleted(sandbox: Client) -> None:
    group_id = sandbox.send(sms())
    reply = sandbox.call("DELETE", f"/messages/v4/groups/{group_id}")
    assert (reply.status_code, error_of(reply)) == (400, "AlreadySent")


def test_an_empty_group_cannot_be_sent(sandbox: Client) -> None:
    group_id = sandbox.group()
    assert error_of(sandbox.fire(group_id)) == "MessagesNotFound"
    sandbox.add(group_id, sms("nobody"))
    assert error_of(sandbox.fire(group_id)) == "MessagesNotFound"


def test_messages_can_be_taken_out_again(sandbox: Client) -> None:
    group_id = sandbox.group()
    path = f"/messages/v4/groups/{group_id}/messages"
    reply = sandbox.add(group_id, sms("01011110000"), sms("01022220000")).json()
    first = reply["resultList"][0]["messageId"]
    removed = sandbox.call("DELETE", path, {"messageIds": [first, "M4Vnothing"]}).json()
    assert [one["resultCode"] for one in removed["resultList"]] == ["2000", "1021"]
    assert len(sandbox.call("GET", path).json()["messageList"]) == 1
    # Its number is free again.
    assert added(sandbox, group_id, sms("01011110000")) == ["2000"]
    assert sandbox.fire(group_id).json()["count"]["sentTotal"] == 2


def test_what_was_refused_is_kept_but_never_sent(sandbox: Client) -> None:
    group_id = sandbox.group()
    assert added(sandbox, group_id, sms(), sms("01012345678")) == ["2000", "1026"]
    sandbox.fire(group_id)
    listed = sandbox.call("GET", f"/messages/v4/groups/{group_id}/messages").json()
    codes = sorted(one["statusCode"] for one in listed["messageList"].values())
    assert codes[0] == "1026"
    assert len(sandbox.control("GET", "accepted")) == 1


def test_a_schedule_is_kept(sandbox: Client) -> None:
    group_id = sandbox.group()
    sandbox.add(group_id, sms())
    soon = (datetime.now(UTC) + timedelta(milliseconds=150)).isoformat()
    path = f"/messages/v4/groups/{group_id}/schedule"
    assert sandbox.call("POST", path, {"scheduledDate": soon}).json()["status"] == "SCHEDULED"
    assert sandbox.control("GET", "accepted") == []
    wait_for(lambda: sandbox.control("GET", "accepted"))


def test_only_a_scheduled_group_can_be_unscheduled(sandbox: Client) -> None:
    path = f"/messages/v4/groups/{sandbox.send(sms())}/schedule"
    assert error_of(sandbox.call("DELETE", path)) == "InvalidStatus"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"messages": []}', 400),
        (b'{"messages": [{"from": "021200000"}]}', 400),
        (b'{"messages": [{"to": 1012345678}]}', 400),
        (b'{"messages": "' + b"x" * MAX_BODY + b'"}', 413),
    ],
)
def test_bodies_that_are_no_messages(sandbox: Client, body: bytes, status: int) -> None:
    reply = sandbox.call("PUT", f"/messages/v4/groups/{sandbox.group()}/messages", body)
    assert reply.status_code == status
    assert reply.json()["errorMessage"]


def test_a_request_holds_10_000_messages(sandbox: Client) -> None:
    group_id = sandbox.group()
    many = [sms(f"010{n:08d}", f"{n}-1") for n in range(MAX_PER_REQUEST + 1)]
    assert error_of(sandbox.add(group_id, *many)) == "ValidationError"
    assert sandbox.add(group_id, *many[1:]).json()["errorCount"] == 0
    assert sandbox.fire(group_id).json()["count"]["sentTotal"] == MAX_PER_REQUEST


def test_no_money_no_messages(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"balance": 30})
    group_id = sandbox.group()
    sandbox.add(group_id, sms("01011110000"), sms("01022220000"))
    reply = sandbox.fire(group_id)
    assert (reply.status_code, error_of(reply)) == (402, "NotEnoughBalance")
    assert sandbox.control("GET", "accepted") == []


def test_send_one_is_answered_flat(sandbox: Client) -> None:
    reply = sandbox.call("POST", "/messages/v4/send", {"message": sms(ref="5-1")}).json()
    assert (reply["statusCode"], reply["to"], reply["type"]) == ("2000", "01012345678", "SMS")
    assert sandbox.control("GET", "accepted")[0]["messageId"] == reply["messageId"]

    refused = sandbox.call("POST", "/messages/v4/send", {"message": sms("x")}).json()
    assert refused["statusCode"] == "1011"


def test_send_many_is_answered_with_the_group(sandbox: Client) -> None:
    reply = sandbox.call("POST", "/messages/v4/send-many", {"messages": [sms()]}).json()
    assert reply["count"]["sentTotal"] == 1


def test_lists_are_paged_and_filtered(sandbox: Client) -> None:
    group_id = sandbox.send(*[sms(f"0101111{n:04d}", f"{n}-1") for n in range(5000, 5025)])
    sandbox.send(sms("01099990000"))
    query = {"groupId": group_id, "limit": "10"}
    seen: list[str] = []
    while True:
        page = sandbox.call("GET", "/messages/v4/list", params=query).json()
        seen += [one["customFields"]["ref"] for one in page["messageList"].values()]
        if page["nextKey"] is None:
            break
        query["startKey"] = page["nextKey"]
    assert seen == [f"{n}-1" for n in range(5000, 5025)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"type": "SMS"}, 3),
        ({"type": "LMS"}, 0),
        ({"to": "010-1111-5000"}, 1),
        ({"from": "02-120-0000"}, 3),
        ({"from": "021230000"}, 0),
        ({"criteria": "to,type", "cond": "eq,eq", "value": "01011115001,SMS"}, 1),
        ({"startDate": "2020-01-01T00:00:00Z"}, 3),
        ({"endDate": "2020-01-01T00:00:00Z"}, 0),
        ({"startKey": "M4Vnothing"}, 0),
        ({"groupId": "G4Vnothing"}, 0),
        ({"messageIds[]": "M4Vnothing"}, 0),
    ],
)
def test_filters_of_a_list(sandbox: Client, query: dict[str, str], count: int) -> None:
    sandbox.send(*[sms(f"0101111{n}", f"{n}-1") for n in range(5000, 5003)])
    found = sandbox.call("GET", "/messages/v4/list", params=query).json()
    assert len(found["messageList"]) == count


def test_a_list_by_id(sandbox: Client) -> None:
    sandbox.send(*[sms(f"0101111{n}", f"{n}-1") for n in range(5000, 5003)])
    ids = [one["messageId"] for one in sandbox.control("GET", "accepted")]
    found = sandbox.call("GET", "/messages/v4/list", params={"messageIds[]": ids[:2]}).json()
    assert set(found["messageList"]) == set(ids[:2])
    bad = sandbox.call("GET", "/messages/v4/list", params={"startDate": "someday"})
    assert error_of(bad) == "ValidationError"


def test_statistics_count_what_was_sent(sandbox: Client) -> None:
    sandbox.send(sms(), sandbox.alimtalk("01098765432", "2-1"))
    total = sandbox.call("GET", "/messages/v4/statistics").json()["total"]
    assert total == {"total": 2, "sms": 1, "ata": 1}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/messages/v4/nothing", 404, "ResourceNotFound"),
        ("PATCH", "/messages/v4/groups", 405, "MethodNotAllowed"),
        ("POST", "/messages/v4/groups/G4Vnothing/send", 404, "ResourceNotFound"),
    ],
)
def test_addresses_that_do_not_exist(
    sandbox: Client, method: str, path: str, status: int, code: str
) -> None:
    reply = sandbox.call(method, path)
    assert (reply.status_code, error_of(reply)) == (status, code)
