"""What became of messages, as it came: an append-only journal beside rows that may still move.

Written in the statement that moves the messages, by the statements themselves: a trigger would also
write down what somebody changes by hand, and so make it true. One row for each way in which the
statement's messages ended, with the messages as an array: a drain of 20,000 receipts writes a few.
A message's entries stand in the order of their ids: each is numbered under the message's row lock.
"""

from __future__ import annotations

#: What an UPDATE of `store_message m` returns as `moved`, for `JOURNAL` to write down.
MOVED = "m.id, m.state, m.code, m.channel, m.attempt_no, m.done_at"

JOURNAL = """journal AS (
    INSERT INTO store_outcome (state, code, channel, attempt_no, at, ids)
    SELECT state, coalesce(code, ''), channel, attempt_no, done_at, array_agg(id)
    FROM moved GROUP BY 1, 2, 3, 4, 5
)"""
