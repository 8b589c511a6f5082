"""Check a list the way it would be sent: what a clerk is told before anything goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from alimnaru.flow.rosters import (
    Growth,
    NoWording,
    OnRow,
    growth_of,
    newest_wording,
    notes_on,
    roster_for,
    told,
)
from alimnaru.flow.wordings import Wording, wording
from alimnaru.reads.consents import Unserved
from alimnaru.reads.readiness import SendWarning, before_send
from alimnaru.rules.channel import Channel
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.sources.apart import open_list
from alimnaru.store.models import Department, Notice

__all__ = [
    "Growth",
    "ListCheck",
    "NoWording",
    "OnRow",
    "check_list",
    "growth_of",
    "newest_wording",
    "notes_on",
    "roster_for",
    "told",
]

#: Bad rows kept for showing; more are counted.
SHOWN = 10_000


@dataclass(slots=True)
class ListCheck:
    """What the check found. `notes` are (code, facts) about the file as a whole."""

    name: str
    format: str
    encoding: str | None
    sheet: str | None
    rows: int = 0
    good: int = 0
    bad: list[BadRow] = field(default_factory=list)
    bad_count: int = 0
    by_code: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    header: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)
    #: What stands in the way of the list, or may (`reads.readiness`).
    warnings: list[SendWarning] = field(default_factory=list)
    #: Finished texts of the first row, and of the row whose text is longest.
    samples: list[str] = field(default_factory=list)
    #: Of the good rows: whose document cannot be served, for want of an agreement (송달).
    unserved: int = 0


def check_list(
    path: Path,
    *,
    notice: Notice,
    department: Department | None = None,
    sheet: str | None = None,
    include_hidden: bool = False,
    on_row: OnRow | None = None,
) -> ListCheck:
    """Read a list to its end and report. Stores nothing.

    Raises `ListRefused`, `RosterRefused` or `NoWording`.
    """
    version = newest_wording(notice)
    source = open_list(path, sheet=sheet, include_hidden=include_hidden)
    roster = roster_for(version, department or notice.department)
    check = ListCheck(source.name, source.format, source.encoding, source.sheet)
    samples = _Samples(wording(version.pk))
    unserved = Unserved(notice)
    growth = growth_of(version)
    for row in told(roster.read(source.rows()), on_row):
        check.rows += 1
        if isinstance(row, GoodRow):
            check.good += 1
            samples.see(row)
            growth.see(row)
            unserved.see(row.phone, row.name)
        else:
            check.bad_count += 1
            check.by_code[row.code] += 1
            if len(check.bad) < SHOWN:
                check.bad.append(row)
    check.left_out = Counter(roster.left_out)
    check.header = dict(roster.header.titles) if roster.header else {}
    check.notes = notes_on(source)
    check.warnings = before_send(version, rows=check.good, grown=growth.count, now=timezone.now())
    check.samples = samples.texts()
    check.unserved = unserved.count()
    return check


class _Samples:
    """The first row and the one with the longest values, rendered only at the end."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._first: GoodRow | None = None
        self._longest: GoodRow | None = None
        self._length = -1

    def see(self, row: GoodRow) -> None:
        if self._first is None:
            self._first = row
        length = sum(map(len, row.values))
        if length > self._length:
            self._length, self._longest = length, row

    def texts(self) -> list[str]:
        rows = {id(r): r for r in (self._first, self._longest) if r is not None}
        return [self._words.render(Channel.ALIMTALK, list(r.values)).text for r in rows.values()]
