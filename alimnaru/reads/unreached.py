"""The unreached list: who was not told, why, and what to do next. The end product of a batch."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import connection

from alimnaru.reads.deliveries import UNREACHED
from alimnaru.reads.sealed import key_of, who_in
from alimnaru.reads.what_next import REFUSED, WhatNext, what_next
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.refusals import Refusal
from alimnaru.store import crypto
from alimnaru.store.scoping import Scope

#: Rows fetched at once by a cursor on the server: memory stays flat whatever the list's length.
SLICE = 2_000


@dataclass(frozen=True, slots=True, repr=False)
class UnreachedRow:
    """One resident who was not told. Holds personal data: name and phone are in the clear.

    `state` is `refused` or a message state; `column` names the list's column of a refused row;
    `tried` are the channels of the tries that went out, in order. Name and phone are empty once
    the batch's key is destroyed.
    """

    row_no: int
    name: str
    phone: str
    state: str
    code: str
    column: str
    tried: tuple[str, ...]
    next: WhatNext

    def __repr__(self) -> str:
        return f"UnreachedRow({self.row_no}, {self.state}, {self.code})"


def unreached(scope: Scope, batch_id: int) -> Iterator[UnreachedRow]:
    """Refused rows and undelivered messages in the list's own order; nothing outside the scope.

    Two cursors on the server are merged; keep other work off the connection until the end.
    """
    batch = scope.batches().filter(pk=batch_id).first()
    if batch is None:
        return
    key = key_of(batch)
    yield from heapq.merge(
        _refused(batch.pk, key), _undelivered(batch.pk, key), key=attrgetter("row_no")
    )


def _refused(batch_id: int, key: crypto.BatchKey | None) -> Iterator[UnreachedRow]:
    sql = """
        SELECT row_no, "column", code, payload FROM store_refusedrow
        WHERE batch_id = %s ORDER BY row_no
    """
    for row_no, column, code, payload in _stream(sql, [batch_id]):
        name, phone = who_in(key, row_no, payload, crypto.REFUSED)
        step = what_next(REFUSED, code)
        yield UnreachedRow(row_no, name, phone, REFUSED, code, column, (), step)


def _undelivered(batch_id: int, key: crypto.BatchKey | None) -> Iterator[UnreachedRow]:
    """Superseded tries are looked up by the primary key of the message: 8 in 100 have one."""
    sql = """
        SELECT m.id, m.row_no, m.payload, m.state, m.channel, coalesce(m.code, ''),
               (SELECT array_agg(a.channel ORDER BY a.attempt_no) FROM store_attempt a
                WHERE a.message_id = m.id)
        FROM store_message m
        WHERE m.batch_id = %s AND m.state = ANY(%s::text[]) ORDER BY m.row_no
    """
    states = [state.value for state in UNREACHED]
    for message, row_no, payload, state, channel, code, earlier in _stream(sql, [batch_id, states]):
        name, phone = who_in(key, message, payload)
        tried = (*(earlier or ()), *([channel] if _went_out(state, code) else ()))
        yield UnreachedRow(row_no, name, phone, state, code, "", tried, what_next(state, code))


def _went_out(state: str, code: str) -> bool:
    """Whether the last try was made: what was suppressed, cancelled or too late never was."""
    return state in {MessageState.FAILED, MessageState.UNKNOWN} and code != Refusal.NO_CHANNEL_LEFT


def _stream(sql: str, params: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while slice_ := cursor.fetchmany(SLICE):
            yield from slice_
