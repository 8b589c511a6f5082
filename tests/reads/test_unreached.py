"""The unreached list names everybody who was not told, and nobody else."""

from __future__ import annotations

import pytest
from django.utils import timezone

from alimnaru.reads import unreached as reading
from alimnaru.reads.unreached import UnreachedRow, unreached
from alimnaru.reads.what_next import REFUSED, WhatNext, what_next
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import Batch, Member, Membership, Message, RefusedRow, Role
from alimnaru.store.scoping import scope_of, whole_office
from tests.cast import Cast
from tests.reads.fates import bad, end_unsent, fall_back, hand_over, list_of, queries, tell


def rows_of(batch: Batch) -> list[UnreachedRow]:
    return list(unreached(whole_office(), batch.pk))


@pytest.fixture
def mixed(office: Cast) -> Batch:
    """One of each, in the list's order: rows 2 to 9 are good, 1 and 50 were refused."""
    batch = list_of(
        office, 8, [bad(1, Refusal.PHONE_EMPTY), bad(50, Refusal.VALUE_NOT_A_DATE, name="최다온")]
    )
    end_unsent(batch, {7: (MessageState.SUPPRESSED, Refusal.OPTED_OUT)})
    hand_over(batch)
    tell(
        batch,
        {
            0: Result.DELIVERED,
            1: Result.BLOCKED,
            2: Result.NOT_A_USER,
            3: Result.NUMBER_WRONG,
            4: Result.TIMED_OUT,
            5: Result.TEMPLATE_MISMATCH,
        },
    )
    fall_back(batch)
    tell(batch, {1: Result.DELIVERED, 2: Result.HANDSET_OFF})
    return batch  # place 6 is still under way


def test_it_works(mixed: Batch) -> None:
    found = [(r.row_no, r.state, r.code, r.tried, r.next.value) for r in rows_of(mixed)]
    first = Message.objects.filter(batch=mixed).order_by("row_no")[0].row_no
    assert found == [
        (1, REFUSED, "phone_empty", (), "check_number"),
        (first + 2, "failed", "handset_off", ("alimtalk", "sms"), "other_way"),
        (first + 3, "failed", "number_wrong", ("alimtalk",), "check_number"),
        (first + 4, "unknown", "timed_out", ("alimtalk",), "confirm"),
        (first + 5, "failed", "template_mismatch", ("alimtalk",), "ask_manager"),
        (first + 7, "suppressed", "opted_out", (), "respect"),
        (50, REFUSED, "value_not_a_date", (), "fix_list"),
    ]


def test_names_and_phones_are_opened(mixed: Batch) -> None:
    rows = rows_of(mixed)
    assert [r.name for r in rows] == ["박가람", *["김나루"] * 5, "최다온"]
    assert all(r.phone.startswith("010") for r in rows if r.state != REFUSED)
    assert [r.column for r in rows if r.state == REFUSED] == ["휴대폰", "휴대폰"]


def test_a_repr_names_nobody(mixed: Batch) -> None:
    said = repr(rows_of(mixed))
    assert "김나루" not in said
    assert "010" not in said


def test_a_destroyed_key_leaves_reasons_without_people(mixed: Batch) -> None:
    before = [(r.row_no, r.code) for r in rows_of(mixed)]
    Batch.objects.filter(pk=mixed.pk).update(wrapped_key=None)
    after = rows_of(mixed)
    assert [(r.row_no, r.code) for r in after] == before
    assert {(r.name, r.phone) for r in after} == {("", "")}


def test_a_damaged_row_does_not_hide_the_others(mixed: Batch) -> None:
    refused = RefusedRow.objects.get(batch=mixed, row_no=50)
    RefusedRow.objects.filter(pk=refused.pk).update(payload=bytes(refused.payload)[:-1] + b"?")
    rows = rows_of(mixed)
    assert (rows[-1].row_no, rows[-1].name, rows[-1].code) == (50, "", "value_not_a_date")
    assert rows[0].name == "박가람"


def test_a_neighbour_gets_no_list(office: Cast, mixed: Batch) -> None:
    nurse = Member.objects.create(login="nurse", name="이간호")
    Membership.objects.create(member=nurse, department=office.health, role=Role.WRITER)
    assert list(unreached(scope_of(nurse), mixed.pk)) == []
    assert list(unreached(scope_of(office.librarian), mixed.pk)) != []


def test_an_unknown_batch_has_no_list(office: Cast) -> None:
    assert list(unreached(whole_office(), 4711)) == []


def test_the_number_of_queries_does_not_grow(office: Cast) -> None:
    asked = []
    for size in (10, 20):
        batch = list_of(office, size, [bad(1000 + n) for n in range(size)])
        hand_over(batch)
        tell(batch, dict.fromkeys(range(size), Result.NUMBER_WRONG))
        with queries() as counted:
            assert len(rows_of(batch)) == 2 * size
        asked.append(len(counted))
    assert asked[0] == asked[1]


def test_a_long_list_comes_in_slices(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SLICE", 3)
    batch = list_of(office, 10, [bad(1000 + n) for n in range(7)])
    hand_over(batch)
    tell(batch, dict.fromkeys(range(10), Result.NUMBER_WRONG))
    numbers = [r.row_no for r in rows_of(batch)]
    assert len(numbers) == 17
    assert numbers == sorted(numbers)


def test_two_tries_on_one_channel_are_both_named(office: Cast) -> None:
    batch = list_of(office, 1)
    hand_over(batch)
    tell(batch, {0: Result.BLOCKED})
    fall_back(batch)
    message = Message.objects.get(batch=batch)
    tell(batch, {0: Result.NO_ROUTE})
    message.attempt_set.filter(attempt_no=2).update(due_at=timezone.now())
    fall_back(batch)
    tell(batch, {0: Result.NUMBER_WRONG})
    assert rows_of(batch)[0].tried == ("alimtalk", "sms", "sms")


@pytest.mark.parametrize(
    ("state", "code", "step"),
    [
        (REFUSED, "phone_two", WhatNext.CHECK_NUMBER),
        (REFUSED, "value_empty", WhatNext.FIX_LIST),
        (REFUSED, "sms_too_long", WhatNext.FIX_LIST),
        (REFUSED, "row_duplicate", WhatNext.CHECK_DUPLICATE),
        ("failed", "number_suspended", WhatNext.CHECK_NUMBER),
        ("failed", "spam_blocked", WhatNext.OTHER_WAY),
        ("failed", "refused_by_resident", WhatNext.OTHER_WAY),
        ("failed", "no_route", WhatNext.SEND_AGAIN),
        ("failed", "balance_empty", WhatNext.ASK_MANAGER),
        ("failed", "duplicate", WhatNext.CONFIRM),
        ("failed", "no_channel_left", WhatNext.OTHER_WAY),
        ("failed", "", WhatNext.OTHER_WAY),
        ("unknown", "number_wrong", WhatNext.CONFIRM),
        ("suppressed", "opted_out", WhatNext.RESPECT),
        ("suppressed", "number_suspended", WhatNext.CHECK_NUMBER),
        ("cancelled", "cancelled_by_staff", WhatNext.DECIDE_AGAIN),
        ("expired", "expired", WhatNext.DECIDE_AGAIN),
    ],
)
def test_what_to_do_next(state: str, code: str, step: WhatNext) -> None:
    assert what_next(state, code) is step
