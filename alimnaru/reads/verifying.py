"""Everything that seals and journal say, computed again from the tables as they are now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from alimnaru.reads.destroying import digest
from alimnaru.rules.hold import HoldState
from alimnaru.rules.seals import (
    NOTHING_BEFORE,
    Finding,
    Header,
    Kind,
    Wrong,
    compare,
    digest_of,
)
from alimnaru.store import crypto, signing
from alimnaru.store.ledger import consents, courses, holds
from alimnaru.store.ledger.base import rows
from alimnaru.store.ledger.sealing import DIGEST_OF_BATCH, TABLES, stretch
from alimnaru.store.models import Certificate, Destruction, LegalHold, Seal

#: Named one by one; beyond that only counted.
MOST = 1000
#: The access log is kept for two years (안전성 확보조치 기준 제8조), and then rightly gone.
ACCESS_KEPT = timedelta(days=731)
#: Agreements are kept for five years after they ended (`flow.certificates`), so at least so long.
CONSENTS_KEPT = timedelta(days=5 * 365)


@dataclass(slots=True)
class Verdict:
    """What was looked at, and what was found. `findings` stops at `MOST`; `wrong` counts on."""

    seals: int = 0
    rows: int = 0
    batches: int = 0
    messages: int = 0
    newest: int = 0
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, found: Collection[Finding]) -> None:
        """Add findings."""
        self.wrong += len(found)
        self.findings += list(found)[: max(0, MOST - len(self.findings))]


def verify(
    since: date | None = None,
    until: date | None = None,
    *,
    public_key: bytes | None = None,
    published: Sequence[tuple[int, bytes]] = (),
) -> Verdict:
    """Verify seals and what they cover, all in one snapshot.

    `since`, `until`: days whose sealed rows are computed again; the chain is followed from its
    beginning, and messages are compared with the journal, in any case. `public_key`: the auditor's
    copy, 32 raw bytes; else the office's own. `published`: (number, chain) as they stand on paper.
    """
    verdict = Verdict()
    # Not durable: tests verify inside a transaction of their own.
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        verdict.note(_chain(verdict, public_key or signing.public_key(), dict(published)))
        verdict.note(_sealed_rows(verdict, since, until))
        verdict.note(_contents(verdict))
        verdict.note(_courses())
        verdict.note(_unreadable())
        verdict.note(_consents())
        verdict.note(_holds())
        verdict.note(_messages(verdict))
        verdict.note(_certificates())
    return verdict


def _header(seal: Seal) -> Header:
    return Header(
        number=seal.number,
        kind=seal.kind,
        made_at=seal.made_at,
        first_id=seal.first_id,
        last_id=seal.last_id,
        rows=len(seal.ids),
        digest=bytes(seal.digest),
        previous=bytes(seal.previous),
    )


def _chain(verdict: Verdict, key: bytes, published: dict[int, bytes]) -> list[Finding]:
    """The seals themselves: whole, signed, each hanging on the one before."""
    found: list[Finding] = []
    previous, number, last_of = NOTHING_BEFORE, 0, dict.fromkeys(Kind, 0)
    for seal in Seal.objects.order_by("number").iterator(chunk_size=50):
        verdict.seals += 1
        while number + 1 < seal.number:
            number += 1
            found.append(Finding(Wrong.SEAL_MISSING, "store_seal", number, number))
        missing, number = number + 1 < seal.number, seal.number
        chain = _header(seal).chain()
        wrongs = {
            Wrong.SEAL_ALTERED: chain != bytes(seal.chain)
            or digest_of(bytes(seal.leaves)) != bytes(seal.digest)
            or published.get(number, chain) != chain
            or seal.first_id <= last_of[Kind(seal.kind)],
            Wrong.SEAL_UNSIGNED: not signing.is_signed(chain, bytes(seal.signature), key),
            Wrong.SEAL_CHAIN: not missing and bytes(seal.previous) != previous,
        }
        found += [
            Finding(wrong, "store_seal", number, number, seal.day)
            for wrong, so in wrongs.items()
            if so
        ]
        previous, last_of[Kind(seal.kind)] = bytes(seal.chain), seal.last_id
    verdict.newest = number
    cut = [n for n in published if n > number]
    return found + [Finding(Wrong.SEALS_CUT, "store_seal", n, n) for n in sorted(cut)]


def _sealed_rows(verdict: Verdict, since: date | None, until: date | None) -> list[Finding]:
    found: list[Finding] = []
    after = dict.fromkeys(Kind, 0)
    forgotten = timezone.now() - ACCESS_KEPT
    for seal in Seal.objects.order_by("number").iterator(chunk_size=50):
        kind = Kind(seal.kind)
        start, after[kind] = after[kind], seal.last_id
        if (since and seal.day < since) or (until and seal.day > until):
            continue
        if kind is Kind.ACCESS and seal.made_at < forgotten:
            continue
        now = stretch(kind, start, seal.last_id, None)
        verdict.rows += len(now.ids)
        if now.leaves == bytes(seal.leaves) and now.ids == seal.ids:
            continue
        today = {row: now.leaves[i * 32 : i * 32 + 32] for i, row in enumerate(now.ids)}
        found += [
            Finding(wrong, TABLES[kind], row, seal.number, seal.day)
            for wrong, row in compare(seal.ids, bytes(seal.leaves), today)
        ]
    return found


def _contents(verdict: Verdict) -> list[Finding]:
    """Batches whose messages are not those that were there when the batch was through."""
    verdict.batches = rows("SELECT count(*) FROM store_content", [])[0][0]
    sql = f"""
        SELECT c.batch_id, c.at FROM store_content c CROSS JOIN LATERAL ({DIGEST_OF_BATCH})
            AS d (messages, digest)
        WHERE d.messages <> c.messages OR d.digest <> c.digest ORDER BY 1
    """  # noqa: S608 - constants
    return [
        Finding(Wrong.CONTENT_ALTERED, "store_batch", batch, 0, _day(at))
        for batch, at in rows(sql, [])
    ]


def _courses() -> list[Finding]:
    """Batches that went in other words, on another's word or by other tries than was sealed."""
    return [
        Finding(Wrong.COURSE_ALTERED, "store_batch", batch, 0, _day(at))
        for batch, at in rows(courses.ALTERED, [])
    ]


