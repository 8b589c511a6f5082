"""Pictures, which come as forms."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from sandbox.bizgo.wire import NAME, moment, no, success
from sandbox.pictures import Picture
from sandbox.requests import body_of, world_of

# MMS: 300 KB, for half a year; Kakao's pictures: 500 KB, for good.
_MMS_BYTES, _KAKAO_BYTES = 300 * 1024, 500_000
_MMS_SECONDS = 182 * 86_400.0

_MAGIC = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a form; text has no file name."""

    filename: str
    content_type: str
    content: bytes


async def form_of(request: Request) -> dict[str, Part]:
    """The parts of a form by name; of several with one name the last."""
    body = await body_of(request)
    head = b"Content-Type: " + request.headers.get("content-type", "").encode("latin-1")
    message = BytesParser(policy=HTTP).parsebytes(head + b"\r\n\r\n" + body)
    parts: dict[str, Part] = {}
    for one in message.iter_parts():
        name = one.get_param("name", header="content-disposition")
        content = one.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            parts[name] = Part(one.get_filename() or "", one.get_content_type(), content)
    return parts


async def mms(request: Request) -> Response:
    """`POST file/mms`: JPEG alone."""
    picture = await _picture(request, "mms", _MMS_BYTES, ("image/jpeg",))
    return success({"fileKey": picture.picture_id, "expired": moment(picture.until or 0)})


async def template(request: Request) -> Response:
    """`POST file/alimtalk/template`."""
    return await _kakao(request, "template")


async def highlight(request: Request) -> Response:
    """`POST file/alimtalk/itemHighlight`."""
    return await _kakao(request, "highlight")


async def _kakao(request: Request, kind: str) -> Response:
    picture = await _picture(request, kind, _KAKAO_BYTES, tuple(_MAGIC))
    return success({"imgUrl": picture.picture_id, "fileName": picture.name})


async def _picture(request: Request, kind: str, most: int, kinds: tuple[str, ...]) -> Picture:
    part = (await form_of(request)).get("file")
    if part is None or not part.filename:
        raise no("A204")
    if part.content_type not in kinds:
        raise no("A206")
    if not part.content.startswith(_MAGIC[part.content_type]):
        raise no("A205")
    if len(part.content) > most:
        raise no("A200")
    key = uuid4().hex.upper()
    picture = Picture(
        NAME,
        key if kind == "mms" else f"https://img.kakao.example/{kind}/{key}.jpg",
        kind,
        len(part.content),
        part.filename,
        at=time.time(),
        until=time.time() + _MMS_SECONDS if kind == "mms" else None,
    )
    world_of(request).keep_picture(picture)
    return picture
