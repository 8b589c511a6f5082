"""Where one message stands, as one word for programs: what it waits for, or how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alimnaru.rules.lifecycle import ChunkState, MessageState


class MessagePhase(StrEnum):
    """The first seven may still change by themselves or by a person; of the others only `unknown`
    and `failed` may, when a late result comes."""

    #: On disk; packed for the carrier within a second, or when its time comes.
    ACCEPTED = "accepted"
    #: Its batch waits until it is closed, or for the approval of people.
    AWAITING_RELEASE = "awaiting_release"
    #: Waits for its time, for the notice's hours, or until its sender can take it back no more.
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    #: Waits until a person does something; `code` says what for.
    HELD = "held"
    #: Nobody knows yet whether the carrier has it; it is being asked.
    CHECKING = "checking"
    #: The carrier has it; its result is awaited.
    HANDED_OVER = "handed_over"

    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


#: What can be asked for by a list of messages.
ENDED = frozenset(MessagePhase(state) for state in MessageState if state != MessageState.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """What is known of a message. `state` of itself, `chunk` of the chunk that it travels in."""

    state: str
    chunk: str
    released: bool
    stopped: bool
    not_before: datetime
    undo_until: datetime | None = None


def message_phase(facts: MessageFacts, now: datetime) -> MessagePhase:
    """Where a message that is in a batch stands."""
    if facts.state != MessageState.PENDING:
        return MessagePhase(facts.state)
    if not facts.released:
        return MessagePhase.AWAITING_RELEASE
    # One that goes on to another channel lies in a chunk that has ended until it is packed anew.
    if facts.chunk in (ChunkState.SENT, ChunkState.SETTLED):
        return MessagePhase.HANDED_OVER
    if facts.chunk == ChunkState.DOUBT:
        return MessagePhase.CHECKING
    if facts.chunk == ChunkState.HELD or facts.stopped:
        return MessagePhase.HELD
    waits = now < max(facts.not_before, facts.undo_until or facts.not_before)
    return MessagePhase.SCHEDULED if waits else MessagePhase.QUEUED
