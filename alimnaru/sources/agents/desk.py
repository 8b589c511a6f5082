"""An agent's table, read and marked in the agent's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.agents.database import (
    TOO_OLD,
    asked,
    column_of,
    fit,
    is_before,
    moment,
    plain,
    reflected,
)
from alimnaru.sources.agents.layout import Detail, Kind, Layout
from alimnaru.sources.base import SourceError

#: Keys named in one statement: Oracle takes 1,000.
KEYS: Final = 500
#: Between a row's key and the number of one of its recipients.
PERSON: Final = "#"


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A message that an older system wants sent.

    `record` names it for good: the layout's table, the row's key, and, where a row has several
    recipients, which of them. `instead`: what was to follow where an Alimtalk does not arrive.
    `too_old`: it should have gone a day ago or earlier.
    """

    record: str
    phone: str
    name: str
    callback: str
    subject: str
    text: str
    instead: str
    #: For when it was asked, as the table has it.
    due: str
    too_old: bool

    def __repr__(self) -> str:
        return f"Queued({self.record})"


@dataclass(frozen=True, slots=True)
class Desk:
    """A table that was found in the database, with the columns of its layout."""

    layout: Layout
    engine: sa.Engine = field(repr=False)
    table: sa.Table = field(repr=False)
    schema: str | None = None
    details: Mapping[str, sa.Table] = field(default_factory=dict, repr=False)

    def waiting(self, now: datetime, limit: int) -> list[Queued]:
        """Rows that are due, oldest first; those reserved for later wait on. Raises
        `SourceError`."""
        layout, due = self.layout, self.column(self.layout.due)
        query = (
            sa.select(*self._read())
            .where(self.status_is(layout.waiting), due <= moment(due, now), *self._ours())
            .order_by(self.key)
            .limit(limit)
        )
        with asked(self.engine) as connection:
            rows = [
                {name.casefold(): value for name, value in row._mapping.items()}
                for row in connection.execute(query)
            ]
            texts = self._texts(connection, rows)
        late = now - TOO_OLD
        return [
            queued
            for row, text in zip(rows, texts, strict=True)
            for queued in self._queued(row, text, too_old=is_before(row[layout.due], due, late))
        ]

    def mark_taken(self, records: Sequence[str], now: datetime) -> None:
        """Show that rows were taken on. Those that are marked already stay as they are. Raises
        `SourceError`."""
        layout = self.layout
        values = {self.status: fit(self.status, layout.taken), **self.times(layout.sent_times, now)}
        with asked(self.engine) as connection:
            for keys in self.key_parts(records):
                waits = self.status_is(layout.waiting)
                connection.execute(
                    sa.update(self.table).where(self.key.in_(keys), waits).values(values)
                )

    # ---- columns -----------------------------------------------------------------------------

    @property
    def key(self) -> sa.Column[Any]:
        """The primary key."""
        return self.column(self.layout.key)

    @property
    def status(self) -> sa.Column[Any]:
        """How far the agent has come."""
        return self.column(self.layout.status)

    def column(self, name: str) -> sa.Column[Any]:
        """A column that the layout needs. Raises `SourceError`."""
        found = column_of(self.table, name)
        if found is None:
            raise SourceError(SourceFault.NO_SUCH_COLUMN)
        return found

    def status_is(self, *values: str) -> sa.ColumnElement[bool]:
        """Rows that have come so far."""
        return self.status.in_([fit(self.status, value) for value in values])

    def times(self, names: Sequence[str], at: datetime) -> dict[sa.Column[Any], object]:
        """The same moment for each of these columns that the table has."""
        found = (column_of(self.table, name) for name in names)
        return {column: moment(column, at) for column in found if column is not None}

    def kind_is(self, kind: Kind) -> list[sa.ColumnElement[bool]]:
        """Rows of a kind of message."""
        column = column_of(self.table, self.layout.kind) if kind.values else None
        if column is None:
            return []
        return [column.in_([fit(column, value) for value in kind.values])]

    def key_parts(self, records: Sequence[str]) -> Iterator[list[object]]:
        """The rows' keys, so many at a time as a statement may name."""
        keys = list(dict.fromkeys(key_of(record) for record in records))
        for start in range(0, len(keys), KEYS):
            yield [fit(self.key, key) for key in keys[start : start + KEYS]]

    # ---- reading -----------------------------------------------------------------------------

    def _read(self) -> list[sa.Column[Any]]:
        layout = self.layout
        wanted = [*layout.needed, layout.callback, layout.subject, layout.instead, layout.kind]
        wanted += [kind.detail.link for kind in layout.kinds if kind.detail]
        found = (column_of(self.table, name) for name in dict.fromkeys(wanted) if name)
        return [column for column in found if column is not None]

    def _ours(self) -> list[sa.ColumnElement[bool]]:
        """Of all rows those that the agent would take for an SMS, an LMS or an Alimtalk."""
        layout, found = self.layout, []
        blank = column_of(self.table, layout.only_blank) if layout.only_blank else None
        if blank is not None:
            # Oracle takes '' for NULL.
            trimmed = sa.func.trim(blank)
            found.append(sa.or_(trimmed.is_(None), trimmed == ""))
        kinds = [kind for kind in layout.kinds if kind.values]
        if kinds and (column := column_of(self.table, layout.kind)) is not None:
            values = [fit(column, value) for kind in kinds for value in kind.values]
            found.append(column.in_(values))
        return found

    def _texts(
        self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]
    ) -> list[tuple[str, str, str]]:
        """Subject, text and what follows instead, of each row; from a detail table where it is
        there that they stand."""
        layout = self.layout
        found = [
            (
                plain(row.get(layout.subject)),
                plain(row[layout.text]),
                plain(row.get(layout.instead)),
            )
            for row in rows
        ]
        for kind in layout.kinds:
            if kind.detail is None or kind.detail.table not in self.details:
                continue
            links = {
                at: plain(row[kind.detail.link])
                for at, row in enumerate(rows)
                if plain(row[layout.kind]) in kind.values and row.get(kind.detail.link)
            }
            texts = self._in_detail(connection, kind.detail, list(dict.fromkeys(links.values())))
            found = [
                texts.get(links[at], one) if at in links else one for at, one in enumerate(found)
            ]
        return found

    def _in_detail(
        self, connection: sa.Connection, detail: Detail, links: Sequence[str]
    ) -> dict[str, tuple[str, str, str]]:
        table = self.details[detail.table]
        key = column_of(table, detail.key)
        names = (detail.key, detail.subject, detail.text, detail.instead)
        columns = [column_of(table, name) if name else None for name in names]
        if key is None:
            raise SourceError(SourceFault.NO_SUCH_COLUMN)
        read = [sa.literal("") if column is None else column for column in columns]
        found = {}
        for start in range(0, len(links), KEYS):
            part = [fit(key, link) for link in links[start : start + KEYS]]
            for row in connection.execute(sa.select(*read).where(key.in_(part))):
                found[plain(row[0])] = (plain(row[1]), plain(row[2]), plain(row[3]))
        return found

    def _queued(
        self, row: Mapping[str, Any], text: tuple[str, str, str], *, too_old: bool
    ) -> Iterator[Queued]:
        layout = self.layout
        record = f"{layout.table}:{plain(row[layout.key])}"
        if layout.people:
            people = people_in(plain(row[layout.people]))
            named = [(f"{record}{PERSON}{n}", *person) for n, person in enumerate(people, 1)]
        else:
            named = [(record, "", plain(row[layout.phone]).strip())]
        for own, name, phone in named:
            yield Queued(
                record=own,
                phone=phone,
                name=name,
                callback=plain(row.get(layout.callback)).strip(),
                subject=text[0].strip(),
                text=text[1].rstrip(),
                instead=text[2].rstrip(),
                due=plain(row[layout.due]),
                too_old=too_old,
            )


def open_desk(engine: sa.Engine, layout: Layout, *, name: str = "", schema: str = "") -> Desk:
    """Find a layout's table, under another `name` if the office gave it one. Raises
    `SourceError`, also for a table that lacks a column."""
    within = schema or None
    with asked(engine) as connection:
        table = reflected(connection, name or layout.table, within)
        wanted = [kind.detail.table for kind in layout.kinds if kind.detail]
        details = {each: reflected(connection, each, within) for each in wanted}
    if table is None:
        raise SourceError(SourceFault.NO_SUCH_TABLE)
    there = {each: found for each, found in details.items() if found is not None}
    desk = Desk(layout, engine, table, within, there)
    for column in layout.needed:
        desk.column(column)
    return desk


def key_of(record: str) -> str:
    """The key of the row that a record belongs to."""
    return record.partition(":")[2].partition(PERSON)[0]


def people_in(text: str) -> list[tuple[str, str]]:
    """(name, number) of each recipient in `이름^번호|이름^번호`. A row for nobody is for one whose
    number is missing, so that it ends like any other that is wrong."""
    found = []
    for one in filter(str.strip, text.split("|")):
        name, _, phone = one.rpartition("^")
        found.append((name.strip(), phone.strip()))
    return found or [("", "")]
