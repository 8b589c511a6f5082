"""Statements come in by COPY and are compared with the charges, set against set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection

from alimnaru.rules.periods import after
from alimnaru.rules.statement import Line
from alimnaru.store.ledger.base import binary_cursor, rows, run

_AT_ONCE = 2_000
_COPY = b"""
    COPY store_statementline (statement_id, line_no, ref, alias, channel, day, won, verdict)
    FROM STDIN
"""


def store_lines(statement: int, lines: Iterable[Line]) -> tuple[int, Decimal]:
    """Store a statement's lines as they come; return how many and their sum.

    They are born `matched`, which is what all but a few turn out to be: the comparison then
    writes those few and not a million. `Statement.compared_at` says whether it counts yet.
    """
    number, total = 0, Decimal(0)
    with connection.wrap_database_errors, binary_cursor() as cursor, cursor.copy(_COPY) as copy:
        source = iter(lines)
        # A write for each line costs more than the line does.
        while block := list(islice(source, _AT_ONCE)):
            copy.write("".join(_row(statement, line) for line in block))
            number += len(block)
            total += sum(line.won for line in block)
    return number, total


def _row(statement: int, line: Line) -> str:
    ref = line.ref.replace("\\", "\\\\")
    alias = line.alias and line.alias.replace("\\", "\\\\")
    what = f"{alias}\t{line.channel}\t{line.day}\t{line.won}"
    return f"{statement}\t{line.line_no}\t{ref}\t{what}\tmatched\n"


_JUDGED = """
    CREATE TEMP TABLE judged (
        line_id bigint, statement_id bigint, channel text, ref text, verdict text, won numeric,
        day date, message_id bigint, attempt_no smallint, our_won numeric, is_ours boolean
    ) ON COMMIT DROP
"""
# C collation: the order does not matter, and comparing bytes is three times as fast.
_JUDGE = """
    INSERT INTO judged
    SELECT l.id, l.statement_id, coalesce(l.channel, c.channel), coalesce(l.ref, c.ref),
           CASE WHEN l.id IS NULL THEN 'only_ours'
                WHEN l.nth > 1 THEN 'twice'
                WHEN c.id IS NULL THEN 'only_theirs'
                WHEN l.day IS NOT NULL AND (l.day < %s OR l.day >= %s) THEN 'other_month'
                WHEN l.won <> c.won OR l.channel <> c.channel THEN 'price'
                ELSE 'matched' END,
           l.won, coalesce(l.day, c.day), c.message_id, c.attempt_no, c.won,
           c.id IS NOT NULL
    FROM (
        SELECT id, statement_id, channel, ref, won, day,
               row_number() OVER (
                   PARTITION BY ref COLLATE "C" ORDER BY statement_id, line_no
               ) AS nth
        FROM store_statementline WHERE statement_id = ANY(%s::bigint[]) AND line_no > 0
    ) l
    FULL JOIN (
        SELECT id, channel, ref, won, day, message_id, attempt_no
        FROM store_charge WHERE month = %s AND account_id = %s
    ) c ON c.ref = l.ref AND l.nth = 1
"""
# What we charge to another month: billed twice if another statement has it too.
_ELSEWHERE = """
    UPDATE judged j SET message_id = c.message_id, attempt_no = c.attempt_no, our_won = c.won,
        verdict = CASE WHEN EXISTS (
            SELECT FROM store_statementline o JOIN store_statement s ON s.id = o.statement_id
            WHERE o.ref = j.ref AND o.line_no > 0 AND s.account_id = c.account_id
              AND s.month <> %s
        ) THEN 'twice' ELSE 'other_month' END
    FROM store_charge c
    WHERE j.verdict = 'only_theirs' AND c.ref = j.ref AND c.account_id = %s AND c.month <> %s
