"""Copies for guardians: of what goes, once, by their own wishes, naming nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.gather import gather
from alimnaru.flow.guardians import PURPOSE
from alimnaru.store import crypto
from alimnaru.store.models import (
    Batch,
    Chunk,
    Copy,
    Department,
    Guardian,
    Message,
    Notice,
    Preference,
    Suspension,
)
from tests.cast import Cast, bring_results, phone, ring, states
from tests.flow.books import check_books

REACHED = ("delivered", "alimtalk", "delivered")
DAY = timedelta(days=1)


def guard(
    cast: Cast,
    ward: str,
    by: str,
    *,
    notice: Notice | None = None,
    department: Department | None = None,
    since: timedelta = -DAY,
    until: timedelta = DAY,
) -> Guardian:
    """Somebody who is told what `ward` is told; times are from now."""
    now = timezone.now()
    return Guardian.objects.create(
        ward_hash=crypto.phone_hash(ward),
        phone=crypto.seal(by.encode(), purpose=PURPOSE),
        to_hash=crypto.phone_hash(by),
        relation="parent",
        notice=notice,
        department=department or cast.library,
        evidence="동의서",
        member=cast.librarian,
        since=now + since,
        until=now + until,
    )


def copies_of(batch: Batch) -> list[Batch]:
    """Let everything go, and find the batches of copies that came of it."""
    bring_results(batch)
    gather(["normal"])
    found = list(Batch.objects.filter(origin="guardian").order_by("pk"))
    for one in found:
        bring_results(one)
    return found


def test_a_guardian_gets_a_message_of_their_own(cast: Cast) -> None:
    ward, other, by = phone(), phone(), phone()
    guardian = guard(cast, ward, by)
    batch = cast.send(cast.rows(ward, other))
    [copy] = copies_of(batch)
    assert (states(batch), states(copy)) == ([REACHED] * 2, [REACHED])
    message = Message.objects.get(batch=copy)
    key = crypto.BatchKey.unwrap(bytes(copy.wrapped_key or b""), copy.pk)
    said = key.open(message.pk, bytes(message.payload))
    assert said == [by, "", "나루중앙도서관", "가족", "2026. 11. 25.(수)"]
    assert (copy.notice, copy.department, copy.expires_at) == (
        batch.notice, batch.department, batch.expires_at,
    )  # fmt: skip
    ward_message = Message.objects.get(batch=batch, to_hash=crypto.phone_hash(ward))
    kept = Copy.objects.values_list("message_id", "guardian", "copy_id")
    assert list(kept) == [(ward_message.pk, guardian.pk, message.pk)]
    check_books(copy)


def test_a_child_with_two_parents_tells_both(cast: Cast) -> None:
    ward = phone()
    guardians = [guard(cast, ward, phone()) for _ in range(2)]
    [copy] = copies_of(cast.send(cast.rows(ward)))
    assert states(copy) == [REACHED] * 2
    assert Copy.objects.count() == len(guardians)


@pytest.mark.parametrize(
    "case",
    ["over", "not yet", "the same phone", "another notice", "another department", "telling"],
)
def test_who_gets_none(cast: Cast, case: str) -> None:
    ward, by = phone(), phone()
    other = Notice.objects.create(code="other", name="다른 알림", department=cast.library)
    match case:
        case "over":
            guard(cast, ward, by, until=-DAY / 2)
        case "not yet":
            guard(cast, ward, by, since=DAY / 2)
        case "the same phone":
            guard(cast, ward, ward)
        case "another notice":
            guard(cast, ward, by, notice=other)
        case "another department":
            guard(cast, ward, by, department=cast.health)
        case _:
            Notice.objects.update(sensitivity=3)
            guard(cast, ward, by)
    assert copies_of(cast.send(cast.rows(ward))) == []


def test_what_tells_much_is_copied_where_the_consent_names_it(cast: Cast) -> None:
    Notice.objects.update(sensitivity=3)
    ward = phone()
    guard(cast, ward, phone(), notice=cast.notice, department=cast.health)
    [copy] = copies_of(cast.send(cast.rows(ward)))
    assert states(copy) == [REACHED]


def test_what_starts_a_legal_period_is_not_copied(cast: Cast) -> None:
    Notice.objects.update(legal_effect="service")
    ward = phone()
    guard(cast, ward, phone(), notice=cast.notice)
    assert copies_of(cast.send(cast.rows(ward))) == []


def test_a_department_covers_those_below_it(cast: Cast) -> None:
    ward = phone()
    root = cast.library.parent
    assert root is not None
    guard(cast, ward, phone(), department=root)
    assert len(copies_of(cast.send(cast.rows(ward)))) == 1


def test_what_does_not_go_is_not_copied(cast: Cast) -> None:
    unwilling, stopped = phone(), phone()
    now = timezone.now()
    Preference.objects.create(
        to_hash=crypto.phone_hash(unwilling), choice="stop", provenance="desk", since=now - DAY
    )
    for ward in (unwilling, stopped):
        guard(cast, ward, phone())
    batch = cast.send(cast.rows(stopped))
    Batch.objects.filter(pk=batch.pk).update(stopped_at=now, cancelled_at=now)
    assert copies_of(cast.send(cast.rows(unwilling))) == []
    bring_results(batch)
    assert not Copy.objects.exists()


def test_who_wants_sms_is_copied_once(cast: Cast) -> None:
    """The message changes its way before it goes, and again where Kakao cannot reach it."""
    wants_sms, falls_back = phone(), phone("0001")
    now = timezone.now()
    Preference.objects.create(
        to_hash=crypto.phone_hash(wants_sms), choice="sms", provenance="desk", since=now - DAY
    )
    for ward in (wants_sms, falls_back):
        guard(cast, ward, phone())
    batch = cast.send(cast.rows(wants_sms, falls_back))
    [copy] = copies_of(batch)
    assert [channel for _, channel, _ in states(batch)] == ["sms", "sms"]
    assert states(copy) == [REACHED] * 2


@pytest.mark.parametrize("wish", ["stop", "suspended", "sms"])
def test_a_copy_goes_by_the_guardians_own_wishes(cast: Cast, wish: str) -> None:
    ward, by = phone(), phone()
    Notice.objects.update(legal_effect="notice")  # the law is not about the guardian
    guard(cast, ward, by)
    file = {"to_hash": crypto.phone_hash(by), "since": timezone.now() - DAY, "provenance": "desk"}
    if wish == "suspended":
        Suspension.objects.create(**file, reason="not_theirs")
    else:
        Preference.objects.create(**file, choice=wish)
    batch = cast.send(cast.rows(ward))
    [copy] = copies_of(batch)
    assert states(batch) == [REACHED]
    ends = {
        "stop": ("suppressed", "alimtalk", "opted_out"),
        "suspended": ("suppressed", "alimtalk", "number_suspended"),
        "sms": ("delivered", "sms", "delivered"),
    }
    assert states(copy) == [ends[wish]]


def test_who_is_entered_twice_is_told_once(cast: Cast) -> None:
    """For all of a department and for one notice, or anew after an entry was ended."""
    ward, by = phone(), phone()
    guard(cast, ward, by)
    guard(cast, ward, by, notice=cast.notice)
    batch = cast.send(cast.rows(ward))
    cast.faults(kind="error_503", path="create", times=1)
    chunk = Chunk.objects.get(batch=batch).pk
    dispatch(chunk)
    Guardian.objects.update(until=timezone.now())
    guard(cast, ward, by)
    Chunk.objects.filter(pk=chunk).update(not_before=timezone.now())
    dispatch(chunk)
    assert [b.rows for b in copies_of(batch)] == [1]


def test_a_copy_is_not_copied(cast: Cast) -> None:
    ward, by, third = phone(), phone(), phone()
    guard(cast, ward, by)
    guard(cast, by, third)
    assert [b.rows for b in copies_of(cast.send(cast.rows(ward)))] == [1]
    assert Copy.objects.count() == 1


def test_a_chunk_that_is_offered_again_makes_no_second_copy(cast: Cast) -> None:
    ward = phone()
    guard(cast, ward, phone())
    batch = cast.send(cast.rows(ward))
    cast.faults(kind="error_503", path="create", times=1)
    chunk = Chunk.objects.get(batch=batch).pk
    dispatch(chunk)
    assert Copy.objects.count() == 1
    Chunk.objects.filter(pk=chunk).update(not_before=timezone.now())
    dispatch(chunk)
    ring()
    [copy] = copies_of(batch)
    assert (states(batch), states(copy), Copy.objects.count()) == ([REACHED], [REACHED], 1)
