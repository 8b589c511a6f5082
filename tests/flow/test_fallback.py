"""When a try reaches nobody: which way next, how often, and that it happens exactly once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from alimnaru.flow import fallback
from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.fallback import fall_back, give_up_waiting
from alimnaru.flow.receive import drain, poll
from alimnaru.flow.sweep import sweep
from alimnaru.store.models import Attempt, Batch, Chunk, Message, ReceiptInbox
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books, jobs
from tests.flow.moment import Moment
from tests.flow.reports import CARRIER_DOWN, DELIVERED, NOT_A_USER, PHONE_OFF, ids, keep, report

State = tuple[str, str, str | None]


def later(batch: Batch) -> None:
    """Retries are due, and everything that follows has happened."""
    for _ in range(3):
        bring_results(batch)
        Attempt.objects.filter(moved_at=None).update(due_at=timezone.now())
        fall_back(batch.pk)


def kinds(cast: Cast) -> list[str]:
    return [kind for _, kind in cast.accepted()]


# ---- each way a try can end ----------------------------------------------------------------------

KAKAO_ENDINGS: list[tuple[str, str, State, list[str]]] = [
    ("9999", "delivered", ("delivered", "alimtalk", "delivered"), ["ATA"]),
    ("0001", "not a user", ("delivered", "sms", "delivered"), ["ATA", "SMS"]),
    ("0002", "blocked", ("delivered", "sms", "delivered"), ["ATA", "SMS"]),
    ("0003", "inactive", ("delivered", "sms", "delivered"), ["ATA", "SMS"]),
    ("0004", "bad number", ("failed", "alimtalk", "number_wrong"), ["ATA"]),
    ("0006", "no word", ("pending", "alimtalk", None), ["ATA"]),
    ("0009", "timeout", ("unknown", "alimtalk", "timed_out"), ["ATA"]),
    ("0010", "carrier error", ("delivered", "sms", "delivered"), ["ATA", "ATA", "SMS"]),
    ("0011", "our wording", ("failed", "alimtalk", "template_mismatch"), ["ATA"]),
]


@pytest.mark.parametrize(
    ("ending", "becomes", "went"),
    [pytest.param(e, s, w, id=name) for e, name, s, w in KAKAO_ENDINGS],
)
def test_after_kakao(cast: Cast, ending: str, becomes: State, went: list[str]) -> None:
    batch = cast.send(cast.rows(phone(ending)))
    later(batch)
    assert states(batch) == [becomes]
    assert kinds(cast) == went
    check_books(batch)


SMS_ENDINGS: list[tuple[str, str, State, list[str]]] = [
    ("0007", "the phone is off", ("failed", "sms", "handset_off"), ["ATA", "SMS"]),
    ("0012", "not subscribed", ("failed", "sms", "number_wrong"), ["ATA", "SMS"]),
    ("0013", "no word", ("pending", "sms", None), ["ATA", "SMS"]),
    ("0015", "carrier error", ("failed", "sms", "carrier_down"), ["ATA", "SMS", "SMS", "SMS"]),
]


@pytest.mark.parametrize(
    ("ending", "becomes", "went"),
    [pytest.param(e, s, w, id=name) for e, name, s, w in SMS_ENDINGS],
)
def test_after_sms(cast: Cast, ending: str, becomes: State, went: list[str]) -> None:
    batch = cast.send(cast.rows(phone(ending)))
    later(batch)
    assert states(batch) == [becomes]
    assert kinds(cast) == went
    check_books(batch)


def test_everybody_of_a_list_takes_their_own_way(cast: Cast) -> None:
    table = KAKAO_ENDINGS + SMS_ENDINGS
    batch = cast.send(cast.rows(*(phone(ending) for ending, *_ in table)), chunk_size=5)
    later(batch)
    assert states(batch) == [becomes for _, _, becomes, _ in table]
    for message, (_, _, _, went) in zip(ids(batch), table, strict=True):
        mine = [kind for ref, kind in cast.accepted() if ref.startswith(f"{message}-")]
        assert mine == went
    check_books(batch)


@pytest.mark.parametrize("ending", ["0001", "0010"], ids=["not a user", "carrier error"])
def test_a_notice_that_no_sms_may_follow(cast: Cast, ending: str) -> None:
    cast.notice.fallback = ""
    cast.notice.save()
    batch = cast.send(cast.rows(phone(ending)))
    later(batch)
    assert states(batch)[0][0] == "failed"
    assert "SMS" not in kinds(cast)


def test_an_urgent_notice_falls_back_even_from_our_own_mistake(cast: Cast) -> None:
    cast.notice.priority = "P1"
    cast.notice.save()
    batch = cast.send(cast.rows(phone("0011")))
    later(batch)
    assert states(batch) == [("delivered", "sms", "delivered")]


def test_a_long_text_where_the_notice_says_so(cast: Cast) -> None:
    cast.notice.fallback = "lms"
    cast.notice.save()
    cast.version.lms_subject, cast.version.lms = "반납 안내", "[나루구] #{성명}님 #{기한}까지"
    cast.version.save()
    batch = cast.send(cast.rows(phone("0001")))
    later(batch)
    assert states(batch) == [("delivered", "lms", "delivered")]
    assert kinds(cast) == ["ATA", "LMS"]
    check_books(batch)


def test_what_the_carrier_refuses_at_once_falls_back_at_once(cast: Cast) -> None:
    cast.notice.priority = "P1"
    cast.notice.save()
    assert cast.account is not None
    code = cast.account.templateregistration_set.get().code
    profile = cast.account.profile
    other = [{"template_id": code, "pf_id": profile, "message_type": "BA", "body": "다른 문안"}]
    cast.control("PUT", "templates", other)
    batch = cast.send(cast.rows(phone(), phone()))
    later(batch)
    assert states(batch) == [("delivered", "sms", "delivered")] * 2
    assert kinds(cast) == ["SMS", "SMS"]
    check_books(batch)


# ---- retries wait --------------------------------------------------------------------------------


def test_a_retry_waits_its_half_minute(cast: Cast, moment: Moment) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    report(cast, (f"{ids(batch)[0]}-1", CARRIER_DOWN))
    assert Chunk.objects.count() == 1
    moment.passes(seconds=29)
    sweep()
    assert jobs("fallback") == []
    moment.passes(seconds=1)
    sweep()
    assert jobs("fallback") == [("fallback", batch.pk)]
    ring()
    assert [(c.channel, c.try_no) for c in Chunk.objects.order_by("pk")] == [
        ("alimtalk", 1),
        ("alimtalk", 2),
    ]
    check_books(batch)


def test_what_is_not_due_holds_nobody_up(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone("0006"), phone("0006")))
    ring()
    one, two = ids(batch)
    report(cast, (f"{one}-1", CARRIER_DOWN), (f"{two}-1", NOT_A_USER))
    assert kinds(cast) == ["ATA", "ATA", "SMS"]
    assert Attempt.objects.filter(moved_at=None).count() == 1
    check_books(batch)


# ---- silence -------------------------------------------------------------------------------------


def silent_for(seconds: int) -> None:
    at = timezone.now() - timedelta(seconds=seconds)
    Chunk.objects.update(sent_at=at, poll_at=timezone.now())


@pytest.mark.parametrize(
    ("seconds", "went"), [(590, ["ATA"]), (610, ["ATA", "SMS"])], ids=["in time", "too long"]
)
def test_silence(cast: Cast, seconds: int, went: list[str]) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    silent_for(seconds)
    for _ in range(2):
        sweep()
        ring()
    bring_results(batch)
    assert kinds(cast) == went
    check_books(batch)


def test_silence_counts_only_after_the_carrier_was_asked(cast: Cast) -> None:
    """A callback that got lost is not silence."""
    batch = cast.send(cast.rows(phone()))
    ring()
    silent_for(3_600)
    sweep()
    assert jobs() == [("poll", Chunk.objects.get().pk)]
    ring()
    assert states(batch) == [("delivered", "alimtalk", "delivered")]


def test_nor_while_the_carrier_cannot_be_asked(cast: Cast) -> None:
    cast.send(cast.rows(phone("0006")))
    ring()
    silent_for(3_600)
    cast.faults(kind="error_503", path="list", times=None)
    for _ in range(3):
        sweep()
        ring()
        Chunk.objects.update(poll_at=timezone.now())
    cast.control("DELETE", "faults")
    assert kinds(cast) == ["ATA"]


def test_nor_while_its_answer_lies_unread(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    keep(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    silent_for(3_600)
    poll(Chunk.objects.get().pk)
    sweep()
    assert jobs("silence") == []
    ring()
    assert states(batch) == [("delivered", "alimtalk", "delivered")]
    assert ReceiptInbox.objects.filter(drained_at=None).count() == 0


def test_waiting_of_its_own(cast: Cast) -> None:
    cast.notice.fallback_wait = 60
    cast.notice.save()
    cast.send(cast.rows(phone("0006")))
    ring()
    silent_for(61)
    for _ in range(2):
        sweep()
        ring()
    assert kinds(cast) == ["ATA", "SMS"]


@pytest.mark.parametrize("channel", ["alimtalk", "sms"])
def test_some_silence_is_waited_out(cast: Cast, channel: str) -> None:
    """No SMS may follow, or it went already: the telco itself tries for days."""
    if channel == "alimtalk":
        cast.notice.fallback = ""
        cast.notice.save()
    batch = cast.send(cast.rows(phone("0013" if channel == "sms" else "0006")))
    bring_results(batch)
    silent_for(3_600)
    poll(Chunk.objects.get(state="sent").pk)
    sweep()
    assert jobs("silence") == []
    give_up_waiting(Chunk.objects.get(state="sent").pk)  # a bell from before the notice changed
    assert not Attempt.objects.filter(moved_at=None).exists()
    check_books(batch)


# ---- Kakao's success after the SMS went ----------------------------------------------------------


@pytest.mark.parametrize(
    ("sms", "becomes"),
    [
        pytest.param(DELIVERED, ("delivered", "sms", "delivered"), id="reached on both"),
        pytest.param(PHONE_OFF, ("delivered", "alimtalk", "delivered"), id="Kakao alone"),
    ],
)
def test_a_late_success(cast: Cast, sms: str, becomes: State) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    give_up_waiting(Chunk.objects.get().pk)
    ring()
    message = ids(batch)[0]
    report(cast, (f"{message}-2", sms))
    report(cast, (f"{message}-1", DELIVERED))
    assert states(batch) == [becomes]
    assert Attempt.objects.get().reached_at is not None
    assert {c.state for c in Chunk.objects.all()} == {"settled"}
    check_books(batch)


def test_a_late_success_of_the_first_try_saves_the_second_on_kakao(cast: Cast) -> None:
    batch = cast.send(cast.rows(phone("0006")))
    ring()
    message = ids(batch)[0]
    report(cast, (f"{message}-1", CARRIER_DOWN))
    Attempt.objects.update(due_at=timezone.now())
    fall_back(batch.pk)
    keep(cast, (f"{message}-1", DELIVERED))
    drain()
    ring()
    assert states(batch) == [("delivered", "alimtalk", "delivered")]
    assert kinds(cast) == ["ATA"]
    first, second = Chunk.objects.order_by("pk")
    assert (first.delivered, second.moved) == (1, 1)
    check_books(batch)


# ---- exactly once --------------------------------------------------------------------------------


def test_jobs_that_run_twice_move_nobody_twice(cast: Cast) -> None:
    batch = cast.send(cast.rows(*(phone("0006") for _ in range(3))))
    ring()
    chunk = Chunk.objects.get().pk
    for _ in range(2):
        give_up_waiting(chunk)
        for _ in range(2):
            fall_back(batch.pk)
    for sms in Chunk.objects.filter(channel="sms"):
        for _ in range(2):
            dispatch(sms.pk)
    assert sorted(kinds(cast)) == ["ATA"] * 3 + ["SMS"] * 3
    assert {m.attempt_no for m in Message.objects.all()} == {2}
    assert Attempt.objects.count() == 3
    check_books(batch)


def test_a_round_takes_so_many_and_the_next_takes_the_rest(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of them were settled meanwhile: a short round is not the last one."""
    monkeypatch.setattr(fallback, "ROUND", 2)
    batch = cast.send(cast.rows(*(phone("0006") for _ in range(7))))
    ring()
    give_up_waiting(Chunk.objects.get().pk)
    one, two, three = ids(batch)[:3]
    keep(cast, *((f"{message}-1", DELIVERED) for message in (one, two, three)))
    drain()
    fall_back(batch.pk)
    assert not Attempt.objects.filter(moved_at=None).exists()
    assert [m.channel for m in Message.objects.order_by("row_no")] == ["alimtalk"] * 3 + ["sms"] * 4
    check_books(batch)


def test_a_household_takes_as_many_calls_on_sms_too(cast: Cast) -> None:
    shared = phone("0001")
    batch = cast.send(cast.rows(shared, phone("0001"), shared))
    later(batch)
    assert states(batch) == [("delivered", "sms", "delivered")] * 3
    for chunk in Chunk.objects.filter(channel="sms"):
        hashes = [bytes(m.to_hash) for m in Message.objects.filter(chunk=chunk)]
        assert len(hashes) == len(set(hashes)) == chunk.size
    check_books(batch)


def test_chunks_of_the_next_channel_are_as_large_as_may_be(cast: Cast, settings: Settings) -> None:
    settings.CHUNK_SIZE = 2
    batch = cast.send(cast.rows(*(phone("0001") for _ in range(5))), chunk_size=1)
    ring()
    for chunk in Chunk.objects.all():
        poll(chunk.pk)
    ring()
    sizes = Chunk.objects.filter(channel="sms").values_list("size", flat=True)
    assert sorted(sizes) == [1, 2, 2]
    check_books(batch)
