"""How often somebody asked about codes that there are not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alimnaru.store.ledger.base import rows, run

_KEPT = timedelta(days=1)


def count(who: Sequence[bytes], slot: datetime) -> None:
    """Count one more for each of these in this stretch of time, and forget yesterday's."""
    run(
        """
        INSERT INTO store_wrongcode (who, slot, times)
        SELECT w, %s::timestamptz, 1 FROM unnest(%s::bytea[]) AS t (w) ORDER BY w
        ON CONFLICT (who, slot) DO UPDATE SET times = store_wrongcode.times + 1
        """,
        [slot, list(who)],
    )
    run("DELETE FROM store_wrongcode WHERE slot < %s", [slot - _KEPT])


def times(who: Sequence[bytes], slot: datetime) -> list[int]:
    """How often so far, in the same order."""
    sql = "SELECT who, times FROM store_wrongcode WHERE slot = %s AND who = ANY(%s::bytea[])"
    found = {row[0]: row[1] for row in rows(sql, [slot, list(who)])}
    return [found.get(one, 0) for one in who]
