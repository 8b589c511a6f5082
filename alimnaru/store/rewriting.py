"""Files without what was destroyed: PostgreSQL leaves old versions of a row where they were.

A VACUUM only marks their room as free. So the tables that held keys, or what a key of the ring
opens, are written anew; and the log that has all of it once more is switched and let go. Old
versions of messages stay in their pages until something takes the room: without their batch's key,
which is nowhere any more, they say nothing.
"""

from __future__ import annotations

from typing import Final

import psycopg
import structlog
from django.db import connection
from psycopg import sql

log = structlog.get_logger()

#: Batches hold their wrapped keys; the others hold what is sealed under the ring's own keys.
TABLES: Final = (
    "store_batch",
    "store_accepted",
    "store_occasion",
    "store_listupload",
    "store_savedlist",
    "store_guardian",
    "store_receiptinbox",
    "store_wireexchange",
    "store_legalhold",
    "store_rootkey",
)
#: Whoever waits for the whole table keeps all others waiting behind: rather another time.
PATIENCE_MS: Final = 2_000


def rewrite(tables: tuple[str, ...] = TABLES) -> bool:
    """Write these tables anew. False if one was in use for too long: then another time.

    Must not be called inside a transaction. Each table is shut for as long as it takes to copy
    what lives in it (measured: `docs/decisions/0034-destroying.md`).
    """
    connection.ensure_connection()
    raw = connection.connection
    try:
        raw.execute(f"SET lock_timeout = {PATIENCE_MS}")
        for table in tables:
            raw.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(table)))
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        log.warning("rewriting_postponed")
        return False
    finally:
        raw.execute("RESET lock_timeout")
    return True


def let_log_go() -> bool:
    """Have the server begin a new log file and give up those before. False where it does not let
    us: then they go with time, by the server's own settings.

    Twice: the first checkpoint's own record is still in the file that it makes unneeded.
    """
    connection.ensure_connection()
    raw = connection.connection
    try:
        for _ in range(2):
            raw.execute("SELECT pg_switch_wal()")
            raw.execute("CHECKPOINT")
    except psycopg.errors.InsufficientPrivilege:
        log.warning("log_not_let_go")
        return False
    return True
