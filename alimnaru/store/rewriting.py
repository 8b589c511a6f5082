"""Files without what was destroyed: PostgreSQL leaves old versions of a row where they were.

A VACUUM only marks their room as free. So the tables that held keys, or what a key of the ring
opens, are written anew; and the log that has all of it once more is switched and let go. Old
versions of messages stay in their pages until something takes the room: without their batch's key,
which is nowhere any more, they say nothing.
"""

from __future__ import annotations

import time
from typing import Any, Final

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
    "store_rootkey",
    # A resident's phone until their request is answered, a member's own, one that was searched for.
    "store_residentrequest",
    "store_member",
    "django_session",
    "store_serviceconsent",
    # Each hold's wrapped key; what it opened lies in another table, as messages do.
    "store_legalhold",
)
#: Whoever waits for the whole table keeps all others waiting behind: rather another time.
PATIENCE_MS: Final = 2_000
#: So long transactions are waited for that began before.
SNAPSHOTS_SECONDS: Final = 10


def rewrite(tables: tuple[str, ...] = TABLES) -> bool:
    """Write these tables anew. False if one was in use for too long: then another time.

    Must not be called inside a transaction. Each table is shut for as long as it takes to copy
    what lives in it (measured: `docs/decisions/0034-destroying.md`).
    """
    connection.ensure_connection()
    raw = connection.connection
    if not _seen_by_nobody(raw):
        log.warning("rewriting_postponed", reason="somebody still sees the old rows")
        return False
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


#: Who sees old rows without a session here: transactions that were prepared and forgotten, and a
#: standby that tells what its readers still see.
_ELSEWHERE: Final = """
    SELECT (SELECT count(*) FROM pg_prepared_xacts
            WHERE database = current_database() AND prepared <= %s)
         + (SELECT count(*) FROM pg_replication_slots
            WHERE xmin IS NOT NULL AND age(xmin) > age(%s::text::xid))
"""


def _seen_by_nobody(raw: psycopg.Connection[Any]) -> bool:
    """Wait for transactions that began before this moment: VACUUM FULL copies the old versions of
    rows that one of them could still see, and what was destroyed with them."""
    ((now, own),) = raw.execute(
        "SELECT clock_timestamp(), pg_current_xact_id()::text::bigint % 4294967296"
    ).fetchall()
    for _ in range(SNAPSHOTS_SECONDS * 10):
        ((others,),) = raw.execute(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
              AND xact_start <= %s
            """,
            [now],
        ).fetchall()
        ((elsewhere,),) = raw.execute(_ELSEWHERE, [now, own]).fetchall()
        if not others + elsewhere:
            return True
        time.sleep(0.1)
    return False


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
