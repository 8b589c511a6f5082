"""Seals: what is signed, how one hangs on the one before, and what can be found wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

#: Bytes of a leaf, a digest, and of what stands before the first seal.
SIZE = 32
NOTHING_BEFORE = bytes(SIZE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """The tables that are sealed."""

    AUDIT = "audit"
    ACCESS = "access"
    OUTCOME = "outcome"
    CONTENT = "content"
    CERTIFICATE = "certificate"


class Wrong(StrEnum):
    """What a verification can find."""

    # A seal itself.
    SEAL_MISSING = "seal_missing"
    SEAL_ALTERED = "seal_altered"
    SEAL_UNSIGNED = "seal_unsigned"
    SEAL_CHAIN = "seal_chain"
    SEALS_CUT = "seals_cut"
    # A row of a table that is sealed.
    ROW_ALTERED = "row_altered"
    ROW_REMOVED = "row_removed"
    ROW_INSERTED = "row_inserted"
    # A message against the journal's last word, and a batch's messages against their digest.
    MESSAGE_ALTERED = "message_altered"
    MESSAGE_REMOVED = "message_removed"
    MESSAGE_UNTOLD = "message_untold"
    CONTENT_ALTERED = "content_altered"
    # The wording, the approvals or the tries of a batch that is through.
    COURSE_ALTERED = "course_altered"
    # A batch that nobody can read, and of which no certificate says so.
    DESTROYED_UNTOLD = "destroyed_untold"
    KEY_LOST = "key_lost"
    # Agreements to be served, against what the audit has of them.
    CONSENT_ALTERED = "consent_altered"
    # A value that no program of ours writes, so that a table cannot be computed to its end.
    UNREADABLE = "table_unreadable"
    # What is kept apart for a law or a court, against what the audit has of it.
    HOLD_ALTERED = "hold_altered"


class VerifyFault(StrEnum):
    """Why a verification cannot be begun."""

    RUNNING = "verify_running"
    LINES_UNREADABLE = "verify_lines_unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: in which table, which row (0: the table as a whole), sealed when and where.

    `seal` is 0 and `day` None for what no seal covers yet.
    """

    wrong: Wrong
    table: str
    id: int
    seal: int = 0
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What a seal says, apart from its signature."""

    number: int
    kind: str
    made_at: datetime
    first_id: int
    last_id: int
    rows: int
    digest: bytes
    previous: bytes

    def text(self) -> bytes:
        """What `chain` is the SHA-256 of. One line a field, so that others can make it."""
        moment = (self.made_at - _EPOCH) // timedelta(microseconds=1)
        lines = (
            "alimnaru seal 1",
            self.number,
            self.kind,
            moment,
            self.first_id,
            self.last_id,
            self.rows,
            self.digest.hex(),
            self.previous.hex(),
        )
        return "\n".join(map(str, lines)).encode()

    def chain(self) -> bytes:
        """32 bytes by which the next seal names this one, and which are signed."""
        return hashlib.sha256(self.text()).digest()


def digest_of(leaves: bytes) -> bytes:
    """SHA-256 over the rows' own digests, in the order of their ids."""
    return hashlib.sha256(leaves).digest()


def fingerprint(public_key: bytes) -> str:
    """By what people compare a public key: the first 16 bytes of its SHA-256, in fours."""
    text = hashlib.sha256(public_key).hexdigest()[:32]
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


#: Bytes of a text of published lines, and the largest number of a seal: what more there is was
#: never printed here.
LINES_MOST = 100_000
_NUMBER_MOST = 2**63


def read_lines(text: str) -> list[tuple[int, bytes]]:
    """(number, chain) of each published line; its moment may be left out. Raises ValueError."""
    if len(text) > LINES_MOST:
        raise ValueError("too long")
    return [_read_line(line.split()) for line in text.splitlines() if line.strip()]


def _read_line(parts: Sequence[str]) -> tuple[int, bytes]:
    if len(parts) < 2 or not (parts[-2].isascii() and parts[-2].isdigit()):
        raise ValueError("not a line of a seal")
    number, chain = int(parts[-2]), bytes.fromhex(parts[-1])
    if len(chain) != SIZE or number >= _NUMBER_MOST:
        raise ValueError("not a line of a seal")
    return number, chain


def compare(
    ids: Sequence[int], leaves: bytes, found: Mapping[int, bytes]
) -> list[tuple[Wrong, int]]:
    """The rows that are not as they were sealed. `found` maps ids to the leaves of today's rows
    within the seal's stretch."""
    sealed = {row: leaves[i * SIZE : (i + 1) * SIZE] for i, row in enumerate(ids)}
    wrong = [
        (Wrong.ROW_REMOVED if row not in found else Wrong.ROW_ALTERED, row)
        for row, leaf in sealed.items()
        if found.get(row) != leaf
    ]
    return wrong + [(Wrong.ROW_INSERTED, row) for row in found if row not in sealed]
