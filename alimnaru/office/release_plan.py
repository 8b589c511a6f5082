"""What a release of a batch would mean: who must agree and why, when it goes, what forbids it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from alimnaru.reads import release_facts as known
from alimnaru.reads.policies import office_policy
from alimnaru.reads.reach import BREACH
from alimnaru.reads.rights import people_with
from alimnaru.rules.audience import Audience, AudienceFacts, Origin, check_audience
from alimnaru.rules.departure import is_off_hours, opening, undo_seconds
from alimnaru.rules.first_slice import slice_size
from alimnaru.rules.outage import URGENT
from alimnaru.rules.policy import OfficePolicy
from alimnaru.rules.release import ReleaseFacts, Risk, is_surge, release_for
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.rights import Right
from alimnaru.rules.shifted import ShiftFault, Slide
from alimnaru.store.models import Batch, ListUpload

#: A code and the facts of its sentence.
Fault = tuple[StrEnum, dict[str, str | int]]


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What would follow if a batch were asked for at this moment.

    `count` people. `approvals` by others, because of `risks`; `approvers` could give them.
    `faults` forbid it. It would be ready at `starts_at`, could be taken back until `undo_until`
    (None: not at all), go at `opens_at` (the notice's hours) and be worthless at `expires_at`.
    `slice_size` people would go first (0: all at once).
    """

    count: int
    starts_at: datetime
    undo_until: datetime | None
    opens_at: datetime
    expires_at: datetime
    slice_size: int
    approvals: int = 0
    approvers: int = 0
    risks: tuple[Risk, ...] = ()
    faults: list[Fault] = field(default_factory=list)
    repeats_of: Batch | None = None

    @property
    def never_opens(self) -> bool:
        """Whether it would be worthless before it may go."""
        return self.opens_at >= self.expires_at


def plan_for(
    batch: Batch,
    at: datetime | None = None,
    *,
    now: datetime | None = None,
    policy: OfficePolicy | None = None,
    brief: bool = False,
) -> ReleasePlan:
    """What a release at `at` (None: now) would mean. Needs notice, version and department.

    `brief`: only when it goes and in what order; who must agree was decided before.
    """
    now = now or timezone.now()
    policy = policy or office_policy()
    times = _times(batch, at, now, policy)
    if brief:
        return times
    repeats = known.same_before(batch, now - timedelta(hours=policy.repeat_hours))
    release = release_for(_facts(batch, times, repeats, policy), policy)
    upload = ListUpload.objects.select_related("saved_list").filter(batch=batch).first()
    others = people_with(Right.APPROVE, batch.department).exclude(pk=batch.member_id)
    return replace(
        times,
        approvals=release.approvals,
        approvers=others.count(),
        risks=release.risks,
        faults=[*_wrong_people(batch, upload, times.count), *_slid(upload), *_no_time(times)],
        repeats_of=repeats,
    )


def _is_correction(batch: Batch) -> bool:
    """A notice of a leak goes to the same people, and has the approvals that its kind asks for."""
    return batch.corrects_id is not None and batch.notice.code != BREACH


def _facts(
    batch: Batch, times: ReleasePlan, repeats: Batch | None, policy: OfficePolicy
) -> ReleaseFacts:
    return ReleaseFacts(
        count=times.count,
        notice_approvals=batch.notice.approvals,
        sensitivity=batch.notice.sensitivity,
        first_use=known.is_first_use(batch),
        off_hours=not batch.hours_waived and is_off_hours(timezone.localtime(times.opens_at)),
        repeated=repeats is not None,
        surge=is_surge(times.count, known.usual_day(batch), policy),
        correction=_is_correction(batch),
        urgent=batch.notice.priority in URGENT,
    )


def _times(batch: Batch, at: datetime | None, now: datetime, policy: OfficePolicy) -> ReleasePlan:
    count = batch.rows - batch.refused
    urgent = batch.notice.priority in URGENT
    correction = _is_correction(batch)
    undo = undo_seconds(count, policy, urgent=urgent, correction=correction)
    undo_until = now + timedelta(seconds=undo) if undo else None
    starts_at = max(at or now, undo_until or now)
    opens_at = starts_at
    if not batch.hours_waived:
        opens_at = opening(batch.notice.window, timezone.localtime(starts_at))
    return ReleasePlan(
        count=count,
        starts_at=starts_at,
        undo_until=undo_until,
        opens_at=opens_at,
        expires_at=starts_at + timedelta(minutes=batch.notice.ttl_minutes),
        # Whom a correction goes to was reached minutes ago: a slice would show nothing new.
        slice_size=slice_size(count, policy, urgent=urgent or correction),
    )


def _wrong_people(batch: Batch, upload: ListUpload | None, count: int) -> list[Fault]:
    saved = upload.saved_list if upload else None
    findings = upload.findings if upload else {}
    facts = AudienceFacts(
        audience=Audience(batch.notice.audience),
        hand_typed=batch.notice.hand_typed,
        origin=_ORIGINS.get(batch.origin, Origin.LIST),
        saved=Audience(saved.audience) if saved else None,
        rows=count,
        staff=findings["staff"] if "staff" in findings else known.staff_among(batch),
    )
    return [
        (problem.fault, {"people": problem.people, "rows": problem.rows})
        for problem in check_audience(facts)
    ]


#: A test message goes to whoever asked for it, and is no list.
_ORIGINS = {origin.value: origin for origin in Origin} | {known.TEST: Origin.RULE}


def _slid(upload: ListUpload | None) -> list[Fault]:
    """What the check found of columns that have slid (`flow.findings`)."""
    found = upload.findings.get("shift", {}).get("doubts", []) if upload else []
    return [(_SLID[code], facts) for code, facts in found]


_SLID: dict[str, StrEnum] = {code.value: code for code in (*ShiftFault, *Slide)}


def _no_time(times: ReleasePlan) -> list[Fault]:
    return [(ReleaseRefusal.NEVER_OPEN, {})] if times.never_opens else []
