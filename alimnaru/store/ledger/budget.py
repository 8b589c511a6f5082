"""What ceilings there are, and what counts against them, in won."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from alimnaru.store.ledger.base import rows
from alimnaru.store.ledger.pricing import narrowest


class Capped(msgspec.Struct, frozen=True):
    """A department or a budget line with a ceiling. `path`: of the department, or of the line's;
    `department`: who looks after it."""

    whose: str
    key: int
    name: str
    department: int
    path: str
    daily: Decimal | None
    monthly: Decimal | None


_DEPARTMENTS = """
    SELECT 'department', id, name, id, path, daily_cap_won, monthly_cap_won FROM store_department
    WHERE (daily_cap_won IS NOT NULL OR monthly_cap_won IS NOT NULL)
"""
_PROJECTS = """
    SELECT 'project', j.id, j.name, d.id, d.path, j.daily_cap_won, j.monthly_cap_won
    FROM store_project j JOIN store_department d ON d.id = j.department_id
    WHERE (j.daily_cap_won IS NOT NULL OR j.monthly_cap_won IS NOT NULL)
"""


def over(path: str, project: int | None) -> list[Capped]:
    """What caps a department (its own ceiling and those above it) and a budget line: a closed one's
    can be raised by nobody, and stops nothing. By the unique index on paths and the primary key."""
    steps = path.strip("/").split("/")
    above = ["/" + "/".join(steps[:n]) + "/" for n in range(1, len(steps) + 1)]
    line = f"{_PROJECTS} AND j.is_active AND j.id = %s"
    sql = f"{_DEPARTMENTS} AND path = ANY(%s::text[]) UNION ALL {line}"
    return [Capped(*row) for row in rows(sql, [above, project])]


def all_capped() -> list[Capped]:
    """Every ceiling that stands; a closed line's no longer matters."""
    sql = f"{_DEPARTMENTS} UNION ALL {_PROJECTS} AND j.is_active"
    return [Capped(*row) for row in rows(sql, [])]


def spent(capped: Capped, first: date, last: date) -> Decimal:
    """Won tallied under it from `first` to `last`, both included. Index on department (or line) and
    day; some 1,500 rows a day for the whole office."""
    if capped.whose == "project":
        sql = """
            SELECT coalesce(sum(won), 0) FROM store_tally
            WHERE project_id = %s AND day BETWEEN %s AND %s
        """
        return Decimal(rows(sql, [capped.key, first, last])[0][0])
    sql = """
        SELECT coalesce(sum(t.won), 0)
        FROM store_department d JOIN store_tally t ON t.department_id = d.id
        WHERE starts_with(d.path, %s::text) AND t.day BETWEEN %s AND %s
    """
    return Decimal(rows(sql, [capped.path, first, last])[0][0])


def spent_each(departments: Sequence[int], first: date, last: date) -> dict[int, Decimal]:
    """Won tallied in each of these and below it from `first` to `last`. One pass for all."""
    sql = """
        SELECT o.id, sum(t.won)
        FROM store_department o
        JOIN store_department d ON starts_with(d.path, o.path)
        JOIN store_tally t ON t.department_id = d.id
        WHERE o.id = ANY(%s::bigint[]) AND t.day BETWEEN %s AND %s GROUP BY o.id
    """
    return dict(rows(sql, [list(departments), first, last]))


class Spent(msgspec.Struct, frozen=True):
    """Won tallied today, and in this month with today."""

    day: Decimal
    month: Decimal


