"""The database that an agent's tables are in: PostgreSQL, MySQL, MariaDB, Oracle, MSSQL, SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import sqlite

from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import SourceError
from alimnaru.sources.tables_engine import fault_of

#: Agents wrote the office's own time, without saying so.
SEOUL: Final = ZoneInfo("Asia/Seoul")
_COMPACT: Final = "%Y%m%d%H%M%S"
#: Seconds that a database which does not answer is waited for, and a statement in it.
_PATIENCE: Final = 5
_STATEMENT: Final = 30
_DRIVERS: Final[Mapping[str, str]] = {
    "postgresql": "psycopg",
    "mysql": "pymysql",
    "mariadb": "pymysql",
    "oracle": "oracledb",
    "mssql": "pymssql",
    "sqlite": "pysqlite",
}
_CONNECT: Final[Mapping[str, Mapping[str, Any]]] = {
    "psycopg": {"connect_timeout": _PATIENCE, "options": f"-c statement_timeout={_STATEMENT}s"},
    "pymysql": {
        "connect_timeout": _PATIENCE,
        "read_timeout": _STATEMENT,
        "write_timeout": _STATEMENT,
    },
    "oracledb": {"tcp_connect_timeout": _PATIENCE},
    "pymssql": {"login_timeout": _PATIENCE, "timeout": _STATEMENT},
    "pysqlite": {"timeout": _PATIENCE},
}


@lru_cache(maxsize=32)
def engine_for(url: str) -> sa.Engine:
    """The engine of an address, one for each process. Raises `SourceError`."""
    try:
        address = sa.make_url(url)
        driver = _DRIVERS[address.get_backend_name()]
    except (exc.ArgumentError, ValueError, AttributeError, KeyError):
        raise SourceError(SourceFault.ADDRESS) from None
    family = address.get_backend_name()
    address = address.set(drivername=f"{family}+{driver}")
    if family == "sqlite":
        # SQLite would make a file that is not there.
        path = quote(address.database or "")
        address = address.set(database=f"file:{path}", query={"mode": "rw", "uri": "true"})
    try:
        return sa.create_engine(
            address,
            connect_args=dict(_CONNECT[driver]),
            pool_pre_ping=True,
            pool_recycle=900,
            hide_parameters=True,
        )
    except ModuleNotFoundError:
        raise SourceError(SourceFault.DRIVER_MISSING) from None


@contextmanager
def asked(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in another system's database. Raises `SourceError` for whatever goes wrong:
    what drivers say may quote a row."""
    try:
        with engine.begin() as connection:
            yield connection
    except exc.DBAPIError as error:
        raise SourceError(fault_of(error, engine.dialect.name)) from None
    except exc.TimeoutError:
        raise SourceError(SourceFault.UNREACHABLE) from None


def reflected(connection: sa.Connection, name: str, schema: str | None) -> sa.Table | None:
    """The table as it stands in the database, or None; `name` whatever its case."""
    inspector = sa.inspect(connection)
    known = {each.casefold(): each for each in inspector.get_table_names(schema)}
    own = known.get(name.casefold())
    if own is None:
        return None
    table = sa.Table(own, sa.MetaData(), schema=schema, autoload_with=connection)
    if connection.dialect.name == "sqlite":
        _without_microseconds(table)
    return table


_TO_THE_SECOND: Final[sa.types.TypeEngine[datetime]] = sqlite.DATETIME(  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
    truncate_microseconds=True
)


def _without_microseconds(table: sa.Table) -> None:
    # SQLite keeps times as texts: an old program compares them, and wrote none.
    for column in table.columns:
        if isinstance(column.type, sa.DateTime):
            column.type = _TO_THE_SECOND


def column_of(table: sa.Table, name: str) -> sa.Column[Any] | None:
    """A column whatever the case of its name; None if this version of the table has none."""
    wanted = name.casefold()
    return next((c for c in table.columns if c.name.casefold() == wanted), None)


def fit(column: sa.Column[Any], text: str) -> object:
    """A code as the column holds it: a text or a number."""
    return int(text) if _is_number(column) else text


def moment(column: sa.Column[Any], at: datetime) -> object:
    """An aware moment as the column holds it: Seoul's time as a date or as 'YYYYMMDDHHMMSS'."""
    local = at.astimezone(SEOUL).replace(microsecond=0)
    if isinstance(column.type, sa.DateTime):
        return local if column.type.timezone else local.replace(tzinfo=None)
    return local.strftime(_COMPACT)


def is_before(value: object, column: sa.Column[Any], at: datetime) -> bool:
    """Whether a time that was read from the column lies before an aware moment."""
    edge = moment(column, at)
    if isinstance(value, datetime) and isinstance(edge, datetime):
        return value < edge
    return isinstance(value, str) and isinstance(edge, str) and value < edge


def month_of(at: datetime) -> str:
    """`YYYYMM` of a moment, as the names of log tables end."""
    return at.astimezone(SEOUL).strftime("%Y%m")


def plain(value: object) -> str:
    """A value as text, '' for none: Oracle and SQLite give whole numbers as decimals."""
    if value is None:
        return ""
    if isinstance(value, Decimal | float) and value == int(value):
        return str(int(value))
    return str(value)


def _is_number(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.Integer | sa.Numeric)


#: Further back than this a row was forgotten by somebody: what it says is no longer true.
TOO_OLD: Final = timedelta(hours=24)
