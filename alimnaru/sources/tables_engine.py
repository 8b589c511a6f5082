"""How another system's database is called: read only, patient for a known time, in few connections.

The office that owns the database gives us an account that may read one view; what is done here
holds even where that was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import quote

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.base import SourceError

#: What an address may begin with, and the driver that we use for it.
_DRIVERS: Mapping[str, str] = {
    "postgresql": "psycopg",
    "mysql": "pymysql",
    "mariadb": "pymysql",
    "oracle": "oracledb",
    "mssql": "pymssql",
    "sqlite": "pysqlite",
}
#: Spoken to alike.
_LIKE: Mapping[str, str] = {"mariadb": "mysql"}
#: Of a few rules that look at once. Another system's connections are not ours to use up.
_CONNECTIONS = 2
_MORE = 3
#: Seconds after which an idle connection is made anew; MariaDB closes it after eight hours,
#: a firewall between two buildings after one.
_RECYCLE = 900


def make_engine(url: str, timeout: float) -> Engine:
    """The engine for an address; it connects to nothing yet. Raises `SourceError`."""
    address = _address(url)
    family = address.get_backend_name()
    like = _LIKE.get(family, family)
    pool: dict[str, Any] = {}
    if family != "sqlite":
        pool = {
            "pool_size": _CONNECTIONS,
            "max_overflow": _MORE,
            "pool_timeout": timeout,
            "pool_recycle": _RECYCLE,
            "pool_pre_ping": True,
        }
    try:
        engine = sqlalchemy.create_engine(
            address, connect_args=_CONNECT[like](timeout), hide_parameters=True, **pool
        )
    except ModuleNotFoundError:
        raise SourceError(SourceFault.DRIVER_MISSING) from None
    except (ArgumentError, NoSuchModuleError, ValueError, TypeError):
        raise SourceError(SourceFault.ADDRESS) from None
    read_only = _READ_ONLY.get(like)
    if read_only is not None:
        event.listen(engine, "connect", read_only(timeout))
    if family == "oracle":
        event.listen(engine, "begin", _begin_reading)
    return engine


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        family = address.get_backend_name()
    except (ArgumentError, ValueError, AttributeError):
        raise SourceError(SourceFault.ADDRESS) from None
    driver = _DRIVERS.get(family)
    if driver is None:
        raise SourceError(SourceFault.ADDRESS)
    address = address.set(drivername=f"{family}+{driver}")
    return _existing_file(address) if family == "sqlite" else address


def _existing_file(address: URL) -> URL:
    """SQLite would make a file that is not there."""
    path = address.database or ""
    if not path or path.startswith((":", "file:")):
        raise SourceError(SourceFault.ADDRESS)
    return address.set(database=f"file:{quote(path)}", query={"mode": "ro", "uri": "true"})


def _seconds(timeout: float) -> int:
    return max(1, round(timeout))


_CONNECT: Mapping[str, Callable[[float], dict[str, Any]]] = {
    "postgresql": lambda timeout: {
        "connect_timeout": _seconds(timeout),
        "application_name": "alimnaru",
        "options": (
            "-c default_transaction_read_only=on"
            f" -c statement_timeout={int(timeout * 1000)} -c lock_timeout={int(timeout * 1000)}"
        ),
    },
    # The socket waits longer than the server, which gives the better answer.
    "mysql": lambda timeout: {
        "connect_timeout": _seconds(timeout),
        "read_timeout": _seconds(timeout) + 5,
        "write_timeout": _seconds(timeout),
    },
    "oracle": lambda timeout: {"tcp_connect_timeout": timeout},
    "mssql": lambda timeout: {
        "login_timeout": _seconds(timeout),
        "timeout": _seconds(timeout),
        "appname": "alimnaru",
    },
    "sqlite": lambda timeout: {"timeout": timeout},
}


def _mysql(timeout: float) -> Callable[[Any, Any], None]:
    def connected(connection: Any, _record: Any) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            cursor.execute("SELECT VERSION()")
            # Each calls the same by another name, MySQL in milliseconds.
            if "mariadb" in str(cursor.fetchone()[0]).lower():
                cursor.execute(f"SET SESSION max_statement_time = {timeout:f}")
            else:
                cursor.execute(f"SET SESSION max_execution_time = {int(timeout * 1000)}")

    return connected


def _sqlite(_timeout: float) -> Callable[[Any, Any], None]:
    def connected(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only = ON").close()

    return connected


def _oracle(timeout: float) -> Callable[[Any, Any], None]:
    def connected(connection: Any, _record: Any) -> None:
        connection.call_timeout = int(timeout * 1000)

    return connected


#: PostgreSQL is told as it is connected to; SQL Server has no such thing: the account decides.
_READ_ONLY: Mapping[str, Callable[[float], Callable[[Any, Any], None]]] = {
    "mysql": _mysql,
    "sqlite": _sqlite,
    "oracle": _oracle,
}


def _begin_reading(connection: sqlalchemy.Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")


_F = SourceFault
#: What a database calls what went wrong: SQLSTATE, or its number.
_CODES: Mapping[str, Mapping[str, SourceFault]] = {
    "postgresql": {
        "42P01": _F.NO_SUCH_TABLE, "3F000": _F.NO_SUCH_TABLE, "42703": _F.NO_SUCH_COLUMN,
        "42501": _F.REFUSED, "28000": _F.REFUSED, "28P01": _F.REFUSED, "3D000": _F.REFUSED,
        "57014": _F.TIMEOUT, "55P03": _F.TIMEOUT,
        "22007": _F.ODD_VALUE, "22008": _F.ODD_VALUE, "22P02": _F.ODD_VALUE,
        "42883": _F.ODD_VALUE,  # a comparison of types that have none
    },
    "mysql": {
        "1146": _F.NO_SUCH_TABLE, "1054": _F.NO_SUCH_COLUMN, "1356": _F.NO_SUCH_COLUMN,
        "1044": _F.REFUSED, "1045": _F.REFUSED, "1049": _F.REFUSED, "1142": _F.REFUSED,
        "1143": _F.REFUSED, "1227": _F.REFUSED, "1698": _F.REFUSED, "4151": _F.REFUSED,
        "1969": _F.TIMEOUT, "3024": _F.TIMEOUT, "1205": _F.TIMEOUT,
        "1292": _F.ODD_VALUE, "1525": _F.ODD_VALUE,
    },
    "oracle": {
        "942": _F.NO_SUCH_TABLE, "904": _F.NO_SUCH_COLUMN, "1017": _F.REFUSED,
        "1031": _F.REFUSED, "1045": _F.REFUSED, "28000": _F.REFUSED, "28001": _F.REFUSED,
        "1013": _F.TIMEOUT, "4024": _F.TIMEOUT, "3136": _F.TIMEOUT,
        "1722": _F.ODD_VALUE, "1858": _F.ODD_VALUE, "1861": _F.ODD_VALUE,
    },
    "mssql": {
        "208": _F.NO_SUCH_TABLE, "207": _F.NO_SUCH_COLUMN, "18456": _F.REFUSED,
        "229": _F.REFUSED, "230": _F.REFUSED, "4060": _F.REFUSED,
        "20003": _F.TIMEOUT, "1222": _F.TIMEOUT, "241": _F.ODD_VALUE, "245": _F.ODD_VALUE,
    },
}  # fmt: skip

#: What has no number: SQLite, and PostgreSQL while it still greets us (in Korean or English).
_SAID: tuple[tuple[re.Pattern[str], SourceFault], ...] = (
    (re.compile(r"no such table|unknown database"), _F.NO_SUCH_TABLE),
    (re.compile(r"no such column"), _F.NO_SUCH_COLUMN),
    (re.compile(r"database is locked|timed? ?out"), _F.TIMEOUT),
    (
        re.compile(r"starting up|shutting down|recovery mode|too many|시작하고|너무 많"),
        _F.UNREACHABLE,
    ),
    (re.compile(r"FATAL|치명적"), _F.REFUSED),
    (re.compile(r"readonly database|not authorized"), _F.REFUSED),
)


def fault_of(error: DBAPIError, family: str) -> SourceFault:
    """Which fault a database's error is; nothing of its text is kept."""
    known = _CODES.get(_LIKE.get(family, family), {})
    for code in _codes_in(error.orig):
        if code in known:
            return known[code]
    said = str(error.orig)
    for pattern, fault in _SAID:
        if pattern.search(said):
            return fault
    return _F.UNREACHABLE if _is_connection(error) else _F.ODD_VALUE


def _codes_in(orig: BaseException | None) -> list[str]:
    """What a driver numbers an error by: psycopg a SQLSTATE, pymysql the number itself, pymssql
    sometimes a pair that begins with it, oracledb an object (`code`, or `DPY-4024` alone)."""
    if orig is None:
        return []
    first = orig.args[0] if orig.args else None
    if isinstance(first, tuple) and first:
        first = first[0]
    full = str(getattr(first, "full_code", "")).rpartition("-")[2]
    found = [getattr(orig, "sqlstate", None), getattr(first, "code", first), full.lstrip("0")]
    return [str(code) for code in found if isinstance(code, int | str)]


def _is_connection(error: DBAPIError) -> bool:
    kinds = (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)
    return error.connection_invalidated or isinstance(error, kinds)
