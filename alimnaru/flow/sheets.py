"""Which sheet of a workbook is the list: the one that reads like one. Two are a question."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from alimnaru.flow.rosters import roster_for
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import GoodRow, RosterRefused
from alimnaru.sources.apart import ListRefused, OpenList, open_list
from alimnaru.store.models import ListUpload, TemplateVersion

#: Further sheets that are looked into: a workbook with a sheet for each month has twelve.
LOOKED_INTO = 12
#: Rows of each in which somebody must stand.
LOOKED_AT = 200


class SheetAsked(ListRefused):
    """Several sheets could be the list: `sheets`, in the order of the workbook."""

    def __init__(self, sheets: list[str]) -> None:
        super().__init__(Refusal.SHEET_WHICH, sheets=", ".join(sheets))
        self.sheets = sheets


@dataclass(frozen=True, slots=True)
class Chosen:
    """The list to read, and the other visible sheets of its workbook."""

    version: TemplateVersion
    source: OpenList
    others: tuple[str, ...]


def choose(path: Path, version: TemplateVersion, upload: ListUpload) -> Chosen:
    """The sheet that a clerk named, else the only one that could be the list.

    A workbook of which no sheet could is refused by its first one's fault. Raises `ListRefused`
    (`SheetAsked` where several could).
    """
    hidden = upload.include_hidden
    source = open_list(path, sheet=upload.sheet or None, include_hidden=hidden)
    others = tuple(n for n in source.sheets_left_out if n not in source.hidden_sheets)
    if upload.sheet or not others:
        return Chosen(version, source, others)
    sheets = [str(source.sheet), *others]
    fit = [s for s in sheets[: LOOKED_INTO + 1] if _reads(path, s, version, upload)]
    if len(fit) > 1:
        raise SheetAsked(fit)
    if fit and fit[0] != source.sheet:
        source = open_list(path, sheet=fit[0], include_hidden=hidden)
    return Chosen(version, source, tuple(s for s in sheets if s != source.sheet))


def _reads(path: Path, sheet: str, version: TemplateVersion, upload: ListUpload) -> bool:
    """Whether a list for this notice stands on a sheet: its header, and somebody who can be told.

    A sheet that explains the columns has their names as well, and nobody's phone.
    """
    roster = roster_for(version, upload.department, upload.mapping)
    try:
        source = open_list(path, sheet=sheet, include_hidden=upload.include_hidden)
        return any(isinstance(r, GoodRow) for r in islice(roster.read(source.rows()), LOOKED_AT))
    except (ListRefused, RosterRefused):
        return False
