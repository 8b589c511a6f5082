"""Destroying what its time is over for: by the clock, or because two people decided so.

In small steps, each its own transaction that notes how far it has come: killed at any moment, the
next worker goes on. First the key goes, and with it all that it opens; then the rows are blanked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow.certificates import certify_one, destroy_records
from alimnaru.rules import retention as rules
from alimnaru.rules.retention import Basis, class_of
from alimnaru.store import rewriting
from alimnaru.store.ledger import retention as ledger
from alimnaru.store.models import Destruction, Kept

#: A batch is not looked at before: most are on their way for a day at most.
YOUNG = timedelta(days=1)
#: Batches of a kind in one round; the next one goes on.
LIMIT = 500
#: In these hours of Seoul nobody sends and tables may be shut for seconds.
QUIET_HOURS = range(2, 5)
_W = Destruction.What


def retain() -> bool:
    """One round: note what is through, destroy what is due, certify it, rewrite in the night.

    True if a full round was done and more may be due.
    """
    now = timezone.now()
    enrolled = enrol(now)
    dropped = drop_keys(now)
    blank_due(now)
    unhash_due(now)
    certify(now)
    destroy_records(now)
    if timezone.localtime(now).hour in QUIET_HOURS:
        rewrite_files(now)
    return LIMIT in (enrolled, dropped)


def enrol(now: datetime) -> int:
    """Write down for how long a batch is kept, once it is through; how many were found."""
    found = ledger.newly_through(now, now - YOUNG, now - rules.OVERDUE, LIMIT)
    kept = []
    for one in found:
        end = rules.through_at(last=one.last, expires=one.expires, owing=one.owing, now=now)
        kind = class_of(one.retention)
        if end is not None:
            until = rules.dates(kind, end)
            kept.append(
                Kept(
                    batch_id=one.batch,
                    retention=kind.value,
                    through_at=end,
                    text_until=until.text,
                    hash_until=until.hash,
                )
            )
    Kept.objects.bulk_create(kept, ignore_conflicts=True)
    return len(found)


def drop_keys(now: datetime) -> int:
    """Destroy the keys that are due."""
    with transaction.atomic():
        return len(ledger.drop_keys(now, LIMIT))


def blank_due(now: datetime) -> None:
    """Blank every batch whose key is gone."""
    due = Kept.objects.filter(key_gone_at__isnull=False, text_gone_at=None)
    for batch in list(due.order_by("pk").values_list("pk", flat=True)[:LIMIT]):
        while _step(batch, now, _blank):
            pass


def unhash_due(now: datetime) -> None:
    """Take the hashes from every batch whose second time is over."""
    due = Kept.objects.filter(text_gone_at__isnull=False, hash_gone_at=None, hash_until__lte=now)
    for batch in list(due.order_by("pk").values_list("pk", flat=True)[:LIMIT]):
        while _step(batch, now, _unhash):
            pass


def _step(batch: int, now: datetime, act: Callable[[Kept, datetime], bool]) -> bool:
    """One transaction of a batch. False: it is done, or another worker is at it."""
    with transaction.atomic():
        kept = Kept.objects.select_for_update(skip_locked=True).filter(pk=batch).first()
        return kept is not None and act(kept, now)


def _blank(kept: Kept, now: datetime) -> bool:
    if kept.text_gone_at is not None:
        return False
    chunks = ledger.chunks_after(kept.pk, kept.blanked_to)
    if chunks:
        ledger.blank(kept.pk, chunks, now)
    else:
        ledger.end_texts(kept.pk, now)
    return bool(chunks)


def _unhash(kept: Kept, now: datetime) -> bool:
    if kept.hash_gone_at is not None:
        return False
    chunks = ledger.chunks_after(kept.pk, kept.unhashed_to)
    if chunks:
        ledger.unhash(kept.pk, chunks)
    else:
        ledger.end_hashes(kept.pk, now)
    return bool(chunks)


def certify(now: datetime) -> list[Destruction]:
    """A certificate for what was destroyed since the last: one by class and department."""
    made = []
    with transaction.atomic():
        for what, gone, own in (
            (_W.TEXT, "text_gone_at", "text_destruction"),
            (_W.HASH, "hash_gone_at", "hash_destruction"),
        ):
            found = (
                Kept.objects.select_for_update(of=("self",))
                .filter(**{f"{gone}__isnull": False, own: None})
                .select_related("batch")
                .order_by("retention", "batch__department_id", "pk")
            )
            for (kind, place), group in groupby(
                found, key=lambda k: (k.retention, k.batch.department_id)
            ):
                made.append(
                    _certificate(what, own, kind=kind, place=place, kept=list(group), now=now)
                )
        _end_decided(now)
    return made


def _certificate(
    what: Destruction.What, own: str, *, kind: str, place: int, kept: list[Kept], now: datetime
) -> Destruction:
    one = Destruction.objects.create(
        what=what,
        basis=Basis.TERM_OVER.value,
        retention=kind,
        department_id=place,
        begun_at=min(k.key_gone_at for k in kept if k.key_gone_at is not None),
        done_at=now,
        batches=len(kept),
        messages=sum(k.messages for k in kept),
        others=sum(k.others for k in kept) if what is _W.TEXT else 0,
    )
    Kept.objects.filter(pk__in=[k.pk for k in kept]).update(**{own: one})
    certify_one(one)
    return one


def _end_decided(now: datetime) -> None:
    """Those that people decided are done when their last batch is."""
    for one in Destruction.objects.select_for_update().filter(state=Destruction.State.APPROVED):
        kept = list(one.texts.all())
        if all(k.text_gone_at is not None for k in kept):
            one.batches, one.messages = len(kept), sum(k.messages for k in kept)
            one.others = sum(k.others for k in kept)
            one.state, one.done_at = Destruction.State.DONE, now
            one.save()
            certify_one(one)


def rewrite_files(now: datetime) -> bool:
    """Write anew what old versions may lie in, if anything was destroyed since the last time.

    One process at a time. False: there was nothing to do, or it is for another time.
    """
    waiting = Destruction.objects.filter(state=Destruction.State.DONE, rewritten_at=None)
    if not waiting.exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return False
        try:
            numbers = list(waiting.values_list("pk", flat=True))
            if not rewriting.rewrite():
                return False
            rewriting.let_log_go()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    Destruction.objects.filter(pk__in=numbers).update(rewritten_at=now)
    return True


_LOCK = 0x616C6D34
