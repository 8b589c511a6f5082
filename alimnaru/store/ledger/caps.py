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
              OR (c.not_before < %s AND o.id < many.id
                  AND (c.state IN ('ready', 'claimed') OR c.hold_code = 'first_slice'))
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


_BUSY = """
    WITH cap AS MATERIALIZED (
        SELECT coalesce((SELECT (values->>'daily_cap')::int FROM store_policy), %s) AS n
    ), others AS MATERIALIZED (
        SELECT b.id, b.rows FROM store_batch b JOIN store_notice n ON n.id = b.notice_id
        WHERE (b.expires_at > %s OR b.stage NOT IN ('released', 'discarded')) AND b.id <> %s
          AND b.hours_waived = %s AND b.corrects_id IS NULL AND b.origin <> %s
          AND n.legal_effect = 'none' AND n.priority <> ALL(%s::text[])
    )
    SELECT cap.n = 0 OR (cap.n >= %s AND (SELECT coalesce(sum(rows), 0) FROM others) <= %s),
           ARRAY(
               SELECT m.to_hash FROM others o JOIN store_message m ON m.batch_id = o.id
               WHERE cap.n >= %s AND (SELECT sum(rows) FROM others) <= %s
               GROUP BY m.to_hash HAVING count(*) > cap.n - %s
           )
    FROM cap
"""


def busy(
    batch: int,
    *,
    most_each: int,
    room: int,
    test: str,
    default: int,
    sandbox: bool,
    midnight: datetime,
) -> frozenset[bytes] | None:
    """The phones of whom a batch could be too much today, since others that may still be going
    today have so many for them. None: its chunks had better be asked about one by one, because the
    others have more than `room` rows, or the batch alone may be too much.

    `most_each`: how often any phone stands in the batch at most. Reads the others by their index;
    to be asked once in a while, and not for each chunk.
    """
    params = [default, midnight, batch, sandbox, test, sorted(URGENT)]
    known, found = rows(_BUSY, [*params, most_each, room, most_each, room, most_each])[0]
    return frozenset(map(bytes, found)) if known else None
