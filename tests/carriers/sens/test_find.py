"""Settling a cut: by time first, then by what SENS lists."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Carrier, Found, InDoubt, Outgoing, Refused, Shipment
from alimnaru.carriers.sens.fence import Fence, make_token, moment_of
from alimnaru.rules.dates import KST
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Rendered
from tests.carriers.asking import nobody
from tests.carriers.sens.conftest import KAKAO, SMS, alimtalks, texts, token_of

#: Older than the fence by default: 30 + 2 * 300 + 60 s.
SETTLED = 700.0
WRITTEN = "%Y-%m-%dT%H:%M:%S.000"


def listed(
    request: str,
    numbers: Collection[str],
    *,
    age: float = SETTLED,
    zone: Any = KST,
    **more: Any,
) -> dict[str, Any]:
    """A list as SENS gives it, without texts."""
    at = datetime.now(zone) - timedelta(seconds=age)
    return {
        "statusCode": "200",
        "messages": [
            {
                "requestId": request,
                "messageId": f"{request}-{number[-1]}",
                "to": number,
                "requestTime": at.strftime(WRITTEN),
                "requestStatusCode": "A000",
                **more,
            }
            for number in numbers
        ],
        "hasMore": False,
    }


NUMBERS = [f"0101234000{n}" for n in (1, 2, 3)]


def probes(desk, *requests: dict[str, Any], path: str = KAKAO, count: int = 1) -> None:
    """Lists by number: up to three are asked for until one shows what is ours."""
    messages = [message for one in requests for message in one["messages"]]
    for _ in range(count):
        if messages:
            desk.expect("GET", f"{path}/messages", {"messages": messages})
        else:
            desk.nothing(f"{path}/messages")


def details(desk, request: str, contents: dict[str, str], path: str = KAKAO) -> None:
    for number, content in contents.items():
        desk.expect(
            "GET",
            f"{path}/messages/{request}-{number[-1]}",
            {"requestId": request, "to": number, "content": content},
        )


def ours(shipment: Shipment | None = None) -> dict[str, str]:
    return {one.to: one.rendered.text for one in (shipment or alimtalks()).messages}


def test_it_works(carrier: Carrier, desk) -> None:
    found = listed("R1", NUMBERS)
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    details(desk, "R1", ours())

    answer = carrier.find(token_of(SETTLED), alimtalks(), nobody)

    assert answer.sent is not None
    assert answer.sent.accepted == {"101-1": "R1:R1-1", "102-1": "R1:R1-2", "103-2": "R1:R1-3"}
    assert answer.sent.refused == {}
    asked = desk.params(0)
    assert (asked["to"], asked["plusFriendId"]) == ("01012340001", "@나루중앙")
    assert (asked["templateCode"], asked["pageSize"]) == ("NARU01", "100")
    assert desk.params(1)["requestId"] == "R1"


def test_the_stretch_covers_whatever_sens_may_have_meant(carrier: Carrier, desk) -> None:
    probes(desk, count=3)
    token = token_of(SETTLED)
    made = moment_of(token)
    assert made is not None
    assert carrier.find(token, alimtalks(), nobody) == Found(None)
    form = "%Y-%m-%d %H:%M:%S"
    first = datetime.strptime(desk.params(0)["requestStartTime"], form)
    last = datetime.strptime(desk.params(0)["requestEndTime"], form)
    for zone in (KST, UTC):
        local = made.astimezone(zone).replace(tzinfo=None)
        assert first < local - timedelta(seconds=300)
        assert local + timedelta(seconds=330) < last
    # SENS looks back no more than 30 days at once.
    assert last - first < timedelta(days=1)


def test_nothing_there_means_nothing_will_come(carrier: Carrier, desk) -> None:
    probes(desk, count=3)
    assert carrier.find(token_of(SETTLED), alimtalks(), nobody) == Found(None)


def test_before_the_time_nothing_is_asked_and_nothing_said(carrier: Carrier) -> None:
    for age in (0.0, 29.0, 300.0, 331.0, 660.0):
        with pytest.raises(InDoubt, match="TooEarly"):
            carrier.find(token_of(age), alimtalks(), nobody)


def test_the_times_are_settings(open_at: Callable[..., Carrier], desk) -> None:
    short = {"fresh_seconds": "1", "skew_seconds": "2", "settle_seconds": "0.5"}
    with pytest.raises(InDoubt, match="TooEarly"):
        open_at(**short).find(token_of(4), alimtalks(), nobody)
    probes(desk, count=3)
    assert open_at(**short).find(token_of(6), alimtalks(), nobody) == Found(None)


def test_a_clock_that_is_off_is_allowed_for() -> None:
    """The gateway lets a signature in for `skew` after it was made, by its own clock. Ours may be
    ahead of it by as much, and still be let in."""
    fence = Fence(fresh=30, skew=300, settle=60)
    made = datetime(2025, 11, 25, tzinfo=UTC)
    ahead = timedelta(seconds=300)
    last_signed = fence.last_signature(made)
    let_in_until = last_signed + timedelta(seconds=300) + ahead  # by a clock that is ahead
    assert fence.closed(made) >= let_in_until + timedelta(seconds=60)
    first, last = fence.stretch(made)
    assert first < made - ahead
    assert last > last_signed + ahead


def test_a_token_of_days_ago_is_not_judged(carrier: Carrier) -> None:
    with pytest.raises(InDoubt, match="TooLate"):
        carrier.find(token_of(3 * 86_400), alimtalks(), nobody)


def test_without_the_contents_nothing_can_be_told(carrier: Carrier) -> None:
    with pytest.raises(InDoubt, match="ShipmentUnreadable"):
        carrier.find(token_of(SETTLED), None, nobody)


def test_other_numbers_other_texts_and_others_requests_are_not_ours(carrier: Carrier, desk) -> None:
    more = listed("R1", [*NUMBERS, "01012340004"])
    twice = listed("R2", [*NUMBERS, NUMBERS[0]])
    theirs = listed("R3", NUMBERS)
    other = listed("R4", NUMBERS)
    probes(desk, more, twice, theirs, other)
    desk.expect("GET", f"{KAKAO}/messages", more)
    desk.expect("GET", f"{KAKAO}/messages", twice)
    desk.expect("GET", f"{KAKAO}/messages", theirs)
    desk.expect("GET", f"{KAKAO}/messages", other)
    details(desk, "R4", {NUMBERS[0]: "다른 글"})
    probes(desk, more, twice, theirs, other, count=2)  # shown again, not looked at again

    def others(refs: Collection[str]) -> frozenset[str]:
        return frozenset(refs) & {"R3:R3-2"}

    assert carrier.find(token_of(SETTLED), alimtalks(), others) == Found(None)


def test_another_chunk_may_know_its_messages_by_digest(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{SMS}/messages", {"requestId": "R1"}, status=202)
    sent = carrier.send(carrier.prepare("8-1"), texts())
    recorded = set(sent.accepted.values())
    found = listed("R1", NUMBERS[:2])
    probes(desk, found, path=SMS)
    desk.expect("GET", f"{SMS}/messages", found)
    probes(desk, found, path=SMS)

    def others(refs: Collection[str]) -> frozenset[str]:
        return frozenset(refs) & recorded

    assert carrier.find(token_of(SETTLED), texts(), others) == Found(None)


def test_of_two_alike_the_older_one_that_is_free_is_taken(carrier: Carrier, desk) -> None:
    newer, older = listed("R1", NUMBERS, age=600), listed("R2", NUMBERS, age=650)
    taken = listed("R3", NUMBERS, age=690)
    probes(desk, newer, older, taken)
    desk.expect("GET", f"{KAKAO}/messages", taken)
    desk.expect("GET", f"{KAKAO}/messages", older)
    details(desk, "R2", ours())

    def others(refs: Collection[str]) -> frozenset[str]:
        return frozenset(ref for ref in refs if ref.startswith("R3:"))

    answer = carrier.find(token_of(SETTLED), alimtalks(), others)
    assert answer.sent is not None
    assert set(answer.sent.accepted.values()) == {"R2:R2-1", "R2:R2-2", "R2:R2-3"}


@pytest.mark.parametrize(("age", "zone"), [(SETTLED, KST), (SETTLED, UTC)])
def test_times_may_be_korean_or_not(carrier: Carrier, desk, age: float, zone: Any) -> None:
    found = listed("R1", NUMBERS, age=age, zone=zone)
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    details(desk, "R1", ours())
    assert carrier.find(token_of(SETTLED), alimtalks(), nobody).sent is not None


def test_what_came_at_another_time_is_not_looked_at(carrier: Carrier, desk) -> None:
    probes(desk, listed("R1", NUMBERS, age=SETTLED + 4 * 3600), count=3)
    assert carrier.find(token_of(SETTLED), alimtalks(), nobody) == Found(None)


def test_a_request_without_a_time_is_looked_at(carrier: Carrier, desk) -> None:
    found = listed("R1", NUMBERS, requestTime=None)
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    details(desk, "R1", ours())
    assert carrier.find(token_of(SETTLED), alimtalks(), nobody).sent is not None


def test_blanks_make_no_difference_and_shown_texts_are_not_asked_for(
    carrier: Carrier, desk
) -> None:
    found = listed("R1", NUMBERS)
    for message in found["messages"]:
        message["content"] = ours()[message["to"]].replace(" ", "\r\n") + " "
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    assert carrier.find(token_of(SETTLED), alimtalks(), nobody).sent is not None


@pytest.mark.parametrize("answer", ["nothing", {"messageId": "x"}, {"messages": []}])
def test_a_text_that_is_not_shown_leaves_doubt(carrier: Carrier, desk, answer: Any) -> None:
    found = listed("R1", NUMBERS)
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    if answer == "nothing":
        desk.nothing(f"{KAKAO}/messages/R1-1")
    else:
        desk.expect("GET", f"{KAKAO}/messages/R1-1", answer)
    with pytest.raises(InDoubt, match="TextUnreadable"):
        carrier.find(token_of(SETTLED), alimtalks(), nobody)


def test_a_message_without_a_name_shows_no_text(carrier: Carrier, desk) -> None:
    found = listed("R1", NUMBERS, messageId=None)
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    with pytest.raises(InDoubt, match="TextUnreadable"):
        carrier.find(token_of(SETTLED), alimtalks(), nobody)


def test_what_was_refused_may_not_be_listed(carrier: Carrier, desk) -> None:
    """The first number shows nothing; another does."""
    part = listed("R1", NUMBERS[1:])
    probes(desk)
    probes(desk, part)
    desk.expect("GET", f"{KAKAO}/messages", part)
    details(desk, "R1", {number: ours()[number] for number in NUMBERS[1:]})
    probes(desk, part)
    with pytest.raises(InDoubt, match="ListIncomplete"):
        carrier.find(token_of(SETTLED), alimtalks(), nobody)


def test_of_many_texts_some_are_compared(carrier: Carrier, desk) -> None:
    """A worker holds a chunk for seconds: a hundred calls would outlast that."""
    numbers = [f"01012340{place:03d}" for place in range(100)]
    messages = [
        Outgoing(f"{place}-1", number, Rendered(f"{place}번 책을 돌려주십시오."))
        for place, number in enumerate(numbers)
    ]
    found = listed("R1", numbers)
    for place, message in enumerate(found["messages"]):
        message["messageId"] = f"m{place}"
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    for place in range(0, 100, 13):
        shown = {"content": messages[place].rendered.text}
        desk.expect("GET", f"{KAKAO}/messages/m{place}", shown)
    answer = carrier.find(token_of(SETTLED), alimtalks(messages=messages), nobody)
    assert answer.sent is not None
    assert len(answer.sent.accepted) == 100


def test_a_request_of_nothing_is_none(carrier: Carrier, desk) -> None:
    probes(desk, listed("R1", NUMBERS))
    desk.nothing(f"{KAKAO}/messages")
    probes(desk, count=2)
    with pytest.raises(InDoubt, match="ListIncomplete"):
        carrier.find(token_of(SETTLED), alimtalks(), nobody)


def test_a_request_that_is_not_all_listed_leaves_doubt(carrier: Carrier, desk) -> None:
    part = listed("R1", NUMBERS[:2])
    probes(desk, part)
    desk.expect("GET", f"{KAKAO}/messages", part)
    details(desk, "R1", {number: ours()[number] for number in NUMBERS[:2]})
    probes(desk, count=2)
    with pytest.raises(InDoubt, match="ListIncomplete"):
        carrier.find(token_of(SETTLED), alimtalks(), nobody)


def test_lists_are_read_to_the_end(carrier: Carrier, desk) -> None:
    found = listed("R1", NUMBERS)
    first, second = found["messages"][:2], found["messages"][2:]
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", {"messages": first, "hasMore": True, "nextToken": "T"})
    desk.expect("GET", f"{KAKAO}/messages", {"messages": second, "hasMore": True})
    details(desk, "R1", ours())
    assert carrier.find(token_of(SETTLED), alimtalks(), nobody).sent is not None
    assert desk.params(2)["nextToken"] == "T"


def test_a_list_without_end_leaves_doubt(carrier: Carrier, desk) -> None:
    for _ in range(2):
        page = {"messages": None, "hasMore": True, "nextToken": "T"}
        desk.expect("GET", f"{KAKAO}/messages", page)
    with pytest.raises(InDoubt, match="PagesInACircle"):
        carrier.find(token_of(SETTLED), alimtalks(), nobody)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(500), "Http500"),
        (httpx.Response(403), "Http403"),
        (httpx.Response(404, json={"error": {"errorCode": "300"}}), "Http404.300"),
        (httpx.Response(429), "Http429"),
        (httpx.Response(200, content=b"<html>"), "UnreadableReply"),
        (httpx.Response(200, json={"messages": [7]}), "ListUnreadable"),
        (httpx.ReadTimeout("slow"), "ReadTimeout"),
        (httpx.ConnectError("refused"), "ConnectError"),
    ],
)
def test_a_question_without_an_answer_leaves_doubt(
    carrier: Carrier, desk, answer: Any, code: str
) -> None:
    desk.expect("GET", f"{KAKAO}/messages", answer)
    with pytest.raises(InDoubt) as caught:
        carrier.find(token_of(SETTLED), alimtalks(), nobody)
    assert caught.value.code == code


def test_what_was_refused_is_found_refused(carrier: Carrier, desk) -> None:
    found = listed("R1", NUMBERS)
    found["messages"][1] |= {"requestStatusCode": "3016", "content": ours()[NUMBERS[1]]}
    found["messages"][1]["messageId"] = None
    found["messages"][2]["requestStatusCode"] = None
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    details(desk, "R1", {NUMBERS[0]: ours()[NUMBERS[0]], NUMBERS[2]: ours()[NUMBERS[2]]})
    answer = carrier.find(token_of(SETTLED), alimtalks(), nobody)
    assert answer.sent is not None
    assert set(answer.sent.accepted) == {"101-1", "103-2"}
    assert answer.sent.refused == {"102-1": Refused("3016", Result.TEMPLATE_MISMATCH)}


def test_what_was_never_sent_is_not_looked_for(carrier: Carrier, desk) -> None:
    long = Outgoing("203-1", "01012340003", Rendered("가" * 46))
    shipment = texts(messages=[*texts().messages, long])
    found = listed("R1", NUMBERS[:2])
    probes(desk, found, path=SMS)
    desk.expect("GET", f"{SMS}/messages", found)
    details(desk, "R1", ours(texts()), path=SMS)
    answer = carrier.find(token_of(SETTLED), shipment, nobody)
    assert answer.sent is not None
    assert set(answer.sent.accepted) == {"201-1", "202-1"}
    assert set(answer.sent.refused) == {"203-1"}
    assert desk.params(0)["type"] == "SMS"

    only = carrier.find(token_of(SETTLED), texts(messages=[long]), nobody)
    assert only.sent is not None
    assert set(only.sent.refused) == {"203-1"}


def test_what_sens_holds_is_looked_for_when_it_has_gone(carrier: Carrier, desk) -> None:
    now = datetime.now(UTC)
    token = make_token("7-1", now - timedelta(hours=3))
    soon = alimtalks(at=now + timedelta(minutes=30))
    with pytest.raises(InDoubt, match="TooEarly"):
        carrier.find(token, soon, nobody)
    gone = alimtalks(at=now - timedelta(seconds=SETTLED))
    found = listed("R1", NUMBERS)
    probes(desk)
    probes(desk, found)
    desk.expect("GET", f"{KAKAO}/messages", found)
    details(desk, "R1", ours())
    assert carrier.find(token, gone, nobody).sent is not None
