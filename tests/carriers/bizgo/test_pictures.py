"""Pictures: sent as a form, known by key or address; and opening an account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import NotSent, Picture, PictureUse, Rejected, Uploaded
from alimnaru.carriers.bizgo.client import Bizgo
from alimnaru.carriers.kind import SettingsError
from alimnaru.carriers.registry import open_carrier
from tests.carriers.bizgo.conftest import KEY, Desk

JPEG, PNG = b"\xff\xd8\xff\xe0picture", b"\x89PNG\r\n\x1a\npicture"


def test_it_works(desk: Desk, carrier: Bizgo) -> None:
    desk.expect("POST", "/file/mms", "upload_mms")
    uploaded = carrier.upload(Picture("notice.jpg", JPEG), PictureUse.MMS)
    assert uploaded == Uploaded("FILE_KEY_001", datetime(2027, 4, 24, 1, 45, 24, tzinfo=UTC))
    sent = desk.asked[0]
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="notice.jpg"\r\nContent-Type: image/jpeg' in sent.content
    assert JPEG in sent.content
    # What is kept has no bytes in it that a database would not take.
    [kept] = desk.kept
    assert kept.request.startswith(f"<{len(sent.content)} bytes of multipart/form-data")


@pytest.mark.parametrize(
    ("use", "path"),
    [
        (PictureUse.TEMPLATE, "/file/alimtalk/template"),
        (PictureUse.HIGHLIGHT, "/file/alimtalk/itemHighlight"),
    ],
)
def test_pictures_of_templates(desk: Desk, carrier: Bizgo, use: PictureUse, path: str) -> None:
    address = "https://example.kakao.image/template-image.jpg"
    desk.tell("POST", path, {"imgUrl": address, "fileName": "template-image.jpg"})
    assert carrier.upload(Picture("notice.png", PNG), use) == Uploaded(address)
    assert b"Content-Type: image/png" in desk.asked[0].content


@pytest.mark.parametrize("expired", [None, "내년", "2027-04-24T10:45:24"])
def test_a_time_that_is_not_told(desk: Desk, carrier: Bizgo, expired: str | None) -> None:
    desk.tell("POST", "/file/mms", {"fileKey": "K", "expired": expired})
    assert carrier.upload(Picture("a.jpg", JPEG), PictureUse.MMS).until is None


@pytest.mark.parametrize("data", [None, {"imgUrl": "https://img.example/a.jpg"}, {"fileKey": 5}])
def test_an_answer_without_a_key(desk: Desk, carrier: Bizgo, data: Any) -> None:
    desk.tell("POST", "/file/mms", data)
    with pytest.raises(NotSent, match="UnreadableReply"):
        carrier.upload(Picture("a.jpg", JPEG), PictureUse.MMS)


def test_it_is_too_large(desk: Desk, carrier: Bizgo) -> None:
    desk.refuse("POST", "/file/mms", 400, "A200")
    with pytest.raises(Rejected, match="A200"):
        carrier.upload(Picture("a.jpg", JPEG), PictureUse.MMS)


def test_an_account_is_opened() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401, json={"common": {"authCode": "A401"}})

    carrier = open_carrier(
        "bizgo",
        base_url="",
        settings={"api_secret": KEY, "profile": "PROFILE", "key_seconds": "3600"},
        tap=lambda _: None,
        transport=httpx.MockTransport(answer),
    )
    with pytest.raises(Rejected):
        carrier.templates.standing("TPDUE")
    carrier.close()
    assert asked[0].url.host == "mars.ibapi.kr"
    assert asked[0].url.params["senderKey"] == "PROFILE"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "api_secret"),
        ({"api_secret": KEY, "key_seconds": "a day"}, "key_seconds"),
        ({"api_secret": KEY, "key_seconds": "86401"}, "key_seconds"),
        ({"api_secret": KEY, "fence_seconds": "0"}, "fence_seconds"),
    ],
)
def test_an_account_that_cannot_be_opened(settings: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=f"^{named}: "):
        open_carrier("bizgo", base_url="", settings=settings, tap=print)
