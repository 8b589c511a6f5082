"""The audit log: who did what, when, to what and why, newest first, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Q, QuerySet

from alimnaru.store.models import AccessEntry, AuditEntry, Department, Member
from alimnaru.store.scoping import Scope

#: What is read page by page: both logs are ordered by `at` and key.
Entry = TypeVar("Entry", AuditEntry, AccessEntry)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person may read: the entries of the scope's departments, and with `office_wide` those
    that belong to no department."""

    scope: Scope
    office_wide: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. `since` and `until` bound the moment (`until` not included); `person` is
    a part of a name or login, as it is today; `department` means it and those below it."""

    since: datetime | None = None
    until: datetime | None = None
    person: str = ""
    act: str = ""
    department: Department | None = None
    subject: str = ""


def entries(sight: Sight, wanted: Wanted) -> QuerySet[AuditEntry]:
    """The entries, newest first. Indexes audit_by_time, audit_by_subject, and the actor's."""
    return seen(AuditEntry.objects.all(), sight, wanted, who="actor")


def seen(found: QuerySet[Entry], sight: Sight, wanted: Wanted, *, who: str) -> QuerySet[Entry]:
    """Of a log what the reader may see and looks for, newest first. `who`: the column of whoever
    did it."""
    theirs = Q(department__in=sight.scope.departments())
    if sight.office_wide:
        theirs |= Q(department=None)
    found = found.select_related("department").filter(theirs)
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lt=wanted.until)
    if wanted.person:
        called = Q(name__icontains=wanted.person) | Q(login__icontains=wanted.person)
        found = found.filter(**{f"{who}__in": Member.objects.filter(called)})
    if wanted.act:
        found = found.filter(act=wanted.act)
    if wanted.department is not None:
        found = found.filter(department__path__startswith=wanted.department.path)
    if wanted.subject:
        found = found.filter(subject=wanted.subject)
    return found.order_by("-at", "-pk")


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """Some entries, and the mark from which the next ones go on ('' where these are the last)."""

    entries: Sequence[Entry]
    next: str


def page_of(found: QuerySet[Entry], mark: str, size: int) -> Page[Entry]:
    """The entries after a mark that an earlier page gave; from the newest for any other text.

    By key and not by offset: what is added meanwhile moves nothing, and page 1,000 costs what page
    one does.
    """
    after = _read(mark)
    if after is not None:
        at, pk = after
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    rows = list(found[: size + 1])
    more = len(rows) > size
    return Page(rows[:size], _mark(rows[size - 1]) if more else "")


def _mark(entry: AuditEntry | AccessEntry) -> str:
    return f"{(entry.at - _EPOCH) // _MICROSECOND}-{entry.pk}"


def _read(mark: str) -> tuple[datetime, int] | None:
    moment, _, pk = mark.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in (moment, pk)):
        return None
    try:
        return _EPOCH + int(moment) * _MICROSECOND, int(pk)
    except OverflowError:
        return None
