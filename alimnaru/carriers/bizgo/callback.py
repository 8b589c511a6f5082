"""What Bizgo reports: webhook bodies, pages of reports and of the history; and whether it did.

A webhook carries one report. It is signed, but only its time is: `X-IB-Signature` is the
HMAC-SHA256 of `X-IB-Timestamp` (milliseconds) under a secret that Bizgo hands out on request, in
hexadecimal or in base64, which is not confirmed. So a body is as genuine as the secret address it
came to, and a receipt only ever moves an attempt that we made, by a reference that we chose.
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from alimnaru.carriers.base import Receipt, read_ref
from alimnaru.carriers.bizgo import codes, outcomes, wire
from alimnaru.carriers.bizgo.history import SEOUL
from alimnaru.carriers.kind import NotGenuine
from alimnaru.rules.outcomes import Result

#: As far from now as the signed time may be; the official SDK's tolerance.
TOLERANCE = timedelta(minutes=5)

_MILLISECONDS = re.compile(r"[0-9]{13,16}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class Report(msgspec.Struct, rename="camel", gc=False):
    """A message as a report or the history shows it. A history's may have no report yet."""

    msg_key: str | None = None
    ref: str | None = None
    report_code: str | int | None = None
    response_code: str | None = None
    report_time: datetime | None = None


class Body(Report, rename="camel", gc=False):
    """A webhook's report, or a page in the envelope that every answer has."""

    data: wire.Service | None = None


class Reports(msgspec.Struct):
    """What the envelope holds: reports, or messages of the history."""

    report: list[Report] | None = None
    messages: list[Report] | None = None


_T = TypeVar("_T")

_read_body = msgspec.json.Decoder(Body).decode
_read_reports = msgspec.json.Decoder(Reports).decode
_read_anything = msgspec.json.Decoder().decode


# ---- is it Bizgo? ----------------------------------------------------------------------------


def answer(
    settings: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime
) -> bytes:
    """Verify a webhook; return the body of our 200, without which Bizgo sends it again (three times
    at most). Raises `NotGenuine`."""
    secret = settings.get("callback_secret", "")
    if secret:
        _verify(secret, headers.get("x-ib-timestamp", ""), headers.get("x-ib-signature", ""), now)
    try:
        key = _read_body(body).msg_key
    except wire.UNREADABLE:
        key = None
    if not key:
        raise NotGenuine("no message key")
    return wire.encode({"msgKey": key})


def _verify(secret: str, timestamp: str, signature: str, now: datetime) -> None:
    digest = hmac.digest(secret.encode(), timestamp.encode(), "sha256")
    received = signature.strip()
    try:
        decoded = b64decode(received, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    genuine = hmac.compare_digest(received.lower().encode(), digest.hex().encode())
    if not (hmac.compare_digest(decoded, digest) or genuine):
        raise NotGenuine("signature")
    if abs(now.timestamp() - _seconds(timestamp)) > TOLERANCE.total_seconds():
        raise NotGenuine("too old or too new")


def _seconds(timestamp: str) -> float:
    if _MILLISECONDS.fullmatch(timestamp):
        return int(timestamp) / 1_000
    if _SECONDS.fullmatch(timestamp):
        return float(timestamp)
    raise NotGenuine("time")


# ---- what does it say? -----------------------------------------------------------------------


def read_receipts(raw: bytes) -> list[Receipt]:
    """Read a webhook body or a page. Raises `ValueError` for what is neither."""
    try:
        try:
            body = _read_body(raw)
            if body.data is None:
                return _receipts([body] if body.msg_key else _salvage(raw))
            if body.data.code and bytes(body.data.data) == b"null":
                return []
            page = _read_reports(body.data.data)
            return _receipts([*(page.report or ()), *(page.messages or ())])
        except msgspec.ValidationError:
            # One item that is not as we know it must not cost the others their receipts.
            return _receipts(_salvage(raw))
    except wire.UNREADABLE:
        raise ValueError("Bizgo report: not readable as JSON") from None


def _receipts(reports: Iterable[Report]) -> list[Receipt]:
    receipts = []
    for report in reports:
        told = _told(report)
        if report.msg_key is None or told is None:
            continue
        our_id, attempt_no = (read_ref(report.ref) if report.ref else None) or (None, None)
        at = report.report_time
        if at is not None and at.tzinfo is None:
            at = at.replace(tzinfo=SEOUL)
        receipts.append(Receipt(our_id, attempt_no, *told, report.msg_key, at))
    return receipts


def _told(report: Report) -> tuple[str, Result] | None:
    """The code and what it means; None where nothing is known yet."""
    if report.report_code not in (None, ""):
        code = str(report.report_code)
        return code, outcomes.result_for(code)
    refused = report.response_code
    if refused in (None, "", codes.ACCEPTED, codes.TAKEN_BEFORE):
        return None
    # A reservation that was refused when its moment came has no report.
    return str(refused), codes.recipient_result(str(refused))


def _salvage(raw: bytes) -> Iterable[Report]:
    body = _read_anything(raw)
    if isinstance(body, dict) and "msgKey" in body:
        yield _salvage_one(body)
        return
    items = _items(body)
    if items is None:
        raise ValueError("Bizgo report: neither a webhook nor a page of reports")
    for item in items:
        if isinstance(item, dict):
            yield _salvage_one(item)


def _items(body: object) -> list[Any] | None:
    """The list in `data.data`, however odd the items; None if there is no such place."""
    for _ in range(2):
        if not isinstance(body, dict) or "data" not in body:
            return None
        body = body["data"]
    inner = body if isinstance(body, dict) else {}
    lists = [inner.get("report"), inner.get("messages")]
    return [item for found in lists if isinstance(found, list) for item in found]


def _salvage_one(report: dict[str, Any]) -> Report:
    """Take each field that is as we know it, and leave the others."""
    return Report(
        msg_key=_convert(report.get("msgKey"), str),
        ref=_convert(report.get("ref"), str),
        report_code=_convert(str(report.get("reportCode") or ""), str),
        response_code=_convert(report.get("responseCode"), str),
        report_time=_convert(report.get("reportTime"), datetime),
    )


def _convert(value: object, kind: type[_T]) -> _T | None:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
