"""Receipts come in: at the door, in any order and number, readable or not."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alimnaru.flow import receive
from alimnaru.flow.fallback import fall_back, give_up_waiting
from alimnaru.flow.receive import drain, poll
from alimnaru.rules.lifecycle import MessageState
from alimnaru.store.ledger import chunks, settling
from alimnaru.store.models import Attempt, Batch, CarrierAccount, Chunk, Message, ReceiptInbox
from tests.cast import Cast, phone, ring, states
from tests.flow.books import check_books, jobs
from tests.flow.reports import (
    DELIVERED,
    IN_TRANSIT,
    NOT_A_USER,
    NUMBER_WRONG,
    PHONE_OFF,
    TIMED_OUT,
    body,
    ids,
    keep,
    report,
)

ON_KAKAO = ("delivered", "alimtalk", "delivered")
BY_SMS = ("delivered", "sms", "delivered")
WAITS = ("pending", "alimtalk", None)


def sent(cast: Cast, count: int = 1) -> tuple[Batch, list[int]]:
    """A batch that the carrier has and says nothing about, and its messages."""
    batch = cast.send(cast.rows(*(phone("0006") for _ in range(count))))
    ring()
    return batch, ids(batch)


def post(cast: Cast, content: bytes, token: str | None = None) -> int:
    assert cast.account is not None
    address = f"/callbacks/{cast.account.callback_token if token is None else token}"
    return Client().post(address, content, content_type="application/json").status_code


# ---- the door ------------------------------------------------------------------------------------


def test_a_callback_is_kept_sealed_and_rung_for(cast: Cast) -> None:
    content = body(("1-1", DELIVERED))
    before = timezone.now()
    assert post(cast, content) == 200
    kept = ReceiptInbox.objects.get()
    assert kept.account == cast.account
    assert before <= kept.received_at <= timezone.now()
    assert kept.drained_at is None
    sealed = bytes(kept.body)
    assert b"01012345678" in content
    assert b"01012345678" not in sealed
    assert b"statusCode" not in sealed
    assert receive.opened(sealed) == content
    assert jobs() == [("receive", 0)]


def test_many_callbacks_ring_once(cast: Cast) -> None:
    for number in range(5):
        assert post(cast, body((f"{number + 1}-1", DELIVERED))) == 200
    assert ReceiptInbox.objects.count() == 5
    assert jobs() == [("receive", 0)]


@pytest.mark.parametrize("token", ["nobody", "a" * 64, "%F0%9F%98%80"])
def test_a_stranger_is_turned_away(cast: Cast, token: str) -> None:
    assert post(cast, body(("1-1", DELIVERED)), token) == 404
    assert not ReceiptInbox.objects.exists()
    assert jobs() == []


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_only_post(cast: Cast, method: str) -> None:
    assert cast.account is not None
    answer = getattr(Client(), method)(f"/callbacks/{cast.account.callback_token}")
    assert answer.status_code == 405
    assert not ReceiptInbox.objects.exists()


def test_a_callback_needs_no_token_of_ours_against_forgery(cast: Cast) -> None:
    assert cast.account is not None
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/callbacks/{cast.account.callback_token}", b"[]", content_type="text/x")
    assert answer.status_code == 200


def test_the_health_page_answers(db: None) -> None:
    assert Client().get("/readyz").content == b"ok"


# ---- what they say -------------------------------------------------------------------------------


def test_a_receipt_settles_its_message(cast: Cast) -> None:
    batch, (one, two) = sent(cast, 2)
    report(cast, (f"{one}-1", DELIVERED))
    assert states(batch) == [ON_KAKAO, WAITS]
    assert Chunk.objects.get().state == "sent"
    report(cast, (f"{two}-1", NUMBER_WRONG))
    assert states(batch) == [ON_KAKAO, ("failed", "alimtalk", "number_wrong")]
    assert Chunk.objects.get().state == "settled"
    assert all(m.done_at for m in Message.objects.all())
    check_books(batch)


def test_no_word_yet_changes_nothing(cast: Cast) -> None:
    batch, (message,) = sent(cast)
    report(cast, (f"{message}-1", IN_TRANSIT), (f"{message}-1", "2000"))
    assert states(batch) == [WAITS]
    check_books(batch)


@pytest.mark.parametrize("together", [True, False], ids=["in one body", "in two bodies"])
@pytest.mark.parametrize("times", [2, 5])
def test_repeated_receipts_count_once(cast: Cast, times: int, together: bool) -> None:
    batch, (one, two, three) = sent(cast, 3)
    told = [(f"{one}-1", DELIVERED), (f"{two}-1", NUMBER_WRONG), (f"{three}-1", NOT_A_USER)]
    if together:
        report(cast, *told * times)
    else:
        for _ in range(times):
            report(cast, *told)
    assert [s for s, _, _ in states(batch)] == ["delivered", "failed", "pending"]
    assert Attempt.objects.count() == 1
    assert [kind for _, kind in cast.accepted()].count("SMS") == 1
    check_books(batch)


WORDS = {
    "transit": IN_TRANSIT,
    "unknown": TIMED_OUT,
    "not a user": NOT_A_USER,
    "wrong number": NUMBER_WRONG,
    "success": DELIVERED,
}


@pytest.mark.parametrize("apart", [True, False], ids=["one by one", "in one body"])
@pytest.mark.parametrize(
    "order", list(itertools.permutations(["transit", "unknown", "wrong number"]))
)
def test_knowing_beats_not_knowing_in_any_order(
    cast: Cast, order: tuple[str, ...], apart: bool
) -> None:
    batch, (message,) = sent(cast)
    told = [(f"{message}-1", WORDS[word]) for word in order]
    for part in [[t] for t in told] if apart else [told]:
        report(cast, *part)
    assert states(batch) == [("failed", "alimtalk", "number_wrong")]
    check_books(batch)


@pytest.mark.parametrize("apart", [True, False], ids=["one by one", "in one body"])
@pytest.mark.parametrize(
    "order", list(itertools.permutations(["unknown", "wrong number", "success"]))
)
def test_a_success_beats_everything_in_any_order(
    cast: Cast, order: tuple[str, ...], apart: bool
) -> None:
    batch, (message,) = sent(cast)
    told = [(f"{message}-1", WORDS[word]) for word in order]
    for part in [[t] for t in told] if apart else [told]:
        report(cast, *part)
    assert states(batch) == [ON_KAKAO]
    check_books(batch)


def test_a_definite_no_ends_not_knowing_without_a_second_message(cast: Cast) -> None:
    """A person was told that nobody knows: an SMS now might meet their own phone call."""
    batch, (message,) = sent(cast)
    report(cast, (f"{message}-1", TIMED_OUT))
    assert states(batch) == [("unknown", "alimtalk", "timed_out")]
    report(cast, (f"{message}-1", NOT_A_USER))
    assert states(batch) == [("failed", "alimtalk", "not_a_user")]
    assert len(cast.accepted()) == 1
    check_books(batch)


# ---- too early, too late -------------------------------------------------------------------------


def test_receipts_that_overtake_the_record(cast: Cast) -> None:
    """The carrier's webhook is quicker than our own transaction: an ordinary case."""
    batch, messages = sent(cast, 3)
    Chunk.objects.update(state="claimed", sent_ids=None, sent_at=None, poll_at=None)
    told = zip(messages, (DELIVERED, NUMBER_WRONG, NOT_A_USER), strict=True)
    report(cast, *((f"{m}-1", code) for m, code in told))
    kakao = Chunk.objects.get(channel="alimtalk")
    assert kakao.state == "claimed"
    assert (kakao.delivered, kakao.failed, kakao.moved) == (1, 1, 1)
    now = timezone.now()
    claim = chunks.Claim(
        kakao.pk, kakao.claim, batch.pk, "alimtalk", "normal", 1, None, kakao.token, 0, None
    )
    assert chunks.record_sent(claim, ids=messages, refs=["x", "y", "z"], at=now, poll_at=now)
    assert Chunk.objects.get(pk=kakao.pk).state == "settled"
    assert [s for s, _, _ in states(batch)] == ["delivered", "failed", "pending"]
    check_books(batch)


