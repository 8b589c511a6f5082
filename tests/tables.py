"""Emptying the tables after what was really committed, without a flush.

Django's flush truncates every table, filled or not, and each truncation makes the table's files and
those of its indexes anew; then it writes its permissions again for every model. Of a hundred tables
a test has filled a dozen, with a few rows.
"""

from __future__ import annotations

from functools import cache

from django.db import connection
from psycopg import sql

#: What migrations write, and Django's flush writes again.
_KEPT = ("django_migrations", "django_content_type", "auth_permission")
#: Rows that are deleted leave their room behind, which later tests would have to read through.
_TRUNCATED_FROM = 1_000_000

_TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
"""
_SIZE = "SELECT pg_relation_size(%s::regclass)"


@cache
def _which_are_filled(database: str) -> sql.Composed:
    """One question to all tables of a database. Tests that make tables of their own drop them."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [list(_KEPT)])
        names = sorted(name for (name,) in cursor.fetchall())
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for name in names
    ]
    return sql.SQL(" UNION ALL ").join(asked)


def empty_the_tables() -> None:
    """Leave no row of any test, nor a job. Sequences go on, as they do after Django's flush.

    As a replica does it, the rows of a table go without a look at those that refer to them, and
    past the triggers that let nobody change what is written once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_which_are_filled(str(connection.settings_dict["NAME"])))
        filled = [name for (name,) in cursor.fetchall()]
        if not filled:
            return
        cursor.execute("SET session_replication_role = replica")
        try:
            for name in filled:
                cursor.execute(_SIZE, [name])
                ((size,),) = cursor.fetchall()
                act = "TRUNCATE {} CASCADE" if size > _TRUNCATED_FROM else "DELETE FROM {}"
                cursor.execute(sql.SQL(act).format(sql.Identifier(name)))
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")
