"""Chunks: claimed, recorded, released, doubted, held. Every statement names the claim it acts for.

A process that was stopped while it held a claim wakes up to find the number moved on; its
statements then touch no row, and it stops (`False`). The claim is the fence on our side as the
carrier's group is on theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.rules.lifecycle import ChunkState, before_chunk
from alimnaru.rules.quota import AHEAD
from alimnaru.store.ledger.base import ints, rows, run

_OWED = "delivered + failed + suppressed + cancelled + expired + unknown + moved"


@dataclass(frozen=True, slots=True)
class Claim:
    """A chunk that belongs to this process until its lease ends."""

    chunk: int
    claim: int
    batch: int
    channel: str
    lane: str
    try_no: int
    account: int | None
    token: str
    setbacks: int
    doubt_since: datetime | None
    #: Messages that it was made with; fewer may wait.
    size: int = 0
    #: Goes while the rest of its batch waits.
    in_slice: bool = False
    #: The rule that found its people: its source is asked again before they go.
    rule: int | None = None


# The rule by primary key, in the statement that claims: a question of its own would cost every
# chunk a round trip, and few have a rule.
_CLAIM = """
    RETURNING id, claim, batch_id, channel, lane, try_no, account_id, token, setbacks, doubt_since,
              size, in_slice, (SELECT rule_id FROM store_batch b WHERE b.id = batch_id)
