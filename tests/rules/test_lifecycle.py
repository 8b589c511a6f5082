"""Which state may follow which."""

from __future__ import annotations

import pytest

from alimnaru.rules.lifecycle import (
    CHUNK_MOVES,
    MESSAGE_MOVES,
    ChunkState,
    ForbiddenMove,
    MessageState,
    before_chunk,
    before_message,
    move_chunk,
    move_message,
)

M, C = MessageState, ChunkState


def test_every_state_has_its_moves() -> None:
    assert set(MESSAGE_MOVES) == set(M)
    assert set(CHUNK_MOVES) == set(C)


@pytest.mark.parametrize("to", [m for m in M if m is not M.PENDING])
def test_a_pending_message_may_end_in_any_way(to: MessageState) -> None:
    assert move_message(M.PENDING, to) is to


@pytest.mark.parametrize(
    ("now", "to"),
    [
        (M.UNKNOWN, M.DELIVERED),  # a late receipt
        (M.UNKNOWN, M.FAILED),  # a person's decision
        (M.FAILED, M.DELIVERED),  # success after the carrier had given up
    ],
)
def test_what_a_late_word_may_still_change(now: MessageState, to: MessageState) -> None:
    assert move_message(now, to) is to


@pytest.mark.parametrize("end", [M.DELIVERED, M.SUPPRESSED, M.CANCELLED, M.EXPIRED])
@pytest.mark.parametrize("to", list(M))
def test_these_ends_are_final(end: MessageState, to: MessageState) -> None:
    with pytest.raises(ForbiddenMove):
        move_message(end, to)


@pytest.mark.parametrize("now", [m for m in M if m is not M.UNKNOWN])
def test_nothing_else_becomes_pending_again(now: MessageState) -> None:
    with pytest.raises(ForbiddenMove):
        move_message(now, M.PENDING)


def test_what_is_unknown_may_take_another_try() -> None:
    assert move_message(M.UNKNOWN, M.PENDING) is M.PENDING


@pytest.mark.parametrize("now", [C.READY, C.HELD, C.SENT, C.SETTLED])
def test_only_a_claim_comes_into_doubt(now: ChunkState) -> None:
    with pytest.raises(ForbiddenMove):
        move_chunk(now, C.DOUBT)


@pytest.mark.parametrize("to", [C.READY, C.CLAIMED, C.DOUBT, C.HELD])
def test_what_a_carrier_has_never_goes_back(to: ChunkState) -> None:
    with pytest.raises(ForbiddenMove):
        move_chunk(C.SENT, to)


@pytest.mark.parametrize("to", [C.READY, C.SENT, C.SETTLED, C.HELD])
def test_doubt_ends_in_every_way_that_settles_it(to: ChunkState) -> None:
    assert move_chunk(C.DOUBT, to) is to


def test_the_where_clauses_are_the_table_read_backwards() -> None:
    assert before_message(M.DELIVERED) == ["failed", "pending", "unknown"]
    assert before_message(M.CANCELLED) == ["pending"]
    assert before_message(M.PENDING) == ["unknown"]
    assert before_chunk(C.SENT) == ["claimed", "doubt"]
    assert before_chunk(C.READY) == ["claimed", "doubt", "held"]
