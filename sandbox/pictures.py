"""Pictures that were handed over: what is known of them, not what they show."""

from __future__ import annotations

import time

import msgspec


class Picture(msgspec.Struct):
    """A picture. `kind`: what it is for, in the protocol's word; `until`: when it is forgotten."""

    protocol: str
    picture_id: str
    kind: str
    size: int
    name: str = ""
    at: float = 0.0
    until: float | None = None


class Pictures:
    """Pictures by protocol and id."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Picture] = {}

    def put(self, picture: Picture) -> None:
        """Take a picture."""
        self._held[picture.protocol, picture.picture_id] = picture

    def get(self, protocol: str, picture_id: str) -> Picture | None:
        """A picture, unless its time is over."""
        found = self._held.get((protocol, picture_id))
        if found is None or (found.until is not None and found.until <= time.time()):
            return None
        return found

    def all(self) -> list[Picture]:
        """Everything that is held."""
        return list(self._held.values())
