"""Pictures: base64 for an MMS, a form for a template."""

from __future__ import annotations

import base64
import binascii
import re
import time
from pathlib import PurePosixPath

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.nhn import wire
from sandbox.nhn.wire import NAME, Refusal
from sandbox.pictures import Picture
from sandbox.requests import body_of, world_of
from sandbox.world import World

MMS_BYTES = 300 * 1024
TEMPLATE_BYTES = 500 * 1024
_KEPT = 30 * 86_400

#: The one file of a form: its name, and what stands between its head and the next boundary.
_FILE = re.compile(
    rb'name="file"; filename="([^"\r\n]*)"(?:\r\n[^\r\n]+)*\r\n\r\n(.*)\r\n--', re.DOTALL
)


class Upload(msgspec.Struct, rename="camel"):
    """`POST attachfile/binaryUpload`."""

    file_name: str
    file_body: str
    create_user: str


_read = msgspec.json.Decoder(Upload).decode


async def mms(request: Request) -> Response:
    """`POST attachfile/binaryUpload`: JPEG of 300 KB."""
    world, sent = world_of(request), _read(await body_of(request))
    if not sent.file_name or len(sent.file_name) > 45:
        raise Refusal(-2002)
    if PurePosixPath(sent.file_name).suffix.lower() not in (".jpg", ".jpeg"):
        raise Refusal(-2003)
    try:
        content = base64.b64decode(sent.file_body, validate=True)
    except binascii.Error:
        raise Refusal(-9997) from None
    if not 0 < len(content) <= MMS_BYTES:
        raise Refusal(-2005)
    number = _number(world)
    now = time.time()
    world.keep_picture(
        Picture(NAME, str(number), "mms", len(content), sent.file_name, now, now + _KEPT)
    )
    folder = wire.clock(now, "%Y-%m-%d")
    data = {
        "fileId": number,
        "fileName": sent.file_name,
        "filePath": f"0/toast-mt-{folder}/0/{number}",
    }
    return wire.answer(body={"data": data})


async def template(request: Request) -> Response:
    """`POST template-image` and `POST template-image/item-highlight`: JPEG or PNG of 500 KB."""
    world, body = world_of(request), await body_of(request)
    found = _FILE.search(body)
    if found is None or not request.headers.get("content-type", "").startswith("multipart/"):
        raise Refusal(-9993)
    name = found[1].decode("utf-8", "replace")
    if PurePosixPath(name).suffix.lower() not in (".jpg", ".jpeg", ".png"):
        raise Refusal(-4009)
    size = len(found[2])
    if size > TEMPLATE_BYTES:
        raise Refusal(-4007)
    kind = "highlight" if request.url.path.endswith("item-highlight") else "template"
    url = f"https://mud-kage.kakao.example/{_number(world)}/{name}"
    world.keep_picture(Picture(NAME, url, kind, size, name, time.time()))
    return wire.answer(templateImage={"templateImageName": name, "templateImageUrl": url})


def _number(world: World) -> int:
    return 100_001 + len(world.pictures.all())
