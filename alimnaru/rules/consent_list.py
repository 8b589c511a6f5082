"""A list of agreements to be served: which columns it has, and what each row says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from alimnaru.rules.cell import Cell, is_blank
from alimnaru.rules.dates import read_date
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.remark import names_somebody
from alimnaru.rules.roster import SourceRow
from alimnaru.rules.roster_rows import RosterRefused, as_text, squeeze

#: Rows of one list. A district takes a few thousand forms in a year.
MOST: Final = 20_000
#: Rows in which the titles are looked for: forms have a heading above them.
_LOOK: Final = 20
PHONE, NAME, STARTS, ENDS, EVIDENCE, ADDRESS = (
    "전화번호", "이름", "동의일", "끝나는 날", "근거", "주소",
)  # fmt: skip
_TITLES: Final[Mapping[str, Sequence[str]]] = {
    PHONE: ("전화번호", "휴대전화", "휴대전화번호", "휴대폰", "연락처"),
    NAME: ("이름", "성명", "성함"),
    STARTS: ("동의일", "동의일자", "동의한날", "시작일"),
    ENDS: ("끝나는날", "종료일", "만료일"),
    EVIDENCE: ("근거", "동의서번호", "접수번호", "문서번호"),
    ADDRESS: ("주소", "송달주소"),
}
_NEEDED: Final = (PHONE, NAME, STARTS, EVIDENCE)
_BY_TITLE: Final = {title: name for name, titles in _TITLES.items() for title in titles}


@dataclass(frozen=True, slots=True, repr=False)
class ListedConsent:
    """What a row says: phone as digits, the last day None where it is open."""

    row: int
    phone: str
    name: str
    starts_on: date
    ends_on: date | None
    evidence: str
    address: str


@dataclass(slots=True)
class ListedConsents:
    """The rows that can be recorded, and those that cannot, each with why."""

    good: list[ListedConsent] = field(default_factory=list, repr=False)
    refused: list[tuple[int, Refusal]] = field(default_factory=list)


def read_consents(rows: Iterable[SourceRow], today: date) -> ListedConsents:
    """Read a list to its end. Raises `RosterRefused` where it cannot be used as a whole."""
    source = iter(rows)
    columns = _columns(islice(source, _LOOK))
    found = ListedConsents()
    for number, cells in source:
        if all(map(is_blank, cells)):
            continue
        said = _consent(number, _picked(columns, cells), today)
        if isinstance(said, Refusal):
            found.refused.append((number, said))
        else:
            found.good.append(said)
        if len(found.good) + len(found.refused) > MOST:
            raise RosterRefused(Refusal.FILE_TOO_MANY_ROWS, limit=MOST)
    if not found.good and not found.refused:
        raise RosterRefused(Refusal.HEADER_ONLY)
    return found


def _columns(rows: Iterator[SourceRow]) -> dict[str, int]:
    """The columns by name. Leaves `rows` below the titles; the best row among those that were
    looked at says what is missing."""
    best: dict[str, int] = {}
    for _, cells in rows:
        found: dict[str, int] = {}
        for at, cell in enumerate(cells):
            name = _BY_TITLE.get(squeeze(as_text(cell)))
            if name in found:
                raise RosterRefused(Refusal.COLUMN_TWICE, column=name)
            if name is not None:
                found[name] = at
        if all(name in found for name in _NEEDED):
            return found
        best = max(best, found, key=len)
    if not best:
        raise RosterRefused(Refusal.HEADER_NOT_FOUND, rows=_LOOK)
    missing = [name for name in _NEEDED if name not in best]
    raise RosterRefused(Refusal.COLUMN_MISSING, columns=", ".join(missing))


def _picked(columns: Mapping[str, int], cells: Sequence[Cell]) -> dict[str, Cell]:
    return {name: cells[at] if at < len(cells) else None for name, at in columns.items()}


def _consent(row: int, cells: Mapping[str, Cell], today: date) -> ListedConsent | Refusal:
    phone, starts = read_phone(cells[PHONE]), read_date(cells[STARTS], today)
    if isinstance(phone, Refusal):
        return phone
    if isinstance(starts, Refusal):
        return starts
    ends = None if is_blank(cells.get(ENDS)) else read_date(cells[ENDS], today)
    if isinstance(ends, Refusal):
        return ends
    name, evidence = as_text(cells[NAME]), as_text(cells[EVIDENCE])
    fault = _fault(name, evidence, starts, ends)
    if fault is not None:
        return fault
    return ListedConsent(row, phone, name, starts, ends, evidence, as_text(cells.get(ADDRESS)))


def _fault(name: str, evidence: str, starts: date, ends: date | None) -> Refusal | None:
    if not name or not evidence:
        return Refusal.VALUE_EMPTY
    if names_somebody(evidence):
        return Refusal.VALUE_TWO_PHONES
    return Refusal.VALUE_NOT_A_DATE if ends is not None and ends < starts else None
