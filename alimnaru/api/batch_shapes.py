"""How batches are shown to programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from alimnaru.api.many import RiskOut, RowOut
from alimnaru.reads.batch_lists import BatchLine
from alimnaru.reads.batch_stand import Stand
from alimnaru.rules.phase import Phase
from alimnaru.rules.release import Risk
from alimnaru.store.models import Stage
from alimnaru.wording import label, sentence


class HeldOut(Schema):
    """Messages that wait for a person."""

    code: str
    messages: int
    reason: str


class BatchOut(Schema):
    """A batch. Every row is in one place:
    rows = refused + delivered + failed + suppressed + cancelled + expired + unknown + pending,
    and `balances` says that it is so."""

    id: Annotated[str, Field(examples=["1204"])]
    notice: str
    reference: str
    stage: Annotated[
        Stage,
        Field(
            description="`draft`: takes rows, or was taken back. `requested`: approvers have to "
            "agree. `released`: goes. `discarded`: given up, its people are deleted."
        ),
    ]
    phase: Annotated[Phase, Field(description="The stage with what carriers do, as one word.")]
    open_until: Annotated[
        datetime | None,
        Field(
            description="Takes rows until then, and is given up if nobody "
            "closes it. Null: it is closed."
        ),
    ] = None
    rows: int
    refused: int
    delivered: Annotated[
        Mapping[str, int], Field(description="By channel: alimtalk, sms, lms, mms.")
    ]
    failed: int
    suppressed: int
    cancelled: int
    expired: int
    unknown: int
    pending: int
    balances: bool
    held: Sequence[HeldOut]
    approvals_needed: Annotated[
        int, Field(description="By others; while it is `requested`, they see it in the console.")
    ]
    risks: Annotated[Sequence[RiskOut], Field(description="Why.")]
    won: Annotated[
        Mapping[str, float],
        Field(
            description="`spent`, and what the delivered ones would have cost: `all_sms`, "
            "`all_lms` and `needed`, as the text message that the wording needs (LMS beyond "
            "90 bytes without its values)."
        ),
    ]
    sandbox: bool
    created_at: datetime
    not_before: datetime
    expires_at: datetime


class BatchLineOut(Schema):
    """A batch in a list. `delivered` on whatever channel."""

    id: Annotated[str, Field(examples=["1204"])]
    notice: str
    reference: str
    stage: Stage
    phase: Phase
    open_until: datetime | None = None
    rows: int
    refused: int
    delivered: int
    failed: int
    suppressed: int
    cancelled: int
    expired: int
    unknown: int
    pending: int
    approvals_needed: int
    sandbox: bool
    created_at: datetime


class BatchesOut(Schema):
    """A page, newest first."""

    data: Sequence[BatchLineOut]
    next: str | None = None


class PieceOut(Schema):
    """What became of each row of a piece, and how many the batch has now."""

    batch: str
    rows: int
    refused: int
    results: Sequence[RowOut]


class RefusedRowOut(Schema):
    """A row that the check refused."""

    row: Annotated[int, Field(description="From 1, over all pieces.")]
    field: str
    code: str
    message: str


class RefusedRowsOut(Schema):
    """A page of refused rows."""

    data: Sequence[RefusedRowOut]
    next: str | None = None


def shown(stand: Stand) -> dict[str, Any]:
    """As `BatchOut` describes it."""
    batch, report = stand.batch, stand.report
    given_up = batch.stage == Stage.DISCARDED
    return {
        "id": str(batch.pk),
        "notice": batch.notice.code,
        "reference": batch.reference,
        "stage": batch.stage,
        "phase": stand.phase,
        "open_until": batch.open_until if batch.stage == Stage.DRAFT else None,
        "rows": report.rows,
        "refused": report.refused,
        "delivered": dict(report.delivered),
        "failed": report.failed,
        "suppressed": report.suppressed,
        # What was given up before it was released is deleted, and no chunk counts it any more.
        "cancelled": batch.people if given_up else report.cancelled,
        "expired": report.expired,
        "unknown": report.unknown,
        "pending": 0 if given_up else report.pending,
        "balances": given_up or report.balances,
        "held": [
            {"code": held.code, "messages": held.messages, "reason": sentence(held.code)}
            for held in ([] if given_up else report.held)
        ],
        "approvals_needed": batch.approvals_needed,
        "risks": [{"code": risk, "name": label(Risk(risk))} for risk in batch.risks],
        "won": {name: float(won) for name, won in report.won.items()},
        "sandbox": batch.hours_waived,
        "created_at": batch.created_at,
        "not_before": batch.not_before,
        "expires_at": batch.expires_at,
    }


def line_shown(line: BatchLine) -> dict[str, Any]:
    """As `BatchLineOut` describes it."""
    batch, counts = line.batch, line.counts
    given_up = batch.stage == Stage.DISCARDED
    return {
        "id": str(batch.pk),
        "notice": batch.notice.code,
        "reference": batch.reference,
        "stage": batch.stage,
        "phase": line.phase,
        "open_until": batch.open_until if batch.stage == Stage.DRAFT else None,
        "rows": batch.rows,
        "refused": batch.refused,
        "delivered": counts.delivered,
        "failed": counts.failed,
        "suppressed": counts.suppressed,
        "cancelled": batch.people if given_up else counts.cancelled,
        "expired": counts.expired,
        "unknown": counts.unknown,
        "pending": 0 if given_up else counts.pending,
        "approvals_needed": batch.approvals_needed,
        "sandbox": batch.hours_waived,
        "created_at": batch.created_at,
    }
