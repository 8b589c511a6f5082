"""Signs of life: one row for each worker process, by the database's own clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from alimnaru.store.ledger.base import rows, run

#: A worker beats so often, and counts as gone after three missed beats. Seconds.
EVERY = 10
GONE_AFTER = 30
#: Rows of processes that were killed are forgotten after a day: until then they show what died.
_KEPT = "1 day"


class Serving(NamedTuple):
    """How many living workers serve a lane, and in how many versions of the program."""

    lane: str
    workers: int
    versions: int


def beat(worker: str, host: str, version: str, lanes: Sequence[str]) -> None:
    """Say that a worker is alive, and forget those that have been gone for long."""
    run(
        """
        INSERT INTO store_beat (id, host, version, lanes, started_at, at)
        VALUES (%s, %s, %s, %s, clock_timestamp(), clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET at = excluded.at, lanes = excluded.lanes
        """,
        [worker, host, version, list(lanes)],
    )
    run(f"DELETE FROM store_beat WHERE at < clock_timestamp() - interval '{_KEPT}'", [])  # noqa: S608


def end(worker: str) -> None:
    """A worker that ends in good order leaves nothing to wonder about."""
    run("DELETE FROM store_beat WHERE id = %s", [worker])


def serving() -> list[Serving]:
    """Lanes that living workers serve. One that nobody serves is not in it."""
    sql = """
        SELECT lane, count(*), count(DISTINCT version) FROM store_beat, unnest(lanes) AS lane
        WHERE at > clock_timestamp() - make_interval(secs => %s) GROUP BY lane ORDER BY lane
    """
    return [Serving(*row) for row in rows(sql, [GONE_AFTER])]
