"""Raw statements on Django's own connection, inside the caller's transaction if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def binary_cursor() -> psycopg.Cursor[Any]:
    """A cursor that binds on the server and reads binary: Django's own binds in the client."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The result of a statement."""
    with connection.wrap_database_errors, binary_cursor() as cursor:
        return cursor.execute(sql.encode(), params, binary=True).fetchall()


def run(sql: str, params: Sequence[Any]) -> int:
    """How many rows a statement touched."""
    with connection.wrap_database_errors, binary_cursor() as cursor:
        return cursor.execute(sql.encode(), params, binary=True).rowcount
