"""An account at NHN: hosts, keys, callbacks, pictures, and what is taken back."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import httpx
import pytest

from alimnaru.carriers.base import Carrier, NotSent, Picture, PictureUse, Rejected
from alimnaru.carriers.kind import NotGenuine, SettingsError
from alimnaru.carriers.registry import KINDS, open_carrier
from alimnaru.rules.channel import Channel
from tests.carriers.asking import parcel
from tests.carriers.nhn.conftest import SETTINGS

KAKAO_REFS = {f"20261123101010NaRu0000001:{at}": f"10{at}-1" for at in (1, 2, 3)}
PHONE_REFS = {f"20261123101010ReZQ6KZzAH0:{at}": f"10{at}-1" for at in (1, 2, 3)}
CANCEL = "/messages/20261123101010NaRu0000001"


@pytest.mark.parametrize(
    ("base_url", "kakao", "sms"),
    [
        (
            "",
            "https://kakaotalk-bizmessage.api.nhncloudservice.com",
            "https://sms.api.nhncloudservice.com",
        ),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_each_product_has_its_host(base_url: str, kakao: str, sms: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.scheme}://{request.url.netloc.decode()}")
        return httpx.Response(
            200, json={"header": {"isSuccessful": True, "resultCode": 0, "resultMessage": ""}}
        )

    carrier = open_carrier(
        "nhn",
        base_url=base_url,
        settings=SETTINGS,
        tap=lambda _: None,
        transport=httpx.MockTransport(answer),
    )
    list(carrier.results(parcel("x", Channel.ALIMTALK, KAKAO_REFS)))
    list(carrier.results(parcel("x", Channel.SMS, PHONE_REFS)))
    carrier.close()
    assert asked == [kakao, sms]


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"api_key": ""}, "api_key"),
        ({"api_secret": ""}, "api_secret"),
        ({"sms_secret": ""}, "sms_secret"),
        ({"key_seconds": "soon"}, "key_seconds"),
        ({"quiet_seconds": "0"}, "quiet_seconds"),
    ],
)
def test_an_account_that_cannot_be_opened(changes: dict[str, str], setting: str) -> None:
    with pytest.raises(SettingsError, match=f"^{setting}: "):
        open_carrier("nhn", base_url="", settings=SETTINGS | changes, tap=lambda _: None)


def answer(settings: dict[str, str], headers: dict[str, str]) -> bytes:
    return KINDS["nhn"].answer(settings, headers, b"{}", datetime.now(UTC))


def test_a_callback_shows_what_was_agreed() -> None:
    settings = {"callback_secret": "naru-서명"}
    assert answer(settings, {"x-toast-webhook-signature": "naru-서명"}) == b""
    for headers in ({}, {"x-toast-webhook-signature": "naru"}):
        with pytest.raises(NotGenuine):
            answer(settings, headers)
    # Nothing was agreed: the secret address tells.
    assert answer({}, {"x-toast-webhook-signature": "anything"}) == b""


def test_no_balance_is_told(carrier: Carrier) -> None:
    assert carrier.balance() is None


def test_alimtalks_are_taken_back(carrier: Carrier, desk) -> None:
    desk.expect("GET", "/messages", "kakao_list")
    desk.expect("DELETE", CANCEL, "header")
    desk.expect("GET", "/messages", "kakao_list_cancelled")
    assert carrier.cancel(parcel("x", Channel.ALIMTALK, KAKAO_REFS)) is True


@pytest.mark.parametrize("after", ["kakao_list", "kakao_list_empty"])
def test_it_may_be_too_late_for_some(carrier: Carrier, desk, after: str) -> None:
    desk.expect("GET", "/messages", "kakao_list")
    desk.refuse("DELETE", CANCEL, -2029)
    desk.expect("GET", "/messages", after)
    assert carrier.cancel(parcel("x", Channel.ALIMTALK, KAKAO_REFS)) is False


def test_texts_are_taken_back(carrier: Carrier, desk) -> None:
    desk.expect("GET", "/sender/sms", "phone_list")
    desk.expect("PUT", "/reservations/cancel", "phone_cancelled")
    desk.expect("GET", "/sender/sms", "phone_list_cancelled")
    assert carrier.cancel(parcel("x", Channel.SMS, PHONE_REFS)) is True
    assert desk.body(1) == {
        "reservationList": [
            {"requestId": "20261123101010ReZQ6KZzAH0", "recipientSeq": at} for at in (1, 2, 3)
        ],
        "updateUser": "alimnaru",
    }


def test_what_was_not_answered_is_not_taken_back(carrier: Carrier, desk) -> None:
    desk.expect("GET", "/messages", "kakao_list")
    desk.expect("DELETE", CANCEL, httpx.ReadTimeout("lost"))
    with pytest.raises(NotSent):
        carrier.cancel(parcel("x", Channel.ALIMTALK, KAKAO_REFS))


def test_a_picture_for_an_mms(carrier: Carrier, desk) -> None:
    desk.expect("POST", "/attachfile/binaryUpload", "phone_upload")
    uploaded = carrier.upload(Picture("river.jpg", b"\xff\xd8jpeg"), PictureUse.MMS)
    assert (uploaded.ref, uploaded.until) == ("178576", None)
    assert desk.body(0) == {
        "fileName": "river.jpg",
        "createUser": "alimnaru",
        "fileBody": base64.b64encode(b"\xff\xd8jpeg").decode(),
    }


@pytest.mark.parametrize(
    ("use", "path", "file"),
    [
        (PictureUse.TEMPLATE, "/template-image", ("river.png", "image/png")),
        (PictureUse.HIGHLIGHT, "/template-image/item-highlight", ("river.jpg", "image/jpeg")),
    ],
)
def test_a_picture_for_a_template(carrier: Carrier, desk, use, path, file) -> None:
    name, kind = file
    desk.expect("POST", path, "kakao_upload")
    uploaded = carrier.upload(Picture(name, b"\x89PNG\r\n"), use)
    assert uploaded.ref == "https://mud-kage.kakao.example/river.png"
    content_type = desk.asked[0].headers["Content-Type"]
    boundary = content_type.removeprefix("multipart/form-data; boundary=")
    assert (
        desk.asked[0].content
        == (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        ).encode()
        + b"\x89PNG\r\n"
        + f"\r\n--{boundary}--\r\n".encode()
    )


@pytest.mark.parametrize(
    ("use", "path"),
    [(PictureUse.MMS, "/attachfile/binaryUpload"), (PictureUse.TEMPLATE, "/template-image")],
)
def test_a_picture_that_is_not_taken(carrier: Carrier, desk, use, path) -> None:
    desk.expect("POST", path, "header")
    with pytest.raises(NotSent, match="UnreadableReply"):
        carrier.upload(Picture("river.jpg", b"x"), use)
    desk.refuse("POST", path, -2005 if use is PictureUse.MMS else -8001)
    with pytest.raises(Rejected):
        carrier.upload(Picture("river.jpg", b"x"), use)
