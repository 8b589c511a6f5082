"""Registration codes: what SOLAPI refuses before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conversation import BUTTONS, PASSPORT, Client, sms, wait_for

PASSPORT_TEXT = "김*루님, 여권이 나왔습니다."


def code_of(sandbox: Client, message: dict[str, Any], **group: Any) -> str:
    reply = sandbox.add(sandbox.group(**group), message)
    [result] = reply.json()["resultList"]
    return str(result["statusCode"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "2000"),
        ({"to": ""}, "1010"),
        ({"text": ""}, "1010"),
        ({"from": None}, "1010"),
        ({"to": "1588-1234"}, "2000"),
        ({"to": "공일공"}, "1011"),
        ({"to": "01012345678", "type": "PIGEON"}, "1025"),
        ({"type": "VOICE"}, "1058"),
        ({"country": "1"}, "1058"),
        ({"text": "가" * 45}, "2000"),
        ({"text": "가" * 46, "type": "SMS"}, "1031"),
        ({"text": "가" * 46}, "2000"),
        ({"text": "가" * 1000}, "2000"),
        ({"text": "가" * 1001}, "1031"),
        ({"text": "종\x07소리"}, "1028"),
        ({"text": "축하합니다 🎉"}, "1029"),
        ({"text": "똠방각하"}, "1029"),
        ({"subject": "제목", "type": "SMS"}, "1013"),
        ({"subject": "제목"}, "2000"),
        ({"subject": "제" * 21}, "1014"),
        ({"subject": "🎉"}, "1029"),
        ({"type": "MMS"}, "1034"),
        ({"type": "MMS", "imageId": "ST01FL0"}, "1034"),
        ({"kakaoOptions": {"pfId": "KA01PF"}, "type": "SMS"}, "1033"),
        ({"customFields": {"k" * 31: "v"}}, "1032"),
        ({"customFields": {"k": "v" * 101}}, "1032"),
        ({"customFields": {"k": 1}}, "1032"),
        ({"customFields": {"k": "값", "ref": 'a"b'}}, "2000"),
        ({"from": "02-120-0000"}, "2000"),
        ({"from": "1588-1234"}, "2000"),
        ({"from": "0701234567"}, "2000"),
        ({"from": "1200000"}, "1062"),
        ({"from": "02-12"}, "1062"),
        ({"from": "821012345678"}, "1062"),
    ],
)
def test_texts(sandbox: Client, change: dict[str, Any], code: str) -> None:
    assert code_of(sandbox, {**sms(), **change}) == code


def test_syllables_outside_ks_x_1001_pass_where_nobody_is_strict(sandbox: Client) -> None:
    assert code_of(sandbox, sms(text="똠방각하"), strict=False) == "2000"
    assert code_of(sandbox, sms(text="🎉"), strict=False) == "1029"


def test_senders_can_be_registered(sandbox: Client) -> None:
    sandbox.control("PUT", "config", {"senders": ["021230000"]})
    assert code_of(sandbox, sms()) == "1062"
    assert code_of(sandbox, {**sms(), "from": "02-123-0000"}) == "2000"


@pytest.mark.parametrize(
    ("change", "kakao", "code"),
    [
        ({}, {}, "2000"),
        ({"type": "ATA"}, {}, "2000"),
        ({"type": "ata"}, {}, "2000"),
        ({}, {"pfId": "KA01PFSOMEBODYELSE"}, "1041"),
        ({}, {"pfId": ""}, "1010"),
        ({}, {"templateId": "KA01TPNOTHING"}, "1042"),
        ({}, {"templateId": None}, "1058"),
        ({"text": "안녕하세요."}, {}, "1043"),
        ({"text": "김*루님, 안녕하세요. 기한은 내일까지입니다."}, {}, "1043"),
        ({"text": "김*루님, 안녕하세요.\n기한은 내일까지입니다.\n"}, {}, "1043"),
        ({"text": "님, 안녕하세요.\n기한은 까지입니다."}, {}, "2000"),
        ({}, {"title": "없던 제목"}, "1043"),
        ({}, {"buttons": BUTTONS}, "1047"),
        ({"text": f"{'긴 이름' * 250}님, 안녕하세요.\n기한은 내일까지입니다."}, {}, "1031"),
        ({"text": "김\x07루님, 안녕하세요.\n기한은 내일까지입니다."}, {}, "1028"),
        # Without a fallback nobody needs a sender.
        ({"from": None}, {}, "2000"),
        ({"from": None}, {"disableSms": False}, "1010"),
        ({"text": None}, {"variables": {"#{이름}": "김*루", "#{기한}": "내일"}}, "2000"),
        ({"text": None}, {"variables": {"#{이름}": "김*루"}}, "1043"),
        ({"text": None}, {}, "1043"),
    ],
)
def test_alimtalk(
    sandbox: Client, change: dict[str, Any], kakao: dict[str, Any], code: str
) -> None:
    message = sandbox.alimtalk(kakaoOptions=kakao)
    assert code_of(sandbox, {**message, **change}) == code


def passport(sandbox: Client, **kakao: Any) -> dict[str, Any]:
    options = {"templateId": PASSPORT, "title": "M1234 발급 완료", "buttons": BUTTONS, **kakao}
    return {**sandbox.alimtalk(kakaoOptions=options), "text": PASSPORT_TEXT}


def changed(place: int, **fields: Any) -> list[dict[str, Any]]:
    return [{**button, **fields} if n == place else button for n, button in enumerate(BUTTONS)]


@pytest.mark.parametrize(
    ("kakao", "code"),
    [
        ({}, "2000"),
        ({"buttons": changed(1, linkPc="")}, "2000"),
        ({"title": None}, "1043"),
        ({"title": "발급"}, "1043"),
        ({"buttons": None}, "1046"),
        ({"buttons": BUTTONS[:1]}, "1044"),
        ({"buttons": changed(0, buttonName="예약")}, "1044"),
        ({"buttons": changed(0, buttonType="AL")}, "1044"),
        ({"buttons": BUTTONS[::-1]}, "1052"),
        ({"buttons": changed(0, linkMo="https://elsewhere.example/r/77")}, "1045"),
        ({"buttons": changed(1, linkMo="https://naru.example/map/2")}, "1045"),
        ({"buttons": changed(1, linkPc="https://naru.example/map")}, "1045"),
        ({"buttons": changed(0, linkMo=f"https://naru.example/r/{'7' * 500}")}, "1048"),
        ({"buttons": changed(0, buttonName="열네 글자를 넘기는 긴 이름")}, "1049"),
        ({"buttons": BUTTONS * 3}, "1050"),
    ],
)
def test_titles_and_buttons(sandbox: Client, kakao: dict[str, Any], code: str) -> None:
    assert code_of(sandbox, passport(sandbox, **kakao)) == code


def test_a_template_belongs_to_one_profile(sandbox: Client) -> None:
    template = {"template_id": "KA01TPOTHER", "pf_id": "KA01PFOTHER", "body": "안내"}
    sandbox.control("PUT", "templates", [template])
    other = sandbox.alimtalk(kakaoOptions={"pfId": "KA01PFOTHER"})
    assert code_of(sandbox, other) == "1042"
    own = sandbox.alimtalk(kakaoOptions={"templateId": "KA01TPOTHER", "pfId": "KA01PFOTHER"})
    assert code_of(sandbox, {**own, "text": "안내"}) == "2000"


@pytest.mark.parametrize(
    ("change", "kakao", "result"),
    [
        ({"text": "다른 문안"}, {}, "3103"),
        ({}, {"templateId": "KA01TPNOTHING"}, "3105"),
        ({}, {}, "4000"),
    ],
)
def test_a_mismatch_may_be_told_later(
    sandbox: Client, change: dict[str, Any], kakao: dict[str, Any], result: str
) -> None:
    sandbox.control("PUT", "config", {"mismatch": "result"})
    group_id = sandbox.send({**sandbox.alimtalk(kakaoOptions=kakao), **change})
    wait_for(lambda: sandbox.statuses(group_id) == {"01012345678": result})


def test_a_landline_is_taken_and_fails(sandbox: Client) -> None:
    group_id = sandbox.send(sms("02-123-4567"))
    wait_for(lambda: sandbox.statuses(group_id) == {"021234567": "3010"})