"""
# What the carrier had not named when it took it is known to us by its second reference; its own
# name takes that one's place, for the carrier finds it by no other.
_RENAME = """
    UPDATE store_statementline l SET ref = l.alias, alias = l.ref
    FROM store_charge c
    WHERE l.statement_id = ANY(%s::bigint[]) AND l.alias <> '' AND l.alias <> l.ref
      AND c.account_id = %s AND c.ref = l.alias
"""
_WRITE = (
    """
    UPDATE store_statementline l SET verdict = j.verdict, message_id = j.message_id,
        attempt_no = j.attempt_no, our_won = j.our_won
    FROM judged j
    WHERE l.id = j.line_id AND (j.verdict <> 'matched' OR l.verdict <> 'matched')
    """,
    """
    INSERT INTO store_statementline (statement_id, line_no, ref, channel, day, won, verdict,
                                     message_id, attempt_no, our_won, note)
    SELECT %s, 0, ref, channel, day, NULL, verdict, message_id, attempt_no, our_won, ''
    FROM judged WHERE verdict = 'only_ours'
    """,
)

# By the index of disputes.
_NOTED = """
    CREATE TEMP TABLE noted ON COMMIT DROP AS
    SELECT * FROM store_statementline
    WHERE statement_id = ANY(%s::bigint[]) AND verdict <> 'matched' AND settled_at IS NOT NULL
      AND (line_no = 0 OR %s)
"""
_KEEP = """
    INSERT INTO store_statementline (statement_id, line_no, ref, channel, day, won, verdict,
                                     message_id, attempt_no, our_won, note, settled_at,
                                     settled_by_id)
    SELECT %s, 0, ref, channel, day, won, verdict, message_id, attempt_no, our_won, note,
           settled_at, settled_by_id
    FROM noted
"""
# A note is about one difference: what differs otherwise by now is to be looked at anew.
_NOTE_AGAIN = """
    UPDATE store_statementline l SET note = n.note, settled_at = n.settled_at,
        settled_by_id = n.settled_by_id
    FROM noted n
    WHERE l.statement_id = ANY(%s::bigint[]) AND l.verdict <> 'matched' AND l.settled_at IS NULL
      AND (l.ref, l.channel, l.verdict) = (n.ref, n.channel, n.verdict)
      AND l.won IS NOT DISTINCT FROM n.won AND l.our_won IS NOT DISTINCT FROM n.our_won
"""


def set_notes_aside(statements: Sequence[int], *, of_all_lines: bool = True) -> None:
    """Remember what people have noted about lines that are about to be deleted, for the
    transaction. `of_all_lines`: not only of those that we alone have."""
    run("DROP TABLE IF EXISTS noted", [])
    run(_NOTED, [list(statements), of_all_lines])


def keep_notes(statement: int) -> None:
    """Let the notes that were set aside wait on a statement until it is compared."""
    run(_KEEP, [statement])


def compare(account: int, month: date, statements: list[int]) -> list[tuple[Any, ...]]:
    """Judge all lines of an account's month; return (channel, verdict, lines, theirs, ours) rows.

    In the caller's transaction. What is only ours is written as line 0 of the last statement.
    """
    run("DROP TABLE IF EXISTS judged", [])
    run(_JUDGED, [])
    set_notes_aside(statements, of_all_lines=False)
    run(
        "DELETE FROM store_statementline WHERE statement_id = ANY(%s::bigint[]) AND line_no = 0",
        [statements],
    )
    run(_RENAME, [statements, account])
    run(_JUDGE, [month, after(month, 1), statements, month, account])
    run(_ELSEWHERE, [month, account, month])
    run(_WRITE[0], [])
    run(_WRITE[1], [statements[-1]])
    run(_NOTE_AGAIN, [statements])
    return rows(
        """
        SELECT channel, verdict, count(*), coalesce(sum(won), 0),
               coalesce(sum(our_won) FILTER (WHERE is_ours), 0)
        FROM judged GROUP BY 1, 2 ORDER BY 1, 2
        """,
        [],
    )