def after_fallback(cast: Cast) -> tuple[Batch, int]:
    """Kakao stayed silent and the SMS has gone."""
    batch, (message,) = sent(cast)
    give_up_waiting(Chunk.objects.get().pk)
    ring()
    assert [kind for _, kind in cast.accepted()] == ["ATA", "SMS"]
    return batch, message


@pytest.mark.parametrize("sms_first", [True, False])
def test_reached_on_both(cast: Cast, sms_first: bool) -> None:
    batch, message = after_fallback(cast)
    kakao, sms = (f"{message}-1", DELIVERED), (f"{message}-2", DELIVERED)
    for told in (sms, kakao) if sms_first else (kakao, sms):
        report(cast, told)
    assert states(batch) == [BY_SMS]
    assert Attempt.objects.get().reached_at is not None
    check_books(batch)


@pytest.mark.parametrize("code", [PHONE_OFF, TIMED_OUT], ids=["failed", "unknown"])
@pytest.mark.parametrize("order", ["kakao first", "sms first", "in one body"])
def test_kakao_decides_where_the_sms_reached_nobody(cast: Cast, order: str, code: str) -> None:
    batch, message = after_fallback(cast)
    kakao, sms = (f"{message}-1", DELIVERED), (f"{message}-2", code)
    match order:
        case "in one body":
            report(cast, sms, kakao)
        case "sms first":
            report(cast, sms)
            assert states(batch)[0][0] != "delivered"
            report(cast, kakao)
        case _:
            report(cast, kakao)
            report(cast, sms)
    assert states(batch) == [ON_KAKAO]
    kakao_chunk, sms_chunk = Chunk.objects.order_by("pk")
    assert (kakao_chunk.delivered, kakao_chunk.moved) == (1, 0)
    assert (sms_chunk.failed, sms_chunk.unknown, sms_chunk.moved) == (0, 0, 1)
    check_books(batch)


