"""A list comes in: all of it or nothing, every row accounted for, chunks that may travel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow import intake
from alimnaru.flow.intake import IntakeRefused
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.store import crypto
from alimnaru.store.models import Batch, Chunk, Message, RefusedRow
from tests.cast import VALUES, Cast, make_cast, phone, ring
from tests.flow.books import check_books, jobs


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A COPY for every 1,000 rows, so that short lists take several."""
    monkeypatch.setattr(intake, "SLICE", 1_000)


def bad(number: int, code: Refusal = Refusal.PHONE_LANDLINE) -> BadRow:
    return BadRow(number, "휴대폰", code, "", "김나루", "02-***")


def nothing_is_left() -> bool:
    tables = (Batch, Chunk, Message, RefusedRow)
    return not any(table.objects.exists() for table in tables) and jobs() == []


# ---- all or nothing ------------------------------------------------------------------------------


def test_a_list_that_breaks_off_leaves_nothing(office: Cast, small_slices: None) -> None:
    def breaking() -> Iterator[GoodRow | BadRow]:
        yield bad(1)
        yield from office.rows(*(phone() for _ in range(1_500)))
        raise OSError("the file server went away")

    with pytest.raises(OSError, match="went away"), transaction.atomic():
        office.send(breaking())
    assert nothing_is_left()


@pytest.mark.parametrize("apart", [1, 1_200], ids=["same copy", "another copy"])
def test_a_row_that_stands_twice_refuses_the_list(
    office: Cast, small_slices: None, apart: int
) -> None:
    rows = office.rows(*(phone() for _ in range(apart + 1)))
    rows[apart] = rows[0]._replace(number=rows[apart].number)
    with pytest.raises(IntakeRefused) as refused:
        office.send(rows)
    assert refused.value.code is Refusal.ROW_DUPLICATE
    assert nothing_is_left()


def test_two_lists_may_hold_the_same_row(office: Cast) -> None:
    rows = office.rows(phone())
    assert office.send(rows).pk != office.send(rows).pk
    assert Message.objects.count() == 2


@pytest.mark.parametrize("rows", [[], [bad(2), bad(3)]], ids=["no rows", "only refused rows"])
def test_a_list_without_anybody_to_tell_is_refused(office: Cast, rows: list[BadRow]) -> None:
    with pytest.raises(IntakeRefused) as refused:
        office.send(rows)
    assert refused.value.code is Refusal.NOTHING_TO_SEND
    assert nothing_is_left()


# ---- rows ----------------------------------------------------------------------------------------


def test_refused_rows_are_counted_and_sealed(office: Cast, small_slices: None) -> None:
    number = "01012345678"
    dear = BadRow(1_700, "성명", Refusal.VALUE_EMPTY, number, "김나루", "")
    refused = [*(bad(n) for n in range(10, 1_250)), dear]
    rows: list[GoodRow | BadRow] = [*office.rows(phone(), phone()), *refused]
    batch = office.send(rows)
    assert (batch.rows, batch.refused) == (1_243, 1_241)
    codes = Counter(RefusedRow.objects.filter(batch=batch).values_list("code", flat=True))
    assert codes == {Refusal.PHONE_LANDLINE: 1_240, Refusal.VALUE_EMPTY: 1}
    kept = RefusedRow.objects.get(batch=batch, row_no=1_700)
    assert kept.column == "성명"
    sealed = bytes(kept.payload)
    assert number.encode() not in sealed
    assert opener(batch).open(1_700, sealed, space=crypto.REFUSED) == [number, "김나루", ""]
    check_books(batch)


def opener(batch: Batch) -> crypto.BatchKey:
    batch.refresh_from_db()
    return crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)


def test_a_message_is_born_pending_and_sealed(office: Cast) -> None:
    number = phone()
    batch = office.send(office.rows(number))
    message = Message.objects.get(batch=batch)
    assert (message.state, message.channel, message.attempt_no) == ("pending", "alimtalk", 1)
    assert (message.code, message.done_at, message.row_no) == (None, None, 2)
    assert bytes(message.to_hash) == crypto.phone_hash(number)
    assert opener(batch).open(message.pk, bytes(message.payload)) == [number, "김나루", *VALUES]
    for sealed in (message.payload, message.to_hash, message.row_key):
        assert number.encode() not in bytes(sealed)
        assert "김나루".encode() not in bytes(sealed)


