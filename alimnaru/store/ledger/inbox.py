"""The inbox of raw receipts: bodies of some 100 KB, so they travel as bytes, never as hex text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.store.ledger.base import rows, run, run_prepared


@dataclass(slots=True)
class Undrained:
    """A sealed body that is locked for draining; the counts are what the drain found in it."""

    id: int
    account: int
    body: bytes
    items: int = 0
    unmatched: int = 0
    error: str = ""


#: The key of an advisory lock: one drain at a time.
DRAIN = 0x616C6D33


def drain_alone() -> bool:
    """Take the right to drain until the caller's transaction ends; False if another has it.

    Two drains would meet at the same chunks' counters and wait for each other with a worker's
    thread each. One keeps up with what two cores send (`make bench`).
    """
    return bool(rows("SELECT pg_try_advisory_xact_lock(%s)", [DRAIN])[0][0])


def keep(account: int, body: bytes, at: datetime, *, digest: bytes | None = None) -> bool:
    """Append a sealed body; False if one of this digest is there already and could be read."""
    sql = """
        INSERT INTO store_receiptinbox
            (account_id, received_at, body, digest, items, unmatched, error)
        VALUES (%s, %s, %b, %b, 0, 0, '')
        ON CONFLICT (account_id, digest) DO UPDATE
        SET drained_at = NULL, error = '', body = excluded.body
        WHERE store_receiptinbox.error <> ''
    """
    return run_prepared(sql, [account, at, body, digest]) == 1


def take(limit: int) -> list[Undrained]:
    """Lock the oldest undrained bodies that no other worker has; the lock ends with the caller's
    transaction. Walks the partial index of undrained rows."""
    sql = """
        SELECT id, account_id, body FROM store_receiptinbox WHERE drained_at IS NULL
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    """
    return [Undrained(*row) for row in rows(sql, [limit])]


def close(drained: Sequence[Undrained], at: datetime) -> None:
    """Note what was found in each body; it stays until its days are over."""
    sql = """
        UPDATE store_receiptinbox i SET drained_at = %s, items = d.items,
               unmatched = d.unmatched, error = d.error
        FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[])
            AS d (id, items, unmatched, error)
        WHERE i.id = d.id
    """
    columns = [
        [d.id for d in drained],
        [d.items for d in drained],
        [d.unmatched for d in drained],
        [d.error for d in drained],
    ]
    run(sql, [at, *columns])


def log_exchange(
    account: int,
    chunk: int | None,
    at: datetime,
    *,
    told: tuple[str, str, int | None, int, str],
    request: bytes,
    response: bytes,
) -> None:
    """Append an exchange with a carrier; `told` is method, path, status, milliseconds, error."""
    sql = """
        INSERT INTO store_wireexchange (account_id, chunk_id, at, method, path, status,
                                        milliseconds, error, request, response)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %b, %b)
    """
    run_prepared(sql, [account, chunk, at, *told, request, response])
