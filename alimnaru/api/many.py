"""Up to 10,000 messages in one call, and what would become of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from alimnaru.api import calls
from alimnaru.api.answers import answer
from alimnaru.api.messages import desk_of, line_of
from alimnaru.api.principal import called
from alimnaru.api.refusals import told
from alimnaru.api.rows import SHOWN, all_bad, fault_of, judged, references, results
from alimnaru.api.schemas import MOST_ROWS, Fault, NoticeCode, ProjectCode, Rows, SendAt, Strict
from alimnaru.api.texts import TextsOut, texts_of
from alimnaru.flow.wordings import wording
from alimnaru.office import programs
from alimnaru.office.programs import Forecast
from alimnaru.reads.estimate import Room
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.ceilings import Span, Whose
from alimnaru.rules.channel import Channel
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.store.models import Stage
from alimnaru.wording import label, sentence

router = Router(tags=["messages"])


class ManyIn(Strict):
    """One notice for many people."""

    notice: NoticeCode
    rows: Rows
    send_at: SendAt = None
    project: ProjectCode = None
    refuse_all_on_error: Annotated[
        bool, Field(strict=True, description="Send nothing unless every row is good.")
    ] = False
    confirm_repeat: Annotated[
        bool,
        Field(
            strict=True,
            description="The same rows went lately in the same words, and are meant to go again. "
            "Without it they are refused with `release_repeated`.",
        ),
    ] = False


class RowOut(Schema):
    """What became of a row: `id`, or `errors`."""

    index: Annotated[int, Field(description="From 0, as the rows came.")]
    id: str | None = None
    errors: Sequence[Fault] = ()


class ManyOut(Schema):
    """A batch of its own, and what became of each row."""

    batch: Annotated[str, Field(examples=["1204"])]
    stage: Annotated[
        Stage,
        Field(description="`released`, or `requested` where there are far more than usual."),
    ]
    approvals_needed: int
    rows: int
    accepted: int
    refused: int
    results: Sequence[RowOut]


@router.post(
    "/messages/many",
    response={202: ManyOut},
    operation_id="send_many",
    summary=f"Send up to {MOST_ROWS:,} messages in one call",
)
def send_many(request: HttpRequest, body: ManyIn) -> HttpResponse:
    """They become a batch of their own, whose good rows go at once; each counts as a message of
    the key's day. Bad rows are stored as refused and count in the equation of the batch. No
    approval is asked for: two people agreed to the key. Only where there are several times as many
    as on a usual day it waits for one (`stage: requested`), and what the check of a list finds
    wrong with the whole (such as staff among residents) is refused here too."""
    who = called(request)
    who.may(Scope.SEND)
    if (answered := calls.earlier_of(request, who)) is not None:
        return answered
    desk = desk_of(who, body.notice)
    line = line_of(desk, body.project, body.send_at)
    rows = judged(desk, body.rows)
    bad = [row for row in rows if isinstance(row, BadRow)]
    if len(bad) == len(rows) or (bad and body.refuse_all_on_error):
        raise all_bad(rows)

    def act() -> tuple[int, Any]:
        with told(rows):
            sent = programs.send_many(
                who.key,
                desk,
                rows,
                references=references(body.rows),
                at=body.send_at,
                confirmed=body.confirm_repeat,
                project=line,
            )
        done: Mapping[int, int | BadRow] = {**sent.ids, **{row.number: row for row in bad}}
        return 202, {
            "batch": str(sent.batch.pk),
            "stage": sent.batch.stage,
            "approvals_needed": sent.batch.approvals_needed,
            "rows": len(rows),
            "accepted": len(sent.ids),
            "refused": len(bad),
            "results": results(body.rows, done),
        }

    return calls.once(request, who, act, messages=len(rows) - len(bad))


class RefusedOut(Schema):
    """A row that would not go."""

    index: int
    errors: Sequence[Fault]


class LineOut(Schema):
    """So many messages of a channel at a price."""

    channel: Channel
    messages: int
    won_each: float
    won: float


class CeilingOut(Schema):
    """Of a department or a budget line, for a day or a month: what is left before this send, and
    how much more it would have to be. `won_at_month_end`: at the pace of this month."""

    whose: Whose
    name: str
    span: Span
    won: float
    won_left: float
    won_short: float
    won_at_month_end: float | None = None


class CostOut(Schema):
    """VAT excluded. Between the cheapest and the dearest of what may come about; `assumed`: the
    department has no figures of its own yet. Null: no prices are entered."""

    won: float | None = None
    won_least: float | None = None
    won_most: float | None = None
    lines: Sequence[LineOut]
    assumed: bool
    budget_left_won: float | None = None
    ceilings: Annotated[
        Sequence[CeilingOut],
        Field(description="Every one over the department and the budget line that pays."),
    ]
    stopped_midway: Annotated[
        bool,
        Field(
            description="A ceiling leaves too little: the rest would wait, and end unsent past "
            "its time."
        ),
    ]


class RiskOut(Schema):
    """Why somebody else should look."""

    code: str
    name: str


class DryRunOut(Schema):
    """What would follow; nothing is stored. `approvals_needed`, `risks` and `goes_at` are those of
    a batch that is closed now: messages of one call need no approval."""

    rows: int
    would_send: int
    would_refuse: int
    refused: Annotated[Sequence[RefusedOut], Field(description=f"The first {SHOWN}.")]
    first: TextsOut | None = None
    longest: TextsOut | None = None
    channels: Annotated[
        Sequence[str], Field(description="In the order in which they would be tried.")
    ]
    cost: CostOut
    approvals_needed: int
    risks: Sequence[RiskOut]
    faults: Annotated[Sequence[Fault], Field(description="What would forbid it as a whole.")]
    repeats: Annotated[
        str | None, Field(description="The batch in which the same went lately.")
    ] = None
    goes_at: datetime
    expires_at: datetime


class DryRunIn(Strict):
    """The body of `POST /messages/many`, of which only these say something here."""

    notice: NoticeCode
    rows: Rows
    send_at: SendAt = None
    project: ProjectCode = None
    refuse_all_on_error: Annotated[bool, Field(strict=True)] = False
    confirm_repeat: Annotated[bool, Field(strict=True)] = False


@router.post(
    "/dry-run",
    response=DryRunOut,
    operation_id="dry_run",
    summary="What would become of messages",
)
def dry_run(request: HttpRequest, body: DryRunIn) -> HttpResponse:
    """Takes the body of `POST /messages/many` and says whom it would reach, what would be refused
    and why, the texts, what it would cost and who would have to agree. Nothing is sent or kept."""
    who = called(request)
    who.may(Scope.SEND)
    desk = desk_of(who, body.notice)
    line = line_of(desk, body.project, body.send_at)
    rows = judged(desk, body.rows)
    good = [row for row in rows if isinstance(row, GoodRow)]
    if not good:
        raise all_bad(rows)
    with told(rows):
        forecast = programs.forecast(who.key, desk, rows, at=body.send_at, project=line)
    words = wording(desk.version.pk)
    longest = max(good, key=lambda row: sum(map(len, row.values)))
    bad = [row for row in rows if isinstance(row, BadRow)]
    return answer(
        {
            "rows": len(rows),
            "would_send": len(good),
            "would_refuse": len(bad),
            "refused": [
                {"index": row.number - 1, "errors": [fault_of(row)]} for row in bad[:SHOWN]
            ],
            "first": texts_of(words, good[0].values),
            "longest": texts_of(words, longest.values),
            **_plan(forecast),
        }
    )


def _plan(forecast: Forecast) -> dict[str, Any]:
    plan, cost = forecast.plan, forecast.cost
    ends = [line.each * plan.count for line in cost.lines]
    return {
        "channels": [line.channel for line in cost.lines],
        "cost": {
            "won": _won(cost.won),
            "won_least": _won(min(ends, default=None)),
            "won_most": _won(max(ends, default=None)),
            "lines": [
                {
                    "channel": line.channel,
                    "messages": line.count,
                    "won_each": _won(line.each),
                    "won": _won(line.won),
                }
                for line in cost.lines
            ],
            "assumed": cost.assumed,
            "budget_left_won": _won(cost.left),
            "ceilings": [_ceiling(room) for room in cost.rooms],
            "stopped_midway": cost.over,
        },
        "approvals_needed": plan.approvals,
        "risks": [{"code": risk.value, "name": label(risk)} for risk in plan.risks],
        "faults": [
            {"field": "rows", "code": code.value, "message": sentence(code, **facts)}
            for code, facts in plan.faults
        ],
        "repeats": None if plan.repeats_of is None else str(plan.repeats_of.pk),
        "goes_at": plan.opens_at,
        "expires_at": plan.expires_at,
    }


def _ceiling(room: Room) -> dict[str, Any]:
    ceiling = room.level.stand.ceiling
    return {
        "whose": ceiling.whose,
        "name": room.level.capped.name,
        "span": ceiling.span,
        "won": _won(ceiling.won),
        "won_left": _won(room.left),
        "won_short": _won(room.short),
        "won_at_month_end": _won(room.at_month_end),
    }


def _won(amount: Any) -> float | None:
    return None if amount is None else float(amount)
