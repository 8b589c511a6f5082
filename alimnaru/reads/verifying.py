"""Everything that seals and journal say, computed again from the tables as they are now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db import DataError, connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from alimnaru.reads.destroying import digest
from alimnaru.reads.holds import altered_holds
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
from alimnaru.store.ledger import consents, courses, last_words
from alimnaru.store.ledger.base import rows
from alimnaru.store.ledger.sealing import DIGEST_OF_BATCH, LOWEST, TABLES, stretch
from alimnaru.store.models import Certificate, Destruction, Seal

#: Named one by one; beyond that only counted.
MOST = 1000
#: The access log is kept for two years (안전성 확보조치 기준 제8조), and then rightly gone.
ACCESS_KEPT = timedelta(days=731)
#: Agreements are kept for five years after they ended (`flow.certificates`), so at least so long.
CONSENTS_KEPT = timedelta(days=5 * 365)


#: What a seal of ours can be read as, whatever stands in the row.
_READABLE = Q(
    kind__in=[kind.value for kind in Kind],
    made_at__range=(datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)),
    day__range=(date(2000, 1, 1), date(9000, 1, 1)),
)


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
    key = public_key or signing.public_key()
    return _verified(
        _Start(),
        lambda verdict, start: _chain(verdict, start, key, dict(published)),
        lambda verdict, start: _sealed_rows(verdict, start, since, until),
    )


def verify_since(number: int) -> Verdict:
    """Verify the seals after this one and what they cover: what was altered under an older one only
    `verify` finds. As much work as came since, beside agreements and what was destroyed."""
    last = Seal.objects.filter(_READABLE, number=number).first()
    if last is None:
        return verify()
    last_of = dict.fromkeys(Kind, LOWEST)
    before = Seal.objects.filter(_READABLE, number__lte=number).values_list("kind")
    last_of |= {Kind(kind): last_id for kind, last_id in before.annotate(Max("last_id"))}
    return _verified(
        _Start(number, bytes(last.chain), last_of),
        lambda verdict, start: _chain(verdict, start, signing.public_key(), {}),
        lambda verdict, start: _sealed_rows(verdict, start, None, None),
    )


@dataclass(frozen=True, slots=True)
class _Start:
    """After which seal is looked, and the last row of each kind that is covered until there."""

    number: int = 0
    chain: bytes = NOTHING_BEFORE
    last_of: Mapping[Kind, int] = field(default_factory=lambda: dict.fromkeys(Kind, LOWEST))

    @property
    def content(self) -> int | None:
        """Contents with a higher number are looked at; None: all."""
        return self.last_of[Kind.CONTENT] if self.number else None

    def seals(self) -> QuerySet[Seal]:
        """In order."""
        return Seal.objects.filter(_READABLE, number__gt=self.number).order_by("number")


_Step = Callable[["Verdict", _Start], list[Finding]]


def _verified(start: _Start, chain: _Step, sealed_rows: _Step) -> Verdict:
    verdict = Verdict()
    # Not durable: tests verify inside a transaction of their own.
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table, step in (
            ("store_seal", chain),
            ("store_seal", sealed_rows),
            ("store_content", _contents),
            ("store_batch", _courses),
            ("store_batch", _unreadable),
            ("store_serviceconsent", _consents),
            ("store_legalhold", _holds),
            ("store_message", _messages),
            ("store_destruction", _certificates),
        ):
            verdict.note(_done(table, step, verdict, start))
    return verdict


def _done(table: str, step: _Step, verdict: Verdict, start: _Start) -> list[Finding]:
    # Who wrote what cannot be read must not have ended the search for what else they did.
    try:
        with transaction.atomic():
            return step(verdict, start)
    except (DataError, ValueError, OverflowError):
        return [Finding(Wrong.UNREADABLE, table, 0)]


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


def _chain(
    verdict: Verdict, start: _Start, key: bytes, published: Mapping[int, bytes]
) -> list[Finding]:
    """The seals themselves: whole, signed, each hanging on the one before."""
    found: list[Finding] = []
    previous, number, last_of = start.chain, start.number, dict(start.last_of)
    odd = set(Seal.objects.exclude(_READABLE).values_list("number", flat=True))
    found += [Finding(Wrong.SEAL_ALTERED, "store_seal", n, n) for n in sorted(odd)]
    for seal in start.seals().iterator(chunk_size=50):
        verdict.seals += 1
        missing = number + 1 < seal.number
        # Who put in one with a far number must not have us name all that lie before it.
        gap = range(number + 1, min(seal.number, number + 1 + MOST))
        found += [Finding(Wrong.SEAL_MISSING, "store_seal", n, n) for n in gap if n not in odd]
        number = seal.number
        chain = _header(seal).chain()
        wrongs = {
            Wrong.SEAL_ALTERED: chain != bytes(seal.chain)
            or digest_of(bytes(seal.leaves)) != bytes(seal.digest)
            or published.get(number, chain) != chain
            or seal.first_id <= last_of[Kind(seal.kind)]
            # By it people choose what is computed again; it is not in the chain by itself.
            or seal.day != timezone.localdate(seal.made_at),
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


def _sealed_rows(
    verdict: Verdict, start: _Start, since: date | None, until: date | None
) -> list[Finding]:
    found: list[Finding] = []
    last_of = dict(start.last_of)
    forgotten = timezone.now() - ACCESS_KEPT
    for seal in start.seals().iterator(chunk_size=50):
        kind = Kind(seal.kind)
        after, last_of[kind] = last_of[kind], seal.last_id
        if (since and seal.day < since) or (until and seal.day > until):
            continue
        now = stretch(kind, after, seal.last_id, None)
        verdict.rows += len(now.ids)
        if now.leaves == bytes(seal.leaves) and now.ids == seal.ids:
            continue
        today = {row: now.leaves[i * 32 : i * 32 + 32] for i, row in enumerate(now.ids)}
        # Rightly gone; put in or altered is wrong all the same.
        gone = kind is Kind.ACCESS and seal.made_at < forgotten
        found += [
            Finding(wrong, TABLES[kind], row, seal.number, seal.day)
            for wrong, row in compare(seal.ids, bytes(seal.leaves), today)
            if not (gone and wrong is Wrong.ROW_REMOVED)
        ]
    return found


def _contents(verdict: Verdict, start: _Start) -> list[Finding]:
    """Batches whose messages are not those that were there when the batch was through."""
    after = start.last_of[Kind.CONTENT]
    verdict.batches = rows("SELECT count(*) FROM store_content WHERE id > %s", [after])[0][0]
    sql = f"""
        SELECT c.batch_id, c.at FROM store_content c CROSS JOIN LATERAL ({DIGEST_OF_BATCH})
            AS d (messages, digest)
        WHERE c.id > %s AND (d.messages <> c.messages OR d.digest <> c.digest) ORDER BY 1
    """  # noqa: S608 - constants
    return [
        Finding(Wrong.CONTENT_ALTERED, "store_batch", batch, 0, _day(at))
        for batch, at in rows(sql, [after])
    ]


def _courses(_verdict: Verdict, start: _Start) -> list[Finding]:
    """Batches that went in other words, on another's word or by other tries than was sealed."""
    after = start.content
    some = rows(courses.ALTERED, []) if after is None else rows(courses.ALTERED_SINCE, [after])
    return [Finding(Wrong.COURSE_ALTERED, "store_batch", batch, 0, _day(at)) for batch, at in some]


