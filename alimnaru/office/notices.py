"""What an office decides about a kind of notice."""

from __future__ import annotations

from django.db import transaction

from alimnaru.flow.wordings import wording
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit
from alimnaru.store.models import Member, Notice


class FallbackRefused(ValueError):  # noqa: N818
    """The newest wording says nothing on that channel; `code` says so."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel.value)
        self.code = Refusal.NO_TEXT_FOR_CHANNEL
        self.facts = {"channel": channel.value}


def choose_fallback(*, actor: Member, notice: Notice, channel: Channel | None) -> None:
    """By which text who is missed on Kakao is told; None: by none. Raises `FallbackRefused`."""
    with transaction.atomic():
        locked = Notice.objects.select_for_update().get(pk=notice.pk)
        newest = locked.versions.order_by("-number").first()
        if channel is not None and newest and not wording(newest.pk).speaks(channel):
            raise FallbackRefused(channel)
        before, locked.fallback = locked.fallback, channel.value if channel else ""
        locked.save(update_fields=["fallback"])
        audit.record(
            actor=actor,
            act="notice.fallback",
            subject=f"notice:{notice.pk}",
            department=locked.department,
            facts={"before": before, "after": locked.fallback},
        )
