"""The end of drafts and uploads: given up by a person, or left lying until the sweep finds them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.flow.memory import KEPT
from alimnaru.reads.policies import office_policy
from alimnaru.store.ledger import releasing
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    KnownValue,
    ListUpload,
    SavedList,
    SavedPhone,
    Stage,
)

#: Whoever reads a list tells so every second or two; silent for so long, it has died.
QUIET = timedelta(seconds=60)
#: Rows of one kind that a sweep deletes; the next one goes on.
LIMIT = 5_000
_S = ListUpload.State
_UNASKED = (Stage.DRAFT, Stage.RETURNED)


def discard(batch_id: int) -> bool:
    """Give up a draft: nobody can read it from this moment on, and a worker clears it away.

    False if it was asked for meanwhile, or is discarded already. Call inside a transaction.
    """
    done = Batch.objects.filter(pk=batch_id, stage__in=_UNASKED).update(
        stage=Stage.DISCARDED, wrapped_key=None
    )
    if done:
        # 200,000 rows take seconds to delete: too long for a click.
        defer(JobName.ERASE, batch_id, queue=LISTS)
    return bool(done)


def erase(batch_id: int) -> None:
    """Delete what a discarded draft held, and the file that it was read from."""
    if Batch.objects.filter(pk=batch_id, stage=Stage.DISCARDED).exists():
        with transaction.atomic():
            releasing.erase(batch_id)
            # Read again it has another batch, or none; here its file is all that is left.
            ListUpload.objects.filter(batch=batch_id, content__isnull=False).update(
                content=None, state=_S.GONE
            )


def tidy(now: datetime) -> None:
    """What the sweep does: contents whose time is over, drafts nobody asked for, lost jobs."""
    policy = office_policy()
    old = now - timedelta(hours=policy.upload_hours)
    kept = ListUpload.objects.filter(content__isnull=False, created_at__lt=old)
    kept.update(content=None, state=_S.GONE)
    # From the last act on: what was set for Friday and is taken back on Wednesday, to change the
    # hour, must not vanish in between.
    mark = Concat(Value("batch:"), Cast("pk", CharField()))
    acts = AuditEntry.objects.filter(subject=OuterRef("mark"), at__gte=old)
    unasked = (
        Batch.objects.filter(stage__in=_UNASKED, created_at__lt=old, open_until=None)
        .alias(mark=mark)
        .exclude(Exists(acts))
    )
    # A program opened it, and has not closed it in time.
    left_open = Batch.objects.filter(stage=Stage.DRAFT, open_until__lte=now)
    for batch in [
        *unasked.values_list("pk", flat=True)[:LIMIT],
        *left_open.values_list("pk", flat=True)[:LIMIT],
    ]:
        discard(batch)
    _forget_lists(now)
    first = KnownValue.objects.filter(seen_at__lt=now - KEPT).values("pk")[:LIMIT]
    KnownValue.objects.filter(pk__in=first).delete()
    _ring(now)


def _forget_lists(now: datetime) -> None:
    over = SavedList.objects.filter(content__isnull=False, expires_at__lte=now)
    for saved in over.values_list("pk", flat=True)[:LIMIT]:
        SavedPhone.objects.filter(saved_list=saved).delete()
        SavedList.objects.filter(pk=saved).update(content=None)


def _ring(now: datetime) -> None:
    unread = ListUpload.objects.filter(
        content__isnull=False, state__in=[_S.WAITING, _S.READING], created_at__lt=now - QUIET
    )
    for upload in unread.values_list("pk", flat=True)[:LIMIT]:
        # Who is still reading it holds its lock: then this job ends at once.
        defer(JobName.CHECK_LIST, upload, queue=LISTS)
    discarded = Batch.objects.filter(
        stage=Stage.DISCARDED, created_at__gte=now - timedelta(days=7), chunks__isnull=False
    )
    for batch in discarded.values_list("pk", flat=True).distinct()[:LIMIT]:
        defer(JobName.ERASE, batch, queue=LISTS)
