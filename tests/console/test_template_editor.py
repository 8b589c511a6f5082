"""The editor of wordings: fields, rows, checks beside the phone, saving."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from alimnaru.console.phones import draft_wording
from alimnaru.console.template_sheet import ROWS_MOST, Sheet
from alimnaru.office.templates import wording_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.draft import DraftWording
from alimnaru.rules.template import ButtonKind, Emphasis, MessageType, parse_template
from alimnaru.rules.variables import Kind, variable_from_json
from alimnaru.store.catalogue import load_kinds, load_office, resolve
from alimnaru.store.models import CarrierAccount, Picture, TemplateRegistration, TemplateVersion
from alimnaru.wording.editor import BUTTONS, EMPHASES, KINDS, MESSAGE_TYPES
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.staff import Staff

OFFICE = load_office()


@pytest.fixture
def manager(staff: Staff, sign_in: SignIn) -> Client:
    return sign_in(staff.manager)


def edit(cast: Cast) -> str:
    return f"/templates/{cast.notice.pk}/edit"


def fields(cast: Cast, **changed: Any) -> dict[str, Any]:
    """What the browser would send of the newest wording."""
    newest = cast.notice.versions.latest("number")
    sent = {"begun_at": str(newest.number), **Sheet.of(wording_of(newest)).flat(), **changed}
    return {name: text for name, text in sent.items() if text is not None}


@pytest.mark.parametrize("kind", load_kinds(), ids=lambda kind: kind.code)
def test_every_wording_of_the_catalogue_survives_the_form(kind: Any) -> None:
    found = resolve(kind, OFFICE)
    draft = DraftWording(
        template=parse_template(found.template),
        variables=tuple(map(variable_from_json, found.variables)),
        sms=found.sms or "",
        lms_subject=found.lms.subject if found.lms else "",
        lms=found.lms.text if found.lms else "",
        category="006001",
    )
    assert Sheet.posted(Sheet.of(draft).flat()).draft(draft) == draft


def test_every_part_of_a_template_survives_the_form() -> None:
    template = parse_template(
        {
            "message_type": "EX",
            "emphasis": "ITEM_LIST",
            "body": "본문",
            "extra": "부가",
            "header": "머리",
            "highlight": {"title": "큰 말", "description": "작은 말", "thumbnail": True},
            "items": [
                {"title": "날짜", "description": "#{날}"},
                {"title": "곳", "description": "창구"},
            ],
            "summary": {"title": "합계", "description": "1,000"},
            "buttons": [
                {"type": "WL", "name": "보기", "link_mobile": "https://a.example", "outside": True},
                {"type": "AL", "name": "앱", "scheme_ios": "a://b", "scheme_android": "a://c"},
            ],
            "quick_replies": [{"type": "BT", "name": "처음", "chat_event": "start"}],
            "represent_link": {"link_mobile": "https://b.example"},
        }
    )
    draft = DraftWording(template=template)
    assert Sheet.posted(Sheet.of(draft).flat()).draft(draft) == draft


def test_what_the_chosen_kind_does_not_use_stays_out_and_is_kept() -> None:
    sheet = Sheet.posted(
        {
            "message_type": "BA",
            "emphasis": "NONE",
            "body": "본문",
            "title": "제목",
            "extra": "부가",
            "buttons-0-type": "TN",
            "buttons-0-name": "전화 연결",
            "buttons-0-tel": "02-555-0101",
            "buttons-0-link_mobile": "https://a.example",
        }
    )
    template = sheet.draft(None).template
    assert (template.title, template.extra) == (None, None)
    assert template.buttons[0].tel == "02-555-0101"
    assert template.buttons[0].link_mobile is None
    assert sheet.flat()["title"] == "제목"
    assert sheet.flat()["buttons-0-link_mobile"] == "https://a.example"


def test_rows_are_added_moved_and_removed() -> None:
    sheet = Sheet()
    for name in ("가", "나", "다"):
        focus = sheet.act("add-buttons")
        sheet.rows["buttons"][-1]["name"] = name
    assert focus == "id_buttons-2-name"
    assert sheet.act("up-buttons-2") == "id_buttons-1-name"
    assert sheet.act("down-buttons-0") == "id_buttons-1-name"
    assert [row["name"] for row in sheet.rows["buttons"]] == ["다", "가", "나"]
    assert sheet.act("up-buttons-0") == "id_buttons-0-name"
    assert sheet.act("remove-buttons-1") == "part-buttons"
    assert [row["name"] for row in sheet.rows["buttons"]] == ["다", "나"]
    for act in ("remove-buttons-9", "remove-nothing-1", "add-nothing", "nonsense"):
        assert sheet.act(act) == ""
    assert len(sheet.rows["buttons"]) == 2


def test_nobody_adds_rows_without_end() -> None:
    sheet = Sheet()
    for _ in range(ROWS_MOST + 5):
        sheet.act("add-items")
    assert len(sheet.rows["items"]) == ROWS_MOST
    many = {f"items-{at}-title": "x" for at in range(200)}
    assert len(Sheet.posted(many).rows["items"]) == ROWS_MOST


def test_a_mark_goes_behind_the_body_and_a_missing_variable_into_the_list() -> None:
    sheet = Sheet.posted({"body": "안녕하세요"})
    assert sheet.act("insert-성명") == "id_body"
    assert sheet.texts["body"] == "안녕하세요#{성명}"
    assert sheet.missing() == ["성명"]
    assert sheet.act("add-missing") == "id_variables-0-name"
    assert sheet.missing() == []


def test_every_code_of_the_editor_has_words() -> None:
    assert set(MESSAGE_TYPES) == set(MessageType)
    assert set(EMPHASES) == set(Emphasis)
    assert set(BUTTONS) == set(ButtonKind)
    assert set(KINDS) == set(Kind)


# ---- the page ------------------------------------------------------------------------------------


def test_it_shows_the_newest_wording_and_its_phone(cast: Cast, manager: Client) -> None:
    html = manager.get(edit(cast)).content.decode()
    assert "<c-" not in html
    assert "#{성명}님, 반납예정일은 #{기한}입니다.</textarea>" in html
    assert '<mark class="ph">#{성명}</mark>' in html
    assert 'value="대출 연장하기"' in html
    # What Kakao would refuse, with the field that it is about.
    assert '<a href="#id_body">본문</a>' in html


@pytest.mark.parametrize("who", ["viewer", "writer", "approver", "auditor"])
def test_only_who_keeps_wordings_may_edit(
    who: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    assert sign_in(staff.by_name()[who]).get(edit(cast)).status_code == 403


def test_a_neighbour_does_not_find_it(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.neighbour)
    assert browser.get(edit(cast)).status_code == 404
    assert browser.post(f"/templates/{cast.notice.pk}/preview", {}).status_code == 404


def test_saving_makes_the_next_version(cast: Cast, staff: Staff, manager: Client) -> None:
    answer = manager.post(edit(cast), fields(cast, body="#{성명}님, 새 글입니다.\r\n끝", do="save"))
    assert answer.status_code == 302
    assert answer["Location"] == f"/templates/{cast.notice.pk}"
    version = cast.notice.versions.latest("number")
    assert (version.number, version.drafted_by) == (2, staff.manager)
    assert version.status == TemplateVersion.Status.DRAFT
    assert version.template["body"] == "#{성명}님, 새 글입니다.\n끝"
    assert version.template["buttons"] == cast.version.template["buttons"]
    assert version.variables == cast.version.variables


def test_saving_what_is_the_same_makes_none(cast: Cast, manager: Client) -> None:
    assert manager.post(edit(cast), fields(cast)).status_code == 302
    assert cast.notice.versions.count() == 1


@pytest.mark.parametrize(
    ("changed", "at", "said"),
    [
        ({"body": " "}, "id_body", "본문이 비어 있습니다."),
        ({"category": "12"}, "id_category", "여섯 자리 숫자로 적어 주십시오."),
        ({"body": "#{모름}님께"}, "id_body", "변수 목록에 없는 변수를 썼습니다: 모름."),
        ({"variables-1-name": ""}, "id_variables-1-name", "변수의 이름을 적어 주십시오."),
        ({"variables-1-name": "기한"}, "id_variables-2-name", "이름이 같은 변수가 있습니다."),
        ({"variables-1-max": "0"}, "id_variables-1-max", ""),
        ({"variables-1-kind": "nonsense"}, "id_variables-1-kind", ""),
        ({"lms_subject": "가" * 41, "lms": "글"}, "id_lms_subject", ""),
    ],
)
def test_what_no_version_can_hold_is_told_beside_its_field(
    changed: dict[str, str], at: str, said: str, cast: Cast, manager: Client
) -> None:
    answer = manager.post(edit(cast), fields(cast, sms="남은 글", **changed))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<a href="#{at}">' in html
    assert f'id="{at}_error"' in html
    assert said in html
    assert "남은 글</textarea>" in html
    assert cast.notice.versions.count() == 1


def test_who_was_overtaken_is_asked_again(cast: Cast, manager: Client) -> None:
    sent = fields(cast, body="#{성명}님, 내 글입니다.")
    manager.post(edit(cast), fields(cast, body="#{성명}님, 남의 글입니다."))
    answer = manager.post(edit(cast), sent)
    assert answer.status_code == 200
    assert "다른 분이 문안 2판을 저장했습니다" in answer.content.decode()
    assert manager.post(edit(cast), {**sent, "begun_at": "2"}).status_code == 302
    assert cast.notice.versions.count() == 3


def test_an_older_version_may_be_the_start(cast: Cast, manager: Client) -> None:
    manager.post(edit(cast), fields(cast, body="#{성명}님, 새 글입니다."))
    assert "반납예정일은" in manager.get(f"{edit(cast)}?from=1").content.decode()
    assert "새 글입니다." in manager.get(edit(cast)).content.decode()
    assert manager.get(f"{edit(cast)}?from=9").status_code == 404


def test_a_row_is_added_with_and_without_a_script(cast: Cast, manager: Client) -> None:
    sent = fields(cast, do="add-buttons", body="고치던 글")
    whole = manager.post(edit(cast), sent)
    assert whole.status_code == 200
    assert "<!DOCTYPE html>" in whole.content.decode()
    part = manager.post(edit(cast), sent, headers={"HX-Request": "true"}).content.decode()
    assert "<!DOCTYPE html>" not in part
    assert "고치던 글</textarea>" in part
    assert 'name="buttons-1-name"' in part
    assert part.count("autofocus") == 1
    assert cast.notice.versions.count() == 1


def test_choosing_an_emphasis_shows_its_fields(cast: Cast, manager: Client) -> None:
    html = manager.post(edit(cast), fields(cast, do="refresh", emphasis="TEXT")).content.decode()
    before = html[: html.index('id="id_subtitle"')]
    assert not before.rstrip().endswith("hidden>")
    assert "강조 제목이 비어 있습니다." in html


def test_the_preview_counts_and_checks_what_is_typed(cast: Cast, manager: Client) -> None:
    sent = fields(cast, sms="가" * 46, body="할인 쿠폰 #{성명}")
    html = manager.post(f"/templates/{cast.notice.pk}/preview", sent).content.decode()
    assert "<!DOCTYPE html>" not in html
    assert "할인 쿠폰" in html
    assert 'id="id_sms_count" hx-swap-oob="true">92 / 90바이트' in html
    assert "한도를 2바이트 넘습니다." in html
    assert "광고로 보이는 말" in html
    # A counter that has nothing to count any more is emptied.
    assert 'id="id_title_count" hx-swap-oob="true"></span>' in html
    assert cast.notice.versions.count() == 1


def test_what_is_typed_is_text(cast: Cast, manager: Client) -> None:
    sent = fields(cast, body="<img src=x> #{<b>}", sms="</textarea><i>")
    for answer in (
        manager.post(f"/templates/{cast.notice.pk}/preview", sent),
        manager.post(edit(cast), {**sent, "do": "refresh"}),
    ):
        html = answer.content.decode()
        assert answer.status_code == 200
        for tag in ("<img src=x>", "<b>}", "<i>"):
            assert tag not in html


def test_nonsense_does_no_harm(cast: Cast, manager: Client) -> None:
    sent = {
        "message_type": "XX",
        "emphasis": "XX",
        "begun_at": "x",
        "picture": "²",
        "buttons-7-type": "ZZ",
        "variables-3-kind": "zz",
        "variables-4-max": "viele",
    }
    for act in ("save", "refresh", "up-buttons-99"):
        assert manager.post(edit(cast), {**sent, "do": act}).status_code == 200
    assert cast.notice.versions.count() == 1


# ---- pictures ------------------------------------------------------------------------------------


def _file(width: int, height: int) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, "PNG")
    file.seek(0)
    file.name = "그림.png"
    return file


def test_a_picture_is_kept_and_shown_on_the_phone(cast: Cast, manager: Client) -> None:
    sent = fields(cast, do="refresh", emphasis="IMAGE", picture_file=_file(800, 400))
    html = manager.post(edit(cast), sent).content.decode()
    picture = Picture.objects.get()
    assert f'<img class="kt-img" src="/pictures/{picture.pk}" alt="">' in html
    assert manager.get(f"/pictures/{picture.pk}").status_code == 200
    answer = manager.post(edit(cast), fields(cast, emphasis="IMAGE", picture=str(picture.pk)))
    assert answer.status_code == 302
    assert cast.notice.versions.latest("number").picture == picture


def test_a_picture_that_fits_nowhere_says_why(cast: Cast, manager: Client) -> None:
    sent = fields(cast, do="save", emphasis="IMAGE", picture_file=_file(400, 400))
    html = manager.post(edit(cast), sent).content.decode()
    assert "그림의 가로세로 비율이 맞지 않습니다" in html
    assert cast.notice.versions.count() == 1


def test_a_picture_of_others_is_not_taken(cast: Cast, manager: Client) -> None:
    picture = Picture.objects.create(
        name="x.png", content=b"\x89PNG", sha256="2" * 64, width=800, height=400
    )
    manager.post(edit(cast), fields(cast, body="#{성명}님께", picture=str(picture.pk)))
    assert cast.notice.versions.latest("number").picture is None


def test_why_it_was_rejected_stands_above_the_fields(cast: Cast, manager: Client) -> None:
    account = CarrierAccount.objects.create(name="계약", kind="solapi", secret=b"", api_key="k")
    TemplateRegistration.objects.create(
        version=cast.version,
        account=account,
        code="T1",
        state="rejected",
        comments=[{"text": "행사 안내가 섞여 있습니다.", "at": None, "ours": False}],
    )
    html = manager.get(edit(cast)).content.decode()
    assert "계약에서 돌려보낸 까닭: 행사 안내가 섞여 있습니다." in html


def test_a_draft_speaks_as_a_stored_wording_does(cast: Cast) -> None:
    wording = draft_wording(wording_of(cast.version))
    values = ["나루중앙도서관", "김*루", "2026. 11. 25.(수)"]
    assert wording.render(Channel.SMS, values).text == "[나루구] 반납일 2026. 11. 25.(수)"
