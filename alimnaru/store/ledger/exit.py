"""What a chunk is about to send, and what is on file for its phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from alimnaru.store.ledger.base import rows


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """A message that its chunk is about to send."""

    id: int
    attempt_no: int
    to_hash: bytes
    payload: bytes


def waiting_messages(chunk: int) -> list[Waiting]:
    """The pending messages of a chunk in id order. Index scan on chunk_id, at most a chunk."""
    sql = """
        SELECT id, attempt_no, to_hash, payload FROM store_message
        WHERE chunk_id = %s AND state = 'pending' ORDER BY id
    """
    return [Waiting(*row) for row in rows(sql, [chunk])]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is on file for a message's phone: choices most particular first, or a suspension.

    `suspended`: for whomever; `persons`: the people whom it is not (`crypto.person_hash`).
    `absent`: Kakao could not reach it lately.
    """

    choices: tuple[str, ...]
    suspended: bool
    persons: frozenset[bytes]
    absent: bool


def wishes(chunk: int, notice: int, at: datetime) -> dict[int, Wish]:
    """Preferences, suspensions and absences in force for the pending messages of a chunk, by id.

    Nested loop from the chunk's messages into the three small indexes by phone hash.
    """
    sql = """
        SELECT m.id,
               array_agg(p.choice ORDER BY p.notice_id IS NULL, p.since DESC)
                   FILTER (WHERE p.choice IS NOT NULL),
               bool_or(s.id IS NOT NULL AND s.person_hash IS NULL),
               array_agg(DISTINCT s.person_hash) FILTER (WHERE s.person_hash IS NOT NULL),
               bool_or(a.to_hash IS NOT NULL)
        FROM store_message m
        LEFT JOIN store_preference p ON p.to_hash = m.to_hash
             AND (p.notice_id = %s OR p.notice_id IS NULL)
             AND p.since <= %s AND (p.until IS NULL OR p.until > %s)
        LEFT JOIN store_suspension s ON s.to_hash = m.to_hash
             AND s.since <= %s AND (s.until IS NULL OR s.until > %s)
        LEFT JOIN store_absence a ON a.to_hash = m.to_hash AND a.until > %s
        WHERE m.chunk_id = %s AND m.state = 'pending'
          AND (p.id IS NOT NULL OR s.id IS NOT NULL OR a.to_hash IS NOT NULL)
        GROUP BY m.id
    """
    found = rows(sql, [notice, at, at, at, at, at, chunk])
    return {
        row[0]: Wish(tuple(dict.fromkeys(row[1] or ())), row[2], frozenset(row[3] or ()), row[4])
        for row in found
    }


def reached_before(chunk: int) -> list[int]:
    """Pending messages of a chunk whose earlier try succeeded after all.

    Kakao's answer may come while the SMS still waits: then the SMS must not go.
    """
    sql = """
        SELECT DISTINCT m.id FROM store_message m
        JOIN store_attempt a ON a.message_id = m.id AND a.attempt_no < m.attempt_no
        WHERE m.chunk_id = %s AND m.state = 'pending' AND a.reached_at IS NOT NULL
    """
    return [row[0] for row in rows(sql, [chunk])]
