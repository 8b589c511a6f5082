"""The access log of what programs and systems sent: an entry a batch, after it has closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from alimnaru.rules.access import Access
from alimnaru.store.ledger.base import run

#: A sweep that did not run for so long still finds what was sent meanwhile.
BACK = timedelta(days=3)


def note_programs(now: datetime) -> int:
    """Note what was released for a program or by a rule and takes no more people. Returns how many
    batches.

    On batch_by_expiry and access_of_batch. `at` is when it was released; the caller's address
    stands in the web server's log and, by key, on each of its calls.
    """
    return run(
        """
        INSERT INTO store_accessentry (at, member_id, actor_name, api_key_id, address, via, act,
            subject, department_id, people, clear, reason, note)
        SELECT b.released_at, b.member_id, m.name || ' (' || m.login || ')', b.api_key_id, '',
            CASE WHEN b.api_key_id IS NULL THEN 'system' ELSE 'api' END, %s,
            'batch:' || b.id, b.department_id, b.rows - b.refused, false, '', ''
        FROM store_batch b JOIN store_member m ON m.id = b.member_id
        WHERE b.expires_at > %s AND b.released_at > %s AND b.stage = 'released'
          AND (b.api_key_id IS NOT NULL OR b.rule_id IS NOT NULL)
          AND (b.open_until IS NULL OR b.open_until < %s) AND b.rows > b.refused
          AND NOT EXISTS (
            SELECT FROM store_accessentry e
            WHERE e.act = 'send.program' AND e.subject = 'batch:' || b.id)
        ON CONFLICT DO NOTHING
        """,
        [Access.PROGRAM, now - BACK, now - BACK, now],
    )


def forget(before: datetime) -> int:
    """Take away what is older; the table refuses anything younger than two years.

    Seal by seal, once the seal is that old too: a row that is missing under a younger one would be
    found as removed (`reads.verifying`), and was. What no seal covers stays until one does.
    """
    sql = """
        DELETE FROM store_accessentry WHERE at < %s AND id <= (
            SELECT max(last_id) FROM store_seal WHERE kind = 'access' AND made_at < %s
        )
    """
    return run(sql, [before, before])
