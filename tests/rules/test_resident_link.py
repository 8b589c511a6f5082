"""Links and codes that sign themselves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.resident_link import CODE, EXAMPLES, LINK, Signer, own_names
from alimnaru.rules.template import NEW_SENDER_GROWTH

OURS, THEIRS = Signer(b"k" * 32), Signer(b"j" * 32)
MESSAGES = st.integers(0, 2**36 - 1)


@given(MESSAGES)
def test_a_link_leads_back_to_its_message_and_to_no_other(message: int) -> None:
    token = OURS.link(message)
    assert OURS.message_of_link(token) == message
    assert THEIRS.message_of_link(token) is None


@given(MESSAGES)
def test_a_code_leads_back_to_its_message(message: int) -> None:
    code = OURS.code(message)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code)
    assert OURS.message_of_code(code) == message
    assert THEIRS.message_of_code(code) != message


@given(MESSAGES, st.integers(0, 19), st.sampled_from("AQ9_-"))
def test_a_link_with_another_sign_in_it_is_none(message: int, at: int, sign: str) -> None:
    token = OURS.link(message)
    changed = token[:at] + sign + token[at + 1 :]
    assert OURS.message_of_link(changed) == (message if changed == token else None)


@pytest.mark.parametrize("token", ["", "A" * 19, "A" * 21, "A" * 20, "가" * 20, "A" * 19 + "="])
def test_what_is_no_link(token: str) -> None:
    assert OURS.message_of_link(token) is None


@pytest.mark.parametrize(
    "typed", ["", "ABCDE", "ABCDE-FGHJ", "UUUUU-UUUUU", "ABCDE-FGHJKM", "가나"]
)
def test_what_is_no_code(typed: str) -> None:
    assert OURS.message_of_code(typed) is None


def test_a_guessed_code_is_nearly_never_a_number() -> None:
    """Of 2^50 codes 2^36 are numbers at all: one in 16,384, and few of those were ever sent."""
    guesses = [f"{at:05d}-{at:05d}" for at in range(3000)]
    assert sum(OURS.message_of_code(guess) is not None for guess in guesses) <= 3


@pytest.mark.parametrize("message", [1, 31, 4711, 2**31])
def test_a_code_is_read_as_people_type_it(message: int) -> None:
    code = OURS.code(message)
    lookalike = code.replace("0", "O").replace("1", "l")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    for typed in (code.lower(), code.replace("-", ""), f" {code} ", lookalike, wide):
        assert OURS.message_of_code(typed) == message


def test_messages_in_a_row_look_nothing_alike() -> None:
    codes = [OURS.code(message) for message in range(1000)]
    assert len({code[:5] for code in codes}) > 990
    assert len({code[6:] for code in codes}) > 990


def test_a_number_too_large_for_a_code_is_said_aloud() -> None:
    with pytest.raises(OverflowError):
        OURS.code(2**36)


def test_examples_are_as_long_as_what_they_stand_for() -> None:
    assert {LINK: len(OURS.link(7)), CODE: len(OURS.code(7))} == {
        name: len(text) for name, text in EXAMPLES.items()
    }
    assert all(len(t) <= len(f"#{{{n}}}") + NEW_SENDER_GROWTH for n, t in EXAMPLES.items())


def test_own_names_come_in_their_own_order() -> None:
    assert own_names(["성명", CODE, LINK, CODE]) == (LINK, CODE)
    assert own_names(["성명"]) == ()