def _consents(_verdict: Verdict, _start: _Start) -> list[Finding]:
    """Agreements to be served that are not as the audit has them."""
    since = timezone.now() - CONSENTS_KEPT
    return [
        Finding(Wrong.CONSENT_ALTERED, "store_serviceconsent", consent, 0, _day(at))
        for consent, at in rows(consents.ALTERED, [since])
    ]


def _holds(_verdict: Verdict, _start: _Start) -> list[Finding]:
    """What is kept apart and is not what was put apart, or cannot be opened any more."""
    return [
        Finding(Wrong.HOLD_ALTERED, "store_legalhold", hold, 0, _day(at))
        for hold, at in altered_holds()
    ]


# A round destroys and certifies within minutes; the audit has what the certificate says.
_UNTOLD = """
    SELECT c.batch_id, c.at FROM store_content c JOIN store_batch b ON b.id = c.batch_id
    LEFT JOIN store_kept k ON k.batch_id = b.id
    LEFT JOIN store_destruction d ON d.id = k.text_destruction_id
    WHERE b.wrapped_key IS NULL AND (
        k.key_gone_at IS NULL
        OR k.key_gone_at NOT BETWEEN %s AND %s AND NOT EXISTS (
            SELECT FROM store_auditentry e
            WHERE e.subject = 'destruction:' || d.id AND e.act = 'retention.destroy'
              AND e.facts->>'digest' = d.digest
        )
    )
    ORDER BY 1
"""
_KEYS = """
    SELECT b.id, b.wrapped_key, c.at FROM store_content c JOIN store_batch b ON b.id = c.batch_id
    WHERE b.wrapped_key IS NOT NULL AND c.id > %s ORDER BY 1
"""


def _unreadable(_verdict: Verdict, start: _Start) -> list[Finding]:
    """Batches that nobody can read any more: rightly only with a certificate."""
    now = timezone.now()
    untold = rows(_UNTOLD, [now - timedelta(days=1), now + timedelta(hours=1)])
    found = [(Wrong.DESTROYED_UNTOLD, batch, at) for batch, at in untold]
    for batch, wrapped, at in rows(_KEYS, [start.last_of[Kind.CONTENT]]):
        try:
            crypto.BatchKey.unwrap(bytes(wrapped), batch)
        except crypto.Unreadable:
            found.append((Wrong.KEY_LOST, batch, at))
    return [Finding(wrong, "store_batch", batch, 0, _day(at)) for wrong, batch, at in found]


def _messages(verdict: Verdict, start: _Start) -> list[Finding]:
    """Messages that stand otherwise than the journal's last word."""
    after = start.content
    if after is None:
        verdict.messages = rows("SELECT count(*) FROM store_message", [])[0][0]
        some = rows(last_words.OTHERWISE, [])
    else:
        counted = "SELECT coalesce(sum(messages), 0)::bigint FROM store_content WHERE id > %s"
        verdict.messages = rows(counted, [after])[0][0]
        some = rows(last_words.OTHERWISE_SINCE, [after, after])
    return [
        Finding(Wrong(wrong), "store_message", message, 0, _day(at)) for wrong, message, at in some
    ]


def _certificates(_verdict: Verdict, start: _Start) -> list[Finding]:
    """Destructions that are not as they were certified, or not there any more."""
    found = []
    new = Certificate.objects.filter(pk__gt=start.last_of[Kind.CERTIFICATE])
    there = Destruction.objects.in_bulk(new.values_list("destruction_id", flat=True))
    for one in new.order_by("pk").iterator():
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
