"""Templates and the profile: what is asked, and what is made of the answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bizgo.models import _generated_request as official

from alimnaru.carriers.base import NotSent, Rejected, Unsupported
from alimnaru.carriers.bizgo.client import Bizgo
from alimnaru.carriers.bizgo.templates import PAGES, BizgoTemplates
from alimnaru.carriers.review import Comment, Draft, ProfileState, Review, Standing
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
from tests.carriers.bizgo.conftest import PROFILE, Desk

TEMPLATE = "/center/alimtalk/template"
SENDER = "/center/kakao/sender"
CODE = "TEMPLATE_CODE_EXAMPLE"

WHOLE = Template(
    MessageType.EX,
    Emphasis.ITEM_LIST,
    "#{이름} 님, 책을 돌려주십시오.",
    extra="※ 반납함에 넣으셔도 됩니다.",
    header="반납 안내",
    highlight=Highlight("나루중앙", "반납예정일"),
    items=(Item("책", "#{책}"), Item("기한", "#{기한}")),
    summary=Item("연체료", "#{원}"),
    buttons=(Button(ButtonKind.WL, "대출 조회", "https://lib.example/#{번호}"),),
    quick_replies=(Button(ButtonKind.BK, "문의"),),
    image_name="notice.jpg",
    image_url="https://img.example/notice.jpg",
    represent_link=Link("https://m.example", "https://pc.example"),
    security=True,
)
DRAFT = Draft("반납 안내", CODE, WHOLE, PROFILE, category="001001")


@pytest.fixture
def templates(carrier: Bizgo) -> BizgoTemplates:
    found = carrier.templates
    assert isinstance(found, BizgoTemplates)
    return found


def known(**more: Any) -> dict[str, Any]:
    return {"templateCode": CODE, "inspectionStatus": "APR", **more}


def test_it_works(desk: Desk, templates: BizgoTemplates) -> None:
    desk.expect("POST", TEMPLATE, "template")
    assert templates.register(DRAFT) == CODE
    sent = desk.body()
    official.AlimtalkTemplateSaveRequest.model_validate(sent)
    body = sent["alimtalk"]
    assert body["senderKey"] == PROFILE
    assert (body["templateMessageType"], body["templateEmphasizeType"]) == ("EX", "ITEM_LIST")
    assert body["extra"] == "※ 반납함에 넣으셔도 됩니다."
    assert body["attachment"]["item"]["summary"] == {"title": "연체료", "description": "#{원}"}
    assert (body["imgName"], body["imgUrl"]) == ("notice.jpg", "https://img.example/notice.jpg")
    assert (body["categoryCode"], body["securityFlag"]) == ("001001", True)


def test_a_plain_one(desk: Desk, templates: BizgoTemplates) -> None:
    desk.expect("POST", TEMPLATE)
    plain = Template(MessageType.BA, Emphasis.TEXT, "가", title="제목", subtitle="부제")
    templates.register(replace(DRAFT, template=plain))
    body = desk.body()["alimtalk"]
    assert (body["title"], body["subTitle"]) == ("제목", "부제")
    assert not {"attachment", "supplement", "link", "extra"} & set(body)


@pytest.mark.parametrize("status", ["REG", "REJ"])
def test_what_may_be_changed_keeps_its_code(
    desk: Desk, templates: BizgoTemplates, status: str
) -> None:
    desk.tell("GET", TEMPLATE, {"alimtalk": known(inspectionStatus=status)})
    desk.expect("PUT", TEMPLATE)
    assert templates.revise(CODE, replace(DRAFT, code="TPNEXT")) == CODE
    assert desk.body()["alimtalk"]["templateCode"] == CODE


def test_an_approved_one_has_a_successor(desk: Desk, templates: BizgoTemplates) -> None:
    desk.tell("GET", TEMPLATE, {"alimtalk": known()})
    desk.expect("POST", TEMPLATE)
    assert templates.revise(CODE, replace(DRAFT, code="TPNEXT")) == "TPNEXT"
    assert desk.body()["alimtalk"]["templateCode"] == "TPNEXT"


@pytest.mark.parametrize("comment", ["", "확인 부탁드립니다."])
def test_a_review_is_asked_for(desk: Desk, templates: BizgoTemplates, comment: str) -> None:
    desk.expect("POST", f"{TEMPLATE}/request")
    templates.request(CODE, comment)
    sent = desk.body()
    official.AlimtalkTemplateInspectionRequest.model_validate(sent)
    assert sent["alimtalk"].get("comment", "") == comment


def test_it_is_taken_back(desk: Desk, templates: BizgoTemplates) -> None:
    desk.expect("POST", f"{TEMPLATE}/request/cancel")
    templates.withdraw(CODE)
    official.AlimtalkTemplateInspectionCancelRequest.model_validate(desk.body())


def test_it_is_deleted(desk: Desk, templates: BizgoTemplates) -> None:
    desk.expect("DELETE", f"{TEMPLATE}/senderKey/{PROFILE}/templateCode/{CODE}")
    templates.delete(CODE)


def test_what_bizgo_lacks(templates: BizgoTemplates) -> None:
    with pytest.raises(Unsupported, match="comment"):
        templates.comment(CODE, "확인 부탁드립니다.")
    with pytest.raises(Unsupported, match="wake"):
        templates.wake(CODE)


def test_an_account_without_a_profile(carrier: Bizgo) -> None:
    lost = BizgoTemplates(carrier._gateway, "")
    with pytest.raises(Rejected) as caught:
        lost.request(CODE)
    assert caught.value.result is Result.CHANNEL_REFUSED


def test_where_it_stands(desk: Desk, templates: BizgoTemplates) -> None:
    desk.expect("GET", TEMPLATE, "template")
    standing = templates.standing(CODE)
    assert standing == Standing(
        CODE,
        Review.REJECTED,
        "반납 안내",
        "#{이름} 님, 책을 돌려주십시오.",
        (
            Comment("확인 부탁드립니다.", datetime(2026, 4, 24, 1, 42, 34, tzinfo=UTC), ours=True),
            Comment("광고로 보입니다.", datetime(2026, 4, 24, 2, 18, 45, tzinfo=UTC)),
            Comment(""),
        ),
    )
    assert dict(desk.asked[0].url.params) == {"senderKey": PROFILE, "templateCode": CODE}


@pytest.mark.parametrize(
    ("told", "review"),
    [
        ({"inspectionStatus": "REG"}, Review.DRAFT),
        ({"inspectionStatus": "REQ"}, Review.IN_REVIEW),
        ({"inspectionStatus": "APR", "status": "A"}, Review.APPROVED),
        ({"inspectionStatus": "REJ"}, Review.REJECTED),
        ({"inspectionStatus": "APR", "status": "S"}, Review.BLOCKED),
        ({"inspectionStatus": "APR", "block": "true"}, Review.BLOCKED),
        ({"inspectionStatus": "APR", "dormant": "true"}, Review.DORMANT),
        ({"inspectionStatus": "APR", "dormant": True}, Review.DORMANT),
    ],
)
def test_its_states(
    desk: Desk, templates: BizgoTemplates, told: dict[str, Any], review: Review
) -> None:
    desk.tell("GET", TEMPLATE, {"alimtalk": known(**told)})
    assert templates.standing(CODE).review is review


@pytest.mark.parametrize("data", [None, {}, {"alimtalk": None}, {"alimtalk": {}}])
def test_an_answer_with_nothing_in_it_is_no_template(
    desk: Desk, templates: BizgoTemplates, data: Any
) -> None:
    desk.tell("GET", TEMPLATE, data)
    assert templates.standing(CODE) == Standing(CODE, Review.GONE)


def test_one_that_nobody_knows(desk: Desk, templates: BizgoTemplates) -> None:
    desk.refuse("GET", TEMPLATE, 400, "A820")
    assert templates.standing(CODE).review is Review.GONE
    desk.turn_away("GET", TEMPLATE, 404, "A404")
    assert templates.standing(CODE).review is Review.GONE


def test_asking_may_fail(desk: Desk, templates: BizgoTemplates) -> None:
    desk.refuse("GET", TEMPLATE, 401, "A100")
    with pytest.raises(Rejected, match="A100"):
        templates.standing(CODE)
    desk.tell("GET", TEMPLATE, {"alimtalk": known(inspectionStatus="NEW")})
    with pytest.raises(NotSent, match="UnknownStatus"):
        templates.standing(CODE)


def test_all_of_them(desk: Desk, templates: BizgoTemplates) -> None:
    first = [known(templateCode=f"TP{n:03d}") for n in range(100)]
    desk.tell("GET", f"{TEMPLATE}/list", {"alimtalk": {"templates": first}})
    desk.tell("GET", f"{TEMPLATE}/list", {"alimtalk": {"templates": [known()]}})
    assert len(list(templates.standings())) == 101
    assert [one.url.params["offset"] for one in desk.asked] == ["0", "100"]


@pytest.mark.parametrize("data", [None, {"alimtalk": {"templates": None}}])
def test_there_are_none(desk: Desk, templates: BizgoTemplates, data: Any) -> None:
    desk.tell("GET", f"{TEMPLATE}/list", data)
    assert list(templates.standings()) == []


def test_a_list_without_end(desk: Desk, templates: BizgoTemplates) -> None:
    full = {"alimtalk": {"templates": [known()] * 100}}
    for _ in range(PAGES):
        desk.tell("GET", f"{TEMPLATE}/list", full)
    assert len(list(templates.standings())) == 100 * PAGES


# ---- the profile -----------------------------------------------------------------------------


def test_the_profile(desk: Desk, templates: BizgoTemplates) -> None:
    desk.expect("GET", SENDER, "sender")
    profile = templates.profile(PROFILE)
    assert (profile.key, profile.state, profile.name) == (PROFILE, ProfileState.ACTIVE, "나루구청")
    assert profile.facts == {"uuid": "@나루구", "spam": "정상"}
    assert profile.daily_cap is None


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"block": True}, ProfileState.BLOCKED),
        ({"dormant": True}, ProfileState.DORMANT),
        ({"profileStatus": "C"}, ProfileState.BLOCKED),
        ({"profileStatus": "B"}, ProfileState.BLOCKED),
        ({"profileStatus": "E"}, ProfileState.GONE),
        ({"profileMessageSpamLevel": "활동제한"}, ProfileState.BLOCKED),
        ({"profileSpamLevel": "영구제한"}, ProfileState.BLOCKED),
        ({"profileSpamLevel": "경고제한"}, ProfileState.ACTIVE),
    ],
)
def test_its_profiles_states(
    desk: Desk, templates: BizgoTemplates, told: dict[str, Any], state: ProfileState
) -> None:
    desk.tell("GET", SENDER, {"kakao": {"senderProfile": told}})
    assert templates.profile(PROFILE).state is state


@pytest.mark.parametrize("data", [None, {"kakao": None}, {"kakao": {"senderProfile": None}}])
def test_an_answer_without_a_profile(desk: Desk, templates: BizgoTemplates, data: Any) -> None:
    desk.tell("GET", SENDER, data)
    assert templates.profile(PROFILE).state is ProfileState.GONE


def test_a_profile_that_nobody_has(desk: Desk, templates: BizgoTemplates) -> None:
    desk.refuse("GET", SENDER, 400, "A820")
    assert templates.profile("X").state is ProfileState.GONE
    desk.refuse("GET", SENDER, 403, "A110")
    with pytest.raises(Rejected, match="A110"):
        templates.profile("X")
