"""A connected system as the stages use it: its tables by name, and its failures as the watch knows
them (`flow.watching`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from alimnaru.flow.source_failed import SourceFailed
from alimnaru.rules.conditions import Condition
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import Record, SourceError, View
from alimnaru.sources.tables import Tables, open_tables
from alimnaru.store import crypto
from alimnaru.store.models import Source

PURPOSE = "source"


def sealed(secrets: Mapping[str, str]) -> bytes:
    """What of a source nobody may read, for `Source.secrets`: `{"url": …}`."""
    return crypto.seal(json.dumps(dict(secrets)).encode(), purpose=PURPOSE)


def secrets_of(source: Source) -> dict[str, str]:
    """The same opened again. Raises `SourceFailed`."""
    if source.secrets is None:
        return {}
    try:
        found: dict[str, str] = json.loads(crypto.unseal(bytes(source.secrets), purpose=PURPOSE))
    except (crypto.Unreadable, ValueError):
        raise SourceFailed(SourceFault.SECRET) from None
    return found


def view_of(source: Source, name: str) -> View:
    """The view that a rule calls `name`. Raises `SourceFailed`."""
    try:
        said = source.settings["views"][name]
        return View(said["table"], said["key"], said.get("mark") or None)
    except (KeyError, TypeError, AttributeError):
        raise SourceFailed(SourceFault.SETTINGS) from None


def tables_of(source: Source) -> SourceTables:
    """The tables of a table source. Raises `SourceFailed`, as does whatever is asked of them."""
    url = secrets_of(source).get("url")
    if not url:
        raise SourceFailed(SourceFault.SECRET)
    with failing():
        return SourceTables(open_tables(url))


@contextmanager
def failing() -> Iterator[None]:
    """Tells a `SourceError` as `SourceFailed`."""
    try:
        yield
    except SourceError as error:
        raise SourceFailed(error.code) from None


@dataclass(frozen=True, slots=True)
class SourceTables:
    """`sources.tables.Tables` whose failures are `SourceFailed`."""

    _tables: Tables

    def check(self, view: View) -> None:
        """See `Tables`."""
        with failing():
            self._tables.check(view)

    def columns(self, view: View) -> list[str]:
        """See `Tables`."""
        with failing():
            return self._tables.columns(view)

    def records(self, view: View, where: Sequence[Condition], *, limit: int) -> Iterator[Record]:
        """See `Tables`. Failures come while it is read."""
        with failing():
            yield from self._tables.records(view, where, limit=limit)

    def after(
        self, view: View, mark: object | None, where: Sequence[Condition], *, limit: int
    ) -> list[Record]:
        """See `Tables`."""
        with failing():
            return self._tables.after(view, mark, where, limit=limit)

    def newest(self, view: View) -> object | None:
        """See `Tables`."""
        with failing():
            return self._tables.newest(view)

    def still(
        self, view: View, keys: Sequence[str], where: Sequence[Condition]
    ) -> dict[str, Record]:
        """See `Tables`."""
        with failing():
            return self._tables.still(view, keys, where)

    def count(self, view: View, where: Sequence[Condition]) -> int:
        """See `Tables`."""
        with failing():
            return self._tables.count(view, where)


def look(source: Source) -> None:
    """What the watch asks of a table source: whether every view can be read. The rules that read
    it may not look before tomorrow morning, and then it is too late to repair it."""
    tables = tables_of(source)
    for name in source.settings.get("views", {}):
        tables.check(view_of(source, name))
