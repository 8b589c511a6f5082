"""Tables and views of another system, read only: what is due there, and whether it still holds.

Names are reflected and quoted, values bound; nothing that an office enters becomes SQL text. Every
question is short and ends its transaction: we hold no lock and no snapshot in somebody else's
database while we work on what it said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice, pairwise
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, MetaData, Select, Table, func, select
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.sql.schema import Column

from alimnaru.rules.conditions import Condition
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import Record, SourceError, TableSource, View
from alimnaru.sources.tables_engine import fault_of, make_engine
from alimnaru.sources.tables_values import again_from, all_of, bound, clause, key_text

__all__ = ["Record", "SourceError", "TableSource", "Tables", "View", "key_text", "open_tables"]

#: Records in one answer: a megabyte at most, and well within any database's patience.
PAGE = 1000
#: Keys in one question. Oracle takes 1,000 in a list, SQL Server 2,100 values in all.
SLICE = 500
#: Records with marks before the last one that are read again, the newest of them. A system that
#: marked a hundred thousand at once must not be asked for all of them every few seconds.
AGAIN = 20_000

#: What says nothing about whether the table is still as we knew it.
_NO_ANSWER = {SourceFault.UNREACHABLE, SourceFault.TIMEOUT, SourceFault.KEY_NOT_UNIQUE}


def open_tables(url: str, *, timeout: float = 10) -> Tables:
    """Tables at an SQLAlchemy address: one engine and one memory of its columns in each process.

    Connects to nothing yet; `timeout` in seconds, for a connection and for each question.
    Raises `SourceError`.
    """
    return _tables(url, timeout, os.getpid())


@lru_cache(maxsize=64)
def _tables(url: str, timeout: float, _process: int) -> Tables:
    return Tables(make_engine(url, timeout))


class Tables:
    """See `base.TableSource`. May be used by several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._family = engine.dialect.name
        self._known: dict[str, Table] = {}
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Tables({self._family})"

    def columns(self, view: View) -> list[str]:
        """The names of its columns, in their order. Asks anew each time."""
        self._forget(view)
        with self._asking(view) as connection:
            return [column.name for column in self._table(connection, view).columns]

    def check(self, view: View) -> None:
        """Whether it can be read now, and has its key and its mark. Reads nothing of it."""
        self._forget(view)
        with self._asking(view) as connection:
            table = self._table(connection, view)
            _column(table, view.key)
            _column(table, view.mark or view.key)
            # A right to know the columns is not yet one to read them.
            _read(connection, self._select(view, table, []).limit(0))

    def records(self, view: View, where: Sequence[Condition], *, limit: int) -> Iterator[Record]:
        """Records for which all conditions hold, by key, at most `limit`; read page by page.

        A record that changes while the pages are turned is told as it was or as it is.
        """
        return islice(self._pages(view, where), limit)

    def after(
        self, view: View, mark: object | None, where: Sequence[Condition], *, limit: int
    ) -> list[Record]:
        """Records whose mark is beyond `mark` (None: any mark), by mark and key.

        All that share the last mark come with it, so there may be more than `limit`. Of a mark in
        time those shortly before and at `mark` come again and first: they may be new (`AGAIN`).
        Who asks must know what it has seen. `mark` may be what JSON made of it.
        """
        with self._asking(view) as connection:
            table = self._table(connection, view)
            column, key = _column(table, view.mark or view.key), _column(table, view.key)
            base = self._select(view, table, where, column.is_not(None))
            ordered = base.order_by(column, key)
            if mark is None:
                return self._with_ties(connection, ordered, base, (column, key), limit)
            last = bound(column, mark)
            again = self._again(connection, base, (column, key), last)
            later = ordered.where(column > last)
            return again + self._with_ties(connection, later, base, (column, key), limit)

    def newest(self, view: View) -> object | None:
        """The highest mark there is; None where there is no record yet."""
        with self._asking(view) as connection:
            column = _column(self._table(connection, view), view.mark or view.key)
            return connection.execute(select(func.max(column))).scalar_one()

    def still(
        self, view: View, keys: Sequence[str], where: Sequence[Condition]
    ) -> dict[str, Record]:
        """By key, of these keys those for which the conditions hold now."""
        found: dict[str, Record] = {}
        given = {key_text(key): key for key in keys}
        with self._asking(view) as connection:
            table = self._table(connection, view)
            key = _column(table, view.key)
            asked = _possible(key, keys)
            for start in range(0, len(asked), SLICE):
                part = key.in_(asked[start : start + SLICE])
                for record in _read(connection, self._select(view, table, where, part)):
                    # A database that ignores case may answer with what nobody asked for.
                    known = given.get(key_text(record[key.name]))
                    if known is not None:
                        found[known] = record
        return found

    def count(self, view: View, where: Sequence[Condition]) -> int:
        """For how many records all conditions hold."""
        with self._asking(view) as connection:
            table = self._table(connection, view)
            counted = _narrowed(select(func.count()).select_from(table), table, where)
            return int(connection.execute(counted).scalar_one())

    def _pages(self, view: View, where: Sequence[Condition]) -> Iterator[Record]:
        last: object = None
        while True:
            with self._asking(view) as connection:
                table = self._table(connection, view)
                key = _column(table, view.key)
                # From the last key on, not beyond it: a key that is not unique shows.
                beyond = key.is_not(None) if last is None else key >= last
                page = self._select(view, table, where, beyond).order_by(key).limit(PAGE + 1)
                found = _read(connection, page)
            fresh = (
                found[1:] if last is not None and found and found[0][key.name] == last else found
            )
            _refuse_twins([record[key.name] for record in found])
            yield from fresh
            if len(found) <= PAGE:
                return
            last = found[-1][key.name]

    def _again(
        self,
        connection: Connection,
        base: Select[Any],
        by: tuple[Column[object], Column[object]],
        last: object,
    ) -> list[Record]:
        start = again_from(last)
        if start is None:
            return []
        column, key = by
        newest = base.where(column >= start, column <= last).order_by(column.desc(), key.desc())
        return _read(connection, newest.limit(AGAIN))[::-1]

    def _with_ties(
        self,
        connection: Connection,
        ordered: Select[Any],
        base: Select[Any],
        by: tuple[Column[object], Column[object]],
        limit: int,
    ) -> list[Record]:
        """The first `limit`, and all further ones that share the last one's mark."""
        column, key = by
        found = _read(connection, ordered.limit(limit))
        if len(found) < limit or not found or column is key:
            return found
        end = found[-1]
        rest = base.where(column == end[column.name], key > end[key.name]).order_by(key)
        return found + _read(connection, rest)

    def _select(
        self, view: View, table: Table, where: Sequence[Condition], *more: ColumnElement[bool]
    ) -> Select[Any]:
        # Asked for in other letters than the database has them, key and mark are told in both.
        asked = [name for name in (view.key, view.mark) if name and name not in table.columns]
        both = [_column(table, name).label(name) for name in dict.fromkeys(asked)]
        return _narrowed(select(table, *both), table, where, *more)

    def _table(self, connection: Connection, view: View) -> Table:
        known = self._known.get(view.table)
        if known is not None:
            return known
        schema, _, name = view.table.rpartition(".")
        table = Table(
            name, MetaData(), schema=schema or None, autoload_with=connection, resolve_fks=False
        )
        for column in table.columns:
            # A domain of PostgreSQL's is compared as what it is made of.
            while isinstance(column.type, DOMAIN):
                column.type = column.type.data_type
        with self._lock:
            return self._known.setdefault(view.table, table)

    def _forget(self, view: View) -> None:
        with self._lock:
            self._known.pop(view.table, None)

    @contextmanager
    def _asking(self, view: View) -> Iterator[Connection]:
        """A connection for one question. A failure is told as a code: what a database says of it
        may quote a resident."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except SourceError as error:
            fault = error.code
        except NoSuchTableError:
            fault = SourceFault.NO_SUCH_TABLE
        except DBAPIError as error:
            fault = fault_of(error, self._family)
        except PoolTimeoutError:
            fault = SourceFault.TIMEOUT
        except ModuleNotFoundError:
            fault = SourceFault.DRIVER_MISSING
        except (SQLAlchemyError, ValueError, TypeError, ArithmeticError):
            fault = SourceFault.ODD_VALUE
        except OSError:
            fault = SourceFault.UNREACHABLE
        else:
            return
        if fault not in _NO_ANSWER:
            self._forget(view)
        raise SourceError(fault) from None


def _read(connection: Connection, question: Select[Any]) -> list[Record]:
    return [dict(row) for row in connection.execute(question).mappings()]


def _narrowed(
    question: Select[Any], table: Table, where: Sequence[Condition], *more: ColumnElement[bool]
) -> Select[Any]:
    clauses = [clause(_column(table, condition.field), condition) for condition in where]
    narrowed = all_of([*more, *clauses])
    return question if narrowed is None else question.where(narrowed)


def _column(table: Table, name: str) -> Column[object]:
    """By its name; by its name in other letters where that is one column only."""
    if name in table.columns:
        return table.columns[name]
    alike = [column for column in table.columns if column.name.lower() == name.lower()]
    if len(alike) != 1:
        raise SourceError(SourceFault.NO_SUCH_COLUMN)
    return alike[0]


def _possible(key: Column[object], keys: Sequence[str]) -> list[object]:
    """The keys as the column holds them. One that it cannot hold is not there."""
    found = []
    for text in keys:
        try:
            found.append(bound(key, text))
        except SourceError:
            continue
    return found


def _refuse_twins(keys: list[object]) -> None:
    if any(one == other for one, other in pairwise(keys)):
        raise SourceError(SourceFault.KEY_NOT_UNIQUE)
