"""First slices: a few people of a long list go, the others wait to see how that fares.

A job looks every few seconds; the sweep rings again for one that was lost. Whatever runs twice
finds the batch's lock, and then the watch over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import release
from alimnaru.flow.jobs import LISTS, JobName, defer, defer_at
from alimnaru.reads.first_slice import counts_of
from alimnaru.reads.policies import office_policy
from alimnaru.rules.first_slice import SliceJudgement, SliceVerdict, judge
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit
from alimnaru.store.ledger import releasing
from alimnaru.store.models import Batch, Stage
from alimnaru.store.models.batches import SliceState

#: Seconds between two looks: a fifth of the time since the slice was to go, within these. One that
#: waits for its hours all night is looked at twice a minute.
SHORTEST, LONGEST = 2, 30


def watch(batch_id: int) -> None:
    """Look how a first slice fares, and let the others go, stop them, or look again."""
    now = timezone.now()
    with transaction.atomic():
        batch = release.for_change(batch_id)
        watching = batch.slice_state == SliceState.WATCHING and batch.stage == Stage.RELEASED
        if not watching or batch.stopped_at is not None:
            return
        standing = counts_of(batch)
        judgement = judge(standing.counts, standing.waited(now), office_policy())
        if batch.slice_since is None and standing.since is not None:
            batch.slice_since = standing.since
            batch.save(update_fields=["slice_since"])
        match judgement.verdict:
            case SliceVerdict.WAIT:
                age = (now - batch.not_before).total_seconds()
                pause = min(max(age / 5, SHORTEST), LONGEST)
                defer(JobName.SLICE, batch.pk, at=now + timedelta(seconds=pause))
            case SliceVerdict.GO_ON:
                _note(batch, "batch.slice_pass", judgement, standing.facts)
                go_on(batch, now)
            case SliceVerdict.STOP:
                _note(batch, "batch.slice_stop", judgement, standing.facts)
                _stop(batch, now)


def go_on(batch: Batch, now: datetime) -> None:
    """End the watch of a locked batch: the others go. Last in a transaction."""
    batch.slice_state = SliceState.PASSED
    batch.save(update_fields=["slice_state"])
    defer_at(JobName.DISPATCH, releasing.free_rest(batch.pk, now), queue=batch.lane, at=None)
    defer(JobName.REMEMBER, batch.pk, queue=LISTS)


def _stop(batch: Batch, now: datetime) -> None:
    batch.slice_state, batch.stopped_at = SliceState.FAILED, now
    batch.save(update_fields=["slice_state", "stopped_at"])
    releasing.hold_rest(batch.pk, Refusal.SLICE_FAILED)


def _note(batch: Batch, act: str, judgement: SliceJudgement, facts: dict[str, int]) -> None:
    audit.record(
        actor=audit.own_member(),
        act=act,
        subject=f"batch:{batch.pk}",
        department=batch.department,
        facts={"reason": judgement.reason.value, **facts},
    )
