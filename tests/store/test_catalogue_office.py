"""An office's own file: what it may say, and what it is told when something in it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from alimnaru.rules.consent import Window
from alimnaru.rules.variables import variable_from_json
from alimnaru.store.catalogue import (
    Office,
    OfficeError,
    OfficeFault,
    load_kinds,
    load_office,
    resolve,
)
from alimnaru.store.catalogue.faults import SENTENCES
from alimnaru.store.catalogue.limits import check_limits, longest_value

DEFAULT = (Path(__file__).resolve().parents[2] / "alimnaru/store/catalogue/office.toml").read_text(
    "utf-8"
)
KINDS = {kind.code: kind for kind in load_kinds()}

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str) -> Path:
        path = tmp_path / "office.toml"
        path.write_text(text, "utf-8")
        return path

    return write_file


def changed(old: str, new: str) -> str:
    assert DEFAULT.count(old) == 1, f"{old!r} must stand in the file once"
    return DEFAULT.replace(old, new)


def refusal_of(act: Callable[[], object]) -> OfficeError:
    with pytest.raises(OfficeError) as caught:
        act()
    return caught.value


# ---- a file that works -------------------------------------------------------------------------


def test_the_built_in_office_has_a_tree_with_parents_first() -> None:
    office = load_office()
    assert len(office.departments) == 54
    seen: set[str] = set()
    for department in office.departments.values():
        assert department.parent is None or department.parent in seen
        seen.add(department.code)


def test_every_role_of_the_catalogue_is_filled_and_no_other() -> None:
    assert set(load_office().roles) == {kind.department for kind in KINDS.values()}


def test_libraries_and_neighbourhoods_of_the_lists_are_departments() -> None:
    office = load_office()
    names = {department.name for department in office.departments.values()}
    assert set(office.enums["도서관"]) <= names
    assert {f"{dong} 주민센터" for dong in office.enums["동"]} <= names
    assert len(office.enums["동"]) == 16


def test_an_empty_path_means_the_built_in_office() -> None:
    assert load_office("") == load_office(None)


def test_children_may_stand_before_their_parents(write: Write) -> None:
    text = changed('naru = { name = "나루구청"', 'naru-2 = { name = "나루구청"')
    text = text.replace('parent = "naru"', 'parent = "naru-2"')
    first, last = text.split("[departments]\n")
    lines = last.splitlines()
    office = load_office(write(first + "[departments]\n" + "\n".join(reversed(lines))))
    assert next(iter(office.departments)) == "naru-2"


def test_another_office_speaks_for_itself(write: Write) -> None:
    text = DEFAULT.replace("나루구", "배다리구").replace("02-555-0123", "031-555-0123")
    resolved = resolve(KINDS["lib.overdue"], load_office(write(text)))
    assert resolved.sms is not None
    assert resolved.sms.startswith("[배다리구 #{관}]")
    assert [v["default"] for v in resolved.variables if v["name"] == "전화"] == ["031-555-0123"]


def test_a_longer_name_than_any_korean_district_has_still_fits_everywhere(write: Write) -> None:
    office = load_office(write(DEFAULT.replace("나루구", "은빛나루구")))
    for kind in KINDS.values():
        resolve(kind, office)


def test_a_file_of_windows_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_bytes(b"\xef\xbb\xbf" + DEFAULT.replace("\n", "\r\n").encode())
    assert load_office(path).words == load_office().words


def test_toml_times_and_weekdays_are_read(write: Write) -> None:
    old = 'default = { from = "08:00", to = "20:00" }'
    office = load_office(write(changed(old, "default = { from = 09:30:00, to = 18:00:00 }")))
    assert office.windows["default"] == Window(time(9, 30), time(18))


def test_a_button_may_lead_elsewhere_for_one_notice_and_on_a_desktop(write: Write) -> None:
    old = '"lib.hold.ready:예약 확인·취소" = "https://alim.naru.example/library/holds"'
    pair = '{ mobile = "https://m.naru.example/h", pc = "https://www.naru.example/h" }'
    office = load_office(write(changed(old, f'"lib.hold.ready:예약 확인·취소" = {pair}')))
    button = resolve(KINDS["lib.hold.ready"], office).template["buttons"][0]
    assert (button["link_mobile"], button["link_pc"]) == (
        "https://m.naru.example/h",
        "https://www.naru.example/h",
    )
    other = resolve(KINDS["fac.booking"], office).template["buttons"][0]
    assert other["link_mobile"] == "https://alim.naru.example/facilities/bookings"


# ---- a file that does not ----------------------------------------------------------------------

CIVIL = 'civil = { name = "민원여권과", parent = "admin", phone = "02-555-0107"'


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("[office]", "[office", OfficeFault.FILE_SYNTAX, "line "),
        ("[roles]", "[rolls]", OfficeFault.TABLE_MISSING, "[roles]"),
        ("[links]", "[[links]]", OfficeFault.WRONG_TYPE, "links에는 표"),
        ('name = "나루구청"\n', "name = 12\n", OfficeFault.WRONG_TYPE, "office.name"),
        ('name = "나루구청"\n', 'name = " "\n', OfficeFault.TEXT_EMPTY, "office.name"),
        ('name = "나루구청"\n', f'name = "{"가" * 41}"\n', OfficeFault.TEXT_TOO_LONG, "41자"),
        ('name = "나루구청"\n', 'name = "#{성명}"\n', OfficeFault.TEXT_HAS_MARK, "#{"),
        ('name = "나루구청"\n', 'name = "나루\\n구청"\n', OfficeFault.TEXT_HAS_MARK, "\\n"),
        ('name = "나루구청"\n', 'name = "나루🌊구청"\n', OfficeFault.TEXT_UNPRINTABLE, "🌊"),
        ('name = "나루구청"\n', 'name = "뷁구청"\n', OfficeFault.TEXT_UNPRINTABLE, "뷁"),
        (
            CIVIL,
            CIVIL.replace("02-555-0107", "010-1234-5678"),
            OfficeFault.PHONE_BAD,
            "civil.phone",
        ),
        (CIVIL, CIVIL.replace('"02-555-0107"', "25550107"), OfficeFault.WRONG_TYPE, "civil.phone"),
        (CIVIL, CIVIL.replace("phone", "tel"), OfficeFault.KEY_UNKNOWN, "civil.tel"),
        (
            CIVIL,
            CIVIL.replace(', phone = "02-555-0107"', ""),
            OfficeFault.KEY_MISSING,
            "civil.phone",
        ),
        (CIVIL, CIVIL.replace("admin", "nowhere"), OfficeFault.PARENT_UNKNOWN, "nowhere"),
        (CIVIL, CIVIL.replace("admin", "civil"), OfficeFault.PARENT_CIRCLE, "civil"),
        (CIVIL, CIVIL.replace("민원여권과", "가" * 13), OfficeFault.TEXT_TOO_LONG, "13자"),
        (CIVIL, CIVIL.replace("civil =", '"민원" ='), OfficeFault.CODE_BAD, "민원"),
        (
            'civil_service = "civil"',
            'civil_service = "gone"',
            OfficeFault.DEPARTMENT_UNKNOWN,
            "gone",
        ),
        ('"시간대" = ["오전", ', '"시간대" = [3, ', OfficeFault.WRONG_TYPE, "enums.시간대"),
        ('"동" = [\n', '"빈목록" = []\n"동" = [\n', OfficeFault.TEXT_EMPTY, "enums.빈목록"),
        ('"동" = [\n', '"글" = "오전"\n"동" = [\n', OfficeFault.WRONG_TYPE, "enums.글"),
        ('"https://alim.naru.example/tax"', '"alim.naru.example"', OfficeFault.LINK_BAD, "납부"),
        ('"https://alim.naru.example/tax"', "7", OfficeFault.LINK_BAD, "납부"),
        (
            '"https://alim.naru.example/tax"',
            f'"https://a.example/{"x" * 500}"',
            OfficeFault.LINK_BAD,
            "500자",
        ),
        (
            '"https://alim.naru.example/tax"',
            '{ pc = "https://a.example/" }',
            OfficeFault.KEY_MISSING,
            "mobile",
        ),
        ('from = "08:00"', 'from = "8시"', OfficeFault.WINDOW_BAD, "windows.default"),
        ('from = "08:00"', 'from = "21:00"', OfficeFault.WINDOW_BAD, "windows.default"),
        ("weekdays = true", 'weekdays = "평일"', OfficeFault.WRONG_TYPE, "weekdays"),
        ("weekdays = true", "weekday = true", OfficeFault.KEY_UNKNOWN, "weekday"),
        ("campaign = {", "campaigns = {", OfficeFault.KEY_MISSING, "windows.campaign"),
    ],
)
def test_a_fault_is_named_by_its_place(
    write: Write, old: str, new: str, code: OfficeFault, said: str
) -> None:
    path = write(changed(old, new))
    error = refusal_of(lambda: load_office(path))
    assert error.code is code
    assert said in str(error)
    assert str(error).startswith(f"{path}: ")


def test_an_office_without_departments_is_refused(write: Write) -> None:
    text = DEFAULT.split("[departments]")[0] + "[departments]\n"
    assert refusal_of(lambda: load_office(write(text))).code is OfficeFault.TEXT_EMPTY


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    error = refusal_of(lambda: load_office(tmp_path / "none.toml"))
    assert error.code is OfficeFault.FILE_NOT_FOUND
    assert "ALIMNARU_OFFICE" in str(error)


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    assert refusal_of(lambda: load_office(tmp_path)).code is OfficeFault.FILE_UNREADABLE


def test_a_file_in_the_old_korean_encoding(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_bytes(DEFAULT.encode("cp949", "replace"))
    error = refusal_of(lambda: load_office(path))
    assert error.code is OfficeFault.FILE_ENCODING
    assert "UTF-8" in str(error)


# ---- a file too poor for a notice --------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "edit", "code", "said"),
    [
        ("lib.due.soon", ('library = "lib-jungang"\n', ""), OfficeFault.ROLE_MISSING, "library"),
        ("lib.due.soon", ("book_return =", "box ="), OfficeFault.WORD_MISSING, "book_return"),
        ("civil.extended", ('"사유" = [', '"까닭" = ['), OfficeFault.ENUM_MISSING, "사유"),
        ("lib.overdue", ('"물빛도서관" = "물빛", ', ""), OfficeFault.SHORT_MISSING, "물빛도서관"),
        (
            "lib.overdue",
            ('= "은행나루",', '= "은행나루작은도서",'),
            OfficeFault.TEXT_TOO_LONG,
            "short.도서관.은행나루작은도서관 값이 8자",
        ),
        ("civil.pickup", ("국제운전면허증", "증" * 11), OfficeFault.TEXT_TOO_LONG, "11자"),
        ("tax.due", ('"납부 누리집 열기"', '"납부"'), OfficeFault.LINK_MISSING, "납부 누리집 열기"),
        ("tax.due", ('"위택스"', '"나루구 전자납부 누리집"'), OfficeFault.SMS_TOO_LONG, "90바이트"),
        ("cd.notice", ('"나루구청"\n', f'"{"나" * 17}"\n'), OfficeFault.WORDING_REFUSED, "카카오"),
    ],
)
def test_a_notice_says_what_it_lacks(
    write: Write, kind: str, edit: tuple[str, str], code: OfficeFault, said: str
) -> None:
    office = load_office(write(changed(*edit)))
    error = refusal_of(lambda: resolve(KINDS[kind], office))
    assert error.code is code
    assert said in str(error)


def test_a_department_that_is_not_there() -> None:
    error = refusal_of(lambda: resolve(KINDS["tax.due"], load_office(), "gone"))
    assert error.code is OfficeFault.DEPARTMENT_UNKNOWN
    assert "gone" in str(error)


BODY = {"body": "[나루구] #{내용}"}
CONTENT = ({"name": "내용", "kind": "text", "max": 40},)
LISTED = {
    "emphasis": "ITEM_LIST",
    "items": [
        {"title": "내용", "description": "#{내용}"},
        {"title": "준비", "description": "신분증"},
    ],
}


@pytest.mark.parametrize(
    ("template", "lms", "code", "said"),
    [
        (BODY | {"body": "가" * 970 + "#{내용}"}, None, OfficeFault.ALIMTALK_TOO_LONG, "1010자"),
        (BODY | LISTED, None, OfficeFault.ALIMTALK_TOO_LONG, "항목 '내용'"),
        (BODY, ("#{내용}", "본문"), OfficeFault.LMS_TOO_LONG, "제목"),
        (BODY, ("제목", "가" * 970 + "#{내용}"), OfficeFault.LMS_TOO_LONG, "2020바이트"),
    ],
)
def test_a_wording_too_long_at_its_longest(
    template: dict[str, object], lms: tuple[str, str] | None, code: OfficeFault, said: str
) -> None:
    error = refusal_of(
        lambda: check_limits(
            {"kind": "시험 알림"}, template=template, sms=None, lms=lms, variables=CONTENT
        )
    )
    assert error.code is code
    assert said in str(error)


def test_free_text_without_a_greatest_length_is_a_fault_of_the_catalogue() -> None:
    with pytest.raises(ValueError, match="내용"):
        longest_value(variable_from_json({"name": "내용", "kind": "text"}))


# ---- sentences ---------------------------------------------------------------------------------


def test_every_fault_has_a_sentence_that_tells_what_to_do() -> None:
    assert set(SENTENCES) == set(OfficeFault)
    for sentence in SENTENCES.values():
        assert sentence.endswith(("주십시오.", "주십시오"))


def test_an_office_does_not_print_its_numbers() -> None:
    office: Office = load_office()
    assert repr(office) == "Office(file='office.toml')"
