"""SOLAPI's storage: files that messages and templates name by id."""

from __future__ import annotations

import base64
import binascii
import time
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.pictures import Picture
from sandbox.requests import body_of, world_of
from sandbox.solapi.wire import ACCOUNT, NAME
from sandbox.wire import WireError, answer, iso

# SOLAPI: 200 KB for MMS, 500 KB for Kakao.
_FILE_LIMITS = {"MMS": 200_000, "KAKAO": 500_000}


class _File(msgspec.Struct):
    file: str
    type: str
    name: str | None = None
    link: str | None = None


async def upload(request: Request) -> Response:
    """`POST /storage/v1/files`: checks the size and keeps what is known of the file."""
    sent = msgspec.json.decode(await body_of(request), type=_File)
    try:
        size = len(base64.b64decode(sent.file, validate=True))
    except (binascii.Error, ValueError):
        raise WireError(400, "ValidationError", "file은 base64여야 합니다.") from None
    if size > _FILE_LIMITS.get(sent.type, 5_000_000):
        raise WireError(400, "FileSizeExceeded", "파일이 허용 크기를 넘습니다.")
    file_id = f"ST01FL{uuid4().hex[:26].upper()}"
    name = sent.name or file_id
    picture = Picture(NAME, file_id, sent.type, size, name, at=time.time())
    world_of(request).keep_picture(picture)
    return answer(
        {
            "fileId": file_id,
            "type": sent.type,
            "name": name,
            "originalName": name,
            "link": sent.link,
            "url": f"/storage/v1/files/{file_id}",
            "accountId": ACCOUNT,
            "references": [],
            "dateCreated": iso(time.time()),
            "dateUpdated": iso(time.time()),
        }
    )
