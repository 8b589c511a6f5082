"""What accounts may still take, shared by all workers: one row an account, one for each line.

All moments are the database's: workers on several machines need not agree on the time to a tenth of
a second. The arithmetic is `rules.quota`; the row's lock makes it one worker's at a time, for as
long as the rest of the caller's transaction takes: turns are taken last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from alimnaru.rules import quota as rule
from alimnaru.store.ledger.base import rows, run

#: The row of the account itself; the others are named after the lane that lines up in them.
ACCOUNT = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """`ahead`: seconds until the account is free (below 0: since); `used` of today's messages."""

    ahead: float = 0.0
    used: int = 0


def stands(accounts: Sequence[int], today: date, lane: str = ACCOUNT) -> dict[int, Stand]:
    """How accounts stand at this moment, without waiting for anybody."""
    sql = """
        SELECT account_id, extract(epoch FROM free_at - clock_timestamp())::float8,
               CASE WHEN day = %s THEN used ELSE 0 END
        FROM store_quota WHERE account_id = ANY(%s::bigint[]) AND lane = %s
    """
    return {row[0]: Stand(row[1], row[2]) for row in rows(sql, [today, list(accounts), lane])}


def take_turn(
    account: int,
    messages: int,
    *,
    per_second: int | None,
    per_day: int | None,
    today: date,
    counted: bool = False,
) -> float | None:
    """Take the account's next turn and note its messages; return the seconds until it begins.

    None: it lies too far ahead, or the day's messages are used up, and nothing was taken. With
    `counted` they stand in the day's account already.
    """
    row = _lock(account, ACCOUNT, today)
    left = None if counted else rule.left_today(per_day, row.used)
    if left is not None and left < messages:
        return None
    turn: rule.Turn | None = rule.Turn(0.0, 0.0, row.behind)
    if per_second is not None:
        turn = rule.take_turn(row.ahead, messages, per_second, row.behind)
    if turn is None:
        return None
    used = row.used if counted else row.used + messages
    _write(account, ACCOUNT, row, turn, today=today, used=used)
    return turn.wait


def take_another(account: int, messages: int, *, per_second: int, today: date) -> float | None:
    """The same in place of a turn that was missed; its messages have been noted."""
    row = _lock(account, ACCOUNT, today)
    behind = rule.missed(row.behind, messages, per_second)
    turn = rule.take_turn(row.ahead, messages, per_second, behind)
    if turn is None:
        return None
    _write(account, ACCOUNT, row, turn, today=today, used=row.used)
    return turn.wait


def stand_in_line(account: int, lane: str, messages: int, *, per_second: int, today: date) -> float:
    """Take a place behind whoever waits in this lane; return the seconds until it should wake."""
    ahead = stands([account], today).get(account, Stand()).ahead
    row = _lock(account, lane, today)
    place = rule.stand_in_line(row.ahead, ahead, messages, per_second)
    _write(account, lane, row, place, today=today, used=0)
    return place.wait


def give_back(account: int, messages: int, today: date) -> None:
    """The carrier took nothing of these: they are not used up after all."""
    sql = """
        UPDATE store_quota SET used = greatest(used - %s, 0)
        WHERE account_id = %s AND lane = '' AND day = %s
    """
    run(sql, [messages, account, today])


@dataclass(frozen=True, slots=True)
class _Row:
    """A locked row; `ahead` is counted from `at`, the moment at which it was read."""

    at: datetime
    ahead: float
    used: int
    behind: float


def _lock(account: int, lane: str, today: date) -> _Row:
    """Lock a row, made if need be. Raises RuntimeError outside a transaction: the lock would be
    gone before the row is written."""
    if not connection.in_atomic_block:
        raise RuntimeError("a quota is read and written in one transaction")
    # The clock is read after the lock was waited for: by the outer SELECT, not by the scan.
    sql = """
        WITH q AS MATERIALIZED (
            SELECT free_at, day, used, behind FROM store_quota
            WHERE account_id = %s AND lane = %s FOR UPDATE
        )
        SELECT t.at, extract(epoch FROM q.free_at - t.at)::float8,
               CASE WHEN q.day = %s THEN q.used ELSE 0 END, q.behind
        FROM q, LATERAL (SELECT clock_timestamp() AS at WHERE q.used >= 0) AS t
    """
    found = rows(sql, [account, lane, today])
    if not found:
        run(
            """
            INSERT INTO store_quota (account_id, lane, free_at, day, used, behind)
            VALUES (%s, %s, clock_timestamp(), %s, 0, 0) ON CONFLICT (account_id, lane) DO NOTHING
            """,
            [account, lane, today],
        )
        found = rows(sql, [account, lane, today])
    return _Row(*found[0])


def _write(account: int, lane: str, row: _Row, turn: rule.Turn, *, today: date, used: int) -> None:
    sql = """
        UPDATE store_quota SET free_at = %s, day = %s, used = %s, behind = %s
        WHERE account_id = %s AND lane = %s
    """
    free_at = row.at + timedelta(seconds=turn.ahead)
    run(sql, [free_at, today, used, turn.behind, account, lane])