"""


def claim_ready(chunk: int, now: datetime, until: datetime) -> Claim | None:
    """Take a ready chunk whose time has come, or None: losing the race is ordinary."""
    found = rows(
        f"""
        UPDATE store_chunk SET state = 'claimed', claim = claim + 1, lease_until = %s
        WHERE id = %s AND state = 'ready' AND not_before <= %s {_CLAIM}
        """,  # noqa: S608
        [until, chunk, now],
    )
    return Claim(*found[0]) if found else None


def claim_doubt(chunk: int, now: datetime, until: datetime) -> Claim | None:
    """Take a chunk in doubt, or one whose worker let its lease run out, to ask the carrier back."""
    found = rows(
        f"""
        UPDATE store_chunk SET state = 'doubt', claim = claim + 1, lease_until = %s,
               doubt_since = coalesce(doubt_since, %s),
               setbacks = CASE state WHEN 'claimed' THEN 0 ELSE setbacks END
        WHERE id = %s AND (
            (state = 'doubt' AND not_before <= %s AND (lease_until IS NULL OR lease_until < %s))
            OR (state = 'claimed' AND lease_until < %s)
        ) {_CLAIM}
        """,  # noqa: S608
        [until, now, chunk, now, now, now],
    )
    return Claim(*found[0]) if found else None


def holds(claim: Claim) -> bool:
    """Whether the claim still stands; if so it cannot be taken over before the caller commits.

    For what touches messages: the statements on chunks look at the claim themselves.
    """
    sql = """
        SELECT FROM store_chunk WHERE id = %s AND claim = %s AND state IN ('claimed', 'doubt')
        FOR UPDATE
    """
    return bool(rows(sql, [claim.chunk, claim.claim]))


def _move(claim: Claim, to: ChunkState, sets: str, params: Sequence[object]) -> bool:
    sql = f"""
        UPDATE store_chunk SET state = %s, {sets}
        WHERE id = %s AND claim = %s AND state = ANY(%s::text[])
    """  # noqa: S608 - `sets` are the literals below
    values = [to.value, *params, claim.chunk, claim.claim, before_chunk(to)]
    return run(sql, values) == 1


def store_token(claim: Claim, account: int, token: str) -> bool:
    """Write down the carrier's token before anything is handed over under it.

    The one commit of a worker that must reach the disk before it goes on (workers commit
    asynchronously): with it does everything that was committed before, the claim above all.
    """
    sql = """
        WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
        UPDATE store_chunk SET token = %s, account_id = %s FROM durable
        WHERE id = %s AND claim = %s AND state = 'claimed'
    """
    return run(sql, [token, account, claim.chunk, claim.claim]) == 1


def record_sent(
    claim: Claim, *, ids: Sequence[int], refs: Sequence[str], at: datetime, poll_at: datetime
) -> bool:
    """The carrier has it. Receipts that came before this line have already raised the counters."""
    sent = _move(
        claim,
        ChunkState.SENT,
        "sent_ids = %s::bigint[], carrier_refs = %s::text[], sent_at = %s, poll_at = %s,"
        " lease_until = NULL, doubt_since = NULL",
        [ints(ids), list(refs), at, poll_at],
    )
    return sent and close_if_done(claim.chunk) is not None


def close_if_done(chunk: int) -> bool:
    """Settle a sent chunk that owes nothing any more; True if it is settled now."""
    sql = f"UPDATE store_chunk SET state = 'settled' WHERE id = %s AND state = 'sent' AND {_OWED} >= size"  # noqa: S608, E501
    return run(sql, [chunk]) == 1


def release(claim: Claim, *, not_before: datetime, setback: bool, token: str | None = None) -> bool:
    """Back to ready: surely nothing was accepted, or the hour has not come.

    The chunk keeps the token that it was claimed with, unless told otherwise: one that may have
    been handed over under a token goes again under no other. Without a token no account has it.
    """
    return _move(
        claim,
        ChunkState.READY,
        "token = %s, account_id = CASE WHEN %s = '' THEN NULL ELSE account_id END,"
        " lease_until = NULL, doubt_since = NULL, not_before = %s, setbacks = setbacks + %s",
        [kept := claim.token if token is None else token, kept, not_before, int(setback)],
    )


def stand_in_line(claim: Claim, account: int, not_before: datetime) -> bool:
    """Back to ready, with a place in the line of an account: its name stands on the chunk.

    Setbacks are over: what waits for a carrier to recover must be told from what waits in line.
    """
    return _move(
        claim,
        ChunkState.READY,
        "account_id = %s, token = '', lease_until = NULL, doubt_since = NULL, not_before = %s,"
        " setbacks = 0",
        [account, not_before],
    )


def leave_lines(account: int, channel: str | None, now: datetime) -> list[int]:
    """Free what stands in the lines of an account that takes nothing any more; return chunk ids.

    A chunk that may have been handed over keeps its token, and stays.
    """
    sql = """
        WITH old AS MATERIALIZED (
            SELECT id FROM store_chunk
            WHERE state = 'ready' AND not_before > %s AND account_id = %s AND token = ''
              AND (%s::text IS NULL OR channel = %s)
            ORDER BY id FOR UPDATE SKIP LOCKED
        )
        UPDATE store_chunk c SET account_id = NULL, not_before = %s
        FROM old WHERE c.id = old.id RETURNING c.id
    """
    return [row[0] for row in rows(sql, [now, account, channel, channel, now])]


def call_up(now: datetime) -> list[int]:
    """Wake the first in each line of an account that nobody has used for a second; return chunk
    ids. Those before them will not come: their batch was stopped, or has expired. What the carrier
    asked to come back later stands in no line."""
    sql = """
        WITH idle AS MATERIALIZED (
            SELECT q.account_id
            FROM store_quota q JOIN store_carrieraccount a ON a.id = q.account_id
            WHERE q.lane = '' AND a.per_second IS NOT NULL
              AND q.free_at < clock_timestamp() - make_interval(secs => %s)
        ), first AS MATERIALIZED (
            SELECT DISTINCT ON (c.account_id, c.lane) c.id
            FROM store_chunk c JOIN idle USING (account_id)
            WHERE c.state = 'ready' AND c.not_before > %s AND c.token = '' AND c.setbacks = 0
            ORDER BY c.account_id, c.lane, c.not_before
        ), old AS MATERIALIZED (
            SELECT c.id FROM store_chunk c JOIN first USING (id)
            WHERE c.state = 'ready' ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE store_chunk c SET not_before = %s FROM old WHERE c.id = old.id RETURNING c.id
    """
    return [row[0] for row in rows(sql, [AHEAD, now, now])]


def doubt(claim: Claim, *, at: datetime, not_before: datetime) -> bool:
    """The carrier may or may not have it: ask back from `not_before` on.

    Setbacks are counted anew: how often it was offered in vain says nothing about how soon the
    carrier can tell, and its people may have been told already.
    """
    if claim.doubt_since is not None:
        sql = """
            UPDATE store_chunk SET lease_until = NULL, not_before = %s, setbacks = setbacks + 1
            WHERE id = %s AND claim = %s AND state = 'doubt'
        """
        return run(sql, [not_before, claim.chunk, claim.claim]) == 1
    return _move(
        claim,
        ChunkState.DOUBT,
        "doubt_since = %s, lease_until = NULL, not_before = %s, setbacks = 1",
        [at, not_before],
    )


def hold(claim: Claim, code: str) -> bool:
    """Wait for a person: the office's keys, money or settings are in the way."""
    return _move(
        claim,
        ChunkState.HELD,
        "hold_code = %s, token = %s, lease_until = NULL, doubt_since = NULL",
        [code, claim.token],
    )


def close(claim: Claim) -> bool:
    """Nothing was left to send, or nobody will ever tell what became of it."""
    return _move(claim, ChunkState.SETTLED, "lease_until = NULL, doubt_since = NULL", [])


def hold_batch(batch: int, code: str) -> list[int]:
    """Hold every chunk of a batch that no worker holds; return their ids."""
    sql = """
        UPDATE store_chunk SET state = 'held', hold_code = %s
        WHERE batch_id = %s AND state = 'ready' RETURNING id
    """
    return [row[0] for row in rows(sql, [code, batch])]


def handed_over(chunk: int) -> dict[str, str]:
    """The carrier's reference of each message that went with a chunk → ours, also of those that
    have moved on since. Primary-key look-ups from the chunk's own arrays."""
    sql = """
        WITH went AS MATERIALIZED (
            SELECT t.id, t.ref FROM store_chunk c,
                   unnest(c.sent_ids, c.carrier_refs) AS t (id, ref)
            WHERE c.id = %s
        )
        SELECT went.ref, went.id || '-' || coalesce(a.attempt_no, m.attempt_no)
        FROM went JOIN store_message m ON m.id = went.id
        LEFT JOIN store_attempt a ON a.message_id = went.id AND a.chunk_id = %s
        WHERE a.id IS NOT NULL OR m.chunk_id = %s
    """
    return dict(rows(sql, [chunk, chunk, chunk]))


def recorded_elsewhere(chunk: int, account: int, refs: Collection[str]) -> frozenset[str]:
    """Which of these carrier references stand on other chunks of the account. Reads the chunks of
    the last two days: only for carriers that must be asked by a stretch of time."""
    sql = """
        SELECT DISTINCT r FROM store_chunk c, unnest(c.carrier_refs) AS r
        WHERE c.account_id = %s AND c.id <> %s AND c.sent_at > now() - interval '2 days'
          AND c.carrier_refs && %s::varchar[] AND r = ANY(%s::varchar[])
    """
    wanted = list(refs)
    return frozenset(row[0] for row in rows(sql, [account, chunk, wanted, wanted]))


def free_batch(batch: int, now: datetime, *, but: str = "") -> list[tuple[int, str]]:
    """Make every held chunk of a batch ready again, once it is released, `but` those held for one
    reason; return (id, lane)."""
    sql = """
        UPDATE store_chunk c SET state = 'ready', hold_code = '',
               not_before = greatest(c.not_before, %s)
        FROM store_batch b
        WHERE c.batch_id = %s AND c.state = 'held' AND b.id = c.batch_id AND b.stage = 'released'
          AND c.hold_code <> %s
        RETURNING c.id, c.lane
    """
    return [(row[0], row[1]) for row in rows(sql, [now, batch, but])]


def free_held(code: str, version: int | None, now: datetime) -> list[tuple[int, str]]:
    """Make chunks ready again that were held for one reason, of one wording or of all; return
    (id, lane). Those of stopped batches wait for their `resume`, those of unreleased ones for their
    release. Partial index of open chunks."""
    sql = """
        WITH old AS MATERIALIZED (
            SELECT c.id FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
            WHERE c.state = 'held' AND c.hold_code = %s AND b.stopped_at IS NULL
              AND b.stage = 'released' AND (%s::bigint IS NULL OR b.version_id = %s)
            ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE store_chunk c SET state = 'ready', hold_code = '',
               not_before = greatest(c.not_before, %s)
        FROM old WHERE c.id = old.id RETURNING c.id, c.lane
    """
    return [(row[0], row[1]) for row in rows(sql, [code, version, version, now])]


def free_expired(now: datetime) -> list[tuple[int, str]]:
    """Make held chunks of expired batches ready again, so that the exit settles them: nobody can
    do anything for them any more. A batch that was never released expires anew when it is.
    Returns (id, lane)."""
    sql = """
        WITH old AS MATERIALIZED (
            SELECT c.id FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
            WHERE c.state = 'held' AND b.stage = 'released' AND b.expires_at <= %s
            ORDER BY c.id LIMIT 500 FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE store_chunk c SET state = 'ready', hold_code = '', not_before = %s
        FROM old WHERE c.id = old.id RETURNING c.id, c.lane
    """
    return [(row[0], row[1]) for row in rows(sql, [now, now])]


def close_held(held: Sequence[int]) -> None:
    """Settle held chunks whose messages were cancelled."""
    run("UPDATE store_chunk SET state = 'settled' WHERE id = ANY(%s) AND state = 'held'", [held])
