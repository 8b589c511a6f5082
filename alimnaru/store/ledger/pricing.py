"""What one message costs, in SQL: the same choice as `rules.tariff.Contracts.at`."""

from __future__ import annotations

from datetime import date

from alimnaru.store.ledger.base import rows, run


def narrowest(*, channel: str, account: str, path: str, day: str) -> str:
    """A lateral join that finds the price as `p.won`, from SQL for what it depends on.

    The contract of the nearest department counts, at the account before in general; then the
    account's own price, then the office's; of each the latest that has begun. Tens of rows.
    """
    return f"""
        LEFT JOIN LATERAL (
            SELECT t.won FROM store_tariff t
            LEFT JOIN store_department td ON td.id = t.department_id
            WHERE t.channel = {channel} AND t.since <= {day}
              AND (t.account_id IS NULL OR t.account_id = {account})
              AND (t.department_id IS NULL OR starts_with({path}, td.path))
            ORDER BY length(td.path) DESC NULLS LAST, t.account_id IS NULL, t.since DESC LIMIT 1
        ) p ON true
    """  # noqa: S608 - column names and placeholders of our own statements


def general(channel: str, *, day: str) -> str:
    """A lateral join that finds the office's own price of a channel on a day, as `sms.won` where
    the channel is `sms`: what baselines are reckoned with."""
    return f"""
        LEFT JOIN LATERAL (
            SELECT won FROM store_tariff
            WHERE channel = '{channel}' AND since <= {day}
              AND account_id IS NULL AND department_id IS NULL
            ORDER BY since DESC LIMIT 1
        ) {channel} ON true
    """  # noqa: S608 - names of our own


def keep_tallies_still() -> None:
    """Let nobody tally until the caller's transaction ends, and wait for those who are about to:
    whoever tallies afterwards goes by the prices that were entered meanwhile."""
    run("LOCK TABLE store_tally IN SHARE ROW EXCLUSIVE MODE", [])


def reprice(channel: str, since: date) -> tuple[int, int]:
    """Put the prices that hold now on what was delivered from a day on; return how many messages
    that changed, and by how many thousandths of a won in all. Index on department and day."""
    found = rows(
        f"""
        WITH new AS MATERIALIZED (
            SELECT y.id, y.messages, y.won AS old, y.messages * coalesce(p.won, 0) AS won
            FROM store_tally y JOIN store_department d ON d.id = y.department_id
            {narrowest(channel="y.channel", account="y.account_id", path="d.path", day="y.day")}
            WHERE y.channel = %s AND y.day >= %s AND y.outcome = 'delivered'
        ), put AS (
            UPDATE store_tally y SET won = new.won FROM new
            WHERE y.id = new.id AND new.won <> new.old
            RETURNING new.messages, new.won - new.old AS more
        )
        SELECT coalesce(sum(messages), 0), coalesce(sum(more), 0) * 1000 FROM put
        """,  # noqa: S608 - the caller's SQL are the names above
        [channel, since],
    )
    return int(found[0][0]), int(found[0][1])
