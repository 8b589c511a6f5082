"""Where somebody is signed in: begun at the sign-in, ended by themselves or by what happens."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from alimnaru.reads.entrances import open_seats
from alimnaru.rules.entrances import browser_called
from alimnaru.store import audit
from alimnaru.store.models import Member, Seat

#: What nobody needs to know any more: whoever signs in clears their own up.
KEPT = timedelta(days=90)


def take_seat(member: Member, *, address: str, agent: str) -> Seat:
    """A browser in which the member is signed in from now on."""
    now = timezone.now()
    Seat.objects.filter(member=member, seen_at__lt=now - KEPT).delete()
    return Seat.objects.create(
        member=member,
        since=now,
        seen_at=now,
        address=address[:45],
        browser=browser_called(agent),
    )


def is_taken(pk: int, member: Member, *, used: bool) -> bool:
    """Whether the browser may go on; notes that a person `used` it. One query."""
    found = Seat.objects.filter(pk=pk, member=member, ended_at=None)
    return bool(found.update(seen_at=timezone.now())) if used else found.exists()


def leave_seat(pk: int) -> None:
    """Signed out there."""
    Seat.objects.filter(pk=pk, ended_at=None).update(ended_at=timezone.now())


def end_seat(pk: int, *, actor: Member) -> bool:
    """End one of one's own, from another browser. False: it had ended."""
    ended = Seat.objects.filter(pk=pk, member=actor, ended_at=None).update(ended_at=timezone.now())
    if ended:
        audit.record(actor=actor, act="member.seat.end", subject=f"member:{actor.pk}")
    return bool(ended)


def end_seats(member: Member, *, but: int | None = None) -> int:
    """End all of a member's, as after a new password or another role; `but` the one in use."""
    found = Seat.objects.filter(member=member, ended_at=None)
    if but is not None:
        found = found.exclude(pk=but)
    return found.update(ended_at=timezone.now())


def elsewhere(member: Member, *, address: str) -> list[str]:
    """Other addresses from which the account is in use just now."""
    return sorted({s.address for s in open_seats(member) if s.address not in {"", address}})
