"""Reading what SOLAPI reports: webhook bodies and pages of messages.

SOLAPI signs nothing. That a body comes from it is known only by the secret path that was
registered there, which the web layer checks before anything is read; and a receipt only ever moves
an attempt that we made, by a reference that we chose.

Two webhooks exist: the single report, whose items are messages, and the group report, whose items
are groups and say nothing about a resident. Both are JSON arrays of `{eventDataId, data,
retryCount}`; SOLAPI's own examples show the items without the wrapper as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from alimnaru.carriers.base import Receipt, read_ref
from alimnaru.carriers.solapi.codes import RESULTS
from alimnaru.carriers.solapi.wire import UNREADABLE, Ref, aware
from alimnaru.rules.outcomes import Result


class Report(msgspec.Struct, rename="camel", gc=False):
    """A message as a report or a list shows it."""

    message_id: str | None = None
    status_code: str | None = None
    custom_fields: Ref | None = None
    date_received: datetime | None = None
    date_reported: datetime | None = None
    date_processed: datetime | None = None


class Event(Report, rename="camel", gc=False):
    """An item of a webhook: the report itself, or a wrapper around it."""

    data: Report | None = None


class MessagePage(msgspec.Struct, rename="camel"):
    """A page of `/messages/v4/list` or of a group's messages."""

    message_list: dict[str, Report]


_T = TypeVar("_T")

_read_events = msgspec.json.Decoder(list[Event]).decode
_read_page = msgspec.json.Decoder(MessagePage).decode
_read_anything = msgspec.json.Decoder().decode


def read_receipts(raw: bytes) -> list[Receipt]:
    """Read a webhook body or a page of messages. Raises `ValueError` for what is neither."""
    try:
        try:
            if raw.lstrip()[:1] == b"[":
                return _receipts(event.data or event for event in _read_events(raw))
            return _receipts(_read_page(raw).message_list.values())
        except msgspec.ValidationError:
            # One item that is not as we know it must not cost the others their receipts.
            return _receipts(_salvage(raw))
    except UNREADABLE:
        raise ValueError("SOLAPI report: not readable as JSON") from None


def _receipts(reports: Iterable[Report]) -> list[Receipt]:
    receipts = []
    unrecognised = Result.UNRECOGNISED
    result_of = RESULTS.get
    for report in reports:
        message_id, code = report.message_id, report.status_code
        if message_id is None or code is None:
            continue
        fields = report.custom_fields
        ours = read_ref(fields.ref) if fields is not None and fields.ref is not None else None
        our_id, attempt_no = ours or (None, None)
        at = aware(report.date_received or report.date_reported or report.date_processed)
        receipts.append(
            Receipt(our_id, attempt_no, code, result_of(code, unrecognised), message_id, at)
        )
    return receipts


def _salvage(raw: bytes) -> Iterable[Report]:
    body = _read_anything(raw)
    if isinstance(body, dict):
        body = body.get("messageList")
        body = list(body.values()) if isinstance(body, dict) else body
    if not isinstance(body, list):
        raise ValueError("SOLAPI report: neither a webhook nor a page of messages")  # noqa: TRY004
    for item in body:
        report = item.get("data", item) if isinstance(item, dict) else None
        if isinstance(report, dict):
            yield _salvage_one(report)


def _salvage_one(report: dict[str, object]) -> Report:
    """Take each field that is as we know it, and leave the others."""
    code = report.get("statusCode")
    return Report(
        message_id=_convert(report.get("messageId"), str),
        status_code=_convert(str(code) if isinstance(code, int) else code, str),
        custom_fields=_convert(report.get("customFields"), Ref),
        date_received=_convert(report.get("dateReceived"), datetime),
        date_reported=_convert(report.get("dateReported"), datetime),
        date_processed=_convert(report.get("dateProcessed"), datetime),
    )


def _convert(value: object, kind: type[_T]) -> _T | None:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
