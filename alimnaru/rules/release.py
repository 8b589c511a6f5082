"""How many people other than the sender must agree before a list goes, and what they agree to.

| what is so                                                          | who must agree |
|---------------------------------------------------------------------|----------------|
| one person, in office hours                                         | nobody         |
| `first_approval_from` people or more (100)                          | one            |
| `second_approval_from` people or more (1,000)                       | two            |
| the kind of notice always asks for two, more than one person        | two            |
| sensitivity 3 (health, welfare), more than one person               | one            |
| sensitivity 3, `first_approval_from` people or more                 | two            |
| a wording never used before, more than `slice_least` people (20)    | one            |
| at night or on a day off                                            | one            |
| the same list with the same wording again, more than one person     | one            |
| `surge_factor` times (5) the notice's usual size, more than one     | one            |
| the correction of a mistake, whatever else is so                    | at most one    |

The most that any line asks counts; lines do not add up. An officer on night duty is alone: an
urgent message to one person, and notices that ask for nobody (a machine tells them, and a parking
warning is worth nothing after five minutes), go at night as they go by day. A correction that
waits for two people is slower than the mistake was. Risks are named also where they ask nobody.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b, sha256
from typing import Final

from alimnaru.rules.policy import OfficePolicy

#: From this on a notice must never show what it is about (`Notice.sensitivity`).
SENSITIVE: Final = 3
DIGEST_BYTES: Final = 16
_MODULUS: Final = 1 << (8 * DIGEST_BYTES)


class Risk(StrEnum):
    """Why somebody else should look."""

    BIG = "big"
    VERY_BIG = "very_big"
    ALWAYS_TWO = "always_two"
    SENSITIVE = "sensitive"
    FIRST_USE = "first_use"
    OFF_HOURS = "off_hours"
    REPEATED = "repeated"
    SURGE = "surge"


class ReleaseFault(StrEnum):
    """Why a person may not approve this batch."""

    OWN_BATCH = "own_batch"
    APPROVED_ALREADY = "approved_already"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What is known of a batch before it goes.

    `count` people; `notice_approvals` and `sensitivity` of the notice (0 to 2, 0 to 3);
    `first_use` of this wording; `off_hours` of the moment when it will go; `repeated`: the same
    rows went out with the same wording within `repeat_hours`; `surge`: see `is_surge`;
    `urgent`: the notice goes in the urgent lane.
    """

    count: int
    notice_approvals: int = 1
    sensitivity: int = 1
    first_use: bool = False
    off_hours: bool = False
    repeated: bool = False
    surge: bool = False
    correction: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """`approvals` (0 to 2) by people other than the sender; `risks` in the order of `Risk`."""

    approvals: int
    risks: tuple[Risk, ...]


def release_for(facts: ReleaseFacts, policy: OfficePolicy) -> Release:
    """Who must agree, and why."""
    found = dict(_found(facts, policy))
    approvals = max(found.values(), default=0)
    if facts.correction:
        approvals = min(approvals, 1)
    return Release(approvals, tuple(risk for risk in Risk if risk in found))


def _found(facts: ReleaseFacts, policy: OfficePolicy) -> Iterator[tuple[Risk, int]]:
    """Each risk of the batch and how many it asks for."""
    many = int(facts.count > 1)
    if facts.count >= policy.second_approval_from:
        yield Risk.VERY_BIG, 2
    elif facts.count >= policy.first_approval_from:
        yield Risk.BIG, 1
    if facts.notice_approvals >= 2:
        yield Risk.ALWAYS_TWO, 2 * many
    if facts.sensitivity >= SENSITIVE:
        yield Risk.SENSITIVE, 2 if facts.count >= policy.first_approval_from else many
    if facts.first_use:
        yield Risk.FIRST_USE, int(facts.count > policy.slice_least)
    if facts.off_hours:
        alone = facts.notice_approvals == 0 or (facts.urgent and not many)
        yield Risk.OFF_HOURS, 0 if alone else 1
    if facts.repeated:
        yield Risk.REPEATED, many
    if facts.surge:
        yield Risk.SURGE, many


def is_surge(count: int, usual: int | None, policy: OfficePolicy) -> bool:
    """Whether the list is far longer than the notice's usual one; `usual` None: not known yet."""
    return usual is not None and count >= policy.surge_factor * max(usual, 1)


def may_approve(
    actor_id: int, sender_id: int, earlier_approver_ids: Collection[int]
) -> ReleaseFault | None:
    """Why this person may not approve, or None: never their own, never twice."""
    if actor_id == sender_id:
        return ReleaseFault.OWN_BATCH
    return ReleaseFault.APPROVED_ALREADY if actor_id in earlier_approver_ids else None


def release_hash(wording_sha256: str, rows_digest: bytes, count: int, not_before_iso: str) -> str:
    """What an approval pins, as 64 hex digits: another list, wording or time is not approved.

    `not_before_iso` as it is stored ('' for at once): the same moment written in another zone is
    another text, so write it in UTC.
    """
    # JSON keeps the parts apart: ('ab', 'c') and ('a', 'bc') must not pin the same.
    pinned = json.dumps([wording_sha256, rows_digest.hex(), count, not_before_iso])
    return sha256(pinned.encode()).hexdigest()


class RowsDigest:
    """A digest of a list that does not depend on the order of its rows: 16 bytes.

    Chunks of a list are stored and read back in any order, so a running hash would differ. The
    hashes of the rows are added modulo 2**128, not XORed: a row that is there twice would cancel
    itself out, and a set of rows with a wanted XOR is found by solving linear equations. The sum
    alone can be forged too, by whoever can compute the hashes; so they are keyed (`secret`, up to
    64 bytes: the key of the row keys will do).
    """

    __slots__ = ("_hash", "_sum")

    def __init__(self, secret: bytes = b"", so_far: bytes = b"") -> None:
        """`so_far`: the digest of the rows before, where a list comes in pieces."""
        self._hash = blake2b(digest_size=DIGEST_BYTES, key=secret)
        self._sum = int.from_bytes(so_far, "big")

    def add(self, key: bytes, *rest: str) -> None:
        """Take in a row: its key, and whatever else must not change (phone, values).

        The key tells who stands in the row. Where it is made from the office's own number of the
        person, the phone can change under it: pass it too.
        """
        digest = self._hash.copy()
        digest.update(key)
        for part in rest:
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(4, "big") + raw)
        self._sum = (self._sum + int.from_bytes(digest.digest(), "big")) % _MODULUS

    @property
    def value(self) -> bytes:
        """The digest of the rows so far; 16 zero bytes before the first."""
        return self._sum.to_bytes(DIGEST_BYTES, "big")
