"""Works on a month that were lost, and files of statements whose time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.reads.policies import office_policy
from alimnaru.rules.month_work import WorkState
from alimnaru.store.models import MonthWork, WorkPiece

#: A large file is quiet for minutes, before its first row and while it is compared. Who still works
#: on it holds the lock: the job then comes again and finds it done.
QUIET = timedelta(minutes=5)
_W = WorkState


def forget_file(works: Sequence[int]) -> None:
    """Delete files with what was shown of them: titles are whatever stood in their first rows."""
    MonthWork.objects.filter(pk__in=works).update(sample=None, titles=[])
    WorkPiece.objects.filter(work__in=works).delete()


def tidy(now: datetime) -> None:
    """What the sweep does."""
    old = now - timedelta(hours=office_policy().upload_hours)
    left = MonthWork.objects.filter(
        state__in=[_W.ASKED, _W.REFUSED], sample__isnull=False, created_at__lt=old
    )
    # Locked: whoever is just saying how to read one has it read.
    some = left.select_for_update(skip_locked=True).order_by("pk")[:100]
    if gone := list(some.values_list("pk", flat=True)):
        MonthWork.objects.filter(pk__in=gone).update(state=_W.GONE, done_at=now)
        forget_file(gone)
    lost = MonthWork.objects.filter(state__in=[_W.WAITING, _W.RUNNING], created_at__lt=now - QUIET)
    for work in lost.values_list("pk", flat=True)[:100]:
        defer(JobName.MONTH_WORK, work, queue=LISTS)
