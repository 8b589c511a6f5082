"""What became of rows, written where the agent would have written it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from alimnaru.rules.agent_fates import Fate
from alimnaru.sources.agents.database import (
    asked,
    column_of,
    fit,
    moment,
    month_of,
    plain,
    reflected,
)
from alimnaru.sources.agents.desk import Desk, key_of, people_in
from alimnaru.sources.agents.layout import Codes, Kind, Reports

_Values = dict[sa.Column[Any], object]


class Ended(msgspec.Struct, frozen=True):
    """A message that has come to its end. `by_kakao`: the resident read it in KakaoTalk."""

    record: str
    fate: Fate
    at: datetime
    by_kakao: bool


def write_results(desk: Desk, ended: Sequence[Ended], *, into_log: bool, now: datetime) -> None:
    """Write ends into their rows and, if wanted and there are such tables, move the rows into the
    month's log. Of a row with several recipients all must be here. Raises `SourceError`.

    Written twice, it changes nothing: a row that was moved is not found again.
    """
    rows: dict[str, list[Ended]] = defaultdict(list)
    for one in ended:
        rows[key_of(one.record)].append(one)
    same: dict[tuple[Fate, datetime, bool], list[str]] = defaultdict(list)
    for group in rows.values():
        best = _of_the_row(group)
        same[best.fate, best.at.replace(microsecond=0), best.by_kakao].append(best.record)
    with asked(desk.engine) as connection:
        for (fate, at, by_kakao), records in same.items():
            for kind in desk.layout.kinds:
                values = _values(desk, kind, fate, at, by_kakao=by_kakao)
                _update(connection, desk, records, kind, values)
        if desk.layout.reports is not None:
            _report(connection, desk, desk.layout.reports, rows)
        elif into_log and desk.layout.log:
            _move_to_log(connection, desk, [one.record for one in ended], now)


def _of_the_row(group: Sequence[Ended]) -> Ended:
    """The end of a row: reached if anybody of it was, and when the last one ended."""
    last = max(group, key=lambda one: one.at)
    reached = [one for one in group if one.fate is Fate.DELIVERED]
    best = reached[0] if reached else last
    return msgspec.structs.replace(best, at=last.at)


def _values(desk: Desk, kind: Kind, fate: Fate, at: datetime, *, by_kakao: bool) -> _Values:
    layout = desk.layout
    result = desk.column(layout.result)
    values: _Values = {
        desk.status: fit(desk.status, layout.done),
        result: fit(result, code_of(kind.codes, fate)),
        **desk.times(layout.end_times, at),
    }
    if by_kakao and layout.carrier is not None:
        column = column_of(desk.table, layout.carrier[0])
        if column is not None:
            values[column] = layout.carrier[1]
    return values


def code_of(codes: Codes, fate: Fate) -> str:
    """The agent's code for an end."""
    return codes.get(fate, codes[Fate.OTHER])


def _update(
    connection: sa.Connection, desk: Desk, records: Sequence[str], kind: Kind, values: _Values
) -> None:
    layout = desk.layout
    # One that waits is not ours yet: its key may have been somebody else's before.
    open_still = desk.status_is(layout.taken)
    for keys in desk.key_parts(records):
        where = (desk.key.in_(keys), open_still, *desk.kind_is(kind))
        connection.execute(sa.update(desk.table).where(*where).values(values))


def _move_to_log(
    connection: sa.Connection, desk: Desk, records: Sequence[str], now: datetime
) -> None:
    log = reflected(connection, f"{desk.layout.log}_{month_of(now)}", desk.schema)
    if log is None:
        log = reflected(connection, desk.layout.log, desk.schema)
    if log is None:
        return
    for keys in desk.key_parts(records):
        where = (desk.key.in_(keys), desk.status_is(desk.layout.done))
        _copy(connection, desk, log, where, {})
        connection.execute(sa.delete(desk.table).where(*where))


def _copy(
    connection: sa.Connection,
    desk: Desk,
    to: sa.Table,
    where: Sequence[sa.ColumnElement[bool]],
    more: Mapping[str, object],
) -> None:
    """Rows as they stand, in the columns that both tables have, and `more` values in others."""
    pairs = [(column_of(to, column.name), column) for column in desk.table.columns]
    both = [(theirs, ours) for theirs, ours in pairs if theirs is not None]
    added = [(column_of(to, name), value) for name, value in more.items()]
    extra = [(column, value) for column, value in added if column is not None]
    into = [theirs for theirs, _ in both] + [column for column, _ in extra]
    read = [ours for _, ours in both] + [sa.literal(value) for _, value in extra]
    connection.execute(sa.insert(to).from_select(into, sa.select(*read).where(*where)))


# ---- rows with many recipients ---------------------------------------------------------------


def _report(
    connection: sa.Connection, desk: Desk, reports: Reports, rows: Mapping[str, Sequence[Ended]]
) -> None:
    total = reflected(connection, reports.table, desk.schema)
    detail = reflected(connection, reports.detail, desk.schema)
    if total is None or detail is None:
        return  # the row itself says that it is done
    people = desk.column(desk.layout.people)
    user = column_of(desk.table, "user_id")
    read = [desk.key, people, sa.literal("") if user is None else user]
    for keys in desk.key_parts([one.record for group in rows.values() for one in group]):
        done = (desk.key.in_(keys), desk.status_is(desk.layout.done))
        for key, info, user_id in connection.execute(sa.select(*read).where(*done)).all():
            group = rows[plain(key)]
            reached = sum(one.fate is Fate.DELIVERED for one in group)
            counts = {reports.succeeded: reached, reports.failed: len(group) - reached}
            # What a server of KT's numbered is numbered by the row itself.
            _copy(connection, desk, total, [desk.key == key], {**counts, "job_id": key})
            names = people_in(plain(info))
            said = {"msg_id": key, "user_id": user_id, "job_id": key}
            values = [_detail_of(detail, reports, said, names, one) for one in group]
            connection.execute(sa.insert(detail), values)
        connection.execute(sa.delete(desk.table).where(*done))


def _detail_of(
    detail: sa.Table,
    reports: Reports,
    row: Mapping[str, object],
    people: Sequence[tuple[str, str]],
    one: Ended,
) -> dict[str, object]:
    number = int(one.record.rpartition("#")[2])
    name, phone = people[number - 1]
    reached = one.fate is Fate.DELIVERED
    said = {
        **row,
        reports.number: number,
        reports.name: name[:20],
        reports.phone: phone,
        reports.result: reports.result_ok if reached else reports.result_failed,
        reports.code: code_of(reports.codes, one.fate),
    }
    values: dict[str, object] = {}
    for wanted, value in said.items():
        column = column_of(detail, wanted)
        if column is not None:
            values[column.name] = fit(column, plain(value))
    at = column_of(detail, reports.at)
    if at is not None:
        values[at.name] = moment(at, one.at)
    return values