def _consents() -> list[Finding]:
    """Agreements to be served that are not as the audit has them."""
    since = timezone.now() - CONSENTS_KEPT
    return [
        Finding(Wrong.CONSENT_ALTERED, "store_serviceconsent", consent, 0, _day(at))
        for consent, at in rows(consents.ALTERED, [since])
    ]


def _holds() -> list[Finding]:
    """What is kept apart and is not what was put apart, or cannot be opened any more."""
    found = dict(holds.altered())
    kept = LegalHold.objects.filter(state=HoldState.KEPT).only("wrapped_key", "copied_at")
    for hold in kept:
        try:
            crypto.BatchKey.unwrap(bytes(hold.wrapped_key or b""), crypto.HOLDS + hold.pk)
        except crypto.Unreadable:
            found[hold.pk] = hold.copied_at
    return [
        Finding(Wrong.HOLD_ALTERED, "store_legalhold", hold, 0, _day(at))
        for hold, at in sorted(found.items())
    ]


# A round destroys and certifies within minutes; the audit has what the certificate says.
_UNTOLD = """
    SELECT c.batch_id, c.at FROM store_content c JOIN store_batch b ON b.id = c.batch_id
    LEFT JOIN store_kept k ON k.batch_id = b.id
    LEFT JOIN store_destruction d ON d.id = k.text_destruction_id
    WHERE b.wrapped_key IS NULL AND (
        k.key_gone_at IS NULL
        OR k.key_gone_at < %s AND NOT EXISTS (
            SELECT FROM store_auditentry e
            WHERE e.subject = 'destruction:' || d.id AND e.act = 'retention.destroy'
              AND e.facts->>'digest' = d.digest
        )
    )
    ORDER BY 1
"""
_KEYS = """
    SELECT b.id, b.wrapped_key, c.at FROM store_content c JOIN store_batch b ON b.id = c.batch_id
    WHERE b.wrapped_key IS NOT NULL ORDER BY 1
"""


def _unreadable() -> list[Finding]:
    """Batches that nobody can read any more: rightly only with a certificate."""
    untold = rows(_UNTOLD, [timezone.now() - timedelta(days=1)])
    found = [(Wrong.DESTROYED_UNTOLD, batch, at) for batch, at in untold]
    for batch, wrapped, at in rows(_KEYS, []):
        try:
            crypto.BatchKey.unwrap(bytes(wrapped), batch)
        except crypto.Unreadable:
            found.append((Wrong.KEY_LOST, batch, at))
    return [Finding(wrong, "store_batch", batch, 0, _day(at)) for wrong, batch, at in found]


