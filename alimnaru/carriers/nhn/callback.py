"""Reading what NHN reports: callbacks of both products, and pages of their lists.

A body tells by itself which product speaks: a callback's items name a `kakaoMessageType` or a
`senderType`, a page hangs its messages under `messageSearchResultResponse` or under `body`. That
matters because the two share no meaning of a code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from alimnaru.carriers.base import Receipt, read_ref
from alimnaru.carriers.nhn.codes import PHONE_STATES, WAITING, result_of
from alimnaru.carriers.nhn.replies import UNREADABLE, Item, KakaoPage, PhonePage
from alimnaru.carriers.nhn.wire import SEOUL

#: The one event of a callback that is about a message of ours. Others are answered and left: a
#: template's review, the 080 list, countries.
RESULT = "MESSAGE_RESULT_UPDATE"

#: States that are the last word even where a result stands beside them.
_FINAL = ("CANCEL", "DUPLICATED", "FAILED_AD")


class Report(msgspec.Struct, rename="camel"):
    """A callback or a page."""

    event: str | None = None
    hooks: list[Item] | None = None
    message_search_result_response: KakaoPage | None = None
    body: PhonePage | None = None


_T = TypeVar("_T")

_read_report = msgspec.json.Decoder(Report).decode
_read_anything = msgspec.json.Decoder().decode


def read_receipts(raw: bytes) -> list[Receipt]:
    """Read a callback body or a page of messages. Raises `ValueError` for what is neither."""
    try:
        try:
            report = _read_report(raw)
        except msgspec.ValidationError:
            # One item that is not as we know it must not cost the others their receipts.
            report = _salvage(raw)
    except UNREADABLE:
        raise ValueError("NHN report: not readable as JSON") from None
    if report.hooks is not None:
        if report.event != RESULT:
            return []
        return _receipts(report.hooks)
    if report.message_search_result_response is not None:
        return _receipts(report.message_search_result_response.messages or (), kakao=True)
    if report.body is not None:
        return _receipts(report.body.data or (), kakao=False)
    raise ValueError("NHN report: neither a callback nor a page of messages")


def _receipts(items: Sequence[Item], *, kakao: bool | None = None) -> list[Receipt]:
    """`kakao` None: the items of a callback, which say it themselves."""
    receipts = []
    moments: dict[str | None, datetime | None] = {}
    for item in items:
        ref = item.recipient_grouping_key or item.recipient_gropuing_key
        our_id, attempt_no = (read_ref(ref) if ref else None) or (None, None)
        code = _code_of(item)
        told = item.receive_date or item.result_date
        if told not in moments:
            # A second brings hundreds of results.
            moments[told] = _moment(told)
        by_kakao = item.kakao_message_type is not None if kakao is None else kakao
        receipts.append(
            Receipt(
                our_id,
                attempt_no,
                code,
                result_of(code, kakao=by_kakao),
                f"{item.request_id}:{item.recipient_seq}",
                moments[told],
            )
        )
    return receipts


def _code_of(item: Item) -> str:
    """The result that NHN tells, or where the message stands while it tells none."""
    state = item.message_status
    if state is None and item.msg_status is not None:
        state = PHONE_STATES.get(item.msg_status, item.msg_status)
    code = item.result_code
    if state in _FINAL:
        return state
    if code is not None and code != "":
        return str(code)
    if state in ("FAILED", "COMPLETED"):
        return state
    return WAITING


def _moment(text: str | None) -> datetime | None:
    """NHN's several spellings of a moment, all in Korean time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=SEOUL) if moment.tzinfo is None else moment


def _salvage(raw: bytes) -> Report:
    body = _read_anything(raw)
    if not isinstance(body, dict):
        raise ValueError("NHN report: neither a callback nor a page of messages")  # noqa: TRY004
    hooks = body.get("hooks")
    if isinstance(hooks, list):
        return Report(event=_convert(body.get("event"), str), hooks=list(_salvage_all(hooks)))
    kakao = body.get("messageSearchResultResponse")
    if isinstance(kakao, dict):
        return Report(message_search_result_response=KakaoPage(_salvaged(kakao.get("messages"))))
    phone = body.get("body")
    if isinstance(phone, dict):
        return Report(body=PhonePage(_salvaged(phone.get("data"))))
    raise ValueError("NHN report: neither a callback nor a page of messages")


def _salvaged(items: object) -> list[Item]:
    return list(_salvage_all(items)) if isinstance(items, list) else []


def _salvage_all(items: Iterable[object]) -> Iterable[Item]:
    for item in items:
        if isinstance(item, Mapping):
            yield _salvage_one(item)


def _salvage_one(item: Mapping[str, object]) -> Item:
    """Take each field that is as we know it, and leave the others."""
    kept = {
        field.encode_name: value
        for field in msgspec.structs.fields(Item)
        if (value := _convert(item.get(field.encode_name), field.type)) is not None
    }
    return msgspec.convert(kept, Item)


def _convert(value: object, kind: type[_T]) -> _T | None:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
