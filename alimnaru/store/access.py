"""The one way to write an entry of the access log."""

from __future__ import annotations

from django.utils import timezone

from alimnaru.rules.access import Access
from alimnaru.store import whence
from alimnaru.store.models import AccessEntry, ApiKey, Department, Member


def note(
    *,
    member: Member,
    act: Access,
    subject: str,
    department: Department | None = None,
    whose: bytes | None = None,
    people: int = 1,
    clear: bool = False,
    reason: str = "",
    remark: str = "",
    key: ApiKey | None = None,
) -> None:
    """Append an entry, in the caller's transaction if there is one. One statement.

    `subject` says what it was about ('message:7'); `whose` is the keyed hash of the one phone it
    was about, None where it was several people's; `people` counts them.
    """
    come = whence.here()
    AccessEntry.objects.create(
        at=timezone.now(),
        member=member,
        actor_name=f"{member.name} ({member.login})",
        api_key=key,
        address=come.address,
        via=come.via,
        act=act,
        subject=subject,
        department=department,
        to_hash=whose,
        people=people,
        clear=clear,
        reason=reason,
        note=remark[:200],
    )
