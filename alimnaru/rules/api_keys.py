"""The text form of an API key: `an_live_<public>_<secret>`, or `an_test_…` for a sandbox key."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

_FORM: Final = re.compile(r"an_(?:live|test)_([a-z0-9]{12})_([A-Za-z0-9_-]{20,100})", re.ASCII)


def parse_key(text: str) -> tuple[str, str] | None:
    """The public and the secret part of a key; None for anything else."""
    found = _FORM.fullmatch(text)
    return (found[1], found[2]) if found else None


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret. It is random, so one round of SHA-256 is enough."""
    return sha256(secret.encode()).digest()
