"""The database that an agent's tables are in: PostgreSQL, MySQL, MariaDB, Oracle, MSSQL, SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import sqlite

#: Agents wrote the office's own time, without saying so.
SEOUL: Final = ZoneInfo("Asia/Seoul")
_COMPACT: Final = "%Y%m%d%H%M%S"
#: Seconds that a database which does not answer is waited for.
_PATIENCE: Final = 5
_CONNECT: Final[dict[str, dict[str, Any]]] = {
    "postgresql": {"connect_timeout": _PATIENCE},
    "mysql": {"connect_timeout": _PATIENCE, "read_timeout": 30, "write_timeout": 30},
    "mariadb": {"connect_timeout": _PATIENCE, "read_timeout": 30, "write_timeout": 30},
    "mssql": {"login_timeout": _PATIENCE, "timeout": 30},
    "oracle": {"tcp_connect_timeout": _PATIENCE},
    "sqlite": {"timeout": _PATIENCE},
}


class AgentFault(StrEnum):
    """Why an agent's tables cannot be used now."""

    ADDRESS_WRONG = "address_wrong"
    DRIVER_MISSING = "driver_missing"
    UNREACHABLE = "database_unreachable"
    REFUSED = "database_refused"
    TABLE_MISSING = "table_missing"
    COLUMN_MISSING = "column_missing"


class AgentFailed(Exception):  # noqa: N818
    """A table cannot be read or written now. `code` says why; the text names no value."""

    def __init__(self, code: AgentFault, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail


@lru_cache(maxsize=32)
def engine_for(url: str) -> sa.Engine:
    """The engine of an address, one for each process. Raises `AgentFailed`."""
    try:
        address = sa.make_url(url)
        connect = _CONNECT.get(address.get_backend_name(), {})
        return sa.create_engine(
            address,
            connect_args=connect,
            pool_pre_ping=True,
            pool_recycle=600,
            hide_parameters=True,
        )
    except exc.ArgumentError:
        raise AgentFailed(AgentFault.ADDRESS_WRONG) from None
    except ModuleNotFoundError as error:
        raise AgentFailed(AgentFault.DRIVER_MISSING, error.name or "") from None


@contextmanager
def asked(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in another system's database. Raises `AgentFailed` for whatever goes wrong:
    what drivers say may quote a row."""
    try:
        with engine.begin() as connection:
            yield connection
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
        raise AgentFailed(AgentFault.UNREACHABLE) from None
    except exc.SQLAlchemyError as error:
        raise AgentFailed(AgentFault.REFUSED, type(error).__name__) from None


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


def _without_microseconds(table: sa.Table) -> None:
    # SQLite keeps times as texts: an old program compares them, and wrote none.
    for column in table.columns:
        if isinstance(column.type, sa.DateTime):
            column.type = sqlite.DATETIME(truncate_microseconds=True)


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


def key_text(value: object) -> str:
    """A primary key as text: Oracle and SQLite give whole numbers as decimals."""
    return str(int(value)) if isinstance(value, float) else str(value)


def _is_number(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.Integer | sa.Numeric)


#: Further back than this a row was forgotten by somebody: what it says is no longer true.
TOO_OLD: Final = timedelta(hours=24)
