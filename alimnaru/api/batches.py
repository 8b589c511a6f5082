"""Batches: opened, filled in pieces, closed, looked at, taken back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import Field

from alimnaru.api import calls
from alimnaru.api.answers import PAGE, answer, cursor, number_in, page
from alimnaru.api.batch_shapes import (
    BatchesOut,
    BatchOut,
    PieceOut,
    RefusedRowsOut,
    line_shown,
    shown,
)
from alimnaru.api.messages import desk_of, line_of
from alimnaru.api.principal import Principal, called
from alimnaru.api.problems import Refused
from alimnaru.api.refusals import told
from alimnaru.api.rows import field_of, judged, references, results
from alimnaru.api.schemas import (
    MOST_ROWS,
    Cursor,
    Id,
    Limit,
    NoticeCode,
    ProjectCode,
    Reference,
    Rows,
    SendAt,
    Strict,
)
from alimnaru.flow.acceptance import desk_of_version
from alimnaru.office import programs
from alimnaru.reads.batch_stand import stand_of
from alimnaru.reads.program_batches import batches_of, refused_rows
from alimnaru.rules.api_problems import ApiProblem
from alimnaru.rules.api_scopes import Scope
from alimnaru.store.models import Batch
from alimnaru.wording import sentence

router = Router(tags=["batches"])


class BatchIn(Strict):
    """A batch that is filled in pieces."""

    notice: NoticeCode
    reference: Reference = ""
    send_at: SendAt = None
    project: ProjectCode = None


class RowsIn(Strict):
    """A piece."""

    rows: Rows


class CloseIn(Strict):
    """When it goes."""

    send_at: SendAt = None
    confirm_repeat: Annotated[
        bool,
        Field(
            strict=True,
            description="The same rows went lately in the same words, and are meant to go again.",
        ),
    ] = False


class BatchesWanted(Schema):
    """Which batches."""

    reference: Reference = ""
    notice: NoticeCode | None = None
    cursor: Cursor | None = None
    limit: Limit = PAGE


class PageWanted(Schema):
    """Which page."""

    cursor: Cursor | None = None
    limit: Limit = PAGE


@router.post(
    "/batches",
    response={201: BatchOut},
    operation_id="open_batch",
    summary="Open a batch",
)
def open_batch(request: HttpRequest, body: BatchIn) -> HttpResponse:
    """It takes rows in pieces until it is closed; if nobody closes it within 24 hours it is given
    up. Nothing of it goes before."""
    who = called(request)
    who.may(Scope.SEND)

    def act() -> tuple[int, Any]:
        desk = desk_of(who, body.notice)
        line = line_of(desk, body.project, body.send_at)
        batch = programs.open_batch(
            who.key, desk, reference=body.reference, at=body.send_at, project=line
        )
        return 201, _stand(who, batch.pk)

    return calls.once(request, who, act)


@router.post(
    "/batches/{batch_id}/rows",
    response=PieceOut,
    operation_id="add_rows",
    summary=f"Add up to {MOST_ROWS:,} rows",
)
def add_rows(request: HttpRequest, batch_id: Path[Id], body: RowsIn) -> HttpResponse:
    """A piece is stored as a whole or not at all. Where the answer got lost, send it again with
    the same `Idempotency-Key`; but even with another one no row is added twice: its `key` (or
    phone and name) is known, and the row is refused."""
    who = called(request)
    who.may(Scope.SEND)
    if (answered := calls.earlier_of(request, who)) is not None:
        return answered
    batch = _own(who, batch_id)
    desk = desk_of_version(batch.notice, batch.version)
    rows = judged(desk, body.rows)

    def act() -> tuple[int, Any]:
        with told():
            done = programs.add_rows(who.key, batch, rows, references=references(body.rows))
        return 200, {
            "batch": str(batch.pk),
            "rows": batch.rows,
            "refused": batch.refused,
            "results": results(body.rows, done),
        }

    return calls.once(request, who, act, messages=len(rows))


@router.post(
    "/batches/{batch_id}/close",
    response=BatchOut,
    operation_id="close_batch",
    summary="Close a batch: it goes, or is asked for",
)
def close_batch(request: HttpRequest, batch_id: Path[Id], body: CloseIn) -> HttpResponse:
    """The program is its sender. What needs no approval by the office's rules goes
    (`stage: released`); anything else becomes a request that approvers see in the console
    (`stage: requested`, `approvals_needed`, `risks`). A batch of a sandbox key always goes."""
    who = called(request)
    who.may(Scope.SEND)

    def act() -> tuple[int, Any]:
        batch = _own(who, batch_id)
        with told():
            programs.close_batch(who.key, batch, at=body.send_at, confirmed=body.confirm_repeat)
        return 200, _stand(who, batch.pk)

    return calls.once(request, who, act)


@router.post(
    "/batches/{batch_id}/cancel",
    response=BatchOut,
    operation_id="cancel_batch",
    summary="Take a batch back",
)
def cancel_batch(request: HttpRequest, batch_id: Path[Id]) -> HttpResponse:
    """What was not handed over ends as `cancelled`; what was goes on to its result. A batch that
    was never released is given up, and its people are deleted."""
    who = called(request)
    who.may(Scope.SEND)

    def act() -> tuple[int, Any]:
        batch = _own(who, batch_id)
        with told():
            programs.cancel_batch(who.key, batch)
        return 200, _stand(who, batch.pk)

    return calls.once(request, who, act)


@router.get(
    "/batches/{batch_id}",
    response=BatchOut,
    operation_id="get_batch",
    summary="Where a batch stands",
)
def get_batch(request: HttpRequest, batch_id: Path[Id]) -> HttpResponse:
    """Any batch of the key's department or of one below it, whoever made it."""
    who = called(request)
    who.may(Scope.READ)
    return answer(_stand(who, int(batch_id)))


