"""Texts against templates, many short strings in one, and chance."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sandbox.admission import as_carried
from sandbox.chance import share
from sandbox.matching import Pattern
from sandbox.packed import Packed, pack


@pytest.mark.parametrize(
    ("template", "text", "matches"),
    [
        ("안녕하세요", "안녕하세요", True),
        ("안녕하세요", "안녕하세요 ", False),
        ("#{이름}님", "김*루님", True),
        ("#{이름}님", "김*루", False),
        ("#{이름}님, 반갑습니다", "님님님, 반갑습니다", True),
        ("#{가}#{나}", "", True),
        ("가#{나}다", "가다", True),
        ("가#{나}가", "가", False),
        ("가#{나}나#{다}다", "가나다", True),
        ("가#{나}나#{다}다", "가다나", False),
        ("#{가} #{나} 끝", "하나 둘 셋 끝", True),
        ("줄\n#{가}", "줄 값", False),
        ("#{가}가나#{나}가나", "가나", False),
        ("그대로 #{ 안 닫힘", "그대로 #{ 안 닫힘", True),
    ],
)
def test_matching(template: str, text: str, matches: bool) -> None:
    assert Pattern(template).matches(text) is matches


_FIXED = st.text("가나다 \n", max_size=5)


@given(st.lists(st.tuples(_FIXED, st.text("가나다 1", max_size=4)), max_size=6), _FIXED)
@example([("", "가")], "가")
def test_what_was_rendered_matches(parts: Sequence[tuple[str, str]], tail: str) -> None:
    marks = {f"#{{v{n}}}": value for n, (_, value) in enumerate(parts)}
    template = "".join(f"{fixed}#{{v{n}}}" for n, (fixed, _) in enumerate(parts)) + tail
    pattern = Pattern(template)
    text = pattern.render(marks)
    assert text == "".join(fixed + value for fixed, value in parts) + tail
    assert pattern.matches(text)
    # Where values can be told apart at all, they put the same text together again.
    assert pattern.render(pattern.values(text)) == text


def test_values_are_found() -> None:
    pattern = Pattern("#{이름}님, #{기한}까지 #{장소}")
    assert pattern.values("김*루님, 내일까지 나루도서관") == {
        "#{이름}": "김*루",
        "#{기한}": "내일",
        "#{장소}": "나루도서관",
    }
    assert pattern.render({"#{이름}": "김*루"}) is None


@given(st.lists(st.text(max_size=5)))
def test_packed_strings_are_the_strings(strings: list[str]) -> None:
    packed = pack(strings)
    assert list(packed) == strings
    assert len(packed) == len(strings)
    for place, string in enumerate(strings):
        assert packed[place] == string
        assert string in packed
    assert packed[1:3] == strings[1:3]


def test_packed_strings_refuse_what_is_not_there() -> None:
    packed = Packed(["01012345678", "01098765432"])
    assert "0101234567" not in packed
    assert 1 not in packed
    with pytest.raises(IndexError):
        packed[2]


@given(st.binary(max_size=30), st.integers(0, 2**32 - 1))
def test_a_share_is_one(key: bytes, seed: int) -> None:
    assert 0 <= share(key, seed) < 1
    assert share(key, seed) == share(key, seed)


def test_shares_of_neighbours_are_spread() -> None:
    shares = [share(f"{n}-1".encode(), 7) for n in range(10_000)]
    tenths = [sum(1 for one in shares if n / 10 <= one < (n + 1) / 10) for n in range(10)]
    assert all(850 < count < 1150 for count in tenths)


def test_phones_show_question_marks_for_what_the_network_lacks() -> None:
    assert as_carried("똠방 각하 ①🎉") == "?방 각하 ①?"
