"""Single messages: accepted in one statement each, gathered many at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from alimnaru.store.ledger import birth
from alimnaru.store.ledger.base import ints, prepared, rows, run

#: Under which a single message is sealed until its batch's key takes over.
PURPOSE = "accepted"


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A single message about to be accepted. `payload` is sealed for `PURPOSE`."""

    id: int
    key: int | None
    notice: int
    version: int
    department: int
    member: int
    origin: str
    lane: str
    to_hash: bytes
    payload: bytes
    accepted_at: datetime
    gather_at: datetime
    expires_at: datetime | None = None
    is_sandbox: bool = False


class Call(msgspec.Struct, frozen=True):
    """The call of a program that a message came with, and the answer that will be replayed."""

    key: int
    token: bytes
    request: bytes
    status: int
    body: bytes


class MessageIds:
    """Message ids for one process, drawn a block at a time; those left at its end are lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[int] = []

    def take(self, count: int = 1) -> list[int]:
        """Fresh ids, rising."""
        with self._lock:
            while len(self._left) < count:
                first = birth.message_blocks(1)[0]
                self._left += range(first, first + birth.BLOCK)
            taken, self._left = self._left[:count], self._left[count:]
        return taken


message_ids = MessageIds()

_COLUMNS = """id, key_id, notice_id, version_id, department_id, member_id, origin, lane, to_hash,
              payload, accepted_at, gather_at, expires_at, is_sandbox"""
_VALUES = "%s, %s::bigint, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::timestamptz, %s"
_REFERENCE = "INSERT INTO store_reference (message_id, key_id, text, at)"
_ACCEPT = f"""
    WITH entry AS (
        INSERT INTO store_accepted ({_COLUMNS}) VALUES ({_VALUES}) RETURNING id, key_id, accepted_at
    ), named AS (
        {_REFERENCE} SELECT id, key_id, %s, accepted_at FROM entry WHERE %s <> ''
    )
    SELECT count(*) FROM entry
"""  # noqa: S608 - constants
_ACCEPT_ONCE = f"""
    WITH call AS (
        INSERT INTO store_apicall (key_id, token, request, status, body, at)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (key_id, token) DO NOTHING RETURNING 1
    ), entry AS (
        INSERT INTO store_accepted ({_COLUMNS})
        SELECT {_VALUES} WHERE EXISTS (SELECT FROM call) RETURNING id, key_id, accepted_at
    ), named AS (
        {_REFERENCE} SELECT id, key_id, %s, accepted_at FROM entry WHERE %s <> ''
    )
    SELECT count(*) FROM entry
"""  # noqa: S608 - constants


def accept(entry: Entry, *, reference: str = "") -> None:
    """Store a single message; durable when the statement, or the caller's transaction, commits.
    `reference` is what the caller's key calls it."""
    prepared(_ACCEPT, [*_params(entry), reference, reference])


def accept_once(entry: Entry, call: Call, *, reference: str = "") -> bool:
    """Store a single message and the answer to its call. False: the call's token was used before,
    and nothing is stored. One that is being used just now is waited for."""
    params = [call.key, call.token, call.request, call.status, call.body, entry.accepted_at]
    return bool(prepared(_ACCEPT_ONCE, [*params, *_params(entry), reference, reference])[0][0])


def _params(e: Entry) -> list[object]:
    return [
        e.id, e.key, e.notice, e.version, e.department, e.member, e.origin, e.lane,
        e.to_hash, e.payload, e.accepted_at, e.gather_at, e.expires_at, e.is_sandbox,
    ]  # fmt: skip


def due_in(lanes: Sequence[str], now: datetime) -> list[str]:
    """In which of these lanes messages are due to be gathered, in the order given. One probe of the
    index for each; asked ten times a second by every worker."""
    sql = """
        SELECT l.lane FROM unnest(%s::text[]) WITH ORDINALITY AS l (lane, place)
        WHERE EXISTS (SELECT FROM store_accepted a WHERE a.lane = l.lane AND a.gather_at <= %s)
        ORDER BY l.place
    """
    return [row[0] for row in rows(sql, [list(lanes), now])]


def take(lane: str, now: datetime, limit: int) -> list[Entry]:
    """Take due messages out, oldest first. Index scan by lane and time; they are gone when the
    caller's transaction commits."""
    sql = f"""
        WITH gone AS (
            DELETE FROM store_accepted WHERE id = ANY(ARRAY(
                SELECT id FROM store_accepted WHERE lane = %s AND gather_at <= %s
                ORDER BY gather_at, id LIMIT %s FOR UPDATE
            )) RETURNING {_COLUMNS}
        ) SELECT * FROM gone ORDER BY id
    """  # noqa: S608 - constants
    return [_entry(row) for row in rows(sql, [lane, now, limit])]


def take_waiting(lane: str, pairs: Sequence[tuple[int, bytes]]) -> list[Entry]:
    """Take out what waits for others of its kind, by (notice, phone hash), oldest first: one of
    them is due. What is booked for later is left. Partial index of what waits, by pair."""
    returned = ", ".join(f"a.{name.strip()}" for name in _COLUMNS.split(","))
    sql = f"""
        WITH due AS MATERIALIZED (
            SELECT * FROM unnest(%s::bigint[], %s::bytea[]) AS d (notice, to_hash)
        ), gone AS (
            DELETE FROM store_accepted a USING due, store_notice n
            WHERE n.id = due.notice AND a.notice_id = due.notice AND a.to_hash = due.to_hash
              AND a.lane = %s AND a.gather_at > a.accepted_at
              AND a.gather_at <= a.accepted_at + n.merge_minutes * interval '1 minute'
            RETURNING {returned}
        ) SELECT * FROM gone ORDER BY id
    """  # noqa: S608 - constants
    params = [ints(notice for notice, _ in pairs), [to_hash for _, to_hash in pairs], lane]
    return [_entry(row) for row in rows(sql, params)]


def put_aside(entries: Sequence[Entry], until: datetime) -> None:
    """Give back what was taken out in the same transaction, to be gathered at `until`."""
    for entry in entries:
        later = msgspec.structs.replace(entry, gather_at=until)
        run(f"INSERT INTO store_accepted ({_COLUMNS}) VALUES ({_VALUES})", _params(later))  # noqa: S608 - constants


def note_merged(merged: Sequence[tuple[Entry, int]], at: datetime) -> None:
    """Write down which message speaks for each of these, and let what asks about them find it."""
    params = [ints(e.id for e, _ in merged), ints(into for _, into in merged)]
    run(
        """
        INSERT INTO store_reference (message_id, key_id, text, merged_into, at)
        SELECT id, key, '', into_id, %s
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS t (id, into_id, key)
        ON CONFLICT (message_id) DO UPDATE SET merged_into = excluded.merged_into
        """,
        [at, *params, [e.key for e, _ in merged]],
    )
    for table in ("store_occasion", "store_agentrow"):
        run(
            f"""
            UPDATE {table} o SET message_id = t.into_id
            FROM unnest(%s::bigint[], %s::bigint[]) AS t (id, into_id)
            WHERE o.message_id = t.id
            """,  # noqa: S608 - the two names above
            params,
        )


def _entry(r: tuple[Any, ...]) -> Entry:
    return Entry(
        id=r[0], key=r[1], notice=r[2], version=r[3], department=r[4], member=r[5],
        origin=r[6], lane=r[7], to_hash=bytes(r[8]), payload=bytes(r[9]),
        accepted_at=r[10], gather_at=r[11], expires_at=r[12], is_sandbox=r[13],
    )  # fmt: skip
