"""Raw statements on Django's own connection, inside the caller's transaction if there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

# An unquoted null would be no word but nothing.
_WORDS = re.compile(r"(?!(?:.*,)?null(?:,|\Z))[a-z0-9_,]*")


def ints(values: Iterable[int]) -> str:
    """An array literal of numbers: the driver's own lists take three times as long (0.17 µs a
    number against 0.06), and a drain passes 20,000 of them."""
    return "{" + ",".join(map(str, values)) + "}"


def words(values: Iterable[str]) -> str:
    """An array literal of our own codes and states. Raises ValueError for anything that is no plain
    word: such texts belong in a list, which the driver quotes."""
    text = ",".join(values)
    if not _WORDS.fullmatch(text):
        raise ValueError("not all of these are plain words")
    return "{" + text + "}"


def binary_cursor() -> psycopg.Cursor[Any]:
    """A cursor that binds on the server and reads binary: Django's own binds in the client."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The result of a statement."""
    with connection.wrap_database_errors, binary_cursor() as cursor:
        return cursor.execute(sql.encode(), params, binary=True).fetchall()


def run(sql: str, params: Sequence[Any]) -> int:
    """How many rows a statement touched."""
    with connection.wrap_database_errors, binary_cursor() as cursor:
        return cursor.execute(sql.encode(), params, binary=True).rowcount


#: So high that psycopg prepares only what is asked for: Django's own statements carry their values.
_NEVER_BY_ITSELF = 1_000_000_000


def prepared(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """`rows` of a statement that the server plans once for each connection: for what is asked
    hundreds of times a second (accepting a message: 160 µs of the server's time instead of 300).

    Only for what has one good plan whatever the tables hold: a row by its key, an INSERT. A pooler
    between us and the server must keep prepared statements (PgBouncer from 1.21 on).
    """
    with connection.wrap_database_errors, binary_cursor() as cursor:
        return _planned_once(cursor, sql, params).fetchall()


def run_prepared(sql: str, params: Sequence[Any]) -> int:
    """`run` in the same way."""
    with connection.wrap_database_errors, binary_cursor() as cursor:
        return _planned_once(cursor, sql, params).rowcount


def _planned_once(
    cursor: psycopg.Cursor[Any], sql: str, params: Sequence[Any]
) -> psycopg.Cursor[Any]:
    if cursor.connection.prepare_threshold is None:
        cursor.connection.prepare_threshold = _NEVER_BY_ITSELF
    return cursor.execute(sql.encode(), params, prepare=True, binary=True)