# A hash of the journal's messages (8 bytes each) against one pass over the messages.
_LAST_WORDS = """
    WITH said AS MATERIALIZED (
        SELECT u.id, max(o.id) AS entry FROM store_outcome o
        CROSS JOIN LATERAL unnest(o.ids) AS u (id) GROUP BY u.id
    )
    SELECT CASE WHEN m.id IS NULL THEN 'message_removed'
                WHEN s.id IS NULL THEN 'message_untold' ELSE 'message_altered' END,
           coalesce(m.id, s.id), o.recorded_at
    FROM said s FULL JOIN store_message m ON m.id = s.id
    LEFT JOIN store_outcome o ON o.id = s.entry
    WHERE m.id IS NULL
       OR (s.id IS NULL AND (m.state <> 'pending' OR m.attempt_no <> 1 OR m.code IS NOT NULL
                             OR m.done_at IS NOT NULL))
       OR (s.id IS NOT NULL AND (m.state, coalesce(m.code, ''), m.channel, m.attempt_no)
               IS DISTINCT FROM (o.state, o.code, o.channel, o.attempt_no))
       OR (s.id IS NOT NULL AND m.done_at IS DISTINCT FROM o.at)
    ORDER BY 2
"""


def _messages(verdict: Verdict) -> list[Finding]:
    """Messages that stand otherwise than the journal's last word."""
    verdict.messages = rows("SELECT count(*) FROM store_message", [])[0][0]
    return [
        Finding(Wrong(wrong), "store_message", message, 0, _day(at))
        for wrong, message, at in rows(_LAST_WORDS, [])
    ]


def _certificates() -> list[Finding]:
    """Destructions that are not as they were certified, or not there any more."""
    found = []
    there = Destruction.objects.in_bulk(
        Certificate.objects.values_list("destruction_id", flat=True)
    )
    for one in Certificate.objects.order_by("pk").iterator():
        gone = there.get(one.destruction_id)
        wrong = Wrong.ROW_ALTERED if gone else Wrong.ROW_REMOVED
        if gone is None or one.digest != gone.digest or one.digest != digest(gone):
            day = timezone.localdate(one.at)
            found.append(Finding(wrong, "store_destruction", one.destruction_id, 0, day))
    return found


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def is_as_sealed(message: int, batch: int) -> bool:
    """Whether what a proof of this message says is what was sealed of it: its batch's contents and
    course, and the journal's last word. One pass over its batch."""
    return is_batch_as_sealed(batch) and is_message_as_sealed(message)


def is_batch_as_sealed(batch: int) -> bool:
    """Whether a batch's contents and course are as they were sealed. One pass over it."""
    contents = f"""
        SELECT c.batch_id FROM store_content c
        CROSS JOIN LATERAL ({DIGEST_OF_BATCH}) AS d (messages, digest)
        WHERE c.batch_id = %s AND (d.messages <> c.messages OR d.digest <> c.digest)
    """  # noqa: S608 - constants
    return not (rows(contents, [batch]) or rows(courses.ALTERED_ONE, [batch]))


def is_message_as_sealed(message: int) -> bool:
    """Whether a message stands as the journal's last word has it."""
    return not rows(_OTHERWISE, [message, message])


# One message against the last entry that names it; one that none names is as it was born.
_OTHERWISE = """
    SELECT m.id FROM store_message m
    LEFT JOIN LATERAL (
        SELECT o.state, o.code, o.channel, o.attempt_no, o.at FROM store_outcome o
        WHERE o.ids @> ARRAY[%s::bigint] ORDER BY o.id DESC LIMIT 1
    ) AS o ON true
    WHERE m.id = %s AND (m.state, coalesce(m.code, ''), m.done_at) IS DISTINCT FROM
          (coalesce(o.state, 'pending'), coalesce(o.code, ''), o.at)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one message stands in the chain."""

    content: Seal | None
    outcomes: Sequence[Seal]


def place_of(message: int, batch: int) -> Place:
    """The seals that cover what a message said and what became of it."""
    content = rows("SELECT id FROM store_content WHERE batch_id = %s", [batch])
    entries = rows(
        "SELECT id FROM store_outcome WHERE ids @> ARRAY[%s::bigint] ORDER BY id", [message]
    )
    covering = [_covering(Kind.OUTCOME, row[0]) for row in entries]
    return Place(
        content=_covering(Kind.CONTENT, content[0][0]) if content else None,
        outcomes=list(_once(covering)),
    )


def _covering(kind: Kind, row: int) -> Seal | None:
    seal = Seal.objects.filter(kind=kind, last_id__gte=row).order_by("last_id").first()
    return seal if seal and seal.first_id <= row else None


def _once(seals: Sequence[Seal | None]) -> Iterator[Seal]:
    seen: set[int] = set()
    for seal in seals:
        if seal is not None and seal.number not in seen:
            seen.add(seal.number)
            yield seal
