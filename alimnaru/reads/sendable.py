"""Which notices a person may choose, and why the others cannot be sent just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Max

from alimnaru.reads.reviews import accounts_that_send
from alimnaru.rules.audience import AudienceFault
from alimnaru.rules.readiness import NotSendable
from alimnaru.store.models import (
    Batch,
    FavouriteNotice,
    Member,
    Notice,
    TemplateRegistration,
    TemplateVersion,
)
from alimnaru.store.scoping import Scope

_S = TemplateRegistration.State
#: What the first of these states says of a notice that no account has approved.
_STANDS: Sequence[tuple[str, NotSendable]] = (
    (_S.BLOCKED, NotSendable.BLOCKED),
    (_S.DORMANT, NotSendable.DORMANT),
)
LAST_USED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """A notice on the page where one is chosen. `why_not`: a code, None if it can be sent."""

    notice: Notice
    why_not: StrEnum | None
    favourite: bool
    used_at: datetime | None


def choices(scope: Scope, member: Member) -> list[Choice]:
    """The notices of a scope by name, those that can be sent before the others. Six queries."""
    notices = list(scope.notices().select_related("department").order_by("name", "code"))
    stands = _Stands(notices)
    favourites = set(
        FavouriteNotice.objects.filter(member=member).values_list("notice_id", flat=True)
    )
    used = dict(
        Batch.objects.filter(member=member, notice__in=notices)
        .values_list("notice")
        .annotate(Max("created_at"))
    )
    found = [
        Choice(notice, stands.why_not(notice), notice.pk in favourites, used.get(notice.pk))
        for notice in notices
    ]
    return sorted(found, key=lambda choice: choice.why_not is not None)


def last_used(found: Sequence[Choice]) -> list[Choice]:
    """Those that the member sent last, the newest first."""
    used = [(c.used_at, c.notice.pk, c) for c in found if c.used_at and c.why_not is None]
    return [c for *_, c in sorted(used, key=lambda u: u[:2], reverse=True)][:LAST_USED]


def why_not(notice: Notice) -> StrEnum | None:
    """Why a notice cannot be sent by hand just now, or None."""
    return _Stands([notice]).why_not(notice)


class _Stands:
    """Where the wordings of some notices stand, read at once."""

    def __init__(self, notices: Sequence[Notice]) -> None:
        accounts = list(accounts_that_send())
        self._alone = not accounts
        worded = TemplateVersion.objects.filter(notice__in=notices)
        approved = worded.filter(status=TemplateVersion.Status.APPROVED)
        self._worded = set(approved.values_list("notice_id", flat=True))
        registered = TemplateRegistration.objects.filter(
            version__notice__in=notices, account__in=accounts
        ).exclude(version__status=TemplateVersion.Status.RETIRED)
        self._states: dict[int, set[str]] = {}
        for notice, state in registered.values_list("version__notice_id", "state").distinct():
            self._states.setdefault(notice, set()).add(state)

    def why_not(self, notice: Notice) -> StrEnum | None:
        if not notice.is_active:
            return NotSendable.INACTIVE
        if not notice.hand_typed:
            return AudienceFault.NOT_BY_HAND
        states = self._states.get(notice.pk, set())
        if _S.APPROVED in states:
            return None
        if self._alone:
            # Before the first contract nothing goes anyway; a list may be tried.
            return None if notice.pk in self._worded else NotSendable.NO_WORDING
        if not states:
            return NotSendable.NO_WORDING
        stands = (code for state, code in _STANDS if state in states)
        return next(stands, NotSendable.UNAPPROVED)
