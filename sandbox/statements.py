"""`GET /_sandbox/statement`: a month's bill of a protocol, as its carrier might export it.

The titles that a carrier uses in its own API are its own; the others are ours (README).
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

import xlsxwriter
from starlette.requests import Request
from starlette.responses import Response

from sandbox.bizgo.sending import message_key
from sandbox.bizgo.wire import NAME as BIZGO
from sandbox.nhn.wire import NAME as NHN
from sandbox.outcomes import ENDINGS
from sandbox.requests import world_of
from sandbox.sens import wire as sens_wire
from sandbox.sens.wire import NAME as SENS
from sandbox.statuses import DELIVERED, WAITING
from sandbox.store import Chunk
from sandbox.wire import WireError
from sandbox.world import World

_KST: Final = timezone(timedelta(hours=9))
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | float


@dataclass(frozen=True, slots=True)
class Billed:
    """A message with a result. `won`: what it costs, without VAT; 0 where it did not arrive."""

    chunk: Chunk
    i: int
    kind: str
    code: str
    arrived: bool
    at: datetime
    won: float

    @property
    def to(self) -> str:
        """The number, in the clear: carriers write it out."""
        return self.chunk.to[self.i]

    @property
    def request(self) -> str:
        """The id of its request."""
        return self.chunk.group.group_id

    @property
    def clock(self) -> str:
        """When it arrived, in Seoul."""
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The titles of a file, and a row of it."""

    titles: Sequence[str]
    row: Callable[[Billed], Sequence[Cell]]


_KAKAO_WORDS: Final = {"ATA": "알림톡"}
_LAYOUTS: Final[Mapping[str, Layout]] = {
    "solapi": Layout(
        ("messageId", "groupId", "to", "type", "statusCode", "dateCompleted", "price"),
        lambda b: (
            b.chunk.message_id(b.i), b.request, b.to, b.kind, b.code, b.clock, b.won,
        ),
    ),
    NHN: Layout(
        ("requestId", "recipientSeq", "상품", "수신번호", "결과일시", "결과", "단가"),
        lambda b: (
            b.request, b.i + 1, _KAKAO_WORDS.get(b.kind, b.kind), b.to, b.clock,
            "성공" if b.arrived else "실패", b.won,
        ),
    ),
    BIZGO: Layout(
        ("msgKey", "서비스", "수신번호", "리포트일시", "리포트코드", "과금", "금액"),
        lambda b: (
            message_key(b.chunk, b.i), "AT" if b.kind == "ATA" else b.kind, b.to, b.clock, b.code,
            "Y" if b.arrived else "N", round(b.won * 1.1, 3),
        ),
    ),
    SENS: Layout(
        ("requestId", "messageId", "contentType", "to", "completeTime", "status", "unitPrice"),
        lambda b: (
            b.request, sens_wire.message_id(b.chunk, b.i), "AT" if b.kind == "ATA" else b.kind,
            b.to, b.clock, "success" if b.arrived else "fail", b.won,
        ),
    ),
}  # fmt: skip


async def statement(request: Request) -> Response:
    """`GET /_sandbox/statement?month=2026-10[&protocol=][&format=csv|xlsx][&dated=2026-10-10]`."""
    query = request.query_params
    world, name = world_of(request), query.get("protocol", "solapi")
    form = query.get("format", "csv")
    if name not in _LAYOUTS or form not in {"csv", "xlsx"}:
        raise WireError(400, "ValidationError", "protocol이나 format이 잘못되었습니다.")
    month, dated = _month(query.get("month", "")), _day(query.get("dated"))
    layout = _LAYOUTS[name]
    rows: list[Sequence[Cell]] = []
    for chunk in list(world.store.fired):
        if chunk.group.protocol == name:
            rows += [layout.row(b) for b in _billed(world, chunk, dated) if _is_in(b, month)]
            await asyncio.sleep(0)
    if form == "xlsx":
        return Response(_book(layout.titles, rows), media_type=_XLSX)
    return Response(_text(layout.titles, rows), media_type="text/csv; charset=utf-8")


def _month(text: str) -> str:
    if re.fullmatch(r"\d{4}-\d{2}", text) is None:
        raise WireError(400, "ValidationError", "month는 2026-10처럼 적습니다.")
    return text


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise WireError(400, "ValidationError", "dated는 2026-10-10처럼 적습니다.") from None


def _is_in(billed: Billed, month: str) -> bool:
    return f"{billed.at:%Y-%m}" == month


def _billed(world: World, chunk: Chunk, dated: date | None) -> Iterator[Billed]:
    protocol = world.protocols[chunk.group.protocol]
    for i in chunk.accepted():
        status = chunk.code[i]
        if status == WAITING:
            continue
        kind, arrived = chunk.type_of(i), status == DELIVERED
        due = (chunk.group.sent_at or chunk.at) + world.delay(ENDINGS[chunk.final(i)].when)
        at = datetime.fromtimestamp(due, _KST)
        if dated is not None:
            at = at.replace(year=dated.year, month=dated.month, day=dated.day)
        won = float(protocol.prices[kind.lower()]) if arrived else 0.0
        yield Billed(chunk, i, kind, protocol.code(kind, status), arrived, at, won)


def _text(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _book(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True}) as book:
        sheet = book.add_worksheet("이용 내역")
        for line, row in enumerate([titles, *rows]):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write_number(line, place, cell)
    return out.getvalue()
