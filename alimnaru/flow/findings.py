"""What the check of a list finds besides its rows: counts, columns, and what looks wrong.

Stored with the upload as JSON. Nothing in it is personal: counts, codes, column titles, row ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils import timezone

from alimnaru.flow.memory import NAME, Pairs, compare
from alimnaru.flow.rosters import Growth
from alimnaru.flow.sheets import Chosen
from alimnaru.flow.wordings import wording
from alimnaru.reads.release_facts import staff_among
from alimnaru.rules.roster import BadRow, GoodRow, HeaderMap, Roster
from alimnaru.rules.shifted import Displaced, Shift
from alimnaru.store.ledger import drafts
from alimnaru.store.models import Batch, TemplateVersion

#: Bad rows kept of a list that is not stored itself: as many as a page shows.
SHOWN = 50

Doubt = tuple[str, dict[str, str | int]]


class Findings:
    """Looks at the rows of one list on their way, and sums up once they are stored."""

    def __init__(self, version: TemplateVersion, growth: Growth) -> None:
        self._growth = growth
        self._pairs = Pairs(wording(version.pk).variables)
        self._codes: Counter[str] = Counter()
        self._longest: tuple[int, bytes] = (-1, b"")
        self._shortest: tuple[int, bytes] = (1 << 30, b"")
        self._bad: list[tuple[int, str, str]] = []

    def passing(self, rows: Iterator[GoodRow | BadRow]) -> Iterator[GoodRow | BadRow]:
        """The same rows."""
        for row in rows:
            if isinstance(row, GoodRow):
                self._good(row)
            else:
                self._codes[row.code] += 1
                if len(self._bad) < SHOWN:
                    self._bad.append((row.number, row.column[:100], row.code))
            yield row

    def _good(self, row: GoodRow) -> None:
        self._growth.see(row)
        self._pairs.see(row.phone, row.name, row.values)
        length = sum(map(len, row.values))
        if length > self._longest[0]:
            self._longest = length, row.key
        if length < self._shortest[0]:
            self._shortest = length, row.key

    def conclude(self, batch: Batch, roster: Roster, chosen: Chosen) -> dict[str, object]:
        """All of it, with what only the stored list can tell: in the transaction that stored it."""
        now, source = timezone.now(), chosen.source
        first, last = drafts.ids_of(batch.pk)
        notice = batch.notice
        return {
            "format": source.format,
            "sheet": source.sheet or "",
            "sheets": list(chosen.others),
            "hidden_rows": source.hidden_rows,
            "hidden_columns": source.hidden_columns,
            "columns": [title for title in _titles(roster.header) if title],
            "read_from": roster.header.titles if roster.header else {},
            "left_out": dict(roster.left_out),
            "by_code": dict(self._codes),
            "grown": self._growth.count,
            "first": first,
            "last": last,
            "longest": drafts.id_of(batch.pk, self._longest[1]),
            "shortest": drafts.id_of(batch.pk, self._shortest[1]),
            "unwilling": drafts.unwilling(
                batch.pk, notice.pk, statutory=notice.is_statutory, at=now
            ),
            "staff": staff_among(batch),
            # A notice that gathers by person should find each of them in one row.
            "repeated": drafts.repeated(batch.pk) if notice.grouping == "person" else (0, 0),
            "shift": _shift(_doubts(roster, compare(self._pairs))),
        }

    def of_nobody(self) -> dict[str, object]:
        """What is kept of a list that nobody can be sent: why, and of the first rows where."""
        return {"by_code": dict(self._codes), "bad": self._bad}


def _titles(header: HeaderMap | None) -> Sequence[str]:
    return header.headers if header else ()


def _shift(doubts: list[Doubt]) -> dict[str, object]:
    """What the release asks, and the sentences that a clerk is told."""
    return {"suspicious": bool(doubts), "doubts": doubts, **(doubts[0][1] if doubts else {})}


def _doubts(roster: Roster, shifts: dict[str, Shift]) -> list[Doubt]:
    """Codes and facts of columns that seem to have slid (`rules.shifted`)."""
    header = roster.header
    found: list[Doubt] = []
    if header is None:
        return found
    displaced = roster.edges.verdict()
    if displaced is not None:
        found.append(_displaced(header, displaced))
    for field, shift in shifts.items():
        if shift.fault is not None:
            found.append((shift.fault.value, _slid(header, field, shift)))
    return found


def _displaced(header: HeaderMap, displaced: Displaced) -> Doubt:
    columns = ", ".join(header.headers[at] for at in displaced.columns)
    facts: dict[str, str | int] = {"columns": columns, "column": columns, "rows": displaced.rows}
    return displaced.slide.value, facts


def _slid(header: HeaderMap, field: str, shift: Shift) -> dict[str, str | int]:
    at = header.name if field == NAME else header.columns.get(field)
    return {
        "column": "" if at is None else header.headers[at],
        "rows": abs(shift.offset or 0) or "",
        "known": shift.known,
        "agree": shift.agree,
    }
