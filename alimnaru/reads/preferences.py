"""What is on file for a phone, and what was entered last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from alimnaru.rules.outcomes import Result
from alimnaru.store.models import Absence, Notice, Preference, Suspension

#: Entries of one phone that are shown; more than anybody makes by hand.
HISTORY = 100
PAGE = 50


@dataclass(frozen=True, slots=True)
class OnFile:
    """A phone as the exit would find it. `history` are all its entries, the latest first."""

    code: str
    for_all: Preference | None
    for_notices: Sequence[Preference]
    suspensions: Sequence[Suspension]
    absence: Absence | None
    absent_because: Result | None
    history: Sequence[Preference]


def on_file(to_hash: bytes, now: datetime) -> OnFile:
    """Everything that is on file for a phone. Three queries by its hash."""
    history = list(
        Preference.objects.filter(to_hash=to_hash)
        .select_related("notice", "member")
        .order_by("-since", "-pk")[:HISTORY]
    )
    lasting = [p for p in history if p.since <= now and (p.until is None or p.until > now)]
    newest: dict[int | None, Preference] = {}
    for preference in lasting:
        newest.setdefault(preference.notice_id, preference)
    suspensions = list(
        Suspension.objects.filter(Q(until=None) | Q(until__gt=now), to_hash=to_hash)
        .select_related("member")
        .order_by("-since")[:HISTORY]
    )
    absence = Absence.objects.filter(to_hash=to_hash, until__gt=now).first()
    known = absence is not None and absence.code in set(Result)
    return OnFile(
        code=short_code(to_hash),
        for_all=newest.pop(None, None),
        for_notices=list(newest.values()),
        suspensions=suspensions,
        absence=absence,
        absent_because=Result(absence.code) if absence and known else None,
        history=history,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of entries. `code` stands for a phone that nobody can read from it."""

    preference: Preference
    code: str
    lasts: bool


def recent(now: datetime, after: int | None = None) -> tuple[list[Entry], int | None]:
    """What was entered last, a page of it, and the number after which the next page begins.

    Two queries, on the index by time.
    """
    found = Preference.objects.select_related("notice", "member").order_by("-since", "-pk")
    if after is not None:
        at = Preference.objects.filter(pk=after).values_list("since", flat=True).first()
        if at is not None:
            found = found.filter(Q(since__lt=at) | Q(since=at, pk__lt=after))
    page = list(found[: PAGE + 1])
    entries = [
        Entry(p, short_code(bytes(p.to_hash)), p.until is None or p.until > now)
        for p in page[:PAGE]
    ]
    return entries, page[PAGE - 1].pk if len(page) > PAGE else None


def statutory() -> list[str]:
    """The notices that an opt-out does not stop, by name."""
    notices = Notice.objects.filter(is_active=True).exclude(legal_effect=Notice.LegalEffect.NONE)
    return list(notices.order_by("name").values_list("name", flat=True))


def short_code(to_hash: bytes) -> str:
    """The first digits of a phone's hash: the same phone, the same code, and no way back."""
    return to_hash.hex()[:8]
