"""The notices that a member keeps at the top."""

from __future__ import annotations

from alimnaru.store.models import FavouriteNotice, Member, Notice


def toggle(*, actor: Member, notice: Notice) -> bool:
    """Keep a notice at the top, or no longer. Whether it is kept now. Concerns nobody else, so the
    audit does not hear of it."""
    gone, _ = FavouriteNotice.objects.filter(member=actor, notice=notice).delete()
    if gone:
        return False
    FavouriteNotice.objects.get_or_create(member=actor, notice=notice)
    return True
