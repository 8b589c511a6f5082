"""Messages against the last entry of the journal that names each."""

from __future__ import annotations

# One that no entry names is as it was born.
_OTHERWISE = """
    (s.id IS NULL AND (m.state <> 'pending' OR m.attempt_no <> 1 OR m.code IS NOT NULL
                       OR m.done_at IS NOT NULL))
    OR (s.id IS NOT NULL AND (m.state, coalesce(m.code, ''), m.channel, m.attempt_no)
            IS DISTINCT FROM (o.state, o.code, o.channel, o.attempt_no))
    OR (s.id IS NOT NULL AND m.done_at IS DISTINCT FROM o.at)
"""

#: All that stand otherwise. A hash of the journal's messages (8 bytes each) against one pass over
#: the messages.
OTHERWISE = f"""
    WITH said AS MATERIALIZED (
        SELECT u.id, max(o.id) AS entry FROM store_outcome o
        CROSS JOIN LATERAL unnest(o.ids) AS u (id) GROUP BY u.id
    )
    SELECT CASE WHEN m.id IS NULL THEN 'message_removed'
                WHEN s.id IS NULL THEN 'message_untold' ELSE 'message_altered' END,
           coalesce(m.id, s.id), o.recorded_at
    FROM said s FULL JOIN store_message m ON m.id = s.id
    LEFT JOIN store_outcome o ON o.id = s.entry
    WHERE m.id IS NULL OR {_OTHERWISE}
    ORDER BY 2
"""  # noqa: S608 - constants

#: Those of batches whose content has a higher number than %s (twice). No entry about them is older
#: than the oldest of the batches, nor covered by a seal that is. One that was removed is missing in
#: its batch's content.
OTHERWISE_SINCE = f"""
    WITH due AS MATERIALIZED (
        SELECT m.id, m.state, m.attempt_no, m.code, m.done_at, m.channel
        FROM store_content c JOIN store_message m ON m.batch_id = c.batch_id WHERE c.id > %s
    ), said AS MATERIALIZED (
        SELECT u.id, max(o.id) AS entry FROM store_outcome o
        CROSS JOIN LATERAL unnest(o.ids) AS u (id)
        WHERE o.id > (
            SELECT coalesce(max(e.last_id), 0) FROM store_seal e
            WHERE e.kind = 'outcome' AND e.made_at < (
                SELECT min(b.created_at)
                FROM store_content c JOIN store_batch b ON b.id = c.batch_id
                WHERE c.id > %s
            )
        ) AND u.id IN (SELECT id FROM due)
        GROUP BY u.id
    )
    SELECT CASE WHEN s.id IS NULL THEN 'message_untold' ELSE 'message_altered' END,
           m.id, o.recorded_at
    FROM due m LEFT JOIN said s ON s.id = m.id
    LEFT JOIN store_outcome o ON o.id = s.entry
    WHERE {_OTHERWISE}
    ORDER BY 2
"""  # noqa: S608 - constants
