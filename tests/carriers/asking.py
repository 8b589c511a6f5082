"""What the flow passes to a carrier beside the token, where a test has nothing to say about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from alimnaru.carriers.base import Parcel
from alimnaru.rules.channel import Channel


def nobody(_refs: Collection[str]) -> frozenset[str]:
    """No other chunk has any of these."""
    return frozenset()


def parcel(
    token: str, channel: Channel = Channel.ALIMTALK, refs: Mapping[str, str] | None = None
) -> Parcel:
    """What a chunk knows of what it handed over just now."""
    return Parcel(token, channel, datetime.now(UTC), refs or {})
