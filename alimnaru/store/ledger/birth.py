"""Messages and chunks are born: COPY in, fed while the next rows are checked."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

import msgspec
from django.db import connection

from alimnaru.rules.channel import Channel
from alimnaru.store.ledger.base import binary_cursor, rows, run

#: Message ids come in blocks of this many (see `store_message_block`).
BLOCK = 1000

_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TAIL = b"\xff\xff"
_COPY = """
    COPY store_message (id, batch_id, chunk_id, row_no, row_key, to_hash, payload,
                        state, channel, attempt_no)
    FROM STDIN (FORMAT BINARY)
"""
# Field count, then each field with its length in front, as PostgreSQL's binary COPY wants them.
_ROW = struct.Struct("!h iq iq iq ii i16s i16s i")


class Birth(msgspec.Struct, frozen=True, gc=False):
    """A message row about to be written."""

    id: int
    chunk: int
    row_no: int
    row_key: bytes
    to_hash: bytes
    payload: bytes


def message_blocks(count: int) -> list[int]:
    """The first ids of `count` fresh blocks of `BLOCK` message ids."""
    sql = "SELECT nextval('store_message_block') * %s FROM generate_series(1, %s)"
    return [row[0] for row in rows(sql, [BLOCK, count])]


def chunk_ids(count: int) -> list[int]:
    """Fresh chunk ids, for rows that name their chunk before it is written."""
    sql = "SELECT nextval(pg_get_serial_sequence('store_chunk', 'id')) FROM generate_series(1, %s)"
    return [row[0] for row in rows(sql, [count])]


class MessageCopy:
    """One COPY of message rows, fed as they come: PostgreSQL inserts them on a core of its own
    while the next ones are checked and sealed.

    While it is open the connection can do nothing else. A context manager: left by an exception,
    it cancels the COPY. Raises `IntegrityError` if a row key of the batch stands twice.
    """

    #: Rows per write: some 100 KB, which the socket takes without waiting for the server.
    WRITE = 250

    def __init__(self, batch: int, channel: Channel) -> None:
        word = channel.value.encode()
        self._batch = batch
        self._tail = b"".join(
            [
                struct.pack("!i", 7) + b"pending",
                struct.pack("!i", len(word)) + word,
                struct.pack("!ih", 2, 1),
            ]
        )
        self._parts = [_COPY_HEAD]
        self._open = ExitStack()
        self.rows = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(connection.wrap_database_errors)
            cursor = stack.enter_context(binary_cursor())
            self._copy = stack.enter_context(cursor.copy(_COPY))
            self._open = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if error is None:
            self._parts.append(_COPY_TAIL)
            with self._open:
                self._write()
        else:
            self._open.__exit__(kind, error, tb)

    def add(self, b: Birth) -> None:
        """Hand over a row."""
        head = _ROW.pack(
            10, 8, b.id, 8, self._batch, 8, b.chunk, 4, b.row_no,
            16, b.row_key, 16, b.to_hash, len(b.payload),
        )  # fmt: skip
        self._parts += (head, b.payload, self._tail)
        self.rows += 1
        if self.rows % self.WRITE == 0:
            self._write()

    def _write(self) -> None:
        self._copy.write(b"".join(self._parts))
        self._parts.clear()


def insert_chunks(
    batch: int,
    *,
    chunks: Sequence[tuple[int, int]],
    channel: Channel,
    lane: str,
    not_before: datetime,
    try_no: int = 1,
    hold: str = "",
    in_slice: bool = False,
) -> None:
    """Write chunk rows given as (id, size); ready, or held for the reason `hold`."""
    run(
        """
        INSERT INTO store_chunk
            (id, batch_id, channel, lane, try_no, state, claim, token, setbacks, hold_code,
             not_before, in_slice, size,
             delivered, failed, suppressed, cancelled, expired, unknown, moved)
        SELECT id, %s, %s, %s, %s, %s, 0, '', 0, %s, %s, %s, size, 0, 0, 0, 0, 0, 0, 0
        FROM unnest(%s::bigint[], %s::int[]) AS c (id, size)
        """,
        [batch, channel.value, lane, try_no, "held" if hold else "ready", hold, not_before,
         in_slice, [c[0] for c in chunks], [c[1] for c in chunks]],
    )  # fmt: skip