def test_a_late_failure_of_an_earlier_try_changes_nothing(cast: Cast) -> None:
    batch, message = after_fallback(cast)
    report(cast, (f"{message}-1", NUMBER_WRONG))
    assert states(batch) == [("pending", "sms", None)]
    report(cast, (f"{message}-2", DELIVERED), (f"{message}-1", NUMBER_WRONG))
    assert states(batch) == [BY_SMS]
    check_books(batch)


def test_a_success_before_the_fallback_was_made_cancels_it(cast: Cast) -> None:
    batch, (message,) = sent(cast)
    give_up_waiting(Chunk.objects.get().pk)
    keep(cast, (f"{message}-1", DELIVERED))
    drain()
    fall_back(batch.pk)
    ring()
    assert states(batch) == [ON_KAKAO]
    assert Chunk.objects.count() == 1
    assert Attempt.objects.get().moved_at is not None
    check_books(batch)


def test_a_receipt_for_a_try_that_was_not_made_is_nobodys(cast: Cast) -> None:
    batch, (message,) = sent(cast)
    report(cast, (f"{message}-2", DELIVERED), (f"{message}-7", NUMBER_WRONG))
    assert states(batch) == [WAITS]
    check_books(batch)


def test_what_people_ended_stays_ended(cast: Cast) -> None:
    batch, (message,) = sent(cast)
    now = timezone.now()
    chunk = Chunk.objects.get().pk
    count = settling.settle_chunk(chunk, MessageState.CANCELLED, "cancelled_by_staff", now)
    settling.count_on_chunks({chunk: {"cancelled": count}}, now)
    report(cast, (f"{message}-1", NUMBER_WRONG))
    assert states(batch) == [("cancelled", "alimtalk", "cancelled_by_staff")]
    check_books(batch)


# ---- not for us, not readable --------------------------------------------------------------------


