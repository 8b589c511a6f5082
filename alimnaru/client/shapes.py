"""What goes out and what comes back. A field that a later version adds is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")
Value = str | int | float
Variables = Mapping[str, Value]


class Row(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Somebody to be told. `key` tells rows of a batch apart; without it, phone and name do."""

    to: str
    name: str = ""
    variables: dict[str, Value] = {}
    key: str = ""
    reference: str = ""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a field. `code` is stable, `message` Korean."""

    field: str
    code: str
    message: str | None = None


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Part of a list. Clients read the pages themselves."""

    data: list[T]
    next: str | None = None


class Accepted(msgspec.Struct, frozen=True):
    """A message that is on the office's disk, and goes once."""

    id: str
    status: str
    notice: str
    reference: str
    accepted_at: datetime


class RowResult(msgspec.Struct, frozen=True):
    """What became of a row: a message, or `errors`."""

    index: int
    id: str | None = None
    errors: tuple[Fault, ...] = ()


class SentMany(msgspec.Struct, frozen=True):
    """A batch of one call. `stage`: `released`, or `requested` where people have to agree first."""

    batch: str
    stage: str
    approvals_needed: int
    rows: int
    accepted: int
    refused: int
    results: list[RowResult]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message stands. `status` is one of the office's phases: `accepted`, `delivered`, …"""

    id: str
    status: str
    channel: str
    notice: str
    reference: str
    not_before: datetime
    code: str | None = None
    reason: str | None = None
    batch: str | None = None
    merged_into: str | None = None
    accepted_at: datetime | None = None
    expires_at: datetime | None = None
    done_at: datetime | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try on one channel."""

    number: int
    channel: str
    handed_over_at: datetime | None = None
    code: str | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    reached_at: datetime | None = None


class MessageCourse(Message, frozen=True, kw_only=True):
    """Where a message stands, with every try."""

    attempts: list[Attempt]


class Risk(msgspec.Struct, frozen=True):
    """Why somebody else should look."""

    code: str
    name: str


class Held(msgspec.Struct, frozen=True):
    """Messages that wait for a person."""

    code: str
    messages: int
    reason: str


class _Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Every row is in one place: rows = refused + delivered + failed + suppressed + cancelled +
    expired + unknown + pending."""

    id: str
    notice: str
    reference: str
    stage: str
    phase: str
    rows: int
    refused: int
    failed: int
    suppressed: int
    cancelled: int
    expired: int
    unknown: int
    pending: int
    approvals_needed: int
    sandbox: bool
    created_at: datetime
    open_until: datetime | None = None


class BatchLine(_Counts, frozen=True, kw_only=True):
    """A batch in a list; `delivered` on whatever channel."""

    delivered: int


class Batch(_Counts, frozen=True, kw_only=True):
    """A batch; `delivered` by channel. `stage`: draft, requested, released or discarded."""

    delivered: dict[str, int]
    balances: bool
    held: list[Held]
    risks: list[Risk]
    won: dict[str, float]
    not_before: datetime
    expires_at: datetime


class Piece(msgspec.Struct, frozen=True):
    """What became of the rows of a piece, and how many the batch has now."""

    batch: str
    rows: int
    refused: int
    results: list[RowResult]


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that the check refused; numbered from 1 over all pieces."""

    row: int
    field: str
    code: str
    message: str


class Button(msgspec.Struct, frozen=True):
    """A button below an Alimtalk."""

    name: str
    type: str
    link: str | None = None


class Item(msgspec.Struct, frozen=True):
    """A line of an item list."""

    title: str
    description: str


class Alimtalk(msgspec.Struct, frozen=True, kw_only=True):
    """A text as KakaoTalk shows it."""

    text: str
    length: int
    title: str | None = None
    header: str | None = None
    highlight: Item | None = None
    items: tuple[Item, ...] = ()
    summary: Item | None = None
    buttons: tuple[Button, ...] = ()


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """A text message."""

    text: str
    bytes: int


class Lms(Sms, frozen=True, kw_only=True):
    """A long text message."""

    subject: str | None = None


class Texts(msgspec.Struct, frozen=True):
    """What a resident reads on each channel that the wording speaks."""

    alimtalk: Alimtalk | None = None
    sms: Sms | None = None
    lms: Lms | None = None


class RefusedIndex(msgspec.Struct, frozen=True):
    """A row that would not go."""

    index: int
    errors: tuple[Fault, ...]


class CostLine(msgspec.Struct, frozen=True):
    """So many messages of a channel at a price."""

    channel: str
    messages: int
    won_each: float
    won: float


class Ceiling(msgspec.Struct, frozen=True, kw_only=True):
    """Of a `department` or a `project`, for a `day` or a `month`, before this send."""

    whose: str
    name: str
    span: str
    won: float
    won_left: float
    won_short: float
    won_at_month_end: float | None = None


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """VAT excluded. None: no prices are entered."""

    lines: list[CostLine]
    assumed: bool
    won: float | None = None
    won_least: float | None = None
    won_most: float | None = None
    budget_left_won: float | None = None
    ceilings: list[Ceiling] = []
    stopped_midway: bool = False


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """What would follow; nothing is stored."""

    rows: int
    would_send: int
    would_refuse: int
    refused: list[RefusedIndex]
    channels: list[str]
    cost: Cost
    approvals_needed: int
    risks: list[Risk]
    faults: list[Fault]
    goes_at: datetime
    expires_at: datetime
    first: Texts | None = None
    longest: Texts | None = None
    repeats: str | None = None


class NoticeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A notice in a list."""

    code: str
    name: str
    department: str
    sendable: bool
    why_not: str | None = None
    reason: str | None = None


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be given for one `#{name}`."""

    name: str
    kind: str
    required: bool
    default: str | None = None
    max_length: int | None = None
    values: tuple[str, ...] = ()
    example: str | None = None


class Notice(NoticeLine, frozen=True, kw_only=True):
    """A notice with all that is needed to send it."""

    variables: list[Variable]
    statutory: bool
    opens: str
    closes: str
    working_days_only: bool
    ttl_minutes: int
    fallback: str | None = None


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A wording as it was approved, with its `#{marks}`."""

    number: int
    status: str
    sends: bool
    sha256: str
    body: str
    created_at: datetime
    sms: str | None = None
    lms_subject: str | None = None
    lms: str | None = None


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """So many messages that ended so; only what was asked for with `by` is there."""

    messages: int
    won: float
    day: date | None = None
    department: str | None = None
    project: str | None = None
    notice: str | None = None
    channel: str | None = None
    outcome: str | None = None
    needs: str | None = None
    provisional: bool | None = None
    #: Won that the delivered ones would have cost: `needed`, `all_sms`, `all_lms`.
    baselines: dict[str, float] = {}


class Window(msgspec.Struct, frozen=True):
    """A limit, what is left of it at least, and in how many seconds it is whole again."""

    limit: int
    left: int
    seconds: int


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The key that calls."""

    key: str
    name: str
    department: str
    department_name: str
    sandbox: bool
    scopes: list[str]
    addresses: list[str]
    calls_a_minute: Window
    messages_a_day: Window
    expires_at: datetime | None = None
