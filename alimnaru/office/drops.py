"""Dropped lists are asked for as a clerk would ask: by the program of their source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils import timezone

from alimnaru.office import release
from alimnaru.office.uploads import give_up
from alimnaru.rules.drops import DropFault
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.store.models import Batch, DroppedFile, ListUpload, Source, Stage


def ask_for_read(source: Source) -> None:
    """Ask for what was read since; who must agree is decided by its risks.

    What may not go is given up, with the reason in its receipt: nobody sits before it who could
    say that it is meant. So is what an approver sent back, or nobody approved in time.
    """
    found = DroppedFile.objects.filter(source=source, receipt_final=False, fault="")
    uploads = ListUpload.objects.filter(
        pk__in=found.values("upload"), batch__stage__in=list(_STEPS)
    ).select_related("batch", "member")
    for upload in uploads.defer("content").order_by("pk"):
        batch = upload.batch
        if batch is not None:
            _STEPS[Stage(batch.stage)](upload, batch)


def _ask(upload: ListUpload, batch: Batch) -> None:
    try:
        release.ask(batch, actor=upload.member)
    except release.ReleaseRefused as refused:
        if refused.code is not ReleaseRefusal.HANDLED:
            _give_up(upload, refused.code, refused.facts)


def _returned(upload: ListUpload, _batch: Batch) -> None:
    _give_up(upload, DropFault.RETURNED, {})


def _overdue(upload: ListUpload, batch: Batch) -> None:
    if timezone.now() < batch.expires_at:
        return
    try:
        with transaction.atomic():
            release.withdraw(batch, actor=upload.member)
            _give_up(upload, ReleaseRefusal.REQUEST_EXPIRED, {})
    except release.ReleaseRefused:
        return  # somebody has decided at this moment


_STEPS: Mapping[Stage, Callable[[ListUpload, Batch], None]] = {
    Stage.DRAFT: _ask,
    Stage.RETURNED: _returned,
    Stage.REQUESTED: _overdue,
}


def _give_up(upload: ListUpload, code: str, facts: Mapping[str, str | int]) -> None:
    with transaction.atomic():
        still = DroppedFile.objects.filter(upload=upload, fault="")
        still.update(fault=code, fault_facts=dict(facts), receipt_at=None)
        give_up(upload, actor=upload.member)
