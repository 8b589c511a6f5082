"""A finished text is taken for one of the office's wordings, or for none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.recognise import MOST_TRIES, Candidate, Recogniser, tidied
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.resident_link import CODE
from alimnaru.rules.template import marks, parse_template
from alimnaru.rules.variables import Kind, Variable, format_value, variable_from_json
from alimnaru.store.catalogue import load_kinds, load_office, resolve

TODAY = date(2026, 11, 23)
SHORT = {"나루중앙도서관": "중앙", "물빛도서관": "물빛"}
DUE = (
    Variable("도서관", Kind.ENUM, values=("나루중앙도서관", "물빛도서관")),
    Variable("성명", Kind.PERSON),
    Variable("기한", Kind.DATE_LONG),
    Variable("일", Kind.DATE_SHORT, source="기한"),
    Variable("관", Kind.ENUM_SHORT, short=SHORT, source="도서관"),
)
BODY = "[#{도서관}] 반납 안내\n\n#{성명}님, 빌리신 책의 반납예정일은 #{기한}입니다."
SMS = "[#{관}] 빌린 책 #{일}까지 반납 바랍니다"
CANDIDATE = Candidate(1, (BODY, SMS), DUE)
TEXT = "[물빛도서관] 반납 안내\n\n김나루님, 빌리신 책의 반납예정일은 2026. 11. 25.(수)입니다."


def of(*candidates: Candidate) -> Recogniser:
    return Recogniser(candidates or [CANDIDATE], TODAY)


def one(text: str, *variables: Variable, key: int = 2) -> Candidate:
    return Candidate(key, (text,), variables)


# ---- what is recognised --------------------------------------------------------------------------


def test_it_works() -> None:
    found = of().recognise(TEXT)
    assert found is not None
    assert found.key == 1
    assert found.values == {"도서관": "물빛도서관", "성명": "김나루", "기한": "2026. 11. 25.(수)"}


def test_values_stay_out_of_the_repr() -> None:
    assert "김나루" not in repr(of().recognise(TEXT))


@pytest.mark.parametrize(
    "text",
    [TEXT.replace("\n", "\r\n"), f"{TEXT}  \n", TEXT.replace("안내\n", "안내 \n")],
    ids=["crlf", "blanks at the end", "blanks at the end of a line"],
)
def test_what_is_lost_on_the_way_does_not_matter(text: str) -> None:
    assert of().recognise(text) is not None


def test_another_way_to_write_a_date_is_a_date() -> None:
    found = of().recognise(TEXT.replace("2026. 11. 25.(수)", "2026-11-25"))
    assert found is not None
    assert found.values["기한"] == "2026-11-25"


def test_the_text_of_an_sms_tells_what_the_alimtalk_says() -> None:
    found = of().recognise("[물빛] 빌린 책 11/25까지 반납 바랍니다")
    assert found is not None
    assert found.values["도서관"] == "물빛도서관"
    assert format_value(DUE[2], found.values["기한"], today=TODAY) == "2026. 11. 25.(수)"


def test_a_short_form_of_two_places_tells_neither() -> None:
    short = {"물빛도서관": "물빛", "물빛문고": "물빛"}
    both = Variable("관", Kind.ENUM_SHORT, short=short, source="도서관")
    found = of(Candidate(1, (SMS,), (*DUE[:4], both))).recognise(
        "[물빛] 빌린 책 11/25까지 반납 바랍니다"
    )
    assert found is not None
    assert "도서관" not in found.values


def test_what_stands_in_the_text_is_not_worked_out_from_a_short_form() -> None:
    text = "#{기한} 마감입니다. 접수는 #{일} 마감"
    found = of(one(text, *DUE)).recognise("2026-11-25 마감입니다. 접수는 11/20 마감")
    assert found is not None
    assert found.values == {"기한": "2026-11-25", "일": "11/20"}


def test_a_code_is_not_worked_out_from_its_tail() -> None:
    code = (Variable("번호", Kind.CODE), Variable("끝", Kind.CODE_TAIL, source="번호"))
    found = of(one("접수번호 끝자리 #{끝} 확인 바랍니다", *code)).recognise(
        "접수번호 끝자리 1234 확인 바랍니다"
    )
    assert found is not None
    assert found.values == {"끝": "1234"}


def test_a_wording_without_marks_is_itself() -> None:
    recogniser = of(one("오늘은 도서관 휴관일입니다"))
    assert recogniser.recognise("오늘은 도서관 휴관일입니다") is not None
    assert recogniser.recognise("오늘은 도서관 휴관일입니다 오늘은 도서관 휴관일입니다") is None


def test_marks_that_touch_no_blank_are_found_without_a_word() -> None:
    text = "#{성명}님의반납예정일은#{기한}입니다"
    assert of(one(text, *DUE)).recognise("김나루님의반납예정일은2026-11-25입니다") is not None


def test_checks_of_values_tell_where_one_ends() -> None:
    time = Variable("시각", Kind.TIME)
    text = "검사 일시: #{기한} #{시각} (보건소 2층)"
    found = of(one(text, *DUE, time)).recognise("검사 일시: 2026. 11. 25.(수) 14:00 (보건소 2층)")
    assert found is not None
    assert found.values == {"기한": "2026. 11. 25.(수)", "시각": "14:00"}


# ---- what is not ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "안녕하세요",
        TEXT.replace("빌리신 책", "대출 도서"),
        TEXT.replace("김나루", "김나루\n박나루"),
        TEXT.replace("김나루", ""),
        TEXT.replace("물빛도서관", "다른도서관"),
        TEXT.replace("2026. 11. 25.(수)", "언젠가"),
        f"{TEXT} 감사합니다.",
        f"안녕하세요. {TEXT}",
    ],
)
def test_what_differs_is_not_taken_for_it(text: str) -> None:
    assert of().recognise(text) is None


def test_two_wordings_that_fit_are_none() -> None:
    twin = Candidate(2, (BODY,), DUE)
    assert of(CANDIDATE, twin).recognise(TEXT) is None


def test_two_ways_to_fill_the_marks_are_none() -> None:
    places = Variable("장소", Kind.PLACE), Variable("층", Kind.TEXT)
    text = "모이는 곳은 #{장소} #{층}입니다. 늦지 마세요"
    recogniser = of(one(text, *places))
    assert recogniser.recognise("모이는 곳은 강당 2층입니다. 늦지 마세요") is not None
    assert recogniser.recognise("모이는 곳은 별관 강당 2층입니다. 늦지 마세요") is None
    # Not even beside a wording that it is beyond doubt: who wrote it meant one of the two.
    exact = one("모이는 곳은 별관 강당 2층입니다. 늦지 마세요", key=3)
    assert (
        of(one(text, *places), exact).recognise("모이는 곳은 별관 강당 2층입니다. 늦지 마세요")
        is None
    )


def test_a_name_that_stands_twice_is_one_person() -> None:
    text = "#{성명}님 예약이 확인되었습니다. #{성명}님만 입장합니다"
    recogniser = of(one(text, *DUE))
    same = "김나루님 예약이 확인되었습니다. 김나루님만 입장합니다"
    assert recogniser.recognise(same) is not None
    assert recogniser.recognise(same.replace("김나루님만", "박나루님만")) is None


def test_a_wording_that_reads_alike_on_two_channels_is_one() -> None:
    texts = ("예약이 확인되었습니다 #{성명}", "예약이 확인되었습니다 #{성명} ")
    assert of(Candidate(1, texts, DUE)).recognise("예약이 확인되었습니다 김나루") is not None


def test_hardly_a_fixed_word_is_no_wording() -> None:
    assert of(one("#{성명}님 안내 #{기한}", *DUE)).recognise("김나루님 안내 2026-11-25") is None


def test_a_mark_without_a_variable_takes_nothing() -> None:
    assert of(one("오늘 안내드릴 내용은 #{무엇}")).recognise("오늘 안내드릴 내용은 휴관") is None


def test_a_text_made_to_take_long_is_given_up() -> None:
    words = [Variable(f"말{n}", Kind.TEXT) for n in range(12)]
    marked = " ".join(f"#{{말{n}}}" for n in range(12))
    text = f"나란히 서 있는 말들: {marked} #{{기한}} 끝입니다"
    recogniser = of(one(text, *words, *DUE))
    # So many ways that none of them would ever be found to fail.
    assert (
        recogniser.recognise("나란히 서 있는 말들: " + "가 " * MOST_TRIES + "언젠가 끝입니다")
        is None
    )


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    of().recognise(text)
    assert tidied(tidied(text)) == tidied(text)


# ---- the 40 notices ------------------------------------------------------------------------------

OFFICE = load_office()
KINDS = [resolve(kind, OFFICE) for kind in load_kinds()]
WRITTEN = {
    Kind.PERSON: "김나루",
    Kind.DATE_LONG: "2026. 12. 9.(수)",
    Kind.DATE_SHORT: "12/9(수)",
    Kind.TIME: "14:30",
    Kind.DATETIME: "2026. 12. 9.(수) 14:30",
    Kind.DATE_RANGE: "2026-12-09 ~ 2026-12-16",
    Kind.INTEGER: "3",
    Kind.PHONE: "02-555-0101",
    Kind.CODE: "2026-0312",
    Kind.CODE_TAIL: "0312",
    Kind.PLATE_TAIL: "1234",
    # Beside each other with a blank between them, two free texts with blanks could be told apart
    # by nobody.
    Kind.DEPARTMENT: "민원여권과",
    Kind.STAFF: "김주무관",
}


def written(variable: Variable) -> str:
    """A value as an office's system would put it into a text."""
    if variable.values:
        return variable.values[0].replace("n", "3")
    if variable.short:
        return next(iter(variable.short.values()))
    found = format_value(variable, WRITTEN.get(variable.kind, "나루 1관"), today=TODAY)
    assert not isinstance(found, Refusal), variable.name
    return found


def candidates() -> list[Candidate]:
    return [
        Candidate(
            number,
            tuple(
                text
                for text in (
                    parse_template(kind.template).body,
                    kind.sms,
                    kind.lms.text if kind.lms else None,
                )
                if text
            ),
            tuple(variable_from_json(v) for v in kind.variables),
        )
        for number, kind in enumerate(KINDS)
    ]


ALL = candidates()
RECOGNISER = Recogniser(ALL, TODAY)


@pytest.mark.parametrize("number", range(len(KINDS)), ids=[kind.kind.code for kind in KINDS])
def test_every_text_of_the_catalogue_is_known_again(number: int) -> None:
    candidate = ALL[number]
    values = {v.name: written(v) for v in candidate.variables}
    for text in candidate.texts:
        if CODE in marks(text):
            continue  # we write it ourselves: no other system's text has it
        filled = text
        for name in marks(text):
            filled = filled.replace(f"#{{{name}}}", values[name])
        found = RECOGNISER.recognise(filled)
        assert found is not None, text
        assert found.key == number
        assert {name: found.values[name] for name in marks(text)} == {
            name: values[name] for name in marks(text)
        }
