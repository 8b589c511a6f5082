"""Merging: single messages of one kind to one resident that wait for each other become one.

The first to be due takes those along that wait for the same, so that it does not matter who came
first or which of two was accepted while the other was. Whatever cannot become one goes by itself:
nothing that was accepted is lost to this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from alimnaru.flow.rosters import roster_for
from alimnaru.rules.cell import Cell
from alimnaru.rules.merging import MergeSpec, NotMergeable, alike, merge_cells, specs_from_json
from alimnaru.rules.roster import GoodRow, RosterRefused, SingleRows
from alimnaru.store.ledger import accepting
from alimnaru.store.ledger.accepting import Entry
from alimnaru.store.models import Department, Notice, TemplateVersion


@dataclass(frozen=True, slots=True)
class Item:
    """An accepted message, opened: phone, name, values; and the raw cells if it may be merged."""

    entry: Entry
    parts: list[str]
    cells: Mapping[str, Cell] | None = None


def joining(lane: str, due: Sequence[Entry]) -> list[Entry]:
    """Take out what waits for the same as one of these, which are due. In the caller's
    transaction; costs a look-up only where some have waited."""
    waited = {(e.notice, e.to_hash) for e in due if e.gather_at > e.accepted_at}
    return accepting.take_waiting(lane, sorted(waited)) if waited else []


def merge(items: Sequence[Item], now: datetime) -> list[Item]:
    """Messages of one batch, those of a person merged where they can be. The first keeps its id
    and speaks for the others, which is written down."""
    people: dict[tuple[bytes, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.cells is not None:
            people[item.entry.to_hash, item.parts[1]].append(item)
    several = [sorted(own, key=_id) for own in people.values() if len(own) > 1]
    if not several:
        return list(items)
    desk = _Desk(items[0].entry, now)
    instead: dict[int, Item] = {}
    gone: list[tuple[Entry, int]] = []
    for own in several:
        for group in desk.groups(own):
            if len(group) > 1 and (one := desk.one(group)) is not None:
                instead[one.entry.id] = one
                gone += [(item.entry, one.entry.id) for item in group[1:]]
    if gone:
        accepting.note_merged(gone, now)
    left_out = {entry.id for entry, _ in gone}
    return [instead.get(i.entry.id, i) for i in items if i.entry.id not in left_out]


def _id(item: Item) -> int:
    return item.entry.id


class _Desk:
    """How the messages of one notice, in one wording, become one."""

    def __init__(self, sample: Entry, now: datetime) -> None:
        version = TemplateVersion.objects.get(pk=sample.version)
        spec = roster_for(version, Department.objects.get(pk=sample.department)).spec
        merging = Notice.objects.values_list("merging", flat=True).get(pk=sample.notice)
        # An office may have drawn up a wording without some of the catalogue's variables.
        names = {variable.name for variable in spec.variables}
        known = {name: how for name, how in merging.items() if name in names}
        self._specs: dict[str, MergeSpec] = specs_from_json(known, spec.variables)
        self._rows = SingleRows(spec)
        self._today = timezone.localdate(now)

    def groups(self, items: Sequence[Item]) -> list[list[Item]]:
        rows = [item.cells or {} for item in items]
        return [[items[at] for at in group] for group in alike(self._specs, rows)]

    def one(self, items: Sequence[Item]) -> Item | None:
        """The first with the values of all; None if they make no message: too long, unreadable."""
        phone, name = items[0].parts[:2]
        try:
            cells = merge_cells(
                self._specs, [item.cells or {} for item in items], today=self._today
            )
            row = self._rows.judge(phone, name, cells)
        except (NotMergeable, RosterRefused):
            return None
        if not isinstance(row, GoodRow):
            return None
        return replace(items[0], parts=[row.phone, row.name, *row.values])
