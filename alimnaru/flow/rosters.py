"""How a list is read for a notice as one department sends it: its wording, its check, its notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from alimnaru.flow.wordings import Wording, wording
from alimnaru.reads import reviews
from alimnaru.rules.roster import BadRow, GoodRow, Roster, RosterSpec
from alimnaru.rules.template_review import room_of_new_sender
from alimnaru.rules.variables import Kind, Variable
from alimnaru.sources.upload import OpenList
from alimnaru.store import crypto
from alimnaru.store.models import Department, Notice, TemplateVersion

#: How often the caller hears of progress.
TELL_EVERY = 1_000

OnRow = Callable[[int], None]
Row = TypeVar("Row")


class NoWording(LookupError):  # noqa: N818
    """The notice has no approved wording."""


def newest_wording(notice: Notice, *, hours_waived: bool = False) -> TemplateVersion:
    """The wording that goes out today: the newest that Kakao has approved for an account in use.

    A draft under review changes nothing. Where no account has any, the office's newest word is
    what will wait at the exit. Raises `NoWording`.
    """
    version = (
        reviews.sending_version(notice, hours_waived=hours_waived)
        or notice.versions.filter(status=TemplateVersion.Status.APPROVED)
        .order_by("-number")
        .first()
    )
    if version is None:
        raise NoWording(notice.code)
    return version


def newest_wordings(
    notices: QuerySet[Notice], *, hours_waived: bool = False
) -> list[TemplateVersion]:
    """`newest_wording` for many notices in three queries; those without any are left out."""
    found = reviews.sending_versions(notices, hours_waived=hours_waived)
    others = (
        TemplateVersion.objects.filter(notice__in=notices, status=TemplateVersion.Status.APPROVED)
        .exclude(notice__in=[version.notice_id for version in found])
        .select_related("notice")
        .order_by("notice_id", "-number")
        .distinct("notice_id")
    )
    return [*found, *others]


def variables_for(version: TemplateVersion, department: Department) -> tuple[Variable, ...]:
    """The variables of a wording, with what the department says by itself as their default."""
    return tuple(_as_said_by(department, v) for v in wording(version.pk).variables)


def roster_for(
    version: TemplateVersion, department: Department, chosen: Mapping[str, str] | None = None
) -> Roster:
    """The check of a list for a wording as this department would send it.

    `chosen` says which columns a clerk chose (`rules.roster_header`).
    """
    words = wording(version.pk)
    return Roster(
        RosterSpec(
            variables=variables_for(version, department),
            today=timezone.localdate(),
            alimtalk=words.alimtalk,
            sms=words.sms,
            lms=words.lms,
            secret=crypto.row_secret(),
            chosen=chosen or {},
        )
    )


def _as_said_by(department: Department, variable: Variable) -> Variable:
    """The department's own number and name where the wording leaves them open."""
    if variable.default is None:
        return variable
    if variable.kind is Kind.PHONE and department.phone:
        return replace(variable, default=department.phone)
    if variable.kind is Kind.DEPARTMENT:
        return replace(variable, default=department.name)
    return variable


class Growth:
    """Counts rows with a value that a new sender profile may not carry (NHN -1028, Kakao 3025).

    Such a row is not refused: nothing is wrong with it, another account may take it, and the limit
    ends with the profile's first month. The clerk is told how many there are before they go.
    """

    def __init__(self, words: Wording | None) -> None:
        self.count = 0
        order = [v.name for v in words.variables] if words else []
        names = set(words.alimtalk.template.variables) if words else set()
        self._rooms = [(at, room_of_new_sender(n)) for at, n in enumerate(order) if n in names]

    def see(self, row: GoodRow | BadRow) -> None:
        """Look at a row."""
        if isinstance(row, GoodRow):
            self.count += any(len(row.values[at]) > room for at, room in self._rooms)

    def passing(self, rows: Iterator[GoodRow | BadRow]) -> Iterator[GoodRow | BadRow]:
        """The same rows, looked at on their way if there is anything to look for."""
        return self._looked_at(rows) if self._rooms else rows

    def _looked_at(self, rows: Iterator[GoodRow | BadRow]) -> Iterator[GoodRow | BadRow]:
        for row in rows:
            self.see(row)
            yield row


def growth_of(version: TemplateVersion, *, hours_waived: bool = False) -> Growth:
    """Counts nothing unless an account that may send has a new profile."""
    new = reviews.accounts_that_send(hours_waived=hours_waived).filter(profile_is_new=True)
    return Growth(wording(version.pk) if new.exists() else None)


def notes_on(source: OpenList) -> list[tuple[str, dict[str, str | int]]]:
    """What a clerk should know about the file although it can be read."""
    notes: list[tuple[str, dict[str, str | int]]] = []
    if source.hidden_rows and not source.hidden_included:
        notes.append(("hidden_rows", {"count": source.hidden_rows}))
    if source.hidden_columns:
        notes.append(("hidden_columns", {"count": source.hidden_columns}))
    if source.sheets_left_out:
        notes.append(("sheets_left_out", {"sheets": ", ".join(source.sheets_left_out)}))
    return notes


def told(rows: Iterator[Row], on_row: OnRow | None) -> Iterator[Row]:
    """The same rows, with the caller told how many have passed."""
    if on_row is None:
        yield from rows
        return
    count = 0
    for count, row in enumerate(rows, 1):
        if count % TELL_EVERY == 0:
            on_row(count)
        yield row
    on_row(count)
