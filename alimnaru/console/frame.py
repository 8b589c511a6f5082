"""What stands around every page: the office's name, the menu, who is signed in, time left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from alimnaru.console.access import Desk
from alimnaru.console.idle import idle_time
from alimnaru.console.menu import MENU, Entry, address_of
from alimnaru.console.screen import is_high_contrast
from alimnaru.reads.approvals import number_waiting
from alimnaru.reads.outages import off_now
from alimnaru.reads.standing import standing
from alimnaru.reads.tasks import number_open
from alimnaru.reads.unknowns import batches_to_decide
from alimnaru.rules.rights import Right
from alimnaru.store.catalogue import load_office
from alimnaru.store.catalogue.offices import Processor
from alimnaru.store.models import Member


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the menu as it is drawn."""

    text: str
    address: str
    here: bool
    badge: int


@dataclass(frozen=True, slots=True)
class Block:
    """A group of lines."""

    text: str
    lines: Sequence[Line]


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of every template. Without a signed-in member only the office's name."""
    context: dict[str, Any] = {
        "office_name": office_name(),
        "masthead": settings.MASTHEAD,
        "contrast": is_high_contrast(request),
    }
    user = getattr(request, "user", None)
    if not isinstance(user, Member):
        return context
    desk: Desk = getattr(request, "desk", None) or Desk.of(user)
    return context | {
        "desk": desk,
        "menu": _menu(request, desk),
        "idle": idle_time(request),
        # Asked only where the banner is drawn: fragments have none.
        "outages": SimpleLazyObject(off_now),
        "office_stands": SimpleLazyObject(standing),
        "standing_address": address_of("standing") if desk.over_the_office(Right.SYSTEM) else "",
        "outage_address": address_of("outage") if desk.over_the_office(Right.SYSTEM) else "",
    }


@lru_cache(maxsize=1)
def office_name() -> str:
    """The office's own name, as its file says it."""
    return load_office(settings.OFFICE_FILE).words["office.name"]


@lru_cache(maxsize=1)
def processors() -> tuple[Processor, ...]:
    """Whom the office has trusted with residents' data, as its file says."""
    return load_office(settings.OFFICE_FILE).processors


def counts(desk: Desk) -> dict[str, int]:
    """The numbers that stand in the menu: what waits for this member. A query for each."""
    found: dict[str, int] = {}
    if Right.APPROVE in desk.rights:
        found["approvals"] = number_waiting(desk.scope(Right.APPROVE), desk.member)
    if Right.SEE in desk.rights:
        found["unknown"] = batches_to_decide(desk.scope(Right.SEE))
        found["tasks"] = number_open(desk.scope(Right.SEE))
    return found


def _menu(request: HttpRequest, desk: Desk) -> list[Block]:
    numbers = counts(desk)
    blocks = []
    for group in MENU:
        lines = [_line(request, e, numbers) for e in group.entries if _shown(desk, e)]
        if lines:
            blocks.append(Block(str(group.text), lines))
    return blocks


def _shown(desk: Desk, entry: Entry) -> bool:
    holds = desk.over_the_office if entry.office_wide else desk.rights.__contains__
    has = any(holds(right) for right in (entry.right, entry.also) if right)
    return has and bool(address_of(entry.url))


def _line(request: HttpRequest, entry: Entry, numbers: dict[str, int]) -> Line:
    match = request.resolver_match
    section = getattr(getattr(match, "func", None), "section", None) if match else None
    here = match is not None and entry.url in {match.url_name, section}
    return Line(str(entry.text), address_of(entry.url), here, numbers.get(entry.badge, 0))
