"""The course of one message: each try on each channel, and what was decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alimnaru.reads.sealed import key_of, texts_in
from alimnaru.store.ledger.base import rows
from alimnaru.store.models import Batch, Message, Revision, UnknownDecision
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class Try:
    """One try. The last one is the message's own; the earlier ones were followed by another.

    `handed_at`: when a carrier took it, None if none did or nobody knows; `code` the last word on
    it, `ended_at` when that came; `reached_at`: it arrived after all although another followed.
    """

    number: int
    channel: str
    account: str
    handed_at: datetime | None
    code: str
    ended_at: datetime | None
    reached_at: datetime | None = None
    last: bool = False
    #: It arrived so late that it took the place of the one that followed, which reached nobody.
    credited: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Course:
    """A message with everything that became of it. Holds personal data in the clear: `texts` are
    phone, name and values; None once the batch's key is destroyed."""

    message: Message
    batch: Batch
    tries: Sequence[Try]
    texts: Sequence[str] | None
    decisions: Sequence[UnknownDecision]
    chunk_state: str
    hold_code: str
    #: Texts that it had before its source was asked again, each with the first try that said
    #: something else, and when that was.
    earlier: Sequence[tuple[int, datetime, Sequence[str]]] = ()

    def texts_at(self, number: int) -> Sequence[str] | None:
        """What a try said: the texts that were in force until a later one."""
        return next((texts for first, _, texts in self.earlier if number < first), self.texts)

    @property
    def overtaken(self) -> bool:
        """Whether an earlier try has reached the resident in place of the last one, of which
        nothing is written any more: the message bears the earlier one's word."""
        return any(one.credited for one in self.tries)

    def __repr__(self) -> str:
        return f"Course({self.message.pk})"


def course_of(scope: Scope, message_id: int) -> Course | None:
    """The message, or None if the scope has no such message."""
    message = Message.objects.filter(pk=message_id, batch__in=scope.batches()).first()
    if message is None:
        return None
    related = ("notice", "department__parent", "version", "member")
    batch = Batch.objects.select_related(*related).get(pk=message.batch_id)
    tries, chunk_state, hold_code = _tries(message)
    key = key_of(batch)
    revisions = Revision.objects.filter(message_id=message_id).order_by("attempt_no")
    earlier = [(one, texts_in(key, message.pk, bytes(one.was))) for one in revisions]
    decisions = UnknownDecision.objects.filter(message_id=message_id).select_related("member")
    return Course(
        message=message,
        batch=batch,
        tries=tries,
        texts=texts_in(key, message.pk, bytes(message.payload)),
        decisions=list(decisions.order_by("at")),
        chunk_state=chunk_state,
        hold_code=hold_code,
        earlier=[(one.attempt_no, one.at, texts) for one, texts in earlier if texts is not None],
    )


def _tries(message: Message) -> tuple[list[Try], str, str]:
    """By the primary keys of attempt and chunk. A chunk's `sent_ids` tell who really went."""
    sql = """
        SELECT t.attempt_no, t.channel, coalesce(a.name, ''),
               CASE WHEN t.message = ANY(c.sent_ids) THEN c.sent_at END,
               coalesce(t.code, ''), t.ended_at, t.reached_at, t.last, t.credited, c.state,
               c.hold_code
        FROM (
            SELECT message_id AS message, attempt_no, channel, chunk_id, code, at AS ended_at,
                   reached_at, false AS last, credited_at IS NOT NULL AS credited
            FROM store_attempt WHERE message_id = %s AND attempt_no < %s
            UNION ALL
            SELECT m.id, m.attempt_no, k.channel, m.chunk_id,
                   CASE WHEN NOT e.earlier THEN m.code END,
                   CASE WHEN NOT e.earlier THEN m.done_at END, NULL, true, false
            FROM store_message m JOIN store_chunk k ON k.id = m.chunk_id
            CROSS JOIN LATERAL (
                SELECT EXISTS (SELECT FROM store_attempt a
                               WHERE a.message_id = m.id AND a.credited_at IS NOT NULL) AS earlier
            ) AS e
            WHERE m.id = %s
        ) AS t
        JOIN store_chunk c ON c.id = t.chunk_id
        LEFT JOIN store_carrieraccount a ON a.id = c.account_id
        ORDER BY t.attempt_no
    """
    found = rows(sql, [message.pk, message.attempt_no, message.pk])
    tries = [Try(*row[:9]) for row in found]
    return tries, *(found[-1][9:11] if found else ("", ""))
