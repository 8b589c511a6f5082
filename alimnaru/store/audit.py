"""The one way to write an audit entry."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from alimnaru.rules.access import OF_ACT, is_clear, people_of
from alimnaru.store import access, whence
from alimnaru.store.models import AuditEntry, Department, Member

#: The account as which the system itself acts.
OWN_LOGIN = "alimnaru"


def own_member() -> Member:
    """The account of what nobody does by hand, made when it acts for the first time."""
    member, _ = Member.objects.get_or_create(
        login=OWN_LOGIN,
        # Django's mark for a password that nothing matches: a program never signs in.
        defaults={"name": "알림나루", "is_program": True, "password": "!"},
    )
    return member


def record(
    *,
    actor: Member,
    act: str,
    subject: str,
    department: Department | None = None,
    facts: dict[str, Any] | None = None,
    whose: bytes | None = None,
) -> None:
    """Append an entry in the caller's transaction: the act and its record stand or fall together.

    `facts` must hold nothing personal; counts, codes, names of files and of departments are fine.
    What touches residents' data (`rules.access.OF_ACT`) is noted in the access log too: `whose` is
    the keyed hash of the phone, where it was one person's.
    """
    come = whence.here()
    AuditEntry.objects.create(
        at=timezone.now(),
        actor=actor,
        actor_name=f"{actor.name} ({actor.login})",
        department=department,
        act=act,
        subject=subject,
        address=come.address,
        via=come.via,
        facts=facts or {},
    )
    if (did := OF_ACT.get(act)) is not None:
        given = facts or {}
        access.note(
            member=actor,
            act=did,
            subject=subject,
            department=department,
            whose=whose,
            people=people_of(given),
            clear=is_clear(act),
            reason=str(given.get("reason", ""))[:20],
            remark=str(given.get("note", "")),
        )
