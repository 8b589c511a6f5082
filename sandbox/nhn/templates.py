"""Templates under review."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import review
from sandbox.matching import ButtonSpec, Item, TemplateSpec
from sandbox.nhn import wire
from sandbox.nhn.wire import NAME, PROFILE, Refusal, clock
from sandbox.requests import body_of, world_of
from sandbox.templates import Comment, Entry

#: Where a template stands, in NHN's words. Registering asks for the review.
STATUSES = {
    "draft": ("TSC01", "요청"),
    "requested": ("TSC01", "요청"),
    "inspecting": ("TSC02", "검수 중"),
    "approved": ("TSC03", "승인"),
    "rejected": ("TSC04", "반려"),
}

CHANNEL_ADDED = "채널 추가하고 이 채널의 마케팅 메시지 등을 카카오톡으로 받기"

#: How moments of templates are written.
CLOCK = "%Y-%m-%d %H:%M:%S"

_THREE_DAYS = 3 * 86_400
_MAX_CONTENT = 1_300

_Details = dict[str, Any]


class WireItem(msgspec.Struct):
    """A row of an item list, its summary or the highlight."""

    title: str = ""
    description: str = ""


class WireItems(msgspec.Struct):
    """An item list."""

    list: Sequence[WireItem] = ()
    summary: WireItem | None = None


class WireButton(msgspec.Struct, rename="camel"):
    """A button or a quick reply."""

    type: str
    name: str
    ordering: int = 1
    link_mo: str | None = None
    link_pc: str | None = None
    scheme_ios: str | None = None
    scheme_android: str | None = None


class WireTemplate(msgspec.Struct, rename="camel"):
    """A template as it is registered or changed."""

    template_content: str
    template_code: str = ""
    template_name: str = ""
    template_message_type: str = "BA"
    template_emphasize_type: str = "NONE"
    template_extra: str | None = None
    template_title: str | None = None
    template_subtitle: str | None = None
    template_header: str | None = None
    template_item: WireItems | None = None
    template_item_highlight: WireItem | None = None
    template_image_name: str | None = None
    template_image_url: str | None = None
    category_code: str = "999999"
    buttons: list[WireButton] = []
    quick_replies: list[WireButton] = []


_read = msgspec.json.Decoder(WireTemplate).decode
_read_comment = msgspec.json.Decoder(dict[str, str]).decode
_read_details = msgspec.json.Decoder(_Details).decode


def _check(sent: WireTemplate) -> None:
    """What NHN refuses before a reviewer sees it."""
    kind, emphasis = sent.template_message_type, sent.template_emphasize_type
    adds = [button.type == "AC" for button in sent.buttons]
    extra, titled = bool(sent.template_extra), bool(sent.template_title or sent.template_subtitle)
    both_titles = bool(sent.template_title and sent.template_subtitle)
    image = bool(sent.template_image_name and sent.template_image_url)
    faults = {
        -2001: not sent.template_content or not sent.template_name,
        -2000: len(sent.template_content) > _MAX_CONTENT,
        -3016: emphasis == "TEXT" and not both_titles,
        -3027: emphasis == "NONE" and titled,
        -3032: emphasis == "IMAGE" and not image,
        -3018: kind == "EX" and not extra,
        -3020: kind == "MI" and not extra,
        -3028: kind == "BA" and extra,
        -3030: kind == "AD" and extra,
        -3050: kind in ("AD", "MI") and not any(adds),
        -3024: kind in ("BA", "EX") and any(adds),
        -3025: any(adds[1:]),
    }
    for code, wrong in faults.items():
        if wrong:
            raise Refusal(code)


def _spec(code: str, sent: WireTemplate) -> TemplateSpec:
    items = sent.template_item or WireItems()
    return TemplateSpec(
        template_id=code,
        body=sent.template_content,
        extra=sent.template_extra,
        title=sent.template_title,
        subtitle=sent.template_subtitle,
        header=sent.template_header,
        highlight=_item(sent.template_item_highlight),
        items=[Item(one.title, one.description) for one in items.list] or None,
        summary=_item(items.summary),
        buttons=_buttons(sent.buttons),
        quick_replies=_buttons(sent.quick_replies),
        name=sent.template_name,
        image=sent.template_image_url,
        message_type=sent.template_message_type,
        emphasis=sent.template_emphasize_type,
        category=sent.category_code,
    )


def _item(part: WireItem | None) -> Item | None:
    return None if part is None else Item(part.title, part.description)


def _buttons(buttons: list[WireButton]) -> list[ButtonSpec] | None:
    ordered = sorted(buttons, key=lambda button: button.ordering)
    return [
        ButtonSpec(one.type, one.name, one.link_mo, one.link_pc, one.scheme_android, one.scheme_ios)
        for one in ordered
    ] or None


def _entry(request: Request) -> Entry:
    check_profile(request)
    found = world_of(request).templates.get(NAME, request.path_params["code"])
    if found is None:
        raise Refusal(-3003)
    return found


def check_profile(request: Request) -> None:
    """Refuse what is asked of another profile than ours."""
    if request.path_params["sender_key"] != PROFILE:
        raise Refusal(-2017)


def _changing(entry: Entry) -> bool:
    """Whether a change of an approved template waits, or was turned down."""
    return entry.approved is not None


async def register(request: Request) -> Response:
    """`POST senders/{senderKey}/templates`: under review with that."""
    check_profile(request)
    world, raw = world_of(request), await body_of(request)
    sent = _read(raw)
    if not sent.template_code or len(sent.template_code) > 20:
        raise Refusal(-2000, "The 'templateCode' must be at less than or equal to 20.")
    _check(sent)
    names = {entry.spec.name for entry in world.templates.of(NAME)}
    if world.templates.get(NAME, sent.template_code) is not None or sent.template_name in names:
        raise Refusal(-3001)
    spec = _spec(sent.template_code, sent)
    review.request(world, review.draft(world, NAME, spec.template_id, spec, _read_details(raw)))
    return wire.answer()


async def change(request: Request) -> Response:
    """`PUT templates/{code}`: an approved one goes on being sent until the change is approved."""
    entry, raw = _entry(request), await body_of(request)
    if entry.review in ("requested", "inspecting"):
        raise Refusal(-3013 if _changing(entry) else -3012)
    sent = _read(raw)
    _check(sent)
    keep = entry.review == "approved" or _changing(entry)
    world = world_of(request)
    details = _read_details(raw) | {"changed_at": time.time()}
    entry = review.revise(world, entry, _spec(entry.code, sent), details, keep=keep)
    review.request(world, entry)
    return wire.answer()


async def delete(request: Request) -> Response:
    """`DELETE templates/{code}`: an approved one after three days without a send."""
    entry, world = _entry(request), world_of(request)
    if entry.review == "inspecting":
        raise Refusal(-3005)
    since = time.time() - _THREE_DAYS
    if any(group.at > since for group in world.store.with_fact(NAME, "template", entry.code)):
        raise Refusal(-3034)
    review.drop(world, entry)
    return wire.answer()


async def comment(request: Request) -> Response:
    """`POST templates/{code}/comments`: a rejected one is looked at again by that."""
    entry, world = _entry(request), world_of(request)
    text = _read_comment(await body_of(request)).get("comment", "")
    if not text:
        raise Refusal(-2001)
    if entry.review not in ("inspecting", "rejected"):
        raise Refusal(-3100)
    entry = review.comment(world, entry, text, reviewer=False)
    if entry.review == "rejected":
        review.decide(world, entry, "inspecting")
    return wire.answer()


async def comment_with_files(request: Request) -> Response:
    """`POST templates/{code}/comments_file`: not simulated."""
    _entry(request)
    raise Refusal(-9993)


async def show(request: Request) -> Response:
    """`GET templates/{code}`: the wording that is sent, if there is one."""
    entry = _entry(request)
    told = _told(entry, entry.approved or entry.spec, "approved" if _changing(entry) else None)
    return wire.answer(templates=told | {"block": entry.blocked, "dormant": entry.dormant})


async def show_all(request: Request) -> Response:
    """`GET templates`: without a word on which sleep or are blocked."""
    check_profile(request)
    query = request.query_params
    wanted = [
        _told(entry, entry.approved or entry.spec, "approved" if _changing(entry) else None)
        for entry in world_of(request).templates.of(NAME)
    ]
    for name, key in (
        ("templateCode", "templateCode"),
        ("templateName", "templateName"),
        ("templateStatus", "status"),
    ):
        if query.get(name):
            wanted = [one for one in wanted if one[key] == query[name]]
    size = min(int(query.get("pageSize") or 15), wire.MAX_PAGE)
    first = (int(query.get("pageNum") or 1) - 1) * size
    page = {"templates": wanted[first : first + size], "totalCount": len(wanted)}
    return wire.answer(templateListResponse=page)


async def changes(request: Request) -> Response:
    """`GET templates/{code}/modifications`: changes of an approved template."""
    entry = _entry(request)
    found = []
    if "changed_at" in entry.details:
        told = _told(entry, entry.spec, None)
        # In this list NHN shows less of a template.
        del told["kakaoTemplateCode"]
        told["buttons"] = _told_buttons(entry.spec.buttons, "telNumber")
        found = [
            told
            | {
                "activated": entry.review == "approved",
                "createDate": clock(entry.details["changed_at"], CLOCK),
            }
        ]
    return wire.answer(templateModificationsResponse={"templates": found, "totalCount": len(found)})


def _told(entry: Entry, spec: TemplateSpec, state: str | None) -> dict[str, Any]:
    status, name = STATUSES[state or entry.review]
    kind = spec.message_type or "BA"
    items = {
        "list": [{"title": one.title, "description": one.description} for one in spec.items or ()],
        "summary": spec.summary and _told_item(spec.summary),
    }
    return {
        "plusFriendId": "@sandbox",
        "senderKey": PROFILE,
        "plusFriendType": "NORMAL",
        "templateCode": entry.code,
        "kakaoTemplateCode": entry.code,
        "templateName": spec.name or entry.code,
        "templateMessageType": kind,
        "templateEmphasizeType": spec.emphasis or ("TEXT" if spec.title else "NONE"),
        "templateContent": spec.body,
        "templateExtra": spec.extra,
        "templateAd": CHANNEL_ADDED if kind in ("AD", "MI") else None,
        "templateTitle": spec.title,
        "templateSubtitle": spec.subtitle,
        "templateHeader": spec.header,
        "templateItem": items if spec.items else None,
        "templateItemHighlight": spec.highlight
        and {**_told_item(spec.highlight), "imageUrl": None},
        "templateRepresentLink": None,
        "templateImageName": entry.details.get("templateImageName"),
        "templateImageUrl": spec.image,
        "buttons": _told_buttons(spec.buttons, "bizFormId", "pluginId", "telNumber"),
        "quickReplies": _told_buttons(spec.quick_replies, "bizFormId"),
        "comments": [_told_comment(at, one) for at, one in enumerate(entry.comments, start=1)],
        "status": status,
        "statusName": name,
        "securityFlag": bool(entry.details.get("securityFlag")),
        "categoryCode": spec.category or "999999",
        "createDate": clock(entry.created_at, CLOCK),
        "updateDate": clock(entry.updated_at, CLOCK),
    }


def _told_item(item: Item) -> dict[str, str]:
    return {"title": item.title, "description": item.description}


def _told_buttons(buttons: list[ButtonSpec] | None, *more: str) -> list[dict[str, Any]]:
    """`more`: fields that the sandbox keeps nothing for, and that stand there all the same."""
    return [
        {
            "ordering": at,
            "type": one.type,
            "name": one.name,
            "linkMo": one.link_mobile,
            "linkPc": one.link_pc,
            "schemeIos": one.scheme_ios,
            "schemeAndroid": one.scheme_android,
            **dict.fromkeys(more),
        }
        for at, one in enumerate(buttons or (), start=1)
    ]


def _told_comment(number: int, one: Comment) -> dict[str, Any]:
    return {
        "id": number,
        "content": one.text,
        "userName": "검수자" if one.reviewer else "모의 기관",
        "createdAt": clock(one.at, CLOCK),
        "attachment": [],
        "status": "REJ" if one.reviewer else "INQ",
    }
