"""Templates at SOLAPI: what is asked, in SOLAPI's words, and what its answers mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from alimnaru.carriers.base import Carrier, NotSent, Rejected, Unsupported
from alimnaru.carriers.review import Comment, Draft, ProfileState, Review
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import (
    Button,
    ButtonKind,
    Emphasis,
    Highlight,
    Item,
    MessageType,
    Template,
)

ID = "KA01TP2611NARU"
V2, V1 = "/kakao/v2/templates", "/kakao/v1/templates"
ONE = f"{V2}/{ID}"


def held(status: str = "PENDING", **more: Any) -> httpx.Response:
    body = {"templateId": ID, "name": "반납", "content": "책", "status": status, **more}
    return httpx.Response(200, json=body)


def draft(**parts: Any) -> Draft:
    wanted = {"message_type": MessageType.BA, "emphasis": Emphasis.NONE, "body": "책", **parts}
    return Draft("반납", "LOAN01", Template(**wanted), "KA01PF2611NARU", "006001")


def test_a_plain_template(carrier: Carrier, desk) -> None:
    desk.expect("POST", V2, held())
    assert carrier.templates.register(draft()) == ID
    assert desk.body(0) == {
        "name": "반납",
        "content": "책",
        "categoryCode": "006001",
        "messageType": "BA",
        "emphasizeType": "NONE",
        "channelId": "KA01PF2611NARU",
    }


def test_everything_that_a_template_can_have(carrier: Carrier, desk) -> None:
    desk.expect("POST", V2, held())
    link = Button(ButtonKind.WL, "조회", "https://lib.example")
    carrier.templates.register(
        draft(
            message_type=MessageType.EX,
            emphasis=Emphasis.ITEM_LIST,
            extra="안내",
            title="#{책}",
            subtitle="도서관",
            header="머리",
            highlight=Highlight("제목", "설명"),
            items=(Item("책", "#{책}"), Item("곳", "나루")),
            summary=Item("합계", "1권"),
            buttons=(link,),
            quick_replies=(link,),
            image_url="ST01FL26",
            security=True,
        )
    )
    sent = desk.body(0)
    assert {key: sent[key] for key in list(sent)[6:]} == {
        "buttons": [{"buttonType": "WL", "buttonName": "조회", "linkMo": "https://lib.example"}],
        "quickReplies": [{"linkType": "WL", "name": "조회", "linkMo": "https://lib.example"}],
        "header": "머리",
        "highlight": {"title": "제목", "description": "설명"},
        "item": {
            "list": [
                {"title": "책", "description": "#{책}"},
                {"title": "곳", "description": "나루"},
            ],
            "summary": {"title": "합계", "description": "1권"},
        },
        "extra": "안내",
        "emphasizeTitle": "#{책}",
        "emphasizeSubTitle": "도서관",
        "securityFlag": True,
        "imageId": "ST01FL26",
    }


@pytest.mark.parametrize("status", ["PENDING", "REJECTED"])
def test_what_was_not_approved_is_changed(carrier: Carrier, desk, status: str) -> None:
    desk.expect("GET", ONE, held(status))
    desk.expect("PUT", ONE, held())
    assert carrier.templates.revise(ID, draft()) == ID
    assert "channelId" not in desk.body(1)


@pytest.mark.parametrize(
    "mark", [{}, {"isDormant": True}, {"isBlocked": True}], ids=["approved", "dormant", "blocked"]
)
def test_what_was_approved_stays_and_gets_a_successor(
    carrier: Carrier, desk, mark: dict[str, bool]
) -> None:
    desk.expect("GET", ONE, held("APPROVED", **mark))
    desk.expect("POST", V2, held(templateId="KA01TPNEXT"))
    assert carrier.templates.revise(ID, draft()) == "KA01TPNEXT"


def test_what_is_being_inspected_is_not_changed(carrier: Carrier, desk) -> None:
    desk.expect("GET", ONE, held("INSPECTING"))
    desk.refuse("PUT", ONE, 400, "InvalidStatus")
    with pytest.raises(Rejected) as caught:
        carrier.templates.revise(ID, draft())
    assert caught.value.result is Result.REQUEST_WRONG


@pytest.mark.parametrize(("comment", "body"), [("", {}), ("급합니다", {"comment": "급합니다"})])
def test_a_review_is_asked_for(carrier: Carrier, desk, comment: str, body: object) -> None:
    desk.expect("PUT", f"{V1}/{ID}/inspection", held("INSPECTING"))
    carrier.templates.request(ID, comment)
    assert desk.body(0) == body


def test_the_other_calls(carrier: Carrier, desk) -> None:
    desk.expect("PUT", f"{ONE}/inspection/cancel", held())
    desk.expect("POST", f"{V1}/{ID}/comment", held())
    desk.expect("PUT", f"{ONE}/release-dormant", held("APPROVED"))
    desk.expect("DELETE", ONE, held())
    carrier.templates.withdraw(ID)
    carrier.templates.comment(ID, "문의드립니다.")
    carrier.templates.wake(ID)
    carrier.templates.delete(ID)
    assert desk.body(1) == {"comment": "문의드립니다."}


def test_an_odd_code_stays_inside_its_path(carrier: Carrier, desk) -> None:
    desk.expect(
        "GET", f"{V2}/a/../b?c", httpx.Response(404, json={"errorCode": "ResourceNotFound"})
    )
    assert carrier.templates.standing("a/../b?c").review is Review.GONE
    assert desk.asked[0].url.raw_path == f"{V2}/a%2F..%2Fb%3Fc".encode()


def test_a_carrier_that_cannot_wake_says_so(carrier: Carrier, desk) -> None:
    desk.refuse("PUT", f"{ONE}/release-dormant", 404, "ResourceNotFound")
    desk.expect("GET", ONE, held("APPROVED"))
    with pytest.raises(Unsupported, match="wake"):
        carrier.templates.wake(ID)


@pytest.mark.parametrize(
    ("code", "status", "result"),
    [
        ("ResourceNotFound", 404, Result.TEMPLATE_MISSING),
        ("InvalidStatus", 400, Result.REQUEST_WRONG),
        ("SignatureDoesNotMatch", 403, Result.ACCOUNT_REFUSED),
    ],
)
def test_what_cannot_be_woken(
    carrier: Carrier, desk, code: str, status: int, result: Result
) -> None:
    desk.refuse("PUT", f"{ONE}/release-dormant", status, code)
    if code == "ResourceNotFound":
        desk.refuse("GET", ONE, 404, "ResourceNotFound")
    with pytest.raises(Rejected) as caught:
        carrier.templates.wake(ID)
    assert caught.value.result is result


@pytest.mark.parametrize(
    ("status", "review"),
    [
        ("PENDING", Review.DRAFT),
        ("INSPECTING", Review.IN_REVIEW),
        ("APPROVED", Review.APPROVED),
        ("REJECTED", Review.REJECTED),
        # What nobody knows cannot be sent under.
        ("SLEEPING", Review.IN_REVIEW),
    ],
)
def test_where_it_stands(carrier: Carrier, desk, status: str, review: Review) -> None:
    comments = [
        {"isAdmin": True, "content": "광고입니다.", "dateCreated": "2026-11-23T01:02:03.000Z"},
        {"isAdmin": False, "content": None, "dateCreated": "2026-11-23T01:02:04"},
        {},
    ]
    desk.expect("GET", ONE, held(status, comments=comments))
    standing = carrier.templates.standing(ID)
    assert (standing.code, standing.review, standing.name, standing.body) == (
        ID,
        review,
        "반납",
        "책",
    )
    assert list(standing.comments) == [
        Comment("광고입니다.", datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)),
        Comment("", datetime(2026, 11, 23, 1, 2, 4, tzinfo=UTC), ours=True),
        Comment("", None, ours=True),
    ]


def page(*codes: str, next_key: str | None = None) -> httpx.Response:
    found = [{"templateId": code, "status": "APPROVED", "content": "책"} for code in codes]
    return httpx.Response(200, json={"templateList": found, "nextKey": next_key})


def test_pages_are_followed(carrier: Carrier, desk) -> None:
    desk.expect("GET", V2, page("A", "B", next_key="C"))
    desk.expect("GET", V2, page("C"))
    assert [one.code for one in carrier.templates.standings()] == ["A", "B", "C"]
    assert dict(desk.asked[1].url.params) == {"limit": "100", "startKey": "C"}


def test_pages_in_a_circle_end(carrier: Carrier, desk) -> None:
    desk.expect("GET", V2, page("A", next_key="A"))
    desk.expect("GET", V2, page("A", next_key="A"))
    with pytest.raises(NotSent, match="PagesInACircle"):
        list(carrier.templates.standings())


def test_a_channel(carrier: Carrier, desk) -> None:
    found = {"channelId": "KA01PF", "searchId": "나루구청"}
    desk.expect("GET", "/kakao/v2/channels/KA01PF", httpx.Response(200, json=found))
    profile = carrier.templates.profile("KA01PF")
    assert (profile.key, profile.state, profile.name) == (
        "KA01PF",
        ProfileState.ACTIVE,
        "나루구청",
    )


@pytest.mark.parametrize("answer", [httpx.ReadTimeout("lost"), httpx.Response(502)])
def test_a_cut_says_nothing(carrier: Carrier, desk, answer: httpx.Response) -> None:
    desk.expect("GET", ONE, answer)
    with pytest.raises(NotSent):
        carrier.templates.standing(ID)


def test_a_channel_that_is_gone(carrier: Carrier, desk) -> None:
    desk.refuse("GET", "/kakao/v2/channels/KA01PF", 404, "ResourceNotFound")
    assert carrier.templates.profile("KA01PF").state is ProfileState.GONE


@pytest.mark.parametrize("call", ["standing", "profile"])
def test_wrong_keys_do_not_say_that_it_is_gone(carrier: Carrier, desk, call: str) -> None:
    path = ONE if call == "standing" else f"/kakao/v2/channels/{ID}"
    desk.refuse("GET", path, 403, "InvalidAPIKey")
    with pytest.raises(Rejected) as caught:
        getattr(carrier.templates, call)(ID)
    assert caught.value.result is Result.ACCOUNT_REFUSED
