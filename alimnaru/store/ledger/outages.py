"""Chunks that wait because their channel is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger.base import ints, rows, run

_LEFT = "size - delivered - failed - suppressed - cancelled - expired - unknown - moved"


@dataclass(frozen=True, slots=True)
class Stranded:
    """A held chunk whose messages may take another way, and what decides about it."""

    chunk: int
    batch: int
    priority: str


def next_stranded(channel: str, now: datetime, off: Sequence[str]) -> Stranded | None:
    """The held chunk of a channel that is next to take another way: by the notice's priority, then
    by what expires first.

    Left out: what may have been handed over already (it keeps a token), what no text may follow or
    only by a channel that is itself `off`, and what somebody stopped or is too late. Starts from
    the partial index of open chunks.
    """
    sql = """
        SELECT c.id, c.batch_id, n.priority
        FROM store_chunk c
        JOIN store_batch b ON b.id = c.batch_id
        JOIN store_notice n ON n.id = b.notice_id
        JOIN store_templateversion v ON v.id = b.version_id
        WHERE c.state = 'held' AND c.hold_code = %s AND c.channel = %s AND c.token = ''
          AND n.fallback <> '' AND n.fallback <> ALL(%s::text[])
          AND CASE n.fallback WHEN 'sms' THEN v.sms ELSE v.lms END <> ''
          AND b.stage = 'released' AND b.stopped_at IS NULL AND b.expires_at > %s
        ORDER BY n.priority, b.expires_at, c.id LIMIT 1
    """
    found = rows(sql, [Refusal.CHANNEL_OFF.value, channel, list(off), now])
    return Stranded(*found[0]) if found else None


def lock_waiting(chunk: int) -> list[tuple[int, int, bytes]]:
    """Lock the pending messages of a chunk: (id, attempt, phone hash) in id order."""
    sql = """
        SELECT id, attempt_no, to_hash FROM store_message
        WHERE chunk_id = %s AND state = 'pending' ORDER BY id FOR UPDATE
    """
    return [(r[0], r[1], r[2]) for r in rows(sql, [chunk])]


def still_held(chunk: int) -> bool:
    """Whether a chunk is still held for its channel; if so it stays so until the caller commits.

    Asked after its messages were locked, as everywhere: messages before chunks. A chunk that is
    just being freed, stopped or cancelled is not waited for: a cancel locks the chunk first and
    would wait for these messages.
    """
    sql = """
        SELECT FROM store_chunk
        WHERE id = %s AND state = 'held' AND hold_code = %s AND token = ''
        FOR UPDATE SKIP LOCKED
    """
    return bool(rows(sql, [chunk, Refusal.CHANNEL_OFF.value]))


def close_emptied(chunk: int) -> bool:
    """Settle a held chunk that owes nothing any more; True if it is settled now."""
    sql = f"""
        UPDATE store_chunk SET state = 'settled' WHERE id = %s AND state = 'held' AND {_LEFT} <= 0
    """  # noqa: S608 - the sum above
    return run(sql, [chunk]) == 1


def free(now: datetime) -> list[tuple[int, str]]:
    """Make chunks ready again whose channel is no longer off, a bounded number; (id, lane).

    Also finds one whose exit held it at the very moment at which the channel came back.
    """
    sql = """
        WITH back AS MATERIALIZED (
            SELECT c.id FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
            WHERE c.state = 'held' AND c.hold_code = %s AND b.stage = 'released' AND NOT EXISTS (
                SELECT FROM store_outage o WHERE o.channel = c.channel AND o.until IS NULL
            )
            ORDER BY c.id LIMIT 500 FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE store_chunk c SET state = 'ready', hold_code = '',
               not_before = greatest(c.not_before, %s)
        FROM back WHERE c.id = back.id RETURNING c.id, c.lane
    """
    return [(r[0], r[1]) for r in rows(sql, [Refusal.CHANNEL_OFF.value, now])]


# Held chunks by which one of some accounts may be tried: an Alimtalk only where one of them knows
# its wording. Another would be held again at once, and chosen again the next time.
_TO_TRY = """
    FROM store_chunk c
    JOIN store_batch b ON b.id = c.batch_id
    JOIN store_notice n ON n.id = b.notice_id
    WHERE c.state = 'held' AND c.hold_code = 'channel_off' AND c.channel = %s
      AND b.stage = 'released' AND b.stopped_at IS NULL AND b.expires_at > %s
      AND (c.channel <> 'alimtalk' OR EXISTS (
        SELECT FROM store_templateregistration r WHERE r.version_id = b.version_id
          AND r.account_id = ANY(%s::bigint[]) AND r.state = 'approved'))
"""


def holds_less_urgent(
    channel: str, to_try: Sequence[int], urgent: Sequence[str], now: datetime
) -> bool:
    """Whether these accounts may be tried with a held chunk of a notice that is not `urgent`."""
    sql = f"SELECT {_TO_TRY} AND n.priority <> ALL(%s::text[]) LIMIT 1"
    return bool(rows(sql, [channel, now, ints(to_try), list(urgent)]))


def free_probe(channel: str, to_try: Sequence[int], now: datetime) -> tuple[int, str] | None:
    """Make one held chunk ready, by which one of these accounts may be tried: (id, lane).

    The one that can wait longest: what is cut now stays in doubt and takes no other way.
    """
    sql = f"""
        WITH probe AS MATERIALIZED (
            SELECT c.id {_TO_TRY}
            ORDER BY n.priority DESC, b.expires_at DESC, c.size, c.id LIMIT 1
            FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE store_chunk c SET state = 'ready', hold_code = '',
               not_before = greatest(c.not_before, %s)
        FROM probe WHERE c.id = probe.id RETURNING c.id, c.lane
    """  # noqa: S608 - as above
    found = rows(sql, [channel, now, ints(to_try), now])
    return (found[0][0], found[0][1]) if found else None
