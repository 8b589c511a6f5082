"""Columns that have slid by a row: found by memory, and by the edges of the table."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.cell import Cell
from alimnaru.rules.shifted import (
    REACH,
    Displaced,
    EdgeWatch,
    PairWatch,
    PairWatches,
    Shift,
    ShiftFault,
    Slide,
)

Pairs = list[tuple[bytes, bytes | None]]


def phone(at: int) -> bytes:
    return f"phone {at}".encode()


def name(at: int) -> bytes:
    return f"name {at}".encode()


def known(count: int) -> dict[bytes, tuple[bytes, ...]]:
    return {phone(at): (name(at),) for at in range(count)}


def slid(count: int, by: int, since: int = 0) -> Pairs:
    """A list whose names have moved down (by > 0) or up, from a row on."""
    names: list[bytes | None] = [name(at) for at in range(count)]
    if by > 0:
        names[since:since] = [None] * by
    else:
        del names[since : since - by]
        names += [None] * -by
    return [(phone(at), names[at]) for at in range(count)]


def seen(pairs: Pairs, memory: dict[bytes, tuple[bytes, ...]]) -> Shift:
    watch = PairWatch(memory)
    for one, value in pairs:
        watch.see(one, value)
    return watch.verdict()


# ---- with memory ---------------------------------------------------------------------------------


def test_it_works() -> None:
    shift = seen(slid(20, 0), known(20))
    assert shift == Shift(20, 20, None, 0)
    assert (shift.share, shift.suspicious) == (1.0, False)


@pytest.mark.parametrize("by", [by for by in range(-REACH, REACH + 1) if by])
def test_a_list_that_has_slid(by: int) -> None:
    shift = seen(slid(30, by), known(30))
    assert (shift.agree, shift.offset) == (0, by)
    assert shift.explained >= 30 - 2 * abs(by)
    assert shift.fault is ShiftFault.SLID


@pytest.mark.parametrize("by", [-4, 4, 10])
def test_a_list_that_has_slid_far_is_found_and_not_explained(by: int) -> None:
    shift = seen(slid(40, by), known(40))
    assert (shift.offset, shift.fault) == (None, ShiftFault.DIFFERS)


@pytest.mark.parametrize("by", [-1, 1, 2])
def test_a_list_that_slides_from_the_middle_on(by: int) -> None:
    shift = seen(slid(1_000, by, since=980), known(1_000))
    assert shift.share > 0.97
    assert (shift.offset, shift.suspicious) == (by, True)


@given(st.integers(5, 60), st.integers(1, REACH), st.booleans())
def test_every_slide_of_a_known_list_is_found(count: int, by: int, up: bool) -> None:
    pairs = slid(count + 2 * by, -by if up else by)
    shift = seen(pairs, known(count + 2 * by))
    assert shift.suspicious
    assert shift.offset == (-by if up else by)


def test_few_known_phones_say_nothing() -> None:
    pairs = slid(200, 1)
    assert not seen(pairs, known(5)).suspicious  # the first row is blank: four are known
    assert seen(pairs, known(6)).suspicious
    assert seen(pairs, {}) == Shift(0, 0, None, 0)
    assert seen(pairs, {}).share == 1.0


@pytest.mark.parametrize(("changed", "suspicious"), [(1, False), (6, False), (7, True)])
def test_names_that_change_by_themselves(changed: int, suspicious: bool) -> None:
    # A married name, a number passed on: nobody beside them is called so.
    pairs: Pairs = [(phone(at), b"new" if at < changed else name(at)) for at in range(20)]
    shift = seen(pairs, known(20))
    assert (shift.known, shift.agree, shift.offset) == (20, 20 - changed, None)
    assert shift.suspicious is suspicious


@given(st.integers(5, 40), st.integers(0, 10_000))
def test_one_new_name_blocks_nobody(count: int, at: int) -> None:
    pairs = slid(count, 0)
    pairs[at % count] = (phone(at % count), b"new")
    assert not seen(pairs, known(count)).suspicious


def test_a_list_in_another_order_has_not_slid() -> None:
    pairs = slid(50, 0)
    random.Random(7).shuffle(pairs)
    assert seen(pairs, known(50)) == Shift(50, 50, None, 0)


def test_a_list_of_new_people_has_not_slid() -> None:
    assert not seen([(phone(at), name(at)) for at in range(100, 150)], known(50)).suspicious


def test_a_second_child_on_a_phone_is_no_neighbour() -> None:
    pairs: Pairs = []
    for at in range(10):
        pairs += [(phone(at), name(at)), (phone(at), b"second " + name(at))]
    pairs += [(phone(at), name(at)) for at in range(100, 200)]
    assert seen(pairs, known(200)) == Shift(120, 110, None, 0)


def test_both_children_may_be_known() -> None:
    memory = {phone(at): (name(at), b"second") for at in range(5)}
    pairs: Pairs = [(phone(at), b"second") for at in range(5)]
    assert seen(pairs, memory) == Shift(5, 5, None, 0)


def test_a_couple_that_has_swapped_phones() -> None:
    pairs = slid(40, 0)
    pairs[3:5] = [(phone(3), name(4)), (phone(4), name(3))]
    assert seen(pairs, known(40)) == Shift(40, 38, None, 0)


def test_a_blank_is_no_evidence() -> None:
    pairs: Pairs = [(phone(at), None if at % 2 else name(at)) for at in range(20)]
    assert seen(pairs, known(20)) == Shift(10, 10, None, 0)


def test_several_columns_are_watched() -> None:
    watches = PairWatches({"성명": known(10), "차량번호": known(10)})
    for (one, right), (_, wrong) in zip(slid(10, 0), slid(10, 1), strict=True):
        watches.see(one, {"성명": right, "차량번호": wrong} if wrong else {"성명": right})
    verdicts = watches.verdicts()
    assert verdicts["성명"] == Shift(10, 10, None, 0)
    assert (verdicts["차량번호"].offset, verdicts["차량번호"].suspicious) == (1, True)


# ---- by the edges --------------------------------------------------------------------------------


def table(*columns: list[Cell]) -> Displaced | None:
    """The verdict on columns of any lengths, side by side; column 0 is a serial number."""
    height = max(map(len, columns))
    watch = EdgeWatch(range(1, len(columns) + 1))
    for at in range(height):
        watch.see([at, *(column[at] if at < len(column) else "" for column in columns)])
    return watch.verdict()


def full(count: int) -> list[Cell]:
    return ["x"] * count


def down(count: int, by: int, since: int = 0) -> list[Cell]:
    return [*full(since), *[None] * by, *full(count - since)]


SIZES = [3, 4, 5, 9, 10, 11, 40]


@pytest.mark.parametrize("count", SIZES)
def test_a_whole_table_was_not_moved(count: int) -> None:
    assert table(full(count), full(count), full(count)) is None


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("by", [1, 2, 3, 4])
def test_a_column_moved_down(count: int, by: int) -> None:
    found = table(full(count), down(count, by), full(count))
    expected = Displaced(Slide.DOWN, (2,), by) if count + by > 2 * by and count > by else None
    assert found == expected


def test_two_columns_moved_down_together() -> None:
    found = table(full(20), down(20, 1), down(20, 1), full(20))
    assert found == Displaced(Slide.DOWN, (2, 3), 1)


def test_of_two_parts_the_smaller_was_moved() -> None:
    found = table(down(20, 2), full(20), down(20, 2), down(20, 2))
    assert found == Displaced(Slide.UP, (2,), 2)


def test_the_edges_must_agree_on_what_was_moved() -> None:
    watch = EdgeWatch([0, 1, 2])
    for row in [("", "x", ""), *[("x", "x", "x")] * 8, ("x", "x", "")]:
        watch.see(row)
    assert watch.verdict() is None


@pytest.mark.parametrize("since", [6, 20, 33])
def test_a_cell_was_pushed_in(since: int) -> None:
    assert table(full(40), down(40, 1, since), full(40)) == Displaced(Slide.TAIL, (2,), 1)


@pytest.mark.parametrize(
    "columns",
    [
        [full(20), full(19), full(20)],  # the last row was never finished
        [full(20), down(19, 1), full(20)],  # nor the first
        [full(20), full(19), full(20), full(20), full(19)],
        [full(20), full(10), full(20)],
        [full(20), [], full(20)],
        [full(1), full(1)],
        [full(2), down(1, 1)],
        [full(20), down(20, 5), full(20)],  # farther than the edges reach
    ],
)
def test_what_is_no_slide(columns: list[list[Cell]]) -> None:
    assert table(*columns) is None


def test_a_column_that_some_leave_blank_is_no_slide() -> None:
    remarks: list[Cell] = [None, *["x", None] * 9, "x"]
    assert table(full(20), remarks, full(20)) is None


def test_a_column_that_the_notice_does_not_read_is_nobodys_business() -> None:
    watch = EdgeWatch([0, 1])
    for row in [("x", "x", ""), *[("x", "x", "x")] * 8, ("", "", "x")]:
        watch.see(row)
    assert watch.verdict() is None


def test_short_rows_are_blank_at_their_end() -> None:
    watch = EdgeWatch([0, 1])
    for row in [("x",), *[("x", "x")] * 8, ("", "x")]:
        watch.see(row)
    assert watch.verdict() == Displaced(Slide.DOWN, (1,), 1)


def test_a_table_without_rows() -> None:
    assert EdgeWatch([0]).verdict() is None


@given(st.integers(6, 60), st.integers(1, 4), st.integers(1, 4))
def test_the_distance_is_told(count: int, by: int, width: int) -> None:
    found = table(down(count, by), *[full(count)] * width)
    assert found == Displaced(Slide.DOWN, (1,), by)