def spent_under(capped: Sequence[Capped], today: date) -> dict[tuple[str, int], Spent]:
    """Of many at once, by what has the ceiling and its key; nothing where nothing was spent. One
    statement, for pages."""
    sql = """
        SELECT 'department', o.id, coalesce(sum(t.won) FILTER (WHERE t.day = %(today)s), 0),
               sum(t.won)
        FROM store_department o
        JOIN store_department d ON starts_with(d.path, o.path)
        JOIN store_tally t ON t.department_id = d.id
        WHERE o.id = ANY(%(departments)s::bigint[]) AND t.day BETWEEN %(first)s AND %(today)s
        GROUP BY o.id
        UNION ALL
        SELECT 'project', project_id, coalesce(sum(won) FILTER (WHERE day = %(today)s), 0),
               sum(won)
        FROM store_tally
        WHERE project_id = ANY(%(projects)s::bigint[]) AND day BETWEEN %(first)s AND %(today)s
        GROUP BY project_id
    """
    keys = {whose: [c.key for c in capped if c.whose == whose] for whose in _WHOSE}
    params = {
        "departments": keys["department"],
        "projects": keys["project"],
        "first": today.replace(day=1),
        "today": today,
    }
    return {(row[0], row[1]): Spent(row[2], row[3]) for row in rows(sql, params)}


_WHOSE = ("department", "project")
_HANDED_OVER = "c.state IN ('sent', 'doubt') OR (c.state = 'claimed' AND c.token <> '')"
_ON_THEIR_WAY = (
    f"{_HANDED_OVER} OR c.state = 'claimed' OR (c.state = 'ready' AND c.not_before <= %(now)s)"
)
_WAITING = """c.size - c.delivered - c.failed - c.suppressed - c.cancelled - c.expired
              - c.unknown - c.moved"""
#: What a message costs at most, by whichever contract: none is chosen yet. Priced too low, a chunk
#: would be freed and held again all day.
_DEAREST = f"""
    SELECT max(p.won) AS won
    FROM (SELECT id FROM store_carrieraccount WHERE is_active UNION ALL SELECT NULL) a
    {narrowest(channel="g.channel", account="a.id", path="g.path", day="%(day)s")}
"""  # noqa: S608 - the price's own SQL


def under_way(capped: Capped, day: date, *, now: datetime | None = None) -> Decimal:
    """Won for what carriers have or are being given under it; with `now` also for what is about to
    be. Starts from the partial index of open chunks, priced once a contract and department.

    A chunk that another worker decides about at this moment is in it only with `now`.
    """
    which = _HANDED_OVER if now is None else _ON_THEIR_WAY
    mine = (
        "b.project_id = %(key)s"
        if capped.whose == "project"
        else "starts_with(d.path, %(path)s::text)"
    )
    price = narrowest(channel="g.channel", account="g.account_id", path="g.path", day="%(day)s")
    sql = f"""
        SELECT coalesce(sum(g.n * coalesce(p.won, 0)), 0) FROM (
            SELECT c.channel, c.account_id, d.path, sum({_WAITING}) AS n
            FROM store_chunk c
            JOIN store_batch b ON b.id = c.batch_id
            JOIN store_department d ON d.id = b.department_id
            WHERE ({which}) AND {mine}
            GROUP BY c.channel, c.account_id, d.path
        ) g {price}
    """  # noqa: S608 - the literals above
    params = {"key": capped.key, "path": capped.path, "day": day, "now": now}
    return Decimal(rows(sql, params)[0][0])


class Coming(msgspec.Struct, frozen=True):
    """Won for what carriers have of one department and line (None: of none)."""

    path: str
    project: int | None
    won: Decimal

    def under(self, capped: Capped) -> bool:
        """Whether it counts against a ceiling."""
        if capped.whose == "project":
            return self.project == capped.key
        return self.path.startswith(capped.path)


def under_way_each(day: date) -> list[Coming]:
    """The same as `under_way` of the whole office, by department and line. One statement over the
    partial index of open chunks, for pages."""
    price = narrowest(channel="g.channel", account="g.account_id", path="g.path", day="%(day)s")
    sql = f"""
        SELECT g.path, g.project_id, sum(g.n * coalesce(p.won, 0)) FROM (
            SELECT c.channel, c.account_id, d.path, b.project_id, sum({_WAITING}) AS n
            FROM store_chunk c
            JOIN store_batch b ON b.id = c.batch_id
            JOIN store_department d ON d.id = b.department_id
            WHERE {_HANDED_OVER}
            GROUP BY c.channel, c.account_id, d.path, b.project_id
        ) g {price}
        GROUP BY g.path, g.project_id
    """  # noqa: S608 - the literals above
    return [Coming(*row) for row in rows(sql, {"day": day})]