@router.get(
    "/batches", response=BatchesOut, operation_id="list_batches", summary="Batches, newest first"
)
def list_batches(request: HttpRequest, wanted: Query[BatchesWanted]) -> HttpResponse:
    """Of the key's department and those below it, whoever made them."""
    who = called(request)
    who.may(Scope.READ)
    before = number_in(wanted.cursor or "", "batches")
    found = batches_of(
        who.scope,
        reference=wanted.reference,
        notice=wanted.notice or "",
        before=before,
        limit=wanted.limit,
        now=timezone.now(),
    )
    next_ = None if found.next is None else cursor("batches", found.next)
    return page(request, [line_shown(line) for line in found.lines], next_)


@router.get(
    "/batches/{batch_id}/refused",
    response=RefusedRowsOut,
    operation_id="list_refused_rows",
    summary="Rows of a batch that were refused",
)
def list_refused(
    request: HttpRequest, batch_id: Path[Id], wanted: Query[PageWanted]
) -> HttpResponse:
    """Numbers, fields and codes; what stood there is not said again."""
    who = called(request)
    who.may(Scope.READ)
    batch = _own(who, batch_id)
    after = number_in(wanted.cursor or "", "refused")
    found, last = refused_rows(batch, after, wanted.limit)
    data = [
        {
            "row": row.row_no,
            "field": field_of(row.column, row.code),
            "code": row.code,
            "message": sentence(row.code, column=row.column),
        }
        for row in found
    ]
    return page(request, data, None if last is None else cursor("refused", last))


def _own(who: Principal, batch_id: str) -> Batch:
    related = ("notice__department", "version", "department", "member")
    batch = who.scope.batches().select_related(*related).filter(pk=int(batch_id)).first()
    if batch is None:
        raise Refused(ApiProblem.NOT_FOUND)
    return batch


def _stand(who: Principal, batch: int) -> dict[str, Any]:
    stand = stand_of(who.scope, batch, timezone.now())
    if stand is None:
        raise Refused(ApiProblem.NOT_FOUND)
    return shown(stand)
