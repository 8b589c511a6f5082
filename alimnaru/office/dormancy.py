"""Accounts that nobody has used for 90 days are shut (안전성 확보조치 기준 제5조 ①·②)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alimnaru.office.access_review import remind
from alimnaru.reads.people import holdings, holdings_of
from alimnaru.rules.members import UNUSED_DAYS, may_take
from alimnaru.store import audit
from alimnaru.store.ledger import advisory
from alimnaru.store.models import AuditEntry, Department, Member

#: Acts that begin the ninety days anew: whoever opens an account means it to be used.
_RENEWED = ("member.open", "member.add", "member.password.reset")


def tend() -> None:
    """What privacy asks for by the clock: shut what sleeps, remind of months nobody signed."""
    with transaction.atomic():
        if advisory.alone(advisory.PRIVACY, 0):
            now = timezone.now()
            shut_unused(now)
            remind(now)


def shut_unused(now: datetime) -> list[Member]:
    """Shut the accounts that nobody has used, and return them.

    The last two system managers and the last manager of a department stay open, however long they
    were away: somebody must be able to open the others.
    """
    before = now - timedelta(days=UNUSED_DAYS)
    list(Department.objects.filter(parent=None).select_for_update())
    found = Member.objects.filter(is_active=True, is_program=False, created_at__lt=before)
    asleep = [m for m in found.order_by("pk") if m.last_login is None or m.last_login < before]
    renewed = _renewed(asleep)
    shut = []
    for member in asleep:
        if renewed.get(f"member:{member.pk}", before) > before:
            continue
        own = holdings_of(member)
        if may_take(own, [held for held in holdings() if held.member != member.pk]) is None:
            _shut(member)
            shut.append(member)
    return shut


def _renewed(members: list[Member]) -> dict[str, datetime]:
    subjects = [f"member:{m.pk}" for m in members]
    found = AuditEntry.objects.filter(subject__in=subjects, act__in=_RENEWED)
    return dict(found.values_list("subject").annotate(at=Max("at")).order_by())


def _shut(member: Member) -> None:
    member.is_active = False
    member.save(update_fields=["is_active"])
    first = member.memberships.select_related("department").order_by("department__path").first()
    audit.record(
        actor=audit.own_member(),
        act="member.dormant",
        subject=f"member:{member.pk}",
        department=first.department if first else None,
        facts={"days": UNUSED_DAYS},
    )
