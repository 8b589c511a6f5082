"""The references of messages at SENS, as a chunk keeps them.

`<request id>:<message id>`, or where SENS has not named the message yet, `<request id>:~<digest>`:
the answer to an SMS tells the request alone, and so does that to a reservation. The number tells
the messages of a request apart, but may not stand in a reference in the clear; keyed with the
account's secret, its digest cannot be searched for. (With a new secret, what was on its way under
the old one is no longer recognised.)
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from alimnaru.carriers.sens.wire import Message, digits

#: Of a message id, in characters: a reference has 100, a request id up to 60. It is a UUID (36).
NAME_LIMIT = 39


def ref_of(request_id: str, message_id: str) -> str:
    """The reference of a message that SENS has named."""
    return f"{request_id}:{message_id}"


def ref_by_number(request_id: str, number: str, secret: str) -> str:
    """The reference of a message that SENS has not named yet."""
    digest = hmac.digest(secret.encode(), f"{request_id}:{digits(number)}".encode(), "sha256")
    return f"{request_id}:~{digest[:8].hex()}"


def ref_for(request_id: str, message: Message | None, number: str, secret: str) -> str:
    """The reference of a message: by its name if it has one that fits, else by its number."""
    if message is not None and message.message_id and len(message.message_id) <= NAME_LIMIT:
        return ref_of(request_id, message.message_id)
    return ref_by_number(request_id, number, secret)


def own_ref(message: Message, request_id: str, refs: Mapping[str, str], secret: str) -> str | None:
    """Under which of `refs` a message of that request stands, if under any."""
    named = ref_of(request_id, message.message_id or "")
    if named in refs:
        return named
    numbered = ref_by_number(request_id, message.to or "", secret)
    return numbered if numbered in refs else None
