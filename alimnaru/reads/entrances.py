"""From where the console may be used, and where its people are signed in."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from alimnaru.reads.policies import office_policy
from alimnaru.store.models import AllowedNetwork, Member, Seat


def networks() -> list[str]:
    """The networks of the office, in the order in which they were entered; none: everywhere."""
    return list(AllowedNetwork.objects.order_by("pk").values_list("network", flat=True))


def allowed() -> list[AllowedNetwork]:
    """The same with who entered them."""
    return list(AllowedNetwork.objects.select_related("added_by").order_by("pk"))


def open_seats(member: Member) -> list[Seat]:
    """The browsers in which a member is signed in now, the one used last first."""
    alive = timezone.now() - timedelta(minutes=office_policy().idle_minutes)
    found = Seat.objects.filter(member=member, ended_at=None, seen_at__gte=alive)
    return list(found.order_by("-seen_at", "-pk"))
