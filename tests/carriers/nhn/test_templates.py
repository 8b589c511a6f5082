"""Templates under review at NHN."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

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
    Link,
    MessageType,
    Template,
)

SENDER = f"/senders/{'a' * 40}"
ALL = f"{SENDER}/templates"
ONE = f"{ALL}/LIBDUESOON"
BODY = "#{이름} 님, #{기한}까지 책을 돌려주십시오."


def draft(**parts: object) -> Draft:
    wanted = {"message_type": MessageType.BA, "emphasis": Emphasis.NONE, "body": BODY, **parts}
    return Draft("반납예정일 안내", "LIBDUESOON", Template(**wanted), "a" * 40)  # type: ignore[arg-type]


def test_registering_asks_for_the_review(carrier: Carrier, desk) -> None:
    desk.expect("POST", ALL, "header")
    assert carrier.templates.register(draft()) == "LIBDUESOON"
    # Nothing is left to ask for.
    desk.expect("GET", ONE, "template_approved")
    carrier.templates.request("LIBDUESOON")
    desk.refuse("GET", ONE, -3003)
    with pytest.raises(Rejected, match="-3003"):
        carrier.templates.request("LIBDUESOON")
    assert desk.body(0) == {
        "templateCode": "LIBDUESOON",
        "templateName": "반납예정일 안내",
        "templateContent": BODY,
        "templateMessageType": "BA",
        "templateEmphasizeType": "NONE",
        "securityFlag": False,
        "categoryCode": "999999",
    }


def test_every_part_is_registered(carrier: Carrier, desk, fixture) -> None:
    desk.expect("PUT", ONE, "header")
    code = carrier.templates.revise(
        "LIBDUESOON",
        draft(
            message_type=MessageType.MI,
            emphasis=Emphasis.ITEM_LIST,
            extra="문의 02-120",
            title="반납",
            subtitle="안내",
            header="반납 안내",
            highlight=Highlight("파란 책", "11. 25."),
            items=(Item("책", "#{책}"), Item("기한", "#{기한}")),
            summary=Item("합계", "#{금액}"),
            buttons=(Button(ButtonKind.AC, "채널 추가"),),
            quick_replies=(Button(ButtonKind.BK, "연장"),),
            image_name="river.png",
            image_url="https://mud-kage.kakao.example/river.png",
            represent_link=Link("https://lib.example"),
            security=True,
        ),
    )
    assert code == "LIBDUESOON"
    assert desk.body(0) == json.loads(fixture("template_whole"))


@pytest.mark.parametrize("code", [-3012, -3013])
def test_a_change_that_is_not_taken(carrier: Carrier, desk, code: int) -> None:
    desk.refuse("PUT", ONE, code)
    with pytest.raises(Rejected, match=str(code)) as caught:
        carrier.templates.revise("LIBDUESOON", draft())
    assert caught.value.result is Result.REQUEST_WRONG


def test_reviewers_are_written_to(carrier: Carrier, desk) -> None:
    desk.expect("POST", f"{ONE}/comments", "header")
    carrier.templates.comment("LIBDUESOON", "고쳤습니다.")
    assert desk.body(0) == {"comment": "고쳤습니다."}


def test_a_request_may_carry_a_comment_when_one_is_taken(carrier: Carrier, desk) -> None:
    desk.expect("GET", ONE, "template_approved")
    desk.expect("POST", f"{ONE}/comments", "header")
    carrier.templates.request("LIBDUESOON", "급합니다.")
    desk.expect("GET", ONE, "template_approved")
    desk.refuse("POST", f"{ONE}/comments", -3100)
    carrier.templates.request("LIBDUESOON", "급합니다.")
    desk.expect("GET", ONE, "template_approved")
    desk.refuse("POST", f"{ONE}/comments", -3003)
    with pytest.raises(Rejected, match="-3003"):
        carrier.templates.request("LIBDUESOON", "급합니다.")


def test_what_nhn_lacks(carrier: Carrier) -> None:
    with pytest.raises(Unsupported, match="withdraw"):
        carrier.templates.withdraw("LIBDUESOON")
    with pytest.raises(Unsupported, match="wake"):
        carrier.templates.wake("LIBDUESOON")


def test_a_template_is_taken_off_the_list(carrier: Carrier, desk) -> None:
    desk.expect("DELETE", ONE, "header")
    carrier.templates.delete("LIBDUESOON")
    desk.refuse("DELETE", ONE, -3034)
    with pytest.raises(Rejected, match="-3034"):
        carrier.templates.delete("LIBDUESOON")


@pytest.mark.parametrize(
    ("changes", "review"),
    [
        ("modifications_none", Review.APPROVED),
        ("modifications_done", Review.APPROVED),
        ("header", Review.APPROVED),
        ("modifications", Review.IN_REVIEW),
    ],
)
def test_a_change_has_a_standing_of_its_own(carrier, desk, changes, review) -> None:
    desk.expect("GET", ONE, "template_approved")
    desk.expect("GET", f"{ONE}/modifications", changes)
    standing = carrier.templates.standing("LIBDUESOON")
    assert (standing.code, standing.review, standing.name) == (
        "LIBDUESOON",
        review,
        "반납예정일 안내",
    )
    # The wording says what the standing is about.
    assert (standing.body == BODY) is (review is Review.APPROVED)


def test_a_rejection_says_why(carrier: Carrier, desk) -> None:
    desk.expect("GET", ONE, "template_rejected")
    desk.expect("GET", f"{ONE}/modifications", "modifications_none")
    standing = carrier.templates.standing("LIBDUESOON")
    assert standing.review is Review.REJECTED
    seoul = ZoneInfo("Asia/Seoul")
    assert standing.comments == (
        Comment("변수를 확인해 주세요.", datetime(2026, 11, 24, 10, tzinfo=seoul)),
        Comment("고쳤습니다.", datetime(2026, 11, 24, 11, tzinfo=seoul), ours=True),
    )


@pytest.mark.parametrize(
    ("answer", "review"),
    [("template_dormant", Review.DORMANT), ("template_blocked", Review.BLOCKED)],
)
def test_what_sends_nothing_has_no_other_standing(carrier, desk, answer, review) -> None:
    desk.expect("GET", ONE, answer)
    assert carrier.templates.standing("LIBDUESOON").review is review


def test_a_template_that_is_gone(carrier: Carrier, desk) -> None:
    desk.refuse("GET", ONE, -3003)
    assert carrier.templates.standing("LIBDUESOON").review is Review.GONE
    desk.expect("GET", ONE, "header")
    assert carrier.templates.standing("LIBDUESOON").review is Review.GONE
    desk.refuse("GET", ONE, -1001)
    with pytest.raises(Rejected, match="-1001"):
        carrier.templates.standing("LIBDUESOON")


def template_answer(**parts: object) -> httpx.Response:
    header = {"resultCode": 0, "resultMessage": "success", "isSuccessful": True}
    template = {"templateCode": "LIBDUESOON", "status": "TSC02", **parts}
    return httpx.Response(200, json={"header": header, "templates": template})


def test_an_unknown_standing_is_not_guessed(carrier: Carrier, desk) -> None:
    desk.expect("GET", ONE, template_answer(status="TSC09"))
    desk.expect("GET", f"{ONE}/modifications", "modifications_none")
    with pytest.raises(NotSent, match="UnexpectedStatus"):
        carrier.templates.standing("LIBDUESOON")


def test_a_comment_may_have_no_moment_that_can_be_read(carrier: Carrier, desk) -> None:
    comments = [{"createdAt": "어제"}, {"content": "네", "createdAt": "2026-11-24T10:00:00+09:00"}]
    desk.expect("GET", ONE, template_answer(comments=comments))
    desk.expect("GET", f"{ONE}/modifications", "modifications_none")
    first, second = carrier.templates.standing("LIBDUESOON").comments
    assert (first.text, first.at) == ("", None)
    assert second.at == datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Seoul"))


def test_all_standings(carrier: Carrier, desk) -> None:
    desk.expect("GET", ALL, "templates")
    desk.expect("GET", ONE, "template_dormant")
    found = list(carrier.templates.standings())
    assert [(one.code, one.review) for one in found] == [
        ("LIBDUESOON", Review.DORMANT),
        ("LIBOVERDUE", Review.IN_REVIEW),
    ]
    assert desk.query(0) == {"pageNum": "1", "pageSize": "1000"}


def test_standings_of_several_pages(carrier: Carrier, desk) -> None:
    header = {"resultCode": 0, "resultMessage": "success", "isSuccessful": True}

    def page(*codes: str, total: int) -> httpx.Response:
        templates = [{"templateCode": code, "status": "TSC01"} for code in codes]
        found = {"templates": templates, "totalCount": total}
        return httpx.Response(200, json={"header": header, "templateListResponse": found})

    for answer in (page("A", "B", total=3), page("C", total=3)):
        desk.expect("GET", ALL, answer)
    assert [one.code for one in carrier.templates.standings()] == ["A", "B", "C"]
    # A list that promises more than it holds is at its end all the same.
    for answer in (page("A", total=9), httpx.Response(200, json={"header": header})):
        desk.expect("GET", ALL, answer)
    assert [one.code for one in carrier.templates.standings()] == ["A"]


def test_a_profile_has_to_be_named(opened) -> None:
    with pytest.raises(Rejected, match="ProfileNotSet"):
        list(opened(profile=None).templates.standings())


def test_a_profile(carrier: Carrier, desk) -> None:
    desk.expect("GET", SENDER, "sender")
    profile = carrier.templates.profile("a" * 40)
    assert (profile.key, profile.state, profile.name) == (
        "a" * 40,
        ProfileState.ACTIVE,
        "@나루도서관",
    )
    assert profile.daily_cap == 1_000
    assert profile.facts == {
        "status": "YSC03",
        "channel": "정상",
        "messages": "정상",
        "sent_today": "12",
        "first_user": "yes",
    }


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ({"block": True, "dormant": True}, ProfileState.BLOCKED),
        ({"kakaoStatus": "S"}, ProfileState.BLOCKED),
        ({"kakaoProfileStatus": "B"}, ProfileState.BLOCKED),
        ({"kakaoProfileStatus": "C"}, ProfileState.BLOCKED),
        ({"kakaoProfileStatus": "D", "block": True}, ProfileState.GONE),
        ({"kakaoProfileStatus": "E"}, ProfileState.GONE),
        ({"dormant": True}, ProfileState.DORMANT),
        ({"status": "YSC02"}, ProfileState.BLOCKED),
        ({}, ProfileState.ACTIVE),
    ],
)
def test_where_a_profile_stands(carrier, desk, parts: dict[str, object], state) -> None:
    header = {"resultCode": 0, "resultMessage": "success", "isSuccessful": True}
    sender = {"senderKey": "a" * 40, **parts}
    desk.expect("GET", SENDER, httpx.Response(200, json={"header": header, "sender": sender}))
    profile = carrier.templates.profile("a" * 40)
    assert (profile.state, profile.daily_cap) == (state, None)


def test_a_profile_that_is_gone(carrier: Carrier, desk) -> None:
    for code in (-2017, -1006):
        desk.refuse("GET", SENDER, code)
        assert carrier.templates.profile("a" * 40).state is ProfileState.GONE
    desk.expect("GET", SENDER, "header")
    assert carrier.templates.profile("a" * 40).state is ProfileState.GONE
    desk.refuse("GET", SENDER, -1001)
    with pytest.raises(Rejected, match="-1001"):
        carrier.templates.profile("a" * 40)
