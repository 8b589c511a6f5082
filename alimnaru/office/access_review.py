"""The monthly look at the access log: what stands out is explained, and the month is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from alimnaru.reads.access import month_of, unsigned
from alimnaru.rules.access_review import ReviewFault, may_remark, may_sign
from alimnaru.rules.disclosure import NOTE_LEAST, holds_number
from alimnaru.rules.rights import Right, roles_with
from alimnaru.store import audit
from alimnaru.store.models import AccessRemark, AccessReview, Department, Member, Task

#: Of a remark or a note, in signs.
MOST = 300


class ReviewRefused(Exception):  # noqa: N818
    """The step is not possible; `code` says why. Nothing was changed."""

    def __init__(self, code: ReviewFault) -> None:
        super().__init__(code.value)
        self.code = code


def remark(first: date, key: str, *, actor: Member, text: str) -> AccessRemark:
    """Say what became of an anomaly of a month. Raises `ReviewRefused`."""
    text = _text(text)
    with transaction.atomic():
        _check(actor, first)
        month = month_of(first, timezone.now())
        one = next((one for one in month.found if one.key == key), None)
        if one is None:
            raise ReviewRefused(ReviewFault.NOT_THERE)
        _refuse(may_remark(actor.pk, one))
        said = AccessRemark.objects.create(
            month=first, key=key, at=timezone.now(), member=actor, text=text
        )
        _record(actor, "access.remark", first, {"kind": one.oddity.value, "note": text})
    return said


def sign(first: date, *, actor: Member, note: str = "") -> AccessReview:
    """Sign a month that is over, all of whose anomalies are explained. Raises `ReviewRefused`."""
    note = " ".join(note.split())[:MOST]
    if holds_number(note):
        raise ReviewRefused(ReviewFault.REMARK_WRONG)
    with transaction.atomic():
        _check(actor, first)
        now = timezone.now()
        month = month_of(first, now)
        _refuse(may_sign(actor.pk, month.found, month.remarks, over=month.over))
        review, made = AccessReview.objects.get_or_create(
            month=first,
            defaults={
                "signed_at": now,
                "signed_by": actor,
                "note": note,
                "found": {
                    "entries": month.entries,
                    "people": month.people,
                    "anomalies": {one.key: one.count for one in month.found},
                },
            },
        )
        if not made:
            raise ReviewRefused(ReviewFault.SIGNED)
        Task.objects.filter(kind=Task.Kind.ACCESS_REVIEW, subject=_subject(first)).filter(
            done_at=None
        ).update(done_at=now, done_by=actor, note="접속기록을 점검하고 서명했습니다.")
        facts = {"count": month.entries, "people": month.people, "found": len(month.found)}
        _record(actor, "access.sign", first, facts)
    return review


def remind(now: datetime) -> int:
    """Make a task of each month that nobody has signed. Returns how many are new."""
    root = Department.objects.filter(parent=None).order_by("pk").first()
    if root is None:
        return 0
    made = 0
    for first in unsigned(now):
        subject = _subject(first)
        if not Task.objects.filter(kind=Task.Kind.ACCESS_REVIEW, subject=subject).exists():
            Task.objects.create(
                department=root, kind=Task.Kind.ACCESS_REVIEW, subject=subject, created_at=now
            )
            made += 1
    return made


def _check(actor: Member, first: date) -> None:
    """Who may, and under a lock: a month that is signed stays as it was signed."""
    Department.objects.select_for_update().filter(parent=None).first()
    roles = roles_with(Right.AUDIT)
    held = actor.memberships.filter(role__in=roles, department__parent=None)
    if not actor.is_active or not held.exists():
        raise ReviewRefused(ReviewFault.NOT_ALLOWED)
    if AccessReview.objects.filter(month=first).exists():
        raise ReviewRefused(ReviewFault.SIGNED)


def _refuse(fault: ReviewFault | None) -> None:
    if fault is not None:
        raise ReviewRefused(fault)


def _text(text: str) -> str:
    text = " ".join(text.split())
    if not NOTE_LEAST <= len(text) <= MOST or holds_number(text):
        raise ReviewRefused(ReviewFault.REMARK_WRONG)
    return text


def _subject(first: date) -> str:
    return f"review:{first:%Y%m}"


def _record(actor: Member, act: str, first: date, facts: Mapping[str, object]) -> None:
    audit.record(actor=actor, act=act, subject=_subject(first), facts=dict(facts))