def test_references_that_are_not_ours_are_counted(cast: Cast) -> None:
    batch, (message,) = sent(cast)
    report(
        cast,
        (f"{message}-1", DELIVERED),
        ("somebody else's", DELIVERED),
        ("999999999999-1", DELIVERED),
        ("999999999999-1", NUMBER_WRONG),
        ("999999999998-1", NOT_A_USER),
        (f"{'9' * 30}-1", DELIVERED),
        (f"{message}-99999", DELIVERED),
        ("-", DELIVERED),
    )
    kept = ReceiptInbox.objects.get()
    assert (kept.items, kept.unmatched, kept.error) == (8, 7, "")
    assert states(batch) == [ON_KAKAO]
    check_books(batch)


GARBAGE = {
    "nothing": b"",
    "not json": b"<html>502 Bad Gateway</html>",
    "cut off": b'[{"data":{"messageId":"M4V1","statusCode":"40',
    "not text": b"\xff\xfe\x00\x01",
    "NUL": b"\x00" * 10,
    "a number": b"17",
    "null": b"null",
    "a word": b'"4000"',
    "another object": b'{"status":"ok"}',
    "very deep": b"[" * 200_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "a deep item": b'[{"data":' * 50_000 + b"1" + b"}]" * 50_000,
    "lone surrogate": b'[{"data":{"messageId":"\\ud800","statusCode":"4000"}}]',
}
HARMLESS = {
    "an empty list": b"[]",
    "items that are nothing": b'[null,1,"x",[],{}]',
    "no status": b'[{"data":{"messageId":"M4V1"}}]',
    "a number as status": b'[{"data":{"messageId":"M4V1","statusCode":4000}}]',
    "odd fields": b'[{"data":{"messageId":"M","statusCode":"4000","customFields":{"ref":[1]}}}]',
    "an odd date": b'[{"data":{"messageId":"M","statusCode":"4000","dateReceived":"0000-00-00"}}]',
    "a far date": json.dumps(
        [{"data": {"messageId": "M", "statusCode": "4000", "dateReceived": "9999-12-31T23:59:59"}}]
    ).encode(),
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_kept_with_the_reason(cast: Cast, content: bytes) -> None:
    batch, (message,) = sent(cast)
    assert post(cast, content) == 200
    keep(cast, (f"{message}-1", DELIVERED))
    ring()
    garbage, good = ReceiptInbox.objects.order_by("pk")
    assert (garbage.items, good.items) == (0, 1)
    assert garbage.error
    assert garbage.drained_at == good.drained_at != None  # noqa: E711 - both, and at once
    assert receive.opened(bytes(garbage.body)) == content
    assert states(batch) == [ON_KAKAO]


@pytest.mark.parametrize("content", HARMLESS.values(), ids=HARMLESS)
def test_odd_bodies_block_nothing(cast: Cast, content: bytes) -> None:
    batch, (message,) = sent(cast)
    assert post(cast, content) == 200
    keep(cast, (f"{message}-1", DELIVERED))
    ring()
    assert not ReceiptInbox.objects.filter(drained_at__isnull=True).exists()
    assert states(batch) == [ON_KAKAO]


def test_a_body_sealed_under_a_key_that_is_gone(cast: Cast) -> None:
    keep(cast, ("1-1", DELIVERED))
    ReceiptInbox.objects.update(body=b"sealed under another key, long ago")
    ring()
    assert ReceiptInbox.objects.get().error == "Unreadable"


def test_an_account_that_cannot_be_opened_blocks_nobody(cast: Cast) -> None:
    """The receipt is kept with the reason; asking brings the result once the account is right."""
    batch, (message,) = sent(cast)
    assert cast.account is not None
    good = bytes(cast.account.secret)
    CarrierAccount.objects.update(secret=b"")
    report(cast, (f"{message}-1", DELIVERED))
    assert ReceiptInbox.objects.get().error == "Rejected"
    poll(Chunk.objects.get().pk)
    assert Chunk.objects.get().polled_at is None
    CarrierAccount.objects.update(secret=good)
    report(cast, (f"{message}-1", DELIVERED))
    assert states(batch) == [ON_KAKAO]


# ---- asking --------------------------------------------------------------------------------------


def test_asking_brings_what_no_callback_brought(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone(), phone("0004")))
    ring()
    assert not ReceiptInbox.objects.exists()
    before = timezone.now()
    poll(Chunk.objects.get().pk)
    assert states(batch) == [WAITS] * 2  # kept first, read later
    assert jobs() == [("receive", 0)]
    chunk = Chunk.objects.get()
    assert chunk.polled_at is not None
    assert before <= chunk.polled_at <= timezone.now()
    ring()
    assert states(batch) == [ON_KAKAO, ("failed", "alimtalk", "number_wrong")]
    check_books(batch)


