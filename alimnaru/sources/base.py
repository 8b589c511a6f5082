"""What another system's data looks like to us, and what can go wrong while it is asked.

`SourceError` carries one `rules.source_faults.SourceFault` and nothing that the other system said:
a database's own message may quote the row it stumbled over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from alimnaru.rules.conditions import Condition
from alimnaru.rules.source_faults import SourceFault

#: Field → value as the driver gives it: str, int, Decimal, date, datetime, bool or None.
Record = Mapping[str, object]


class SourceError(Exception):
    """Another system cannot be read; `code` says why."""

    def __init__(self, code: SourceFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class View:
    """A table or view of another system (`schema.table` if need be), its unique key column, and a
    column that only rises: a number, or when the record was changed last."""

    table: str
    key: str
    mark: str | None = None


class TableSource(Protocol):
    """Another system's tables, read only. Every method raises `SourceError`."""

    def columns(self, view: View) -> list[str]:
        """The names of its columns, in their order."""

    def records(self, view: View, where: Sequence[Condition], *, limit: int) -> Iterator[Record]:
        """Records for which all conditions hold, by key."""

    def after(
        self, view: View, mark: object | None, where: Sequence[Condition], *, limit: int
    ) -> list[Record]:
        """Records that came or changed since `mark`, by mark and key."""

    def still(
        self, view: View, keys: Sequence[str], where: Sequence[Condition]
    ) -> dict[str, Record]:
        """Of these keys those for which the conditions hold now."""

    def count(self, view: View, where: Sequence[Condition]) -> int:
        """For how many records they hold."""
