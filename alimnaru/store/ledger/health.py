"""Pulses of accounts, appended set-based and read over minutes; breakers, moved one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from alimnaru.rules import health as rule
from alimnaru.rules.health import Breaker, BreakerState, Signs
from alimnaru.store.ledger.base import ints, rows, run, run_prepared

#: Pulses older than this are forgotten; the longest window that is read has 10 minutes.
KEPT = timedelta(minutes=15)


def note_call(account: int, channel: str, *, cut: bool, at: datetime) -> None:
    """A carrier was called, and whether it failed the call."""
    sql = """
        INSERT INTO store_pulse (account_id, channel, at, calls, cuts, ok, bad, slowest)
        VALUES (%s, %s, %s, 1, %s, 0, 0, 0)
    """
    run_prepared(sql, [account, channel, at, int(cut)])


def note_results(by_chunk: Mapping[int, tuple[int, int]], at: datetime) -> None:
    """Results of a drain: good and bad ones by chunk, one pulse for each account and channel.

    What was sent before the breaker moved says nothing about the account as it is since: late bad
    results would undo every try.
    """
    if not by_chunk:
        return
    sql = """
        INSERT INTO store_pulse (account_id, channel, at, calls, cuts, ok, bad, slowest)
        SELECT c.account_id, c.channel, %s, 0, 0, sum(d.ok), sum(d.bad),
               greatest(coalesce(max(extract(epoch FROM %s - c.sent_at)), 0), 0)
        FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS d (chunk, ok, bad)
        JOIN store_chunk c ON c.id = d.chunk
        LEFT JOIN store_breaker b ON b.account_id = c.account_id AND b.channel = c.channel
        WHERE c.account_id IS NOT NULL AND coalesce(c.sent_at >= b.since, true)
        GROUP BY c.account_id, c.channel
    """
    counts = by_chunk.values()
    columns = [ints(by_chunk), ints(ok for ok, _ in counts), ints(bad for _, bad in counts)]
    run(sql, [at, at, *columns])


def forget(now: datetime) -> None:
    """Delete old pulses, a bounded number."""
    sql = """
        DELETE FROM store_pulse WHERE id IN (
            SELECT id FROM store_pulse WHERE at < %s ORDER BY at LIMIT 10000)
    """
    run(sql, [now - KEPT])


# What was seen of each account and channel since its breaker last moved. Pulses by the index on
# their time; chunks by the partial index of open ones. `usual` is how long results take to come:
# the median of what the drains saw.
_SEEN = """
    WITH pulses AS (
        SELECT p.*, p.at > %(recent)s AS recent, coalesce(p.at > b.since, true) AS counts
        FROM store_pulse p
        LEFT JOIN store_breaker b ON b.account_id = p.account_id AND b.channel = p.channel
        WHERE p.at > %(long)s AND p.at <= %(now)s
    ), seen AS (
        SELECT account_id, channel,
            coalesce(sum(calls) FILTER (WHERE recent AND counts), 0)::int AS calls,
            coalesce(sum(cuts) FILTER (WHERE recent AND counts), 0)::int AS cuts,
            coalesce(sum(ok) FILTER (WHERE recent AND counts), 0)::int AS ok,
            coalesce(sum(bad) FILTER (WHERE recent AND counts), 0)::int AS bad,
            coalesce(sum(ok) FILTER (WHERE counts), 0)::int AS ok_long,
            coalesce(sum(bad) FILTER (WHERE counts), 0)::int AS bad_long,
            max(at) FILTER (WHERE ok + bad > 0) AS heard,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY slowest)
                FILTER (WHERE ok + bad > 0) AS usual
        FROM pulses GROUP BY account_id, channel
    ), waiting AS (
        SELECT c.account_id, c.channel, c.id, c.size, c.sent_at, c.polled_at, seen.heard,
               make_interval(secs => least(
                   greatest(%(patience)s::float8, 3 * coalesce(seen.usual, 0)),
                   greatest(%(patience)s::float8, %(longest)s::float8))) AS patience
        FROM store_chunk c
        LEFT JOIN store_breaker b ON b.account_id = c.account_id AND b.channel = c.channel
        LEFT JOIN seen ON seen.account_id = c.account_id AND seen.channel = c.channel
        WHERE c.state = 'sent' AND c.sent_at > %(long)s
          AND c.sent_at > coalesce(b.since, '-infinity')
          AND c.delivered + c.failed + c.unknown + c.moved = 0
          -- What lies in our own inbox is not the carrier's silence.
          AND NOT EXISTS (SELECT FROM store_receiptinbox WHERE drained_at IS NULL)
    )
