"""The working list of unknown outcomes: what is known, by when, and what the rule will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from alimnaru.reads.sealed import key_of, masked_in
from alimnaru.store.ledger.base import rows
from alimnaru.store.ledger.unknowns import NEVER
from alimnaru.store.models import Batch, Chunk
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class UnknownBatch:
    """Unknown messages of one batch. `open` wait for a decision, `left` were left as they are.

    `since` and `deadline` are those of the oldest open one: then the notice's rule (`rule`)
    decides. None where nothing is open.
    """

    batch: Batch
    open: int
    left: int
    since: datetime | None
    deadline: datetime | None
    codes: Mapping[str, int]

    @property
    def rule(self) -> str:
        """What the notice says about unknown outcomes; `flow` may come to less."""
        return self.batch.notice.on_unknown


def unknown_batches(
    scope: Scope, batch: int | None = None, *, open_only: bool = False
) -> list[UnknownBatch]:
    """Batches with unknown messages, the one whose deadline is next first.

    From the partial index of chunks with unknown messages into the messages of these chunks.
    `open_only` reads those in which somebody is to decide: what was left stays unknown for good,
    and an office gathers it for years.
    """
    sql = """
        SELECT c.batch_id, coalesce(m.code, ''), d.id IS NOT NULL, count(*), min(m.done_at)
        FROM store_chunk c
        JOIN store_message m ON m.chunk_id = c.id AND m.state = 'unknown'
        LEFT JOIN store_unknowndecision d
          ON d.message_id = m.id AND d.attempt_no = m.attempt_no
        WHERE c.unknown > 0 AND (%s::bigint IS NULL OR c.batch_id = %s)
          AND (NOT %s OR c.unknown_due_at IS NULL OR c.unknown_due_at < %s)
        GROUP BY 1, 2, 3
    """
    groups: dict[int, list[tuple[str, bool, int, datetime]]] = {}
    for number, *group in rows(sql, [batch, batch, open_only, NEVER]):
        groups.setdefault(number, []).append((group[0], group[1], group[2], group[3]))
    seen = scope.batches().select_related("notice", "department").filter(pk__in=groups)
    found = [_summed(b, groups[b.pk]) for b in seen]
    latest = max((f.deadline for f in found if f.deadline), default=None)
    return sorted(found, key=lambda f: (f.deadline is None, f.deadline or latest, f.batch.pk))


def _summed(batch: Batch, groups: Sequence[tuple[str, bool, int, datetime]]) -> UnknownBatch:
    codes: dict[str, int] = {}
    for code, _, number, _ in groups:
        codes[code] = codes.get(code, 0) + number
    since = min((at for _, decided, _, at in groups if not decided), default=None)
    hours = timedelta(hours=batch.notice.unknown_hours)
    return UnknownBatch(
        batch=batch,
        open=sum(number for _, decided, number, _ in groups if not decided),
        left=sum(number for _, decided, number, _ in groups if decided),
        since=since,
        deadline=since + hours if since else None,
        codes=codes,
    )


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """One message of the list. Name and phone are masked; empty once the batch's key is gone.

    `code` is the last word on it, `sent_at` when its try was handed over (None: nobody knows
    whether it was), `tries` how many were made, `choice` what was decided, '' if nothing yet.
    """

    message: int
    row_no: int
    name: str
    phone: str
    channel: str
    account: str
    sent_at: datetime | None
    code: str
    tries: int
    since: datetime
    deadline: datetime
    choice: str

    def as_json(self) -> dict[str, object]:
        """The shape in which the command line shows it."""
        return {
            "message": self.message,
            "row": self.row_no,
            "name": self.name,
            "phone": self.phone,
            "channel": self.channel,
            "account": self.account,
            "sent_at": self.sent_at.isoformat() if self.sent_at else None,
            "code": self.code,
            "tries": self.tries,
            "since": self.since.isoformat(),
            "deadline": self.deadline.isoformat(),
            "choice": self.choice,
        }


@dataclass(frozen=True, slots=True)
class UnknownList:
    """The unknown messages of one batch: how many are open or were left, and the first of them.

    `deadline` is that of the oldest open one; None where nothing is open.
    """

    batch: Batch
    open: int
    left: int
    deadline: datetime | None
    messages: Sequence[UnknownMessage]


def unknown_messages(scope: Scope, batch_id: int, limit: int) -> list[UnknownMessage]:
    """Up to `limit` unknown messages of a batch in the list's order; undecided ones first."""
    found = unknown_list(scope, batch_id, limit)
    return list(found.messages) if found else []


def unknown_list(scope: Scope, batch_id: int, limit: int) -> UnknownList | None:
    """The same with its sums, for which the batch's chunks are read once; None if there is none."""
    joined = scope.batches().select_related("notice", "department")
    batch = joined.filter(pk=batch_id).first()
    if batch is None:
        return None
    # A chunk of 2,000 is read for one open message in it; what was decided is found by itself.
    sql = """
        WITH found AS (
            SELECT m.id FROM store_chunk c
            JOIN store_message m ON m.chunk_id = c.id AND m.state = 'unknown'
            WHERE c.batch_id = %s AND c.unknown > 0
              AND (c.unknown_due_at IS NULL OR c.unknown_due_at < %s)
            UNION SELECT message_id FROM store_unknowndecision WHERE batch_id = %s
        )
        SELECT count(*) FILTER (WHERE d.id IS NULL) OVER (), count(*) OVER (),
               min(m.done_at) FILTER (WHERE d.id IS NULL) OVER (),
               m.id, m.row_no, m.payload, m.channel, coalesce(a.name, ''), c.sent_at,
               coalesce(m.code, ''), m.attempt_no, m.done_at, coalesce(d.choice, '')
        FROM found
        JOIN store_message m ON m.id = found.id AND m.state = 'unknown'
        JOIN store_chunk c ON c.id = m.chunk_id
        LEFT JOIN store_carrieraccount a ON a.id = c.account_id
        LEFT JOIN store_unknowndecision d
          ON d.message_id = m.id AND d.attempt_no = m.attempt_no
        ORDER BY d.id IS NOT NULL, m.row_no LIMIT %s
    """
    hours = timedelta(hours=batch.notice.unknown_hours)
    key = key_of(batch)
    told = rows(sql, [batch.pk, NEVER, batch.pk, limit])
    if not told:
        return None
    found = []
    for _, _, _, number, row_no, payload, *known, since, choice in told:
        name, phone = masked_in(key, number, payload)
        row = (number, row_no, name, phone, *known, since, since + hours, choice)
        found.append(UnknownMessage(*row))
    open_, all_, oldest, *_ = told[0]
    return UnknownList(batch, open_, all_ - open_, oldest + hours if oldest else None, found)


def batches_to_decide(scope: Scope) -> int:
    """Batches with unknown messages about which nobody has decided: the number in the menu.

    From the partial index of chunks with unknown messages; `NEVER` stands on decided ones.
    """
    never = datetime.fromisoformat(NEVER)
    open_ = Chunk.objects.filter(unknown__gt=0).filter(
        Q(unknown_due_at=None) | Q(unknown_due_at__lt=never)
    )
    return open_.filter(batch__in=scope.batches()).values("batch").distinct().count()


def batch_of(scope: Scope, message: int) -> Batch | None:
    """The batch of a message, if the scope has it."""
    found = rows("SELECT batch_id FROM store_message WHERE id = %s", [message])
    return scope.batches().filter(pk=found[0][0]).first() if found else None
