from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.channel import Channel
from alimnaru.rules.text import (
    LMS_BYTES,
    SMS_BYTES,
    SUBJECT_BYTES,
    channel_for,
    cut_bytes,
    outside_ks_x_1001,
    sms_bytes,
    unprintable,
)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("abc 123", 7),
        ("가나다", 6),
        ("[나루구] 반납일 11/25(수)", 25),
        ("둘째 줄\n있음", 12),
        ("똠방각하", 8),
        ("€※㎡①…", 10),
        ("가😀나", 6),
        ("a—b", 4),
        ("가" * 45, SMS_BYTES),
        ("가" * 1000, LMS_BYTES),
        ("가" * 20, SUBJECT_BYTES),
    ],
)
def test_bytes_as_the_network_counts_them(text: str, size: int) -> None:
    assert sms_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "chars"),
    [
        ("나루도서관 02-123-4567", ()),
        ("plain ascii", ()),
        ("①※㈜€·“”㎡★Ⅲㆍ…", ()),
        ("똠뷁햏힣", ()),
        ("줄\n바꿈\t탭\r\n", ()),
        ("반납😀해 주세요😀", ("😀",)),
        ("가—나\u00a0다\u200b라", ("—", "\u00a0", "\u200b")),
        ("각".join(["ᄀ", "ᅡ"]), ("ᄀ", "ᅡ")),
        ("a\x00b\x1bc\x7f", ("\x00", "\x1b", "\x7f")),
        ("가\x07나", ("\x07",)),
        ("\ud800", ("\ud800",)),
    ],
    ids=ascii,
)
def test_characters_no_network_carries(text: str, chars: tuple[str, ...]) -> None:
    assert unprintable(text) == chars


@pytest.mark.parametrize(
    ("text", "chars"),
    [
        ("나루도서관", ()),
        ("ascii", ()),
        ("€※㎡", ()),
        ("똠방각하 똠", ("똠",)),
        ("뷁햏힣", ("뷁", "햏", "힣")),
        ("탙과 핳", ("탙", "핳")),
        ("똠😀", ("똠",)),
    ],
)
def test_syllables_that_some_carriers_show_as_question_marks(
    text: str, chars: tuple[str, ...]
) -> None:
    assert outside_ks_x_1001(text) == chars


@pytest.mark.parametrize(
    ("text", "subject", "channel"),
    [
        ("가" * 45, None, Channel.SMS),
        ("가" * 45, "", Channel.SMS),
        ("가" * 45 + "a", None, Channel.LMS),
        ("a" * 90, None, Channel.SMS),
        ("짧은 글", "제목", Channel.LMS),
    ],
)
def test_the_cheapest_channel(text: str, subject: str | None, channel: Channel) -> None:
    assert channel_for(text, subject) is channel


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("가나다", 6, "가나다"),
        ("가나다", 5, "가나"),
        ("가나다", 4, "가나"),
        ("가나다", 1, ""),
        ("가나다", 0, ""),
        ("abcdef", 3, "abc"),
        ("a가b나", 4, "a가b"),
        ("a가b나", 5, "a가b"),
        ("abcd", 4, "abcd"),
        ("가😀나", 4, "가😀"),
    ],
)
def test_cut_to_bytes(text: str, limit: int, cut: str) -> None:
    assert cut_bytes(text, limit) == cut


@given(st.text(), st.integers(0, 100))
def test_a_cut_is_the_longest_beginning_that_fits(text: str, limit: int) -> None:
    cut = cut_bytes(text, limit)
    assert text.startswith(cut)
    assert sms_bytes(cut) <= limit
    if cut != text:
        assert sms_bytes(text[: len(cut) + 1]) > limit


@given(st.text())
def test_what_is_carried_can_be_encoded_and_back(text: str) -> None:
    carried = "".join(char for char in text if char not in unprintable(text))
    assert carried.encode("cp949").decode("cp949") == carried
    assert sms_bytes(carried) == len(carried.encode("cp949"))


@given(st.text(), st.text())
def test_bytes_add_up(first: str, second: str) -> None:
    assert sms_bytes(first + second) == sms_bytes(first) + sms_bytes(second)


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)))
def test_every_modern_syllable_is_carried_in_two_bytes(text: str) -> None:
    assert unprintable(text) == ()
    assert sms_bytes(text) == 2 * len(text)
    weights = {char: len(char.encode("euc_kr")) for char in text}
    assert set(outside_ks_x_1001(text)) == {char for char, n in weights.items() if n == 8}