"""
_SIGNS = f"""{_SEEN}
    , silent AS (
        SELECT account_id, channel, sum(size)::int AS silent FROM waiting
        WHERE sent_at <= %(now)s - patience AND coalesce(heard <= %(now)s - patience, true)
        GROUP BY account_id, channel
    )
    SELECT coalesce(s.account_id, w.account_id), coalesce(s.channel, w.channel),
           coalesce(s.calls, 0), coalesce(s.cuts, 0), coalesce(s.ok, 0), coalesce(s.bad, 0),
           coalesce(s.ok_long, 0), coalesce(s.bad_long, 0), coalesce(w.silent, 0)
    FROM seen s FULL JOIN silent w ON w.account_id = s.account_id AND w.channel = s.channel
"""  # noqa: S608 - the literal above
_TO_ASK = f"""{_SEEN}
    SELECT DISTINCT ON (account_id, channel) id FROM waiting
    WHERE polled_at IS NULL AND sent_at <= %(now)s - patience / 2
      AND coalesce(heard <= %(now)s - patience / 2, true)
    ORDER BY account_id, channel, sent_at
"""  # noqa: S608 - the literal above


def signs(now: datetime, patience: float) -> dict[tuple[int, str], Signs]:
    """What was seen lately, by account and channel. `patience`: seconds without any result after
    which an account counts as silent, more where its results always take longer."""
    return {(r[0], r[1]): Signs(*r[2:]) for r in _read(_SIGNS, now, patience)}


def to_ask_early(now: datetime, patience: float) -> list[int]:
    """For each account and channel that tells nothing any more, a chunk to ask it about: callbacks
    may be lost on the way, and that is no fault of the carrier."""
    return [r[0] for r in _read(_TO_ASK, now, patience)]


def _read(sql: str, now: datetime, patience: float) -> list[tuple[Any, ...]]:
    params: dict[str, datetime | float] = {
        "now": now,
        "recent": now - timedelta(seconds=rule.RECENT),
        "long": now - timedelta(seconds=rule.LONG),
        "patience": patience,
        "longest": rule.LONGEST_PATIENCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def breakers(channel: str | None = None) -> dict[tuple[int, str], Breaker]:
    """Every breaker that has ever moved, by account and channel."""
    sql = """
        SELECT account_id, channel, state, since, probe_at, times, reason, probe_chunk
        FROM store_breaker
        WHERE %s::text IS NULL OR channel = %s
    """
    return {
        (r[0], r[1]): Breaker(BreakerState(r[2]), *r[3:]) for r in rows(sql, [channel, channel])
    }


def move_breaker(account: int, channel: str, was: Breaker, to: Breaker) -> bool:
    """Write how a breaker stands from now on; False if another worker has moved it meanwhile."""
    sql = """
        INSERT INTO store_breaker AS b
            (account_id, channel, state, since, probe_at, times, reason, probe_chunk)
        VALUES (%s, %s, %s, %s, %s, %s, %s, NULL)
        ON CONFLICT (account_id, channel) DO UPDATE SET state = excluded.state,
            since = excluded.since, probe_at = excluded.probe_at, times = excluded.times,
            reason = excluded.reason, probe_chunk = NULL
        WHERE b.state = %s AND b.since = %s
    """
    values = [to.state.value, to.since, to.probe_at, to.times, to.reason]
    return run(sql, [account, channel, *values, was.state.value, was.since]) == 1


def take_probe(account: int, channel: str, chunk: int, now: datetime) -> bool:
    """Make a chunk the one by which an open breaker is tried; only one gets through."""
    sql = """
        UPDATE store_breaker SET state = 'half', since = %s, probe_chunk = %s
        WHERE account_id = %s AND channel = %s AND state = 'open' AND probe_at <= %s
    """
    return run(sql, [now, chunk, account, channel, now]) == 1
