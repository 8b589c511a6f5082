"""Where in SOLAPI's API a fault can strike."""

from __future__ import annotations

_OF_A_GROUP: dict[tuple[str, ...], tuple[str, ...]] = {
    ("POST", "send"): ("send",),
    ("POST", "schedule"): ("schedule",),
    ("DELETE", "schedule"): ("schedule", "cancel"),
    ("PUT", "messages"): ("add",),
    ("GET", "messages"): ("list",),
}

_OTHERS: dict[str, tuple[str, ...]] = {
    "pricing": (),
    "kakao": ("templates",),
    "send": ("direct",),
    "send-many": ("direct",),
    "list": ("list",),
    "list-old": ("list",),
}


def endpoint_of(method: str, path: str) -> tuple[str, ...]:
    """The fault places that a request belongs to; prices are spared."""
    parts = path.strip("/").removeprefix("messages/v4/").split("/")
    if parts[0] != "groups":
        return _OTHERS.get(parts[0], ("other",))
    if len(parts) == 1:
        return ("create",) if method == "POST" else ("groups",)
    return _OF_A_GROUP.get((method, *parts[2:]), ("groups",))