class HeldBatch(msgspec.Struct, frozen=True):
    """A batch of which something waits for money: how many messages, and what they may cost."""

    batch: int
    path: str
    project: int | None
    messages: int
    won: Decimal


def held_batches(code: str, day: date, paths: Sequence[str], most: int) -> list[HeldBatch]:
    """Those of departments under these paths, the oldest first. Partial index of open chunks."""
    sql = f"""
        SELECT g.batch_id, g.path, g.project_id, sum(g.n)::bigint,
               sum(g.n * coalesce(p.won, 0))
        FROM (
            SELECT c.batch_id, c.channel, d.path, b.project_id, sum({_WAITING}) AS n
            FROM store_chunk c
            JOIN store_batch b ON b.id = c.batch_id
            JOIN store_department d ON d.id = b.department_id
            WHERE c.state = 'held' AND c.hold_code = %(code)s AND b.stopped_at IS NULL
              AND EXISTS (SELECT FROM unnest(%(paths)s::text[]) AS p WHERE starts_with(d.path, p))
            GROUP BY c.batch_id, c.channel, d.path, b.project_id
        ) g LEFT JOIN LATERAL ({_DEAREST}) p ON true
        GROUP BY g.batch_id, g.path, g.project_id ORDER BY g.batch_id LIMIT %(most)s
    """  # noqa: S608 - the literals above
    params = {"code": code, "day": day, "paths": list(paths), "most": most}
    return [HeldBatch(*row) for row in rows(sql, params)]


class Held(msgspec.Struct, frozen=True):
    """A chunk that waits for money, and what it may cost."""

    chunk: int
    lane: str
    priority: str
    path: str
    project: int | None
    won: Decimal


def held(code: str, day: date, most: int) -> list[Held]:
    """Chunks held for money that nothing else keeps, bulk last, then the oldest first: of each
    department and line `most`, so that none waits behind another's. Partial index of open chunks.
    """
    sql = f"""
        SELECT g.id, g.lane, g.priority, g.path, g.project_id, g.n * coalesce(p.won, 0) FROM (
            SELECT c.id, c.lane, c.channel, i.priority, d.path, b.project_id, {_WAITING} AS n,
                   row_number() OVER (PARTITION BY b.department_id, b.project_id
                                      ORDER BY c.lane = 'bulk', c.id) AS place
            FROM store_chunk c
            JOIN store_batch b ON b.id = c.batch_id
            JOIN store_notice i ON i.id = b.notice_id
            JOIN store_department d ON d.id = b.department_id
            WHERE c.state = 'held' AND c.hold_code = %(code)s
              AND b.stopped_at IS NULL AND b.stage = 'released'
        ) g LEFT JOIN LATERAL ({_DEAREST}) p ON true
        WHERE g.place <= %(most)s ORDER BY g.lane = 'bulk', g.id
    """  # noqa: S608 - the literals above
    params = {"code": code, "day": day, "most": most}
    return [Held(*row) for row in rows(sql, params)]


def free(chunks: Sequence[int], code: str, now: datetime) -> list[tuple[int, str]]:
    """Make these ready again where they are still held for it; return (id, lane)."""
    sql = """
        WITH old AS MATERIALIZED (
            SELECT c.id FROM store_chunk c JOIN store_batch b ON b.id = c.batch_id
            WHERE c.id = ANY(%s::bigint[]) AND c.state = 'held' AND c.hold_code = %s
              AND b.stopped_at IS NULL AND b.stage = 'released'
            ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
        )
        UPDATE store_chunk c SET state = 'ready', hold_code = '',
               not_before = greatest(c.not_before, %s)
        FROM old WHERE c.id = old.id RETURNING c.id, c.lane
    """
    return [(row[0], row[1]) for row in rows(sql, [list(chunks), code, now])]
