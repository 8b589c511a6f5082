"""Channels and templates, to look at only, and pictures for MMS."""

from __future__ import annotations

import base64
import binascii
import time
from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image, UnidentifiedImageError
from starlette.requests import Request
from starlette.responses import Response

from sandbox.pictures import Picture
from sandbox.requests import body_of, number_param, world_of
from sandbox.sens import wire
from sandbox.sens.auth import CHANNEL, KAKAO_SERVICE
from sandbox.templates import Comment, Entry
from sandbox.wire import answer

INSPECTION = {
    "draft": "REGISTER",
    "requested": "INSPECT",
    "inspecting": "INSPECT",
    "approved": "COMPLETE",
    "rejected": "REJECT",
}
# It has no word for a template or a channel that Kakao has put to sleep.
STOPPED = {"blocked": "STOP", "stopped": "STOP"}
CHANNELS = {"active": "ACTIVE", "dormant": "ACTIVE", "blocked": "BLOCKED", "gone": "DELETED"}

PICTURE_BYTES = 300 * 1024
PICTURE_WIDTH, PICTURE_HEIGHT = 1_500, 1_440
PICTURE_SECONDS = 6 * 86_400.0
#: Base64 of the largest picture, and room for the rest.
UPLOAD_BYTES = 600 * 1024


async def channels(request: Request) -> Response:
    """`GET …/channels`."""
    world = world_of(request)
    state = world.settings.profile_states.get(wire.NAME, "active")
    row = {
        "createTime": wire.stamp(world.started_at),
        "serviceId": KAKAO_SERVICE,
        "channelId": CHANNEL,
        "channelName": world.settings.channel,
        "channelStatus": CHANNELS.get(state, "ACTIVE"),
        "useSmsFailover": True,
    }
    return answer([row])


async def templates(request: Request) -> Response:
    """`GET …/templates?channelId=…`: comments come where one is asked for by its code."""
    world, asked = world_of(request), request.query_params
    if not asked.get("channelId"):
        raise wire.bad("channelId가 필요합니다.")
    found = world.templates.of(wire.NAME) if asked["channelId"] == CHANNEL else []
    code, name = asked.get("templateCode"), asked.get("templateName")
    if code:
        found = [entry for entry in found if entry.code == code]
    if name:
        found = [entry for entry in found if name in (entry.spec.name or "")]
    size = number_param(request, "pageSize", 100, 100)
    index = int(asked["pageIndex"]) if asked.get("pageIndex", "").isdecimal() else 0
    page = found[index * size : (index + 1) * size]
    return (
        answer([_template(entry, whole=bool(code)) for entry in page]) if page else wire.nothing()
    )


def _template(entry: Entry, *, whole: bool) -> dict[str, Any]:
    spec = entry.spec
    row: dict[str, Any] = {
        "createTime": wire.stamp(entry.created_at),
        "updateTime": wire.stamp(entry.updated_at),
        "channelId": CHANNEL,
        "templateCode": entry.code,
        "templateName": spec.name or entry.code,
        "categoryCode": spec.category or "999999",
        "categoryName": "기타",
        "messageType": spec.message_type or "BA",
        "emphasizeType": spec.emphasis or "NONE",
        "content": spec.body,
        "templateInspectionStatus": INSPECTION[entry.review],
        "templateStatus": STOPPED.get(entry.status, "ACTIVE"),
        "buttons": [
            {
                "order": at,
                "type": button.type,
                "name": button.name,
                "linkMobile": button.link_mobile,
                "linkPc": button.link_pc or button.link_mobile,
                "schemeIos": button.scheme_ios,
                "schemeAndroid": button.scheme_android,
            }
            for at, button in enumerate(spec.buttons or (), 1)
        ],
    }
    if whole:
        row["comments"] = [_comment(at, one) for at, one in enumerate(entry.comments, 1)]
    return row


def _comment(at: int, one: Comment) -> dict[str, Any]:
    return {
        "commentId": at,
        "content": one.text,
        "status": "REJ" if one.reviewer else "INQ",
        "createTime": wire.stamp(one.at),
    }


async def upload(request: Request) -> Response:
    """`POST /sms/v2/services/{serviceId}/files`: one of the same name and size is the same one."""
    world = world_of(request)
    sent = wire.read_upload(await body_of(request, UPLOAD_BYTES))
    name = sent.file_name
    if len(name) > 40 or not name.lower().endswith((".jpg", ".jpeg")):
        raise wire.bad("파일 이름은 40자까지, jpg나 jpeg여야 합니다.")
    size = _check_picture(sent.file_body)
    now = time.time()
    for held in world.pictures.all():
        fresh = world.pictures.get(wire.NAME, held.picture_id)
        if fresh is not None and (fresh.name, fresh.size) == (name, size):
            return answer(_file(fresh))
    until = now + PICTURE_SECONDS
    picture = Picture(wire.NAME, uuid4().hex[:12], "MMS", size, name, at=now, until=until)
    world.keep_picture(picture)
    return answer(_file(picture))


def _check_picture(body: str) -> int:
    try:
        content = base64.b64decode(body, validate=True)
        with Image.open(BytesIO(content)) as image:
            form, (width, height) = image.format, image.size
    except (binascii.Error, ValueError, UnidentifiedImageError, OSError):
        raise wire.bad("fileBody는 그림의 base64여야 합니다.") from None
    if form != "JPEG" or len(content) > PICTURE_BYTES:
        raise wire.bad("300KB까지의 JPEG만 받습니다.")
    if width > PICTURE_WIDTH or height > PICTURE_HEIGHT:
        raise wire.bad("그림은 1500x1440까지입니다.")
    return len(content)


def _file(picture: Picture) -> dict[str, str]:
    return {
        "fileId": picture.picture_id,
        "createTime": wire.stamp(picture.at),
        "expireTime": wire.stamp(picture.until or picture.at),
    }
