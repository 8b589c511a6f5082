"""What the phones of a chunk are sent today besides."""

from __future__ import annotations

from datetime import datetime

from alimnaru.rules.caps import URGENT
from alimnaru.store.ledger.base import rows

_BEYOND = """
    WITH cap AS MATERIALIZED (
        SELECT coalesce((SELECT (values->>'daily_cap')::int FROM store_policy), %s) AS n,
               (SELECT min(id) FROM store_batch
                WHERE expires_at > %s OR stage NOT IN ('released', 'discarded')) AS oldest
    ), many AS MATERIALIZED (
        SELECT m.id, m.to_hash, cap.n, cap.oldest FROM cap, store_message m
        WHERE cap.n > 0 AND m.chunk_id = %s AND m.state = 'pending' AND m.attempt_no = 1
          AND EXISTS (
              SELECT FROM store_message o
              WHERE o.to_hash = m.to_hash AND o.batch_id >= cap.oldest OFFSET cap.n
          )
    )
    SELECT many.id
    FROM many
    JOIN store_message o ON o.to_hash = many.to_hash AND o.batch_id >= many.oldest
         AND o.id <> many.id
    JOIN store_chunk c ON c.id = o.chunk_id
    JOIN store_batch b ON b.id = o.batch_id
    JOIN store_notice n ON n.id = b.notice_id
    WHERE b.hours_waived = %s AND b.corrects_id IS NULL AND b.origin <> %s
      AND n.legal_effect = 'none' AND n.priority <> ALL(%s::text[])
      AND (
          (c.sent_at >= %s AND o.state IN ('pending', 'delivered', 'unknown'))
          OR (o.state = 'pending' AND b.stage = 'released' AND b.stopped_at IS NULL AND (
              (c.state IN ('claimed', 'doubt') AND c.token <> '')
              OR (c.state IN ('ready', 'claimed') AND c.not_before < %s AND o.id < many.id)
          ))
      )
    GROUP BY many.id, many.n HAVING count(*) >= many.n
    ORDER BY many.id
"""


def beyond(
    chunk: int, *, test: str, default: int, sandbox: bool, day: tuple[datetime, datetime]
) -> list[int]:
    """The messages of a chunk, about to go on their first try, that come after a full day's worth
    of others. `day` is its beginning and end, `default` the cap of an office that has not decided.

    Nobody waits for a lock: of two chunks that are decided about at the same moment, the message
    that was born first counts for the other one and not the other way round; what has been handed
    over counts for both. Plan: for each of the chunk one probe of the index by phone and batch,
    from the oldest batch that may still be going; the rest is asked only for those with more than
    a day's worth of messages there, of whom there are few.
    """
    params = [default, day[0], chunk, sandbox, test, sorted(URGENT), *day]
    return [row[0] for row in rows(_BEYOND, params)]
