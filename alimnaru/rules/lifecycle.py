"""Which state may follow which, for messages and for chunks.

message   pending ──▶ delivered · failed · suppressed · cancelled · expired · unknown
          unknown, failed ──▶ delivered        a late receipt, or a person's decision
          unknown ──▶ failed
          unknown ──▶ pending                  decided: an SMS follows

chunk     ready ──▶ claimed ──▶ sent ──▶ settled
          claimed ──▶ doubt ──▶ ready (the carrier surely has nothing) · sent · settled
          ready, claimed, doubt ──▶ held ──▶ ready · settled
"""

from __future__ import annotations

from enum import StrEnum


class MessageState(StrEnum):
    """Where one notice for one resident stands. Waiting and in flight are both `pending`."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class ChunkState(StrEnum):
    """Where a chunk stands on its way to the carrier."""

    READY = "ready"
    CLAIMED = "claimed"
    SENT = "sent"
    SETTLED = "settled"
    DOUBT = "doubt"
    HELD = "held"


class ForbiddenMove(ValueError):  # noqa: N818 - the thing itself, as the table names it
    """A move that the table does not allow."""


_M = MessageState
MESSAGE_MOVES: dict[MessageState, frozenset[MessageState]] = {
    _M.PENDING: frozenset(_M) - {_M.PENDING},
    # Open again only by a decision, a person's or the notice's rule: the message takes a new try.
    _M.UNKNOWN: frozenset({_M.DELIVERED, _M.FAILED, _M.PENDING}),
    # A phone that was off reports success days after the carrier had given up on it.
    _M.FAILED: frozenset({_M.DELIVERED}),
    _M.DELIVERED: frozenset(),
    _M.SUPPRESSED: frozenset(),
    _M.CANCELLED: frozenset(),
    _M.EXPIRED: frozenset(),
}

_C = ChunkState
CHUNK_MOVES: dict[ChunkState, frozenset[ChunkState]] = {
    _C.READY: frozenset({_C.CLAIMED, _C.HELD, _C.SETTLED}),
    # Straight to settled: everybody in it was suppressed or too late, nobody was called.
    _C.CLAIMED: frozenset({_C.SENT, _C.READY, _C.DOUBT, _C.HELD, _C.SETTLED}),
    _C.DOUBT: frozenset({_C.SENT, _C.READY, _C.HELD, _C.SETTLED}),
    _C.SENT: frozenset({_C.SETTLED}),
    _C.HELD: frozenset({_C.READY, _C.SETTLED}),
    _C.SETTLED: frozenset(),
}


def move_message(now: MessageState, to: MessageState) -> MessageState:
    """Return `to` if a message may go there from `now`. Raises `ForbiddenMove`."""
    if to not in MESSAGE_MOVES[now]:
        raise ForbiddenMove(f"message: {now} to {to}")
    return to


def move_chunk(now: ChunkState, to: ChunkState) -> ChunkState:
    """Return `to` if a chunk may go there from `now`. Raises `ForbiddenMove`."""
    if to not in CHUNK_MOVES[now]:
        raise ForbiddenMove(f"chunk: {now} to {to}")
    return to


def before_message(to: MessageState) -> list[str]:
    """The states from which a message may become `to`; set-based updates name them in WHERE."""
    return sorted(state.value for state, moves in MESSAGE_MOVES.items() if to in moves)


def before_chunk(to: ChunkState) -> list[str]:
    """The states from which a chunk may become `to`."""
    return sorted(state.value for state, moves in CHUNK_MOVES.items() if to in moves)
