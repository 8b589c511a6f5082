"""Templates, channels and pictures: what SENS shows, and what it has no call for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alimnaru.carriers.base import Carrier, Picture, PictureUse, Rejected, Unsupported
from alimnaru.carriers.kind import SettingsError
from alimnaru.carriers.registry import kind_called
from alimnaru.carriers.review import Comment, Draft, Profile, ProfileState, Review, Standing
from alimnaru.rules.dates import KST
from alimnaru.rules.template import Emphasis, MessageType, Template
from tests.carriers.sens.conftest import KAKAO, SMS

DRAFT = Draft("이름", "NARU01", Template(MessageType.BA, Emphasis.NONE, "글"), "@나루중앙")
JPEG = b"\xff\xd8\xff" + b"0" * 100


def test_it_works(carrier: Carrier, desk) -> None:
    desk.expect("GET", f"{KAKAO}/channels", "channels")
    desk.nothing(f"{KAKAO}/templates")
    desk.expect("GET", f"{KAKAO}/templates", "template")
    assert carrier.templates.standing("NARU01") == Standing(
        "NARU01",
        Review.REJECTED,
        "반납 안내",
        "#{번호}번 책을 돌려주십시오.",
        [Comment("변수가 너무 깁니다.", datetime(2025, 11, 21, 10, tzinfo=KST))],
    )
    assert desk.params(1)["channelId"] == "@나루구청"
    assert desk.params(2)["templateCode"] == "NARU01"


def test_a_template_that_no_channel_has_is_gone(carrier: Carrier, desk) -> None:
    desk.expect("GET", f"{KAKAO}/channels", "channels")
    desk.nothing(f"{KAKAO}/templates")
    desk.expect("GET", f"{KAKAO}/templates", [{"templateCode": "NARU011"}])
    assert carrier.templates.standing("NARU01") == Standing("NARU01", Review.GONE)


@pytest.mark.parametrize(
    ("inspection", "status", "review"),
    [
        ("ACCEPT", "READY", Review.DRAFT),
        ("REGISTER", "READY", Review.DRAFT),
        ("INSPECT", "READY", Review.IN_REVIEW),
        ("REJECT", "STOP", Review.REJECTED),
        ("COMPLETE", "READY", Review.APPROVED),
        ("COMPLETE", "ACTIVE", Review.APPROVED),
        ("COMPLETE", None, Review.APPROVED),
        ("COMPLETE", "STOP", Review.BLOCKED),
        ("COMPLETE", "DORMANT", Review.DORMANT),
        ("NEWLY_MADE", "ACTIVE", Review.IN_REVIEW),
        (None, "ACTIVE", Review.IN_REVIEW),
    ],
)
def test_where_a_template_stands(
    carrier: Carrier, desk, inspection: str | None, status: str | None, review: Review
) -> None:
    desk.expect("GET", f"{KAKAO}/channels", [{"channelId": "@나루"}])
    shown = {
        "templateCode": "NARU01",
        "templateInspectionStatus": inspection,
        "templateStatus": status,
    }
    desk.expect("GET", f"{KAKAO}/templates", [shown])
    assert carrier.templates.standing("NARU01").review is review


def test_lists_are_read_page_by_page(carrier: Carrier, desk) -> None:
    desk.expect("GET", f"{KAKAO}/channels", "channels")
    full = [{"templateCode": f"T{n}", "templateInspectionStatus": "COMPLETE"} for n in range(100)]
    desk.expect("GET", f"{KAKAO}/templates", full)
    desk.nothing(f"{KAKAO}/templates")
    desk.expect("GET", f"{KAKAO}/templates", "template")
    assert len(list(carrier.templates.standings())) == 101
    assert [desk.params(n)["pageIndex"] for n in (1, 2, 3)] == ["0", "1", "0"]


def test_where_a_channel_stands(carrier: Carrier, desk) -> None:
    for _ in range(3):
        desk.expect("GET", f"{KAKAO}/channels", "channels")
    facts = {"channelStatus": "ACTIVE", "useSmsFailover": "true"}
    assert carrier.templates.profile("@나루중앙") == Profile(
        "@나루중앙", ProfileState.ACTIVE, "나루중앙도서관", facts=facts
    )
    assert carrier.templates.profile("@나루구청").state is ProfileState.BLOCKED
    assert carrier.templates.profile("@없음").state is ProfileState.GONE
    desk.nothing(f"{KAKAO}/channels")
    assert carrier.templates.profile("@나루중앙").state is ProfileState.GONE


def test_a_state_nobody_knows_stops_nothing(carrier: Carrier, desk) -> None:
    desk.expect("GET", f"{KAKAO}/channels", [{"channelId": "@나루"}])
    assert carrier.templates.profile("@나루").state is ProfileState.ACTIVE


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("register", lambda t: t.register(DRAFT)),
        ("revise", lambda t: t.revise("NARU01", DRAFT)),
        ("request", lambda t: t.request("NARU01")),
        ("withdraw", lambda t: t.withdraw("NARU01")),
        ("comment", lambda t: t.comment("NARU01", "글")),
        ("wake", lambda t: t.wake("NARU01")),
        ("delete", lambda t: t.delete("NARU01")),
    ],
)
def test_the_rest_is_done_in_the_console(
    carrier: Carrier, name: str, call: Callable[[Any], Any]
) -> None:
    with pytest.raises(Unsupported, match=name):
        call(carrier.templates)


def test_sens_tells_no_balance(carrier: Carrier) -> None:
    assert carrier.balance() is None


# ---- pictures --------------------------------------------------------------------------------


def test_a_picture_is_registered(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{SMS}/files", "file")
    found = carrier.upload(Picture("홍보.jpg", JPEG), PictureUse.MMS)
    assert found.ref == "a136000074f7"
    assert found.until == datetime(2025, 12, 1, 10, tzinfo=KST)
    body = desk.body(0)
    assert base64.b64decode(body["fileBody"]) == JPEG
    # Two pictures of one name and size would be one at SENS.
    assert body["fileName"] == hashlib.sha256(JPEG).hexdigest()[:32] + ".jpg"
    assert len(body["fileName"]) <= 40


def test_a_picture_is_kept_for_six_days(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{SMS}/files", {"fileId": "a1", "expireTime": "soon"})
    until = carrier.upload(Picture("a.jpg", JPEG), PictureUse.MMS).until
    assert until is not None
    left = until - datetime.now(UTC)
    assert timedelta(days=5, hours=23) < left <= timedelta(days=6)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\x89PNG" + b"0" * 100, "NotJpeg"), (JPEG + b"0" * 300 * 1024, "PictureTooLarge")],
)
def test_a_picture_that_sens_does_not_take(carrier: Carrier, content: bytes, code: str) -> None:
    with pytest.raises(Rejected, match=code):
        carrier.upload(Picture("a.jpg", content), PictureUse.MMS)


@pytest.mark.parametrize("use", [PictureUse.TEMPLATE, PictureUse.HIGHLIGHT])
def test_pictures_of_templates_are_given_in_the_console(carrier: Carrier, use: PictureUse) -> None:
    with pytest.raises(Unsupported):
        carrier.upload(Picture("a.jpg", JPEG), use)


def test_a_picture_may_be_refused(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{SMS}/files", {"errorCode": 400, "errorMessage": "size"}, status=400)
    with pytest.raises(Rejected, match=r"Http400\.400: size"):
        carrier.upload(Picture("a.jpg", JPEG), PictureUse.MMS)


# ---- accounts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_id", ""),
        ("service_id", "a/b"),
        ("sms_service_id", "../x"),
        ("skew_seconds", "-1"),
        ("fresh_seconds", "soon"),
        ("settle_seconds", "1e9"),
    ],
)
def test_an_account_that_cannot_be_opened(
    open_at: Callable[..., Carrier], name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=name):
        open_at(**{name: value})


def test_the_zone_of_public_offices_is_the_default() -> None:
    kind = kind_called("sens")
    assert kind.address == "https://sens.apigw.gov-ntruss.com"
    assert kind.max_messages == 100
    assert [s.name for s in kind.settings if s.secret] == ["api_secret"]
