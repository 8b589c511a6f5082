"""Reads a list into rows that may go and rows that may not, for one notice.

Faults of rows are data, in the order of the list; only a list that cannot be used at all raises.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import chain, islice
from typing import Final

from alimnaru.rules.body_lint import RowLint
from alimnaru.rules.cell import Cell
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster_header import HEADER_WITHIN, NAME, PHONE, HeaderFinder, HeaderMap
from alimnaru.rules.roster_rows import (
    BadRow,
    GoodRow,
    RosterRefused,
    SourceRow,
    as_text,
    left_out_as,
    shown,
)
from alimnaru.rules.roster_texts import TextFault, looks_injected, text_checks
from alimnaru.rules.shifted import EdgeWatch
from alimnaru.rules.template_render import CompiledTemplate, CompiledText
from alimnaru.rules.variables import Formatter, Kind, Variable

__all__ = [
    "BadRow",
    "GoodRow",
    "HeaderMap",
    "Roster",
    "RosterRefused",
    "RosterSpec",
    "SingleRows",
    "SourceRow",
]

KEY_BYTES: Final = 16
# The kinds whose values are whatever somebody typed.
_TYPED: Final = frozenset(
    {Kind.PERSON, Kind.TEXT, Kind.TITLE, Kind.PLACE, Kind.DEPARTMENT, Kind.STAFF, Kind.CODE}
    | {Kind.ENUM, Kind.ENUM_SHORT}
)

_RUNS: Final = frozenset("=+-@")


@dataclass(frozen=True)
class RosterSpec:
    """What a notice asks of a list.

    `variables` in the order in which the wordings take their values. `secret` keys the hash that
    becomes a row's key (≤ 64 bytes): without one, whoever reads the table can try phone numbers.
    """

    variables: tuple[Variable, ...]
    today: date
    alimtalk: CompiledTemplate | None = None
    sms: CompiledText | None = None
    lms: CompiledText | None = None
    alimtalk_limit: int = 1_000
    secret: bytes = field(default=b"", repr=False)
    #: Which column a person chose for what (`roster_header.HeaderFinder`).
    chosen: Mapping[str, str] = field(default_factory=dict, hash=False)


class Roster:
    """One reading of one list."""

    def __init__(self, spec: RosterSpec) -> None:
        self.spec = spec
        self.header: HeaderMap | None = None
        self.left_out: Counter[str] = Counter()  # 'title', 'blank', 'total', 'header', 'note'
        #: Has seen the rows read so far, for whoever asks whether a column was moved.
        self.edges = EdgeWatch(())

    def read(self, rows: Iterable[SourceRow]) -> Iterator[GoodRow | BadRow]:
        """Finds the header at once (raises `RosterRefused`), then yields a row for a row.

        Totals, blank rows, repeated headers and notes are nobody's: they are counted in
        `left_out` and not yielded. A list without any row raises HEADER_ONLY at its end.
        """
        source = iter(rows)
        top = list(islice(source, HEADER_WITHIN))
        header, used = HeaderFinder(self.spec.variables, self.spec.chosen).find(top)
        self.header = header
        above = [cells for number, cells in top[:used] if number < header.first]
        if titles := sum(any(as_text(cell) for cell in cells) for cells in above):
            self.left_out["title"] += titles
        return self._read_body(header, chain(top[used:], source))

    def _read_body(
        self, header: HeaderMap, rows: Iterable[SourceRow]
    ) -> Iterator[GoodRow | BadRow]:
        width = max(header.mapped) + 1
        padding = (None,) * width
        at_phone = header.phone
        judge = _Judge(self.spec, header)
        self.edges = EdgeWatch(header.mapped)
        see = self.edges.see
        empty = True
        for number, cells in rows:
            if len(cells) < width:
                cells = (*cells, *padding[len(cells) :])  # noqa: PLW2901 - trailing blanks
            phone = read_phone(cells[at_phone])
            if type(phone) is not Refusal:
                see(cells)
                yield judge.judge(number, cells, phone)
            elif kind := left_out_as(cells, header.mapped, header.headers):
                self.left_out[kind] += 1
                continue
            else:
                see(cells)
                yield judge.no_phone(number, cells, phone)
            empty = False
        if empty:
            raise RosterRefused(Refusal.HEADER_ONLY, row=header.last)


class SingleRows:
    """Judges people who come one at a time, their values by the names of variables; the same person
    may come again. Not for several threads."""

    def __init__(self, spec: RosterSpec) -> None:
        self._spec = spec
        self._judges: dict[tuple[str, ...], _Judge] = {}

    def judge(
        self, phone: Cell, name: str, cells: Mapping[str, Cell], number: int = 1
    ) -> GoodRow | BadRow:
        """A row as the check of a list would have it. Raises `RosterRefused` where a variable
        without a default is missing. `cells` name variables of the spec and nothing else."""
        names = tuple(cells)
        judge = self._judges.get(names)
        if judge is None:
            judge = self._judges[names] = self._judge_of(names)
        judge.forget()
        row = (phone, name, *cells.values())
        read = read_phone(phone)
        if isinstance(read, Refusal):
            return judge.no_phone(number, row, read)
        return judge.judge(number, row, read)

    def _judge_of(self, names: tuple[str, ...]) -> _Judge:
        titles = (PHONE, NAME, *names)
        chosen = {title: title for title in titles}
        # A second row shows the finder that the first is the header.
        rows = [SourceRow(1, titles), SourceRow(2, ["01000000000", *titles[1:]])]
        header, _ = HeaderFinder(self._spec.variables, chosen).find(rows)
        return _Judge(self._spec, header)


class _Judge:
    """Judges row after row of one list."""

    def __init__(self, spec: RosterSpec, header: HeaderMap) -> None:
        self._variables = spec.variables
        self._header = header
        self._pairs = tuple(header.columns.items())
        self._format_row = Formatter(spec.variables, spec.today).format_row
        self._typed = [at for at, one in enumerate(spec.variables) if one.kind in _TYPED]
        self._lint = RowLint(one.kind for one in spec.variables).fault
        self._checks = text_checks(
            len(spec.variables),
            alimtalk=spec.alimtalk,
            sms=spec.sms,
            lms=spec.lms,
            alimtalk_limit=spec.alimtalk_limit,
        )
        self._hash = blake2b(digest_size=KEY_BYTES, key=spec.secret)
        self._first_of: dict[bytes, int] = {}

    def judge(self, number: int, cells: Sequence[Cell], phone: str) -> GoodRow | BadRow:
        """A row whose phone is good."""
        at_name = self._header.name
        name = "" if at_name is None else as_text(cells[at_name])
        values = self._format_row({variable: cells[at] for variable, at in self._pairs})
        if Refusal in map(type, values):
            return self._bad_value(number, cells, phone, name, values)
        for at in self._typed:
            if values[at][:1] in _RUNS and self._is_injected(at, cells):
                values[at] = Refusal.VALUE_FORMULA
                return self._bad_value(number, cells, phone, name, values)
        if wrong := self._lint(values):
            code, at = wrong
            values[at] = code
            return self._bad_value(number, cells, phone, name, values)
        for check in self._checks:
            if fault := check.fault(values):
                column = self._title(fault)
                return BadRow(number, column, fault.code, phone, name, fault.shown)
        key = self._key(cells, phone, name)
        first = self._first_of.setdefault(key, number)
        if first != number:
            at_key = self._header.phone if self._header.key is None else self._header.key
            title = self._header.headers[at_key]
            return BadRow(number, title, Refusal.ROW_DUPLICATE, phone, name, f"{first}행")
        return GoodRow(number, key, phone, name, tuple(values))

    def forget(self) -> None:
        """Who was seen before may come again."""
        self._first_of.clear()

    def no_phone(self, number: int, cells: Sequence[Cell], code: Refusal) -> BadRow:
        """A row whose phone is not."""
        header = self._header
        cell = cells[header.phone]
        if looks_injected(cell):
            code = Refusal.VALUE_FORMULA
        name = "" if header.name is None else as_text(cells[header.name])
        return BadRow(number, header.headers[header.phone], code, "", name, shown(cell, phone=True))

    def _key(self, cells: Sequence[Cell], phone: str, name: str) -> bytes:
        """The office's own number of the person or case; where there is none, phone and name."""
        at = self._header.key
        own = "" if at is None else as_text(cells[at])
        digest = self._hash.copy()
        digest.update((f"#{own}" if own else f"{phone} {name}").encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _bad_value(
        self,
        number: int,
        cells: Sequence[Cell],
        phone: str,
        name: str,
        values: Sequence[str | Refusal],
    ) -> BadRow:
        at, code = next((i, code) for i, code in enumerate(values) if isinstance(code, Refusal))
        variable = self._variables[at]
        column = self._column(variable)
        if column is None:
            return BadRow(number, variable.name, code, phone, name, "")
        # Of a list of other people's names not one may be shown.
        listed = code is Refusal.VALUE_NAME_LIST
        seen = "" if listed else shown(cells[column], person=variable.kind is Kind.PERSON)
        return BadRow(number, self._header.headers[column], code, phone, name, seen)

    def _is_injected(self, at: int, cells: Sequence[Cell]) -> bool:
        column = self._column(self._variables[at])
        return column is not None and looks_injected(cells[column])

    def _title(self, fault: TextFault) -> str:
        """The column to look at, as the list calls it; '' if the wording alone is at fault."""
        if fault.at is None:
            return ""
        variable = self._variables[fault.at]
        column = self._column(variable)
        return variable.name if column is None else self._header.headers[column]

    def _column(self, variable: Variable) -> int | None:
        columns = self._header.columns
        return columns.get(variable.name, columns.get(variable.source or ""))
