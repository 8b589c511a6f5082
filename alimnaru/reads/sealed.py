"""What is sealed under a batch's key, opened. One damaged row must not keep the others shut."""

from __future__ import annotations

from typing import NamedTuple

from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import mask
from alimnaru.store import crypto
from alimnaru.store.models import Batch


class Who(NamedTuple):
    """A name and a phone, in the clear or masked; empty where they cannot be read."""

    name: str
    phone: str


NOBODY = Who("", "")


def key_of(batch: Batch) -> crypto.BatchKey | None:
    """The batch's key; None once it is destroyed."""
    if batch.wrapped_key is None:
        return None
    return crypto.BatchKey.unwrap(bytes(batch.wrapped_key), batch.pk)


def texts_in(
    key: crypto.BatchKey | None, row_id: int, payload: bytes, space: bytes = crypto.MESSAGES
) -> list[str] | None:
    """Phone, name and values; None where they cannot be read."""
    if key is None:
        return None
    try:
        return key.open(row_id, bytes(payload), space=space)
    except crypto.Unreadable:
        return None


def who_in(
    key: crypto.BatchKey | None, row_id: int, payload: bytes, space: bytes = crypto.MESSAGES
) -> Who:
    """Name and phone in the clear."""
    texts = texts_in(key, row_id, payload, space)
    return Who(texts[1], texts[0]) if texts else NOBODY


def masked_in(
    key: crypto.BatchKey | None, row_id: int, payload: bytes, space: bytes = crypto.MESSAGES
) -> Who:
    """Name and phone as screens show them: also the name of a row whose phone was none."""
    who = who_in(key, row_id, payload, space)
    return Who(mask_name(who.name), mask(who.phone))
