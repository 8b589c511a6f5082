"""What a proof file of one message holds. It is personal: no `repr` shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, repr=False)
class ProvedTry:
    """One try: `ref` is what the carrier calls the message or its group, '' for nothing."""

    channel: str
    account: str
    ref: str
    handed_at: datetime | None
    ended_at: datetime | None
    code: str
    state: str


@dataclass(frozen=True, slots=True)
class ProvedSeal:
    """A seal that covers the message: what it said (`content`), or what became of it."""

    kind: str
    number: int
    made_at: datetime
    digest: str
    chain: str
    signature: str


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """Everything, in the office's time. `texts` are (channel, text as it went), empty once the
    data were destroyed; `approved` are (name, moment). `content` is the hash of this message."""

    office: str
    message: int
    batch: int
    row: int
    notice: str
    department: str
    legal_effect: str
    state: str
    name: str
    phone: str
    erased: bool
    sender: str
    created_at: datetime
    released_at: datetime | None
    approved: Sequence[tuple[str, datetime]]
    texts: Sequence[tuple[str, str]]
    tries: Sequence[ProvedTry]
    content: str
    seals: Sequence[ProvedSeal]
    fingerprint: str
    made_at: datetime
    made_by: str
    #: Read from what a legal hold of this number has kept apart since that moment.
    held: int = 0
    held_at: datetime | None = None
    #: What it says is not what was sealed: somebody has altered it since.
    altered: bool = False
