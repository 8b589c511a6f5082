"""`/kakao`: templates under review, and the channels that they belong to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import review
from sandbox.matching import ButtonSpec, Item, Pattern, TemplateSpec
from sandbox.requests import body_of, number_param, world_of
from sandbox.solapi.auth import PROFILE
from sandbox.solapi.wire import ACCOUNT, NAME
from sandbox.templates import Entry
from sandbox.wire import WireError, answer, iso, make_id, stamp_of
from sandbox.world import World

# SOLAPI's words for where a template stands.
_STATUS = {
    "draft": "PENDING",
    "requested": "INSPECTING",
    "inspecting": "INSPECTING",
    "approved": "APPROVED",
    "rejected": "REJECTED",
}
_CATEGORIES = [
    {"code": "001001", "name": "회원가입"},
    {"code": "006001", "name": "예약완료/예약내역"},
    {"code": "999999", "name": "기타"},
]
_CHANGEABLE = frozenset({"draft", "rejected"})
# Kakao took 1,300 in 2025; SOLAPI's own pages say 1,000.
_MAX_CONTENT = 1_300
_DEFAULT_LIMIT, _MAX_LIMIT = 20, 500


class _Button(msgspec.Struct, rename="camel"):
    button_type: str
    button_name: str
    link_mo: str | None = None
    link_pc: str | None = None
    link_and: str | None = None
    link_ios: str | None = None


class _QuickReply(msgspec.Struct, rename="camel"):
    link_type: str
    name: str
    link_mo: str | None = None
    link_pc: str | None = None
    link_and: str | None = None
    link_ios: str | None = None


class _Items(msgspec.Struct):
    list: Sequence[Item]
    summary: Item | None = None


class _Body(msgspec.Struct, rename="camel"):
    name: str
    content: str
    category_code: str
    channel_id: str | None = None
    channel_group_id: str | None = None
    message_type: str = "BA"
    emphasize_type: str = "NONE"
    buttons: list[_Button] = []
    quick_replies: list[_QuickReply] = []
    header: str | None = None
    highlight: Item | None = None
    item: _Items | None = None
    extra: str | None = None
    emphasize_title: str | None = None
    emphasize_sub_title: str | None = None
    security_flag: bool = False
    image_id: str | None = None


class _Comment(msgspec.Struct):
    comment: str = ""


class _Name(msgspec.Struct):
    name: str


_read_body = msgspec.json.Decoder(_Body).decode


def _checked(world: World, body: _Body) -> _Body:
    if not body.content or len(body.content) > _MAX_CONTENT or not body.name:
        raise WireError(400, "ValidationError", "name과 content를 확인해 주십시오.")
    if body.category_code not in {one["code"] for one in _CATEGORIES}:
        raise WireError(400, "ValidationError", "없는 카테고리입니다.")
    if body.image_id and world.pictures.get(NAME, body.image_id) is None:
        raise WireError(404, "ResourceNotFound", "이미지를 찾을 수 없습니다.")
    return body


def _spec(code: str, body: _Body, channel: str | None) -> TemplateSpec:
    return TemplateSpec(
        code,
        body.content,
        pf_id=channel,
        extra=body.extra,
        title=body.emphasize_title,
        subtitle=body.emphasize_sub_title,
        header=body.header,
        highlight=body.highlight,
        items=list(body.item.list) if body.item else None,
        summary=body.item.summary if body.item else None,
        buttons=[
            ButtonSpec(b.button_type, b.button_name, b.link_mo, b.link_pc, b.link_and, b.link_ios)
            for b in body.buttons
        ],
        quick_replies=[
            ButtonSpec(b.link_type, b.name, b.link_mo, b.link_pc, b.link_and, b.link_ios)
            for b in body.quick_replies
        ],
        name=body.name,
        image=body.image_id,
        message_type=body.message_type,
        emphasis=body.emphasize_type,
        category=body.category_code,
    )


async def create(request: Request) -> Response:
    """`POST /kakao/v2/templates`."""
    world = world_of(request)
    body = _checked(world, _read_body(await body_of(request)))
    channel = body.channel_id or body.channel_group_id
    if not channel:
        raise WireError(400, "ValidationError", "channelId 또는 channelGroupId가 필요합니다.")
    if channel not in _channels(world):
        raise WireError(404, "ResourceNotFound", "채널을 찾을 수 없습니다.")
    code = _new_code(world)
    entry = review.draft(world, NAME, code, _spec(code, body, channel), {})
    return answer(template_json(entry))


def _new_code(world: World) -> str:
    number = len(world.templates.of(NAME)) + 1
    stamp = stamp_of(time.time())
    while True:
        code = make_id("G", stamp, number).replace("G4V", "KA01TP", 1)[:35]
        if world.templates.get(NAME, code) is None:
            return code
        number += 1


def _entry(request: Request) -> Entry:
    entry = world_of(request).templates.get(NAME, request.path_params["template_id"])
    if entry is None:
        raise WireError(404, "ResourceNotFound", "템플릿을 찾을 수 없습니다.")
    return entry


def _expect(entry: Entry, states: frozenset[str]) -> None:
    if entry.review not in states:
        raise WireError(400, "InvalidStatus", "지금 상태에서는 할 수 없습니다.")


async def show(request: Request) -> Response:
    """`GET /kakao/v2/templates/{id}`."""
    return answer(template_json(_entry(request)))


async def update(request: Request) -> Response:
    """`PUT /kakao/v2/templates/{id}`: before it is approved."""
    world, entry = world_of(request), _entry(request)
    body = _checked(world, _read_body(await body_of(request)))
    _expect(entry, _CHANGEABLE)
    spec = _spec(entry.code, body, entry.spec.pf_id)
    return answer(template_json(review.revise(world, entry, spec, {}, keep=False)))


async def rename(request: Request) -> Response:
    """`PUT /kakao/v2/templates/{id}/name`: whatever its state."""
    world, entry = world_of(request), _entry(request)
    name = msgspec.json.decode(await body_of(request), type=_Name).name
    entry.spec = msgspec.structs.replace(entry.spec, name=name)
    review.save(world, entry)
    return answer(template_json(entry))


async def delete(request: Request) -> Response:
    """`DELETE /kakao/v2/templates/{id}`: a draft, or one that was rejected."""
    entry = _entry(request)
    _expect(entry, _CHANGEABLE)
    review.drop(world_of(request), entry)
    return answer(template_json(entry))


async def inspect(request: Request) -> Response:
    """`PUT /kakao/v1/templates/{id}/inspection`: ask for the review."""
    world, entry = world_of(request), _entry(request)
    said = msgspec.json.decode(await body_of(request) or b"{}", type=_Comment).comment
    _expect(entry, _CHANGEABLE)
    if said:
        entry = review.comment(world, entry, said, reviewer=False)
    return answer(template_json(review.request(world, entry)))


async def cancel(request: Request) -> Response:
    """`PUT /kakao/v2/templates/{id}/inspection/cancel`: a draft again."""
    entry = _entry(request)
    _expect(entry, frozenset({"requested", "inspecting"}))
    return answer(template_json(review.withdraw(world_of(request), entry)))


async def comment(request: Request) -> Response:
    """`POST /kakao/v1/templates/{id}/comment`."""
    world, entry = world_of(request), _entry(request)
    said = msgspec.json.decode(await body_of(request), type=_Comment).comment
    if not said:
        raise WireError(400, "ValidationError", "comment가 비어 있습니다.")
    return answer(template_json(review.comment(world, entry, said, reviewer=False)))


async def wake(request: Request) -> Response:
    """`PUT /kakao/v2/templates/{id}/release-dormant`."""
    world, entry = world_of(request), _entry(request)
    if not entry.dormant:
        raise WireError(400, "InvalidStatus", "휴면 상태가 아닙니다.")
    entry.dormant = False
    review.save(world, entry)
    return answer(template_json(entry))


async def listing(request: Request) -> Response:
    """`GET /kakao/v2/templates`: newest first."""
    world, query = world_of(request), request.query_params
    limit = number_param(request, "limit", _DEFAULT_LIMIT, _MAX_LIMIT)
    start, next_key = query.get("startKey"), None
    page: list[dict[str, Any]] = []
    for entry in reversed(world.templates.of(NAME)):
        if start is not None and entry.code != start:
            continue
        start = None
        if not _wanted(entry, query):
            continue
        if len(page) == limit:
            next_key = entry.code
            break
        page.append(template_json(entry))
    return answer(
        {
            "limit": limit,
            "startKey": query.get("startKey"),
            "nextKey": next_key,
            "templateList": page,
        }
    )


def _wanted(entry: Entry, query: Any) -> bool:
    tests = {
        "templateId": entry.code,
        "status": _STATUS[entry.review],
        "channelId": entry.spec.pf_id or PROFILE,
    }
    return all(query.get(name) in {None, value} for name, value in tests.items())


async def categories(_request: Request) -> Response:
    """`GET /kakao/v2/templates/categories`."""
    return answer(_CATEGORIES)


def _channels(world: World) -> set[str]:
    known = {PROFILE, *(e.spec.pf_id for e in world.templates.of(NAME) if e.spec.pf_id)}
    gone = world.settings.profile_states.get(NAME) == "gone"
    return known - {PROFILE} if gone else known


async def channel(request: Request) -> Response:
    """`GET /kakao/v2/channels/{id}`: where it stands with Kakao is not told."""
    world = world_of(request)
    channel_id = request.path_params["channel_id"]
    if channel_id not in _channels(world):
        raise WireError(404, "ResourceNotFound", "채널을 찾을 수 없습니다.")
    return answer(_channel_json(world, channel_id))


async def channels(request: Request) -> Response:
    """`GET /kakao/v2/channels`."""
    world = world_of(request)
    found = [_channel_json(world, one) for one in sorted(_channels(world))]
    return answer({"limit": 20, "startKey": None, "nextKey": None, "channelList": found})


def _channel_json(world: World, channel_id: str) -> dict[str, Any]:
    return {
        "channelId": channel_id,
        "searchId": world.settings.channel,
        "accountId": ACCOUNT,
        "sharedAccountIds": [],
        "dateCreated": iso(world.started_at),
        "dateUpdated": iso(world.started_at),
    }


def template_json(entry: Entry) -> dict[str, Any]:
    """A template as SOLAPI's JavaScript client reads it."""
    spec = entry.spec
    marks = dict.fromkeys(mark for text in (spec.body, spec.title) if text for mark in _marks(text))
    return {
        "templateId": entry.code,
        "name": spec.name or entry.code,
        "accountId": ACCOUNT,
        "channelId": spec.pf_id or PROFILE,
        "channelGroupId": None,
        "content": spec.body,
        "isHidden": False,
        "isDormant": entry.dormant,
        "isBlocked": entry.blocked or entry.stopped,
        "messageType": spec.message_type or "BA",
        "emphasizeType": spec.emphasis or ("TEXT" if spec.title else "NONE"),
        "extra": spec.extra,
        "ad": None,
        "emphasizeTitle": spec.title,
        "emphasizeSubtitle": spec.subtitle,
        "securityFlag": False,
        "imageId": spec.image,
        "assignType": "CHANNEL",
        "categoryCode": spec.category or "999999",
        "buttons": [_button_json(b, "buttonType", "buttonName") for b in spec.buttons or ()],
        "quickReplies": [_button_json(b, "linkType", "name") for b in spec.quick_replies or ()],
        "comments": [_comment_json(one) for one in entry.comments],
        "commentable": entry.review in {"inspecting", "rejected"},
        "header": spec.header,
        "highlight": spec.highlight,
        "item": {"list": spec.items, "summary": spec.summary or {}} if spec.items else None,
        "code": None if entry.review == "draft" else entry.code[-20:],
        "status": _STATUS[entry.review],
        "variables": [{"name": mark} for mark in marks],
        "dateCreated": iso(entry.created_at),
        "dateUpdated": iso(entry.updated_at),
    }


def _marks(text: str) -> tuple[str, ...]:
    return Pattern(text).marks


def _button_json(button: ButtonSpec, kind: str, name: str) -> dict[str, Any]:
    links = {
        "linkMo": button.link_mobile,
        "linkPc": button.link_pc,
        "linkAnd": button.scheme_android,
        "linkIos": button.scheme_ios,
    }
    told = {key: link for key, link in links.items() if link is not None}
    return {kind: button.type, name: button.name, **told}


def _comment_json(one: Any) -> dict[str, Any]:
    member = "SOLAPI" if one.reviewer else ACCOUNT
    return {
        "isAdmin": one.reviewer,
        "memberId": member,
        "content": one.text,
        "dateCreated": iso(one.at),
    }
