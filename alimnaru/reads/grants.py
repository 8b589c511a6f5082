"""Rights that were given and taken: the part of the audit that 제5조 ③ asks to keep three years."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from alimnaru.reads.audit import Sight, Wanted, entries
from alimnaru.rules.members import UNUSED_DAYS
from alimnaru.store.models import ApiKey, AuditEntry, Member
from alimnaru.store.scoping import Scope

#: Who may come in, and what they may do there. The audit takes INSERT only, so nothing is lost.
ACTS: Final = (
    "member.add", "member.examples", "member.open", "member.shut", "member.dormant",
    "member.role.give", "member.role.take", "member.password.reset", "member.second_factor.reset",
    "key.issue", "key.confirm", "key.rotate", "key.change", "key.revoke",
)  # fmt: skip


def grants(sight: Sight) -> QuerySet[AuditEntry]:
    """The entries, newest first."""
    return entries(sight, Wanted()).filter(act__in=ACTS)


def called(found: Iterable[AuditEntry]) -> dict[str, str]:
    """What the subjects of entries are called today: members and keys. Two queries."""
    ids: dict[str, set[int]] = {"member": set(), "key": set()}
    for entry in found:
        kind, _, number = entry.subject.partition(":")
        if kind in ids and number.isdigit():
            ids[kind].add(int(number))
    members = Member.objects.filter(pk__in=ids["member"])
    keys = ApiKey.objects.filter(pk__in=ids["key"])
    return {f"member:{m.pk}": f"{m.name} ({m.login})" for m in members} | {
        f"key:{k.pk}": k.name for k in keys
    }


def asleep(scope: Scope, now: datetime) -> QuerySet[Member]:
    """Accounts of the scope's departments that nobody has used for ninety days, shut or open."""
    before = now - timedelta(days=UNUSED_DAYS)
    unused = Q(last_login__lt=before) | Q(last_login=None, created_at__lt=before)
    here = Member.objects.filter(memberships__department__in=scope.departments())
    return here.filter(unused, is_program=False).distinct().order_by("name", "login")[:200]
