"""Results as pages that explain themselves, and reading them.

SENS calls nobody back and is told no reference of ours: a page of its list means something only
beside what the chunk knows. So each page is wrapped with our references, and without numbers and
texts, which nobody needs any more.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from alimnaru.carriers.base import Receipt, read_ref
from alimnaru.carriers.sens import wire
from alimnaru.carriers.sens.codes import ACCEPTED, alimtalk_result, sms_result
from alimnaru.rules.outcomes import Result


class Item(msgspec.Struct, rename="camel", omit_defaults=True):
    """A message of a page: our reference, SENS's, and what it says."""

    ref: str | None = None
    carrier_ref: str = ""
    complete_time: str | None = None
    request_status_code: str = ""
    message_status_code: str = ""
    message_status_name: str = ""
    status: str = ""
    status_code: str = ""
    status_name: str = ""


class Wrapped(msgspec.Struct):
    """A page. `sens` tells which of the two services it is from: alimtalk or sms."""

    sens: str
    items: list[Item]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Wrapped).decode


def wrap(service: str, items: Iterable[tuple[str | None, str, wire.Message]]) -> bytes:
    """A page of (our reference, SENS's, message)."""
    return _encode(Wrapped(service, [_item(*one) for one in items]))


def _item(ref: str | None, carrier_ref: str, message: wire.Message) -> Item:
    return Item(
        ref,
        carrier_ref,
        message.complete_time,
        wire.said(message.request_status_code),
        wire.said(message.message_status_code),
        message.message_status_name or "",
        message.status or "",
        wire.said(message.status_code),
        message.status_name or "",
    )


def read_receipts(raw: bytes) -> list[Receipt]:
    """Read a page of `results`. Raises `ValueError` for anything else."""
    try:
        page = _decode(raw)
    except wire.UNREADABLE:
        raise ValueError("SENS report: not a page of results") from None
    verdict = _of_alimtalk if page.sens == "alimtalk" else _of_text
    receipts = []
    for item in page.items:
        code, result = verdict(item)
        if not code:
            continue
        ours, attempt = read_ref(item.ref or "") or (None, None)
        at = wire.moment(item.complete_time)
        receipts.append(Receipt(ours, attempt, code, result, item.carrier_ref, at))
    return receipts


def _of_alimtalk(item: Item) -> tuple[str, Result]:
    asked, told = item.request_status_code, item.message_status_code
    if asked and asked != ACCEPTED:
        return asked, alimtalk_result(asked)
    code = told or item.message_status_name or asked
    return code, alimtalk_result(code)


def _of_text(item: Item) -> tuple[str, Result]:
    done = item.status == "COMPLETED"
    code = (item.status_code or item.status_name) if done else item.status
    return code, sms_result(code)
