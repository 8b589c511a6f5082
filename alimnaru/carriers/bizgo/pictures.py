"""Pictures at Bizgo: of an MMS by key, of a template by address."""

from __future__ import annotations

from datetime import datetime

import httpx

from alimnaru.carriers.base import NotSent, Picture, PictureUse, Uploaded
from alimnaru.carriers.bizgo import wire
from alimnaru.carriers.bizgo.gateway import Gateway, read

PATHS = {
    PictureUse.MMS: "/file/mms",
    PictureUse.TEMPLATE: "/file/alimtalk/template",
    PictureUse.HIGHLIGHT: "/file/alimtalk/itemHighlight",
}


def upload(gateway: Gateway, picture: Picture, use: PictureUse) -> Uploaded:
    """Register a picture. Raises `NotSent` or `Rejected`."""
    form = httpx.Request(
        "POST",
        "https://bizgo.invalid",
        # Named wrongly, a picture is refused (A205).
        files={"file": (picture.name, picture.content, _kind_of(picture.content))},
    )
    service, _ = gateway.ask(
        "POST", PATHS[use], body=form.read(), content_type=form.headers["Content-Type"]
    )
    uploaded = read(wire.Uploaded, service)
    ref = uploaded.file_key if use is PictureUse.MMS else uploaded.img_url
    if not ref:
        raise NotSent("UnreadableReply", "picture")
    return Uploaded(ref, _until(uploaded.expired))


def _kind_of(content: bytes) -> str:
    return "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"


def _until(expired: str | None) -> datetime | None:
    if expired is None:
        return None
    try:
        moment = datetime.fromisoformat(expired)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
