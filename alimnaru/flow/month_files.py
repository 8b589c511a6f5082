"""Works on a month that were lost, and files of statements whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from alimnaru.flow.jobs import LISTS, JobName, defer
from alimnaru.reads.policies import office_policy
from alimnaru.rules.month_work import WorkState
from alimnaru.store.models import MonthWork, WorkPiece

#: A large file is quiet for minutes, before its first row and while it is compared. Who still works
#: on it holds the lock: the job then comes again and finds it done.
QUIET = timedelta(minutes=5)
_W = WorkState


def tidy(now: datetime) -> None:
    """What the sweep does."""
    old = now - timedelta(hours=office_policy().upload_hours)
    left = MonthWork.objects.filter(
        state__in=[_W.ASKED, _W.REFUSED], sample__isnull=False, created_at__lt=old
    )
    gone = list(left.values_list("pk", flat=True)[:100])
    if gone:
        MonthWork.objects.filter(pk__in=gone).update(state=_W.GONE, sample=None, done_at=now)
        WorkPiece.objects.filter(work__in=gone).delete()
    lost = MonthWork.objects.filter(state__in=[_W.WAITING, _W.RUNNING], created_at__lt=now - QUIET)
    for work in lost.values_list("pk", flat=True)[:100]:
        defer(JobName.MONTH_WORK, work, queue=LISTS)
