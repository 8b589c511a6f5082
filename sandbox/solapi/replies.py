"""JSON of groups and messages as SOLAPI's clients decode it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.admission import Shape
from sandbox.message import Message
from sandbox.solapi.codes import CODES, MEANINGS, PRICES, STATUS_JSON
from sandbox.solapi.wire import ACCOUNT
from sandbox.statuses import ACCEPTED, REMOVED, WAITING
from sandbox.store import Chunk, Group
from sandbox.texts import Texts
from sandbox.wire import COUNTRY, encode, iso

_KINDS = ("sms", "lms", "mms", "ata", "cta", "cti", "nsa", "rcs_sms", "rcs_lms", "rcs_mms")
_PRICE = {COUNTRY: {kind: PRICES.get(kind, 0.0) for kind in _KINDS}}
_NO_PROFIT = dict.fromkeys(_KINDS, 0)


def group_json(group: Group) -> dict[str, Any]:
    """A group; every key that the official clients insist on is there."""
    cost = sum(PRICES[kind] * count for kind, count in group.charge.items())
    charge = {
        kind: {COUNTRY: group.charge[kind]} if kind in group.charge else {} for kind in _KINDS
    }
    return {
        "_id": group.group_id,
        "groupId": group.group_id,
        "accountId": ACCOUNT,
        "masterAccountId": None,
        "apiVersion": "4",
        "status": group.status,
        "strict": group.facts["strict"],
        "allowDuplicates": group.facts["dup"],
        "isRefunded": False,
        "flagUpdated": False,
        "prepaid": True,
        "sdkVersion": None,
        "osPlatform": None,
        "app": {"profit": _NO_PROFIT, "appId": group.facts["app"], "version": None},
        "customFields": group.facts["custom"],
        "hint": None,
        "count": _count(group),
        "countForCharge": charge,
        "balance": {"requested": cost, "replacement": 0, "refund": 0, "sum": cost},
        "point": {"requested": 0, "replacement": 0, "refund": 0, "sum": 0},
        "price": _PRICE,
        "log": [{"message": text, "createAt": iso(at)} for text, at in group.log],
        "dateCreated": iso(group.at),
        "dateUpdated": iso(group.updated_at),
        "scheduledDate": iso(group.scheduled_at),
        "dateSent": iso(group.sent_at),
        "dateCompleted": iso(group.completed_at),
    }


def _count(group: Group) -> dict[str, int]:
    return {
        "total": group.total - group.removed,
        "sentTotal": group.sent,
        "sentFailed": group.failed,
        "sentSuccess": group.success,
        "sentPending": group.sent - group.success - group.failed,
        "sentReplacement": group.replaced,
        "refund": 0,
        "registeredFailed": group.refused,
        "registeredSuccess": group.registered,
    }


def results(chunk: Chunk, places: Iterable[int]) -> list[str]:
    """Registration results as JSON texts: `to from type country messageId statusCode …`."""
    head, base, code = chunk.head, chunk.base, chunk.code
    to, custom = list(chunk.to), list(chunk.custom)
    shared = [
        f'"from":{encode(shape.sender).decode()},"type":{encode(shape.type).decode()},'
        f'"country":{encode(shape.country).decode()},"accountId":"{ACCOUNT}",'
        for shape in chunk.shapes
    ]
    texts: list[str] = []
    for i in places:
        status = code[i]
        # Only an accepted number is known to need no escaping.
        number = f'"{to[i]}"' if status == ACCEPTED else encode(to[i]).decode()
        own = custom[i]
        fields = f'{{"ref":"{own}"}}' if type(own) is str else custom_json(chunk, i)
        texts.append(
            f'{{"to":{number},{shared[chunk.shape[i]]}"messageId":"{head}{base + i:08X}",'
            f"{STATUS_JSON[status]},"
            f'"customFields":{fields}}}'
        )
    return texts


def custom_json(chunk: Chunk, i: int) -> str:
    """The custom fields as JSON."""
    custom = chunk.custom[i]
    # Stored bare only if it needs no escaping.
    if isinstance(custom, str):
        return f'{{"ref":"{custom}"}}'
    return encode(custom or {}).decode()


def message_json(texts: Texts, chunk: Chunk, i: int) -> dict[str, Any]:
    """A message of a list."""
    message = texts.message(chunk, i)
    shape, status, group = chunk.shape_of(i), chunk.code[i], chunk.group
    custom = chunk.custom[i]
    told = iso(group.completed_at or group.updated_at) if _is_final(chunk, i) else None
    message_id = chunk.message_id(i)
    reply: dict[str, Any] = {
        "_id": message_id,
        "messageId": message_id,
        "groupId": group.group_id,
        "accountId": ACCOUNT,
        "type": chunk.type_of(i),
        "country": shape.country,
        "to": chunk.to[i],
        "from": shape.sender,
        "text": texts.text(chunk, i),
        "subject": message.subject,
        "imageId": message.image if shape.type == "MMS" else None,
        "autoTypeDetect": True,
        "customFields": {"ref": custom} if isinstance(custom, str) else custom or {},
        "status": status_of(chunk, i),
        "statusCode": CODES[status],
        "statusMessage": MEANINGS[status],
        "reason": MEANINGS[status] if told else None,
        "replacement": i in chunk.replaced and told is not None,
        "resendCount": 0,
        "networkName": None,
        "networkCode": None,
        "log": [],
        "dateCreated": iso(chunk.at),
        "dateUpdated": iso(group.updated_at),
        "dateProcessed": iso(group.sent_at),
        "dateReported": told,
        "dateReceived": told,
    }
    if shape.profile is not None:
        reply["kakaoOptions"] = _kakao_json(message, shape)
    return reply


def _kakao_json(message: Message, shape: Shape) -> dict[str, Any]:
    return {
        "pfId": shape.profile,
        "templateId": shape.template,
        "title": message.title,
        "variables": message.variables or {},
        "disableSms": shape.alone,
        "imageId": message.image,
        "buttons": message.buttons or [],
    }


def _is_final(chunk: Chunk, i: int) -> bool:
    return bool(chunk.endings) and chunk.code[i] not in (ACCEPTED, WAITING, REMOVED)


def status_of(chunk: Chunk, i: int) -> str:
    """PENDING, SENDING or COMPLETE; FAILED if it never was sent."""
    status = chunk.code[i]
    if status == WAITING:
        return "SENDING"
    if status == ACCEPTED:
        return "PENDING"
    return "COMPLETE" if _is_final(chunk, i) else "FAILED"
