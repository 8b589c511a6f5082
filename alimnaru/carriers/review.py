"""Templates at a carrier: registered, reviewed by Kakao, commented on, woken, withdrawn.

Each carrier has words of its own for where a template stands (TSC01, PENDING, REG …); `Review` is
what they mean for whoever waits for it. Errors are those of `carriers.base`; nothing here reaches a
resident, so a call that was cut is `NotSent` and may be made again after a look at `state`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from alimnaru.rules.template import Template


class Review(StrEnum):
    """Where a wording stands with one account."""

    DRAFT = "draft"  # the carrier has it, nobody has asked for a review
    IN_REVIEW = "in_review"  # asked for, or being looked at
    APPROVED = "approved"
    REJECTED = "rejected"  # the comments say why
    DORMANT = "dormant"  # a year without a send: it must be woken before it can be used
    BLOCKED = "blocked"  # stopped by Kakao or by us
    GONE = "gone"  # the carrier does not know it (any more)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reviewer or we wrote about a template. `at` is aware, or None if not told."""

    text: str
    at: datetime | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A template as the carrier has it."""

    code: str
    review: Review
    name: str = ""
    body: str = ""
    comments: Sequence[Comment] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A wording to register. `code` is our wish where the carrier lets us choose one (≤ 20)."""

    name: str
    code: str
    template: Template
    profile: str
    category: str = "999999"


class ProfileState(StrEnum):
    """Where a Kakao sender profile stands."""

    ACTIVE = "active"
    DORMANT = "dormant"
    BLOCKED = "blocked"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Profile:
    """A sender profile. `daily_cap`: what a new one may send in a day (Kakao: 1,000), if told."""

    key: str
    state: ProfileState
    name: str = ""
    daily_cap: int | None = None
    facts: dict[str, str] = field(default_factory=dict)


class Templates(Protocol):
    """The templates of one account. Every call raises `NotSent`, `Rejected` or `Unsupported`."""

    def register(self, draft: Draft) -> str:
        """Give a wording to the carrier; return the code to send it under."""

    def revise(self, code: str, draft: Draft) -> str:
        """Change a template that may be changed; return its code from now on."""

    def request(self, code: str, comment: str = "") -> None:
        """Ask for the review. Nothing happens where registering has asked already."""

    def withdraw(self, code: str) -> None:
        """Take the request back while it waits."""

    def comment(self, code: str, text: str) -> None:
        """Write to the reviewers."""

    def wake(self, code: str) -> None:
        """Release a dormant template."""

    def delete(self, code: str) -> None:
        """Take a template off the carrier's list, where it may be."""

    def standing(self, code: str) -> Standing:
        """Where a template stands; `Review.GONE` if the carrier does not know it."""

    def standings(self) -> Iterator[Standing]:
        """All templates of the account's profile."""

    def profile(self, key: str) -> Profile:
        """Where the sender profile stands."""
