"""Templates under review, and the sender profile."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import review
from sandbox.bizgo.files import form_of
from sandbox.bizgo.sending import PROFILE
from sandbox.bizgo.wire import NAME, WireButton, moment, no, plain, success
from sandbox.matching import ButtonSpec, Item, TemplateSpec
from sandbox.requests import body_of, number_param, world_of
from sandbox.templates import Comment, Entry
from sandbox.world import World

_INSPECTION = {
    "draft": "REG",
    "requested": "REQ",
    "inspecting": "REQ",
    "approved": "APR",
    "rejected": "REJ",
}


class _Items(msgspec.Struct):
    rows: list[Item] | None = msgspec.field(name="list", default=None)
    summary: Item | None = None


class _Attachment(msgspec.Struct, rename="camel"):
    button: list[WireButton] | None = None
    item: _Items | None = None
    item_highlight: Item | None = None


class _Supplement(msgspec.Struct, rename="camel"):
    quick_reply: list[WireButton] | None = None


class _Body(msgspec.Struct, rename="camel"):
    sender_key: str
    template_code: str
    template_name: str
    template_message_type: str
    template_emphasize_type: str
    text: str
    title: str | None = None
    sub_title: str | None = None
    header: str | None = None
    img_name: str | None = None
    img_url: str | None = None
    attachment: _Attachment | None = None
    supplement: _Supplement | None = None
    category_code: str | None = None
    security_flag: bool | None = None
    extra: str | None = None


class _Save(msgspec.Struct):
    alimtalk: _Body


class _Key(msgspec.Struct, rename="camel"):
    sender_key: str
    template_code: str
    comment: str | None = None


class _Asked(msgspec.Struct):
    alimtalk: _Key


async def create(request: Request) -> Response:
    """`POST center/alimtalk/template`."""
    world = world_of(request)
    raw = await body_of(request)
    body = msgspec.json.decode(raw, type=_Save).alimtalk
    _check(body)
    if world.templates.get(NAME, body.template_code) is not None:
        raise no("A213", "Duplicate templateCode")
    entry = review.draft(world, NAME, body.template_code, _spec(body), _details(raw))
    return success({"alimtalk": _told(entry)})


async def update(request: Request) -> Response:
    """`PUT center/alimtalk/template`: while it waits for a request, or was rejected."""
    world = world_of(request)
    raw = await body_of(request)
    body = msgspec.json.decode(raw, type=_Save).alimtalk
    _check(body)
    entry = _named(world, body.sender_key, body.template_code)
    if entry.review not in ("draft", "rejected"):
        raise no("A213", "Wrong inspectionStatus")
    entry = review.revise(world, entry, _spec(body), _details(raw), keep=False)
    return success({"alimtalk": _told(entry)})


async def show(request: Request) -> Response:
    """`GET center/alimtalk/template`."""
    query = request.query_params
    entry = _named(world_of(request), query.get("senderKey", ""), query.get("templateCode", ""))
    comments = [_comment(n, entry, one) for n, one in enumerate(entry.comments, start=1)]
    return success({"alimtalk": {**_told(entry), "comments": comments}})


async def listed(request: Request) -> Response:
    """`GET center/alimtalk/template/list`."""
    query = request.query_params
    key = query.get("senderKey", "")
    wanted = query.get("inspectionStatus")
    offset = query.get("offset", "")
    first = int(offset) if offset.isdecimal() else 0
    limit = number_param(request, "limit", 100, 100)
    found = [
        entry
        for entry in world_of(request).templates.of(NAME)
        if _profile_of(entry) == key and wanted in (None, _INSPECTION[entry.review])
    ]
    return success(
        {"alimtalk": {"templates": [_told(entry) for entry in found[first : first + limit]]}}
    )


async def ask(request: Request) -> Response:
    """`POST center/alimtalk/template/request`: JSON, or a form with files."""
    world = world_of(request)
    key = await _asked(request)
    entry = _named(world, key.sender_key, key.template_code)
    if entry.review != "draft":
        raise no("A213", "Wrong inspectionStatus")
    if key.comment:
        entry = review.comment(world, entry, key.comment, reviewer=False)
    review.request(world, entry)
    return success()


async def _asked(request: Request) -> _Key:
    if request.headers.get("content-type", "").startswith("multipart/"):
        form = await form_of(request)
        fields = {name: part.content.decode() for name, part in form.items() if not part.filename}
        return msgspec.convert(fields, _Key)
    return msgspec.json.decode(await body_of(request), type=_Asked).alimtalk


async def withdraw(request: Request) -> Response:
    """`POST center/alimtalk/template/request/cancel`."""
    world = world_of(request)
    key = msgspec.json.decode(await body_of(request), type=_Asked).alimtalk
    entry = _named(world, key.sender_key, key.template_code)
    if entry.review not in ("requested", "inspecting"):
        raise no("A213", "Wrong inspectionStatus")
    review.withdraw(world, entry)
    return success()


async def drop(request: Request) -> Response:
    """`DELETE center/alimtalk/template/senderKey/{}/templateCode/{}`."""
    world = world_of(request)
    path = request.path_params
    entry = _named(world, path["sender_key"], path["template_code"])
    if entry.review not in ("draft", "rejected"):
        raise no("A213", "Wrong inspectionStatus")
    review.drop(world, entry)
    return success()


async def sender(request: Request) -> Response:
    """`GET center/kakao/sender`."""
    world = world_of(request)
    key = request.query_params.get("senderKey", "")
    state = world.settings.profile_states.get(NAME, "active")
    if key != PROFILE or state == "gone":
        raise no("A820")
    at = moment(world.started_at)
    return success(
        {
            "kakao": {
                "senderProfile": {
                    "senderKey": key,
                    "uuid": "@나루구",
                    "name": world.settings.channel,
                    "status": "A",
                    "block": state == "blocked",
                    "dormant": state == "dormant",
                    "profileStatus": "A",
                    "createdAt": at,
                    "modifiedAt": at,
                    "businessProfile": True,
                    "profileSpamLevel": "정상",
                    "profileMessageSpamLevel": "정상",
                }
            }
        }
    )


def _check(body: _Body) -> None:
    if body.sender_key != PROFILE:
        raise no("A502")
    if not 1 <= len(body.template_code) <= 30:
        raise no("A505")
    if not 1 <= len(body.text) <= 1_300:
        raise no("A303")


def _named(world: World, profile: str, code: str) -> Entry:
    entry = world.templates.get(NAME, code)
    if entry is None or _profile_of(entry) != profile:
        raise no("A820")
    return entry


def _profile_of(entry: Entry) -> str:
    return entry.spec.pf_id or PROFILE


def _details(raw: bytes) -> dict[str, Any]:
    sent: dict[str, Any] = msgspec.json.decode(raw)["alimtalk"]
    return sent


def _spec(body: _Body) -> TemplateSpec:
    attachment = body.attachment or _Attachment()
    items = attachment.item or _Items()
    replies = body.supplement.quick_reply if body.supplement is not None else None
    return TemplateSpec(
        body.template_code,
        body.text,
        pf_id=body.sender_key,
        extra=body.extra,
        title=body.title,
        subtitle=body.sub_title,
        header=body.header,
        highlight=attachment.item_highlight,
        items=items.rows,
        summary=items.summary,
        buttons=[_button(one) for one in attachment.button or ()] or None,
        quick_replies=[_button(one) for one in replies or ()] or None,
        name=body.template_name,
        image=body.img_url,
        message_type=body.template_message_type,
        emphasis=body.template_emphasize_type,
        category=body.category_code,
    )


def _button(one: WireButton) -> ButtonSpec:
    return ButtonSpec(
        one.type, one.name, one.url_mobile, one.url_pc, one.scheme_android, one.scheme_ios
    )


def _told(entry: Entry) -> dict[str, Any]:
    """`block` and `dormant` are words; `status` is R until the first send, then A; S is stopped."""
    spec = entry.spec
    return {
        "templateMessageType": spec.message_type or "BA",
        "templateEmphasizeType": spec.emphasis or "NONE",
        **entry.details,
        "senderKey": _profile_of(entry),
        "senderKeyType": "S",
        "templateCode": entry.code,
        "templateName": spec.name or entry.code,
        "msgType": "AI" if spec.emphasis == "IMAGE" else "AT",
        "text": spec.body,
        "inspectionStatus": _INSPECTION[entry.review],
        "status": "S" if entry.stopped else "R",
        "block": "true" if entry.blocked else "false",
        "dormant": "true" if entry.dormant else "false",
        "createdAt": plain(entry.created_at),
        "modifiedAt": plain(entry.updated_at),
    }


def _comment(number: int, entry: Entry, one: Comment) -> dict[str, Any]:
    status = _INSPECTION[entry.review] if one.reviewer else "REQ"
    return {
        "id": number,
        "content": one.text,
        "userName": "검수자" if one.reviewer else "신청자",
        "createdAt": plain(one.at),
        "status": status,
        "attachment": [],
    }