def test_a_carrier_that_does_not_answer_was_not_asked(cast: Cast) -> None:
    sent(cast)
    cast.faults(kind="error_503", path="list")
    poll(Chunk.objects.get().pk)
    chunk = Chunk.objects.get()
    assert chunk.polled_at is None
    assert chunk.poll_at is not None
    assert chunk.poll_at > timezone.now()
    assert jobs() == []


@pytest.mark.parametrize(
    ("age", "wait"),
    [(0, 60), (100, 60), (600, 300), (7_200, 3_600), (100_000, 3_600)],
)
def test_asking_becomes_rarer(cast: Cast, age: int, wait: int) -> None:
    sent(cast)
    asked = timezone.now()
    Chunk.objects.update(sent_at=asked - timedelta(seconds=age))
    poll(Chunk.objects.get().pk)
    at = Chunk.objects.get().poll_at
    assert at is not None
    assert abs(at - asked - timedelta(seconds=wait)) < timedelta(seconds=5)


@pytest.mark.parametrize("state", ["ready", "claimed", "doubt", "held", "settled"])
def test_only_what_was_sent_is_asked_for(cast: Cast, state: str) -> None:
    sent(cast)
    Chunk.objects.update(state=state)
    poll(Chunk.objects.get().pk)
    assert Chunk.objects.get().polled_at is None
    assert not ReceiptInbox.objects.exists()


def test_a_long_inbox_makes_room_for_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "ROWS", 2)
    monkeypatch.setattr(receive, "ROUNDS", 2)
    for number in range(5):
        keep(cast, (f"{number + 1}-1", DELIVERED))
    drain_and_count = []
    for _ in range(2):
        drain()
        left = ReceiptInbox.objects.filter(drained_at__isnull=True).count()
        drain_and_count.append((left, jobs()))
    assert drain_and_count == [(1, [("receive", 0)]), (0, [("receive", 0)])]


# ---- callbacks that repeat -----------------------------------------------------------------------


def test_a_repeated_callback_is_answered_and_kept_once(cast: Cast) -> None:
    _, (message,) = sent(cast)
    assert cast.account is not None
    address = f"/callbacks/{cast.account.callback_token}"
    told = body((f"{message}-1", DELIVERED))
    for _ in range(2):
        answer = Client().post(address, told, content_type="application/json")
        assert answer.status_code == 200
    assert ReceiptInbox.objects.count() == 1


def test_a_callback_waits_while_our_own_key_is_wrong(cast: Cast) -> None:
    """Nothing can be verified then; the carrier will call again."""
    assert cast.account is not None
    CarrierAccount.objects.update(secret=b"")
    address = f"/callbacks/{cast.account.callback_token}"
    assert Client().post(address, b"[]", content_type="application/json").status_code == 503
    assert not ReceiptInbox.objects.exists()


def test_a_callback_that_could_not_be_opened_is_kept_anew(cast: Cast) -> None:
    batch, (message,) = sent(cast)
    told = body((f"{message}-1", DELIVERED))
    assert post(cast, told) == 200
    ReceiptInbox.objects.update(body=b"sealed under another key")
    ring()
    assert ReceiptInbox.objects.get().error == "Unreadable"
    assert post(cast, told) == 200
    ring()
    assert states(batch) == [ON_KAKAO]
