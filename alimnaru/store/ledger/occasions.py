"""Occasions: found once, taken into a message once, dropped with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec

from alimnaru.store.ledger.base import ints, rows, run


class Found(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A record that is due for somebody. `payload` is sealed for "occasion"; None if it is not
    needed. `code` says why it is dropped at once."""

    record: str
    day: date
    offset: int
    due_at: datetime
    to_hash: bytes
    payload: bytes | None
    state: str
    code: str = ""


class Due(msgspec.Struct, frozen=True, gc=False):
    """An occasion that nobody has put into a message yet."""

    id: int
    record: str
    day: date
    offset: int
    due_at: datetime
    to_hash: bytes
    payload: bytes


class Behind(msgspec.Struct, frozen=True, gc=False):
    """An occasion behind a message."""

    id: int
    message: int
    record: str
    day: date
    offset: int


#: Rows per statement: their arrays stay within a few megabytes.
SLICE = 5_000


def note(rule: int, found: Sequence[Found], *, at_most: int, now: datetime) -> int:
    """Write down what was found; return how many were new.

    What stands there already stays as it is, unless it was only rehearsed. `at_most` occasions of
    a record ever go (0: as many as there are), by the unique index on rule and record.
    """
    written = 0
    for start in range(0, len(found), SLICE):
        part = found[start : start + SLICE]
        written += run(_NOTE, [
            rule,
            now,
            now,
            [f.record for f in part],
            [f.day for f in part],
            [f.offset for f in part],
            [f.due_at for f in part],
            [f.to_hash for f in part],
            [f.payload for f in part],
            [f.state for f in part],
            [f.code for f in part],
            at_most,
            rule,
            at_most,
        ])  # fmt: skip
    return written


_NOTE = """
    INSERT INTO store_occasion
        (rule_id, record, day, "offset", due_at, to_hash, payload, state, code, found_at, done_at)
    SELECT %s, f.record, f.day, f.at_offset, f.due_at, f.to_hash, f.payload, f.state, f.code, %s,
           CASE f.state WHEN 'dropped' THEN %s::timestamptz END
    FROM unnest(%s::text[], %s::date[], %s::smallint[], %s::timestamptz[], %s::bytea[],
                %s::bytea[], %s::text[], %s::text[])
        AS f (record, day, at_offset, due_at, to_hash, payload, state, code)
    WHERE %s::int = 0 OR (
        SELECT count(*) FROM store_occasion o
        WHERE o.rule_id = %s AND o.record = f.record AND o.day <> f.day
          AND o.state IN ('due', 'sent')
    ) < %s::int
    ON CONFLICT (rule_id, record, day) DO UPDATE SET
        "offset" = excluded."offset", due_at = excluded.due_at, to_hash = excluded.to_hash,
        payload = excluded.payload, state = excluded.state, code = excluded.code,
        found_at = excluded.found_at, done_at = excluded.done_at
    WHERE store_occasion.state = 'rehearsed' AND excluded.state <> 'rehearsed'
"""


def known(rule: int, records: Sequence[str]) -> frozenset[str]:
    """Which of these records the rule has found before. By the unique index."""
    sql = """
        SELECT DISTINCT record FROM store_occasion WHERE rule_id = %s AND record = ANY(%s::text[])
    """
    return frozenset(row[0] for row in rows(sql, [rule, list(records)]))


def take_due(rule: int, limit: int) -> list[Due]:
    """Lock what is due, the oldest first; what another scheduler has locked is left to it. By the
    partial index of what is due."""
    sql = """
        SELECT id, record, day, "offset", due_at, to_hash, payload FROM store_occasion
        WHERE rule_id = %s AND state = 'due' AND payload IS NOT NULL
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    """
    return [Due(*row) for row in rows(sql, [rule, limit])]


def sent(pairs: Iterable[tuple[int, int]], batch: int, now: datetime) -> None:
    """They are in a message now: (occasion, message). Their records are asked for anew."""
    given = list(pairs)
    sql = """
        UPDATE store_occasion o SET state = 'sent', batch_id = %s, message_id = t.message,
               payload = NULL, done_at = %s
        FROM unnest(%s::bigint[], %s::bigint[]) AS t (id, message)
        WHERE o.id = t.id AND o.state = 'due'
    """
    run(sql, [batch, now, ints(pair[0] for pair in given), ints(pair[1] for pair in given)])


def drop(ids: Iterable[int], code: str, now: datetime) -> int:
    """They do not go, or are no more in the message that goes; return how many."""
    sql = """
        UPDATE store_occasion SET state = 'dropped', code = %s, payload = NULL, done_at = %s
        WHERE id = ANY(%s::bigint[]) AND state IN ('due', 'sent')
    """
    return run(sql, [code, now, ints(ids)])


def behind(messages: Iterable[int]) -> list[Behind]:
    """What messages are about, in the order of dates. By the partial index on messages."""
    sql = """
        SELECT id, message_id, record, day, "offset" FROM store_occasion
        WHERE message_id = ANY(%s::bigint[]) AND state = 'sent' ORDER BY message_id, day, record
    """
    return [Behind(*row) for row in rows(sql, [ints(messages)])]


def forget_future(rule: int, now: datetime) -> int:
    """The clock was ahead for a while: what it made too late then is still to come. What it sent
    then stays sent."""
    sql = """
        DELETE FROM store_occasion
        WHERE rule_id = %s AND state = 'dropped' AND code = 'expired' AND message_id IS NULL
          AND due_at > %s
    """
    return run(sql, [rule, now])


def forget_payloads(rule: int, before: date) -> int:
    """Rehearsed records are no more shown after a while. By the index on rule and day."""
    sql = """
        UPDATE store_occasion SET payload = NULL
        WHERE rule_id = %s AND day < %s AND state = 'rehearsed' AND payload IS NOT NULL
    """
    return run(sql, [rule, before])


def revise(message: int, attempt_no: int, payload: bytes, now: datetime) -> None:
    """A message says something else from this try on; what it said before is kept. A try that is
    checked again before it went keeps what was said before it."""
    sql = """
        WITH kept AS (
            INSERT INTO store_revision (message_id, attempt_no, was, at)
            SELECT id, %s, payload, %s FROM store_message WHERE id = %s
            ON CONFLICT (message_id, attempt_no) DO NOTHING
        )
        UPDATE store_message SET payload = %s WHERE id = %s
    """
    run(sql, [attempt_no, now, message, payload, message])
