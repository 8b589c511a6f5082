"""How far a file has been read, told while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import structlog
from django.db import DatabaseError, connections

from alimnaru.flow.rosters import OnRow

log = structlog.get_logger()


class Counter(StrEnum):
    """Where it is written."""

    LIST = "UPDATE store_listupload SET rows_read = %s WHERE id = %s AND state = 'reading'"
    STATEMENT = "UPDATE store_monthwork SET rows_read = %s WHERE id = %s AND state = 'running'"


@contextmanager
def progress(counter: Counter, key: int) -> Iterator[OnRow]:
    """Tells how many rows were read, on a connection of its own: what reads them is one
    transaction, and nobody sees into it."""
    own = connections.create_connection("default")

    def tell(rows: int) -> None:
        try:
            with own.cursor() as cursor:
                cursor.execute(counter.value, [rows, key])
        except DatabaseError as error:
            log.warning("progress_not_told", error=type(error).__name__)

    try:
        yield tell
    finally:
        own.close()