def test_a_long_list_is_stored_row_for_row(office: Cast, small_slices: None) -> None:
    rows = office.rows(*(phone() for _ in range(2_345)))
    batch = office.send(rows, chunk_size=500)
    found = Message.objects.filter(batch=batch).order_by("row_no")
    assert [m.row_no for m in found] == [r.number for r in rows]
    assert [bytes(m.row_key) for m in found] == [r.key for r in rows]
    key = opener(batch)
    assert [key.open(m.pk, bytes(m.payload))[0] for m in found] == [r.phone for r in rows]
    check_books(batch)


# ---- chunks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phones", "size", "sizes"),
    [
        pytest.param("abc", 10, [3], id="one call holds all"),
        pytest.param("abcdef", 3, [3, 3], id="full calls"),
        pytest.param("abcdefg", 3, [3, 3, 1], id="and a rest"),
        pytest.param("aab", 10, [2, 1], id="a household takes two calls"),
        pytest.param("aaaa", 10, [1, 1, 1, 1], id="a number stands once in each call"),
        pytest.param("aabbccd", 2, [2, 2, 2, 1], id="gaps are filled"),
        pytest.param("abab", 2, [2, 2], id="a full call takes no more"),
        pytest.param("ab", 1, [1, 1], id="one to a call"),
    ],
)
def test_chunks(office: Cast, phones: str, size: int, sizes: list[int]) -> None:
    numbers = {letter: phone() for letter in set(phones)}
    batch = office.send(office.rows(*(numbers[p] for p in phones)), chunk_size=size)
    chunks = list(Chunk.objects.filter(batch=batch))
    assert sorted((c.size for c in chunks), reverse=True) == sizes
    for chunk in chunks:
        hashes = [bytes(m.to_hash) for m in Message.objects.filter(chunk=chunk)]
        assert len(hashes) == len(set(hashes)) == chunk.size
        assert (chunk.state, chunk.channel, chunk.try_no) == ("ready", "alimtalk", 1)


def test_many_chunks_take_several_helpings_of_numbers(office: Cast) -> None:
    office.send(office.rows(*(phone() for _ in range(40))), chunk_size=1)
    assert Chunk.objects.count() == 40


# ---- lanes and bells -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lane", "good_and_bad", "takes"),
    [
        ("normal", (9, 0), "normal"),
        ("normal", (10, 0), "bulk"),
        ("normal", (5, 5), "bulk"),
        ("urgent", (10, 0), "urgent"),
        ("bulk", (1, 0), "bulk"),
    ],
)
def test_a_long_list_leaves_the_lane_to_short_ones(
    office: Cast,
    monkeypatch: pytest.MonkeyPatch,
    lane: str,
    good_and_bad: tuple[int, int],
    takes: str,
) -> None:
    monkeypatch.setattr(intake, "BULK_ROWS", 10)
    office.notice.lane = lane
    office.notice.save()
    good, refused = good_and_bad
    rows: list[GoodRow | BadRow] = [*office.rows(*(phone() for _ in range(good)))]
    rows += map(bad, range(100, 100 + refused))
    batch = office.send(rows)
    assert batch.lane == takes
    assert set(Chunk.objects.values_list("lane", flat=True)) == {takes}
    assert {queue for queue, _ in bells()} == {takes}


def bells() -> list[tuple[str, object]]:
    """(queue, scheduled at) of each job."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_name, scheduled_at FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def test_every_chunk_has_its_bell(office: Cast) -> None:
    office.send(office.rows(*(phone() for _ in range(5))), chunk_size=2)
    chunks = Chunk.objects.order_by("pk").values_list("pk", flat=True)
    assert sorted(jobs()) == [("dispatch", chunk) for chunk in chunks]


def test_rows_and_bells_stand_or_fall_together(office: Cast) -> None:
    with transaction.atomic():
        office.send(office.rows(phone()))
        assert len(jobs("dispatch")) == 1
        transaction.set_rollback(True)
    assert nothing_is_left()


def test_a_scheduled_list_waits(office: Cast) -> None:
    at = timezone.now() + timedelta(hours=3)
    batch = office.send(office.rows(phone()), at=at)
    assert batch.not_before == at
    assert batch.expires_at == at + timedelta(minutes=office.notice.ttl_minutes)
    assert Chunk.objects.get().not_before == at
    assert bells() == [("normal", at)]
    assert ring() == 0


def test_a_schedule_in_the_past_means_now(office: Cast) -> None:
    batch = office.send(office.rows(phone()), at=timezone.now() - timedelta(days=2))
    assert batch.not_before == batch.created_at
    assert batch.expires_at > timezone.now()
    assert bells() == [("normal", None)]
