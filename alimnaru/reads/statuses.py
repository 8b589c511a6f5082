"""Where single messages stand, for programs: ids, codes and times, nobody's phone, name or text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alimnaru.rules.message_phase import ENDED, MessageFacts, MessagePhase, message_phase
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Batch, Stage
from alimnaru.store.scoping import Scope

#: Of one reference; a program that gives it to more messages has its own order.
_MERGES = 3


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """One message. `batch` is None until it is in one; `code` says why it ended so, or what it
    waits for; `accepted_at` is None where only the batch's own time is known. `id` is what was
    asked for: if that was merged into another, all else is said of `merged_into`."""

    id: int
    batch: int | None
    notice: str
    reference: str
    merged_into: int | None
    phase: MessagePhase
    channel: str
    code: str
    accepted_at: datetime | None
    not_before: datetime
    expires_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatusPage:
    """Some messages, and after what the next ones come (None: there are no more)."""

    messages: Sequence[MessageStatus]
    next: bytes | None


def statuses_of(scope: Scope, ids: Sequence[int], now: datetime) -> dict[int, MessageStatus]:
    """Those of these messages that belong to the scope's departments. Two statements; one snapshot
    for messages before and after they are gathered, all by primary keys."""
    merged = _merged(ids)
    wanted = {message: merged.get(message, message) for message in ids}
    found = {row[0]: row for row in _select(scope, sorted({*ids, *wanted.values()}))}
    named = {message: found[message][3] for message in ids if message in found}
    named |= _references(list(merged))
    return {
        message: _status(message, found[target], named.get(message, ""), target, now)
        for message, target in wanted.items()
        if target in found
    }


_SELECT = """
    SELECT m.id, b.id, n.code, coalesce(r.text, ''), m.state, m.channel,
           coalesce(nullif(m.code, ''), c.hold_code, ''), r.at,
           greatest(c.not_before, b.not_before), b.expires_at, m.done_at,
           c.state, b.stage, b.stopped_at IS NOT NULL, b.undo_until
    FROM store_message m
    JOIN store_chunk c ON c.id = m.chunk_id
    JOIN store_batch b ON b.id = m.batch_id
    JOIN store_notice n ON n.id = b.notice_id
    JOIN store_department d ON d.id = b.department_id
    LEFT JOIN store_reference r ON r.message_id = m.id
    WHERE m.id = ANY(%s::bigint[])
      AND EXISTS (SELECT FROM unnest(%s::text[]) AS p WHERE starts_with(d.path, p))
    UNION ALL
    SELECT a.id, NULL, n.code, coalesce(r.text, ''), 'accepted', 'alimtalk', '', a.accepted_at,
           a.gather_at, a.expires_at, NULL, '', 'released', false, NULL
    FROM store_accepted a
    JOIN store_notice n ON n.id = a.notice_id
    JOIN store_department d ON d.id = a.department_id
    LEFT JOIN store_reference r ON r.message_id = a.id
    WHERE a.id = ANY(%s::bigint[])
      AND EXISTS (SELECT FROM unnest(%s::text[]) AS p WHERE starts_with(d.path, p))
"""


def _select(scope: Scope, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    paths = list(scope.paths)
    return rows(_SELECT, [list(ids), paths, list(ids), paths])


def _status(
    message: int, row: tuple[Any, ...], reference: str, target: int, now: datetime
) -> MessageStatus:
    _, batch, notice, _, state, channel, code, accepted_at, not_before, expires_at, done_at = row[
        :11
    ]
    chunk, stage, stopped, undo_until = row[11:]
    phase = MessagePhase.ACCEPTED
    if batch is not None:
        facts = MessageFacts(
            state=state,
            chunk=chunk,
            released=stage == Stage.RELEASED,
            stopped=stopped,
            not_before=not_before,
            undo_until=undo_until,
        )
        phase = message_phase(facts, now)
    shows_code = phase in ENDED or phase is MessagePhase.HELD
    return MessageStatus(
        id=message,
        batch=batch,
        notice=notice,
        reference=reference,
        merged_into=None if target == message else target,
        phase=phase,
        channel=channel,
        code=code if shows_code else "",
        accepted_at=accepted_at,
        not_before=not_before,
        expires_at=expires_at,
        done_at=done_at,
    )


def _merged(ids: Sequence[int]) -> dict[int, int]:
    """Into which message each of these was merged in the end."""
    found: dict[int, int] = {}
    left = {message: message for message in ids}
    for _ in range(_MERGES):
        sql = """
            SELECT message_id, merged_into FROM store_reference
            WHERE message_id = ANY(%s::bigint[]) AND merged_into IS NOT NULL
        """
        into = dict(rows(sql, [sorted(set(left.values()))])) if left else {}
        left = {message: into[at] for message, at in left.items() if at in into}
        found |= left
        if not left:
            break
    return found


def _references(ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    sql = "SELECT message_id, text FROM store_reference WHERE message_id = ANY(%s::bigint[])"
    return dict(rows(sql, [list(ids)]))


def by_reference(
    scope: Scope, text: str, *, after: int, limit: int, now: datetime
) -> tuple[Sequence[MessageStatus], int | None]:
    """What programs of the scope call `text`, by rising id; the id after which more come. By the
    index on key and text."""
    sql = """
        SELECT r.message_id FROM store_reference r
        WHERE r.text = %s AND r.message_id > %s AND r.key_id = ANY(ARRAY(
            SELECT k.id FROM store_apikey k JOIN store_department d ON d.id = k.department_id
            WHERE EXISTS (SELECT FROM unnest(%s::text[]) AS p WHERE starts_with(d.path, p))))
        ORDER BY r.message_id LIMIT %s
    """
    ids = [row[0] for row in rows(sql, [text, after, list(scope.paths), limit + 1])]
    found = statuses_of(scope, ids[:limit], now)
    shown = [found[message] for message in ids[:limit] if message in found]
    return shown, ids[limit - 1] if len(ids) > limit else None


def in_batch(
    scope: Scope, batch: Batch, state: str, *, after: bytes, limit: int, now: datetime
) -> StatusPage:
    """Messages of a batch that the caller got through its scope, in one `state` or all ('').

    In the order of the row keys, which is none that a list could have: it is that of the unique
    index, so a page reads its own rows and nothing is sorted; and it does not change while
    messages travel.
    """
    sql = """
        SELECT row_key, id FROM store_message
        WHERE batch_id = %s AND row_key > %s AND (%s = '' OR state = %s)
        ORDER BY row_key LIMIT %s
    """
    found = rows(sql, [batch.pk, after, state, state, limit + 1])
    ids = [row[1] for row in found[:limit]]
    known = statuses_of(scope, ids, now)
    shown = [known[message] for message in ids if message in known]
    return StatusPage(shown, bytes(found[limit - 1][0]) if len(found) > limit else None)
