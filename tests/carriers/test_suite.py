"""What holds for every carrier: who is told what, once, and how we learn of it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alimnaru.carriers.base import (
    Carrier,
    CarrierError,
    InDoubt,
    NotSent,
    Outgoing,
    Picture,
    PictureUse,
    Recalls,
    Rejected,
    Sent,
    Shipment,
    Unsupported,
)
from alimnaru.carriers.kind import NotGenuine
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import ACTIONS, Action, Result
from alimnaru.rules.template import Rendered
from tests.carriers.suite import (
    ALIMTALK_RESULTS,
    PHONE_RESULTS,
    PICTURED,
    Bench,
    Delivery,
    Listener,
    Stalled,
    answer,
    deliver,
    fates,
    parcel,
    phones,
    picture,
    poll,
    ref_of,
    wait_for,
)

KINDS = {Channel.ALIMTALK: "ATA", Channel.SMS: "SMS", Channel.LMS: "LMS", Channel.MMS: "MMS"}
FAULTS = (
    *("cut_before", "cut_after", "cut_middle"),
    *("error_500", "error_502", "error_503", "too_many"),
)


@pytest.fixture
def carrier(bench: Bench) -> Carrier:
    return bench.open()


def upload(carrier: Carrier, use: PictureUse) -> str:
    return carrier.upload(Picture("notice.jpg", picture()), use).ref


# -- each channel --------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", list(Channel))
def test_each_channel_reaches_a_phone(bench: Bench, carrier: Carrier, channel: Channel) -> None:
    if channel is Channel.MMS and bench.lacks("mms"):
        with pytest.raises((Unsupported, Rejected)):
            carrier.send(carrier.prepare("7-1"), bench.shipment(channel, *phones(1)))
        return
    image = upload(carrier, PictureUse.MMS) if channel is Channel.MMS else None
    shipment = bench.shipment(channel, *phones(3), image=image)

    delivery = deliver(bench, carrier, shipment)

    assert delivery.sent.refused == {}
    assert set(delivery.sent.accepted) == {one.ref for one in shipment.messages}
    assert all(0 < len(ref) <= 100 for ref in (delivery.token, *delivery.sent.accepted.values()))
    rows = bench.accepted()
    assert [row["type"] for row in rows] == [KINDS[channel]] * 3
    assert {row["to"]: row["text"] for row in rows} == {
        one.to: one.rendered.text for one in shipment.messages
    }
    assert {one.result for one in poll(carrier, delivery)} == {Result.DELIVERED}


def test_an_alimtalk_with_a_picture(bench: Bench, carrier: Carrier) -> None:
    text = "주민 님, 신청하신 행사가 11. 25.(수)에 열립니다."
    plain = bench.alimtalk(*phones(2), code=PICTURED)
    image = None if bench.lacks("upload.template") else upload(carrier, PictureUse.TEMPLATE)
    messages = [with_words(one, Rendered(text, image=True)) for one in plain.messages]
    shipment = replace(plain, messages=messages, image=image)
    if bench.lacks("alimtalk.image"):
        with pytest.raises((Unsupported, Rejected)):
            carrier.send(carrier.prepare("7-1"), shipment)
        return
    delivery = deliver(bench, carrier, shipment)
    assert delivery.sent.refused == {}
    assert [row["text"] for row in bench.accepted()] == [text] * 2
    assert {one.result for one in poll(carrier, delivery)} == {Result.DELIVERED}


def with_words(one: Outgoing, rendered: Rendered) -> Outgoing:
    return Outgoing(one.ref, one.to, rendered)


@pytest.mark.parametrize("channel", [Channel.ALIMTALK, Channel.SMS])
def test_a_whole_chunk_goes_at_once(bench: Bench, carrier: Carrier, channel: Channel) -> None:
    count = min(carrier.max_messages, 1_000)
    assert carrier.max_messages == bench.kind.max_messages
    delivery = deliver(bench, carrier, bench.shipment(channel, *phones(count)))
    assert len(delivery.sent.accepted) == count
    assert len(set(delivery.sent.accepted.values())) == count
    assert bench.told() == Counter(phones(count))
    assert len(poll(carrier, delivery)) == count


# -- results -------------------------------------------------------------------------------------


def results_of(bench: Bench, channel: Channel) -> dict[str, Result]:
    if channel is Channel.ALIMTALK:
        return {**ALIMTALK_RESULTS, **bench.rig.alimtalk_results}
    return {**PHONE_RESULTS, **bench.rig.phone_results}


def by_ending(shipment: Shipment, receipts: dict[str, Result]) -> dict[str, Result]:
    endings = {one.ref: one.to[-4:] for one in shipment.messages}
    return {endings[ref]: result for ref, result in receipts.items()}


@pytest.mark.parametrize("channel", [Channel.ALIMTALK, Channel.SMS])
def test_results_are_told_when_asked(bench: Bench, carrier: Carrier, channel: Channel) -> None:
    wanted = results_of(bench, channel)
    shipment = bench.shipment(channel, *(f"0107000{ending}" for ending in wanted))
    delivery = deliver(bench, carrier, shipment)
    polled = poll(carrier, delivery)
    assert by_ending(shipment, {ref_of(one): one.result for one in polled}) == wanted
    assert all(one.carrier_ref == delivery.sent.accepted[ref_of(one)] for one in polled)
    assert all(one.at is None or one.at.tzinfo is not None for one in polled)
    # The carrier's own fallback stayed off, whatever became of the Alimtalk.
    assert bench.control("GET", "summary")["replacements"] == {}
    assert bench.told() == Counter(one.to for one in shipment.messages)


def test_what_has_no_result_yet_is_no_end(bench: Bench, carrier: Carrier) -> None:
    shipment = bench.shipment(Channel.ALIMTALK, "01070000006", "01070005555")
    delivery = deliver(bench, carrier, shipment)
    only = replace_sent(delivery, "2-1")
    poll(carrier, only)
    asked = parcel(delivery.token, shipment, delivery.sent)
    told = [one for page in carrier.results(asked) for one in carrier.read_receipts(page)]
    waiting = [one for one in told if one.message_id == 1]
    assert all(ACTIONS[one.result] is Action.WAIT for one in waiting)


def replace_sent(delivery: Delivery, *refs: str) -> Delivery:
    accepted = {ref: delivery.sent.accepted[ref] for ref in refs}
    return replace(delivery, sent=Sent(accepted))


@pytest.mark.parametrize("channel", [Channel.ALIMTALK, Channel.SMS])
def test_results_are_called_in(
    bench: Bench, carrier: Carrier, listener: Listener, channel: Channel
) -> None:
    wanted = results_of(bench, channel)
    shipment = bench.shipment(channel, *(f"0107000{ending}" for ending in wanted))
    delivery = deliver(bench, carrier, shipment)
    polled = {ref_of(one): (one.code, one.result) for one in poll(carrier, delivery)}
    if bench.lacks("callbacks"):
        assert listener.calls == []
        return
    wait_for(lambda: len(listener.receipts(carrier)) >= len(wanted))
    called = {ref_of(one): one for one in listener.receipts(carrier)}
    assert by_ending(shipment, {ref: one.result for ref, one in called.items()}) == wanted
    assert {ref: (one.code, one.result) for ref, one in called.items()} == polled
    assert {ref: one.carrier_ref for ref, one in called.items()} == delivery.sent.accepted
    wait_for(lambda: callbacks(bench)["sent"] == len(wanted))


def callbacks(bench: Bench) -> dict[str, int]:
    found: dict[str, int] = bench.control("GET", "summary")["callbacks"]
    return found


def test_repeated_and_overtaken_receipts_say_the_same(
    bench: Bench, carrier: Carrier, listener: Listener
) -> None:
    if bench.lacks("callbacks"):
        return
    bench.control("PUT", "config", {"callback_duplicate": 1.0, "callback_reorder": 0.5})
    shipment = bench.shipment(Channel.ALIMTALK, *phones(8), "01079990001")
    delivery = deliver(bench, carrier, shipment)
    wait_for(lambda: len(listener.receipts(carrier)) >= 18)
    said: dict[str, set[Result]] = {}
    for one in listener.receipts(carrier):
        said.setdefault(ref_of(one), set()).add(one.result)
    assert said == {ref_of(one): {one.result} for one in poll(carrier, delivery)}


def test_a_forged_callback_is_refused(bench: Bench, carrier: Carrier, listener: Listener) -> None:
    with pytest.raises(ValueError, match="report"):
        carrier.read_receipts(b"\xff not a report")
    if not bench.rig.signed_by:
        return
    deliver(bench, carrier, bench.shipment(Channel.SMS, *phones(1)))
    wait_for(lambda: listener.calls)
    call = listener.calls[0]
    answer(bench, call)
    for header in bench.rig.signed_by:
        for wrong in (None, "", "0" * len(call.headers[header])):
            with pytest.raises(NotGenuine):
                answer(bench, call, **{header.replace("-", "_"): wrong})
    bench.settings = {**bench.settings, "callback_secret": "somebody-else"}
    with pytest.raises(NotGenuine):
        answer(bench, call)


def test_a_stale_callback_is_refused(bench: Bench, carrier: Carrier, listener: Listener) -> None:
    stale = bench.rig.stale_after
    if stale is None:
        return
    deliver(bench, carrier, bench.shipment(Channel.SMS, *phones(1)))
    wait_for(lambda: listener.calls)
    call = listener.calls[0]
    for sign in (1, -1):
        with pytest.raises(NotGenuine):
            answer(bench, call, at=call.at + sign * timedelta(seconds=stale + 5))


# -- refusals ------------------------------------------------------------------------------------


def test_one_wrong_text_costs_nobody_else_theirs(bench: Bench, carrier: Carrier) -> None:
    shipment = bench.alimtalk(*phones(3))
    messages = list(shipment.messages)
    messages[1] = with_words(messages[1], messages[1].rendered._replace(text="다른 글"))
    ends = fates(bench, carrier, replace(shipment, messages=messages))
    assert ends == {
        "1-1": Result.DELIVERED,
        "2-1": Result.TEMPLATE_MISMATCH,
        "3-1": Result.DELIVERED,
    }


def test_a_chunk_that_is_refused_whole_reaches_nobody(bench: Bench, carrier: Carrier) -> None:
    ends = fates(bench, carrier, bench.alimtalk(*phones(2), code="SUITE-NOWHERE"))
    assert set(ends.values()) == {Result.TEMPLATE_MISSING}
    assert len(ends) == 2


def test_wrong_keys_are_a_matter_for_a_person(bench: Bench) -> None:
    for key in bench.rig.keys:
        stranger = bench.open(**{key: bench.settings[key][:-1] + "~"})
        with pytest.raises(Rejected) as caught:
            stranger.send(stranger.prepare("7-1"), bench.alimtalk(*phones(1)))
        assert caught.value.result is Result.ACCOUNT_REFUSED, key
    assert bench.accepted() == []


# -- cuts ----------------------------------------------------------------------------------------


def once_each(bench: Bench, shipment: Shipment) -> None:
    assert bench.told() == Counter(one.to for one in shipment.messages)
    assert bench.control("GET", f"summary?protocol={bench.rig.name}")["repeated_refs"] == {}


@pytest.mark.parametrize("channel", [Channel.ALIMTALK, Channel.SMS])
@pytest.mark.parametrize("kind", FAULTS)
def test_no_fault_tells_anybody_twice_or_never(
    bench: Bench, carrier: Carrier, kind: str, channel: Channel
) -> None:
    for place in bench.rig.places:
        shipment = bench.shipment(channel, *phones(3))
        bench.control("POST", "reset")
        bench.recorded.clear()
        bench.fault(kind=kind, path=place)
        delivery = deliver(bench, carrier, shipment)
        assert set(delivery.sent.accepted) == {"1-1", "2-1", "3-1"}
        assert bench.control("GET", "summary")["faults_struck"] >= 1
        once_each(bench, shipment)
        assert len(poll(carrier, delivery)) == 3


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "error_503"])
def test_a_look_that_is_cut_decides_nothing(bench: Bench, carrier: Carrier, kind: str) -> None:
    shipment = bench.shipment(Channel.SMS, *phones(3))
    bench.fault(kind="cut_after", path=bench.rig.places[-1])
    token = carrier.prepare("7-1")
    with pytest.raises(InDoubt):
        carrier.send(token, shipment)
    bench.fault(kind=kind, path="any", times=2)
    deliver(bench, carrier, shipment, token=token, doubt=True)
    once_each(bench, shipment)


def test_the_answer_to_a_token_does_not_change(bench: Bench, carrier: Carrier) -> None:
    shipment = bench.shipment(Channel.SMS, *phones(3))
    bench.fault(kind="cut_after", path=bench.rig.places[-1])
    delivery = deliver(bench, carrier, shipment)
    bench.recorded.clear()
    again = deliver(bench, bench.open(), shipment, token=delivery.token, doubt=True)
    assert again.sent == delivery.sent
    once_each(bench, shipment)


def test_what_was_never_handed_over_goes_again(bench: Bench, carrier: Carrier) -> None:
    shipment = bench.shipment(Channel.ALIMTALK, *phones(2))
    token = carrier.prepare("7-1")
    deliver(bench, carrier, shipment, token=token, doubt=True)
    once_each(bench, shipment)


def test_a_carrier_that_stalls_and_then_obeys(bench: Bench) -> None:
    impatient = bench.open(timeout="0.4")
    shipment = bench.shipment(Channel.SMS, *phones(2))
    bench.fault(kind="slow", path=bench.rig.places[-1], ms=1_500)
    until = time.monotonic() + 2.0
    deliver(bench, impatient, shipment)
    while time.monotonic() < until:
        assert max(bench.told().values(), default=0) <= 1
        time.sleep(0.1)
    once_each(bench, shipment)


def test_a_process_that_stood_still_tells_nobody_again(bench: Bench) -> None:
    """Stopped before each of its requests in turn, while another settles the chunk."""
    for place in range(bench.rig.steps):
        bench.control("POST", "reset")
        bench.recorded.clear()
        stalled = Stalled()
        zombie, other = bench.open(transport=stalled), bench.open()
        shipment = bench.shipment(Channel.ALIMTALK, *phones(2))
        token = zombie.prepare("7-1")
        stalled.arm(place)
        thread = threading.Thread(target=send_and_be_refused, args=(zombie, token, shipment))
        thread.start()
        assert stalled.standing.wait(20)
        deliver(bench, other, shipment, token=token, doubt=True)
        stalled.released.set()
        thread.join()
        once_each(bench, shipment)


def send_and_be_refused(carrier: Carrier, token: str, shipment: Shipment) -> None:
    try:
        carrier.send(token, shipment)
    except CarrierError:
        return


def test_a_process_that_wakes_up_sends_nothing(bench: Bench) -> None:
    zombie, other = bench.open(), bench.open()
    shipment = bench.shipment(Channel.ALIMTALK, *phones(2))
    token = zombie.prepare("7-1")
    delivery = deliver(bench, other, shipment, token=token, doubt=True)
    if bench.rig.answers_repeats:
        assert zombie.send(token, shipment) == delivery.sent
    else:
        with pytest.raises((NotSent, InDoubt)):
            zombie.send(token, shipment)
    once_each(bench, shipment)


def test_a_token_serves_once(bench: Bench, carrier: Carrier) -> None:
    shipment = bench.shipment(Channel.SMS, *phones(3))
    delivery = deliver(bench, carrier, shipment)
    send_and_be_refused(carrier, delivery.token, shipment)
    once_each(bench, shipment)


def test_a_token_that_is_too_old_is_refused_before_it_leaves(
    bench: Bench, carrier: Carrier
) -> None:
    age = bench.rig.token_age
    if age is None:
        return
    token = carrier.prepare("7-1")
    time.sleep(age + 0.2)
    with pytest.raises(NotSent) as caught:
        carrier.send(token, bench.shipment(Channel.SMS, *phones(1)))
    assert not isinstance(caught.value, Rejected)
    assert bench.accepted() == []


# -- what a restored copy asks -------------------------------------------------------------------


def test_what_was_taken_since_a_moment_is_told(bench: Bench, carrier: Carrier) -> None:
    """By our references, with a token under which `find` then tells the whole."""
    if bench.lacks("taken"):
        assert not isinstance(carrier, Recalls)
        return
    assert isinstance(carrier, Recalls)
    since = datetime.now(UTC) - timedelta(minutes=1)
    first = bench.alimtalk(*phones(2))
    second = bench.alimtalk(*phones(2, "0001"), first=3)
    sent = {}
    for shipment in (first, second):
        sent |= deliver(bench, carrier, shipment).sent.accepted
    told = {one.ref: one.token for one in carrier.taken(since)}
    assert told.keys() == sent.keys()
    for shipment in (first, second):
        (token,) = {told[one.ref] for one in shipment.messages}
        found = carrier.find(token, shipment, bench.others)
        assert found.sent is not None
        assert {one.ref: found.sent.accepted[one.ref] for one in shipment.messages}.items() <= (
            sent.items()
        )
    assert list(carrier.taken(datetime.now(UTC) + timedelta(days=1))) == []


# -- for later -----------------------------------------------------------------------------------


def test_what_is_held_for_later_can_be_taken_back(bench: Bench, carrier: Carrier) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    shipment = replace(bench.shipment(Channel.SMS, *phones(2)), at=later)
    if bench.lacks("at"):
        with pytest.raises((Unsupported, Rejected)):
            carrier.send(carrier.prepare("7-1"), shipment)
        return
    delivery = deliver(bench, carrier, shipment)
    held = parcel(delivery.token, shipment, delivery.sent)
    assert bench.accepted() == []
    if bench.lacks("cancel"):
        with pytest.raises(Unsupported):
            carrier.cancel(held)
        return
    assert carrier.cancel(held) is True
    assert bench.control("GET", "summary")["groups"] == {"FAILED": 1}
    # Taken back twice is taken back.
    assert carrier.cancel(held) is True


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "cut_middle"])
def test_a_cut_while_it_is_handed_over_for_later(bench: Bench, carrier: Carrier, kind: str) -> None:
    if bench.lacks("at"):
        return
    later = datetime.now(UTC) + timedelta(hours=1)
    shipment = replace(bench.shipment(Channel.SMS, *phones(2)), at=later)
    bench.fault(kind=kind, path=bench.rig.later_place)
    if bench.lacks("at.find"):
        token = carrier.prepare("7-1")
        with pytest.raises(InDoubt):
            carrier.send(token, shipment)
        with pytest.raises(AssertionError, match="never delivered"):
            deliver(bench, carrier, shipment, token=token, doubt=True, seconds=8)
        assert bench.control("GET", "summary")["groups"].get("SCHEDULED", 0) <= 1
        return
    delivery = deliver(bench, carrier, shipment)
    assert set(delivery.sent.accepted) == {"1-1", "2-1"}
    scheduled = bench.control("GET", "summary")["groups"].get("SCHEDULED", 0)
    assert (scheduled, bench.accepted()) == (1, [])


def test_what_has_gone_cannot_be_taken_back(bench: Bench, carrier: Carrier) -> None:
    shipment = bench.shipment(Channel.SMS, *phones(2))
    delivery = deliver(bench, carrier, shipment)
    gone = parcel(delivery.token, shipment, delivery.sent)
    if bench.lacks("cancel"):
        with pytest.raises(Unsupported):
            carrier.cancel(gone)
        return
    assert carrier.cancel(gone) is False
    once_each(bench, shipment)


# -- pictures and money --------------------------------------------------------------------------


@pytest.mark.parametrize("use", list(PictureUse))
def test_pictures(bench: Bench, carrier: Carrier, use: PictureUse) -> None:
    small = Picture("notice.jpg", picture())
    if bench.lacks(f"upload.{use}"):
        with pytest.raises(Unsupported):
            carrier.upload(small, use)
        return
    uploaded = carrier.upload(small, use)
    assert uploaded.ref
    assert uploaded.until is None or uploaded.until > datetime.now(UTC)
    # Others of that size may be left from before: the last one is ours.
    held = [one for one in bench.control("GET", "pictures") if one["size"] == len(small.content)][
        -1
    ]
    assert held["protocol"] == bench.rig.name
    with pytest.raises(Rejected) as caught:
        carrier.upload(Picture("notice.jpg", picture(bench.rig.too_large)), use)
    assert caught.value.result is Result.REQUEST_WRONG


def test_the_balance(bench: Bench, carrier: Carrier) -> None:
    won = carrier.balance()
    assert won is None if bench.lacks("balance") else won is not None
    if won is not None:
        assert won > 0
