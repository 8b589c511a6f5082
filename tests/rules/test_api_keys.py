"""Keys: their text, their limits, how long they last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.api_keys import (
    MOST_ADDRESSES,
    MOST_PER_DAY,
    MOST_PER_MINUTE,
    PUBLIC_LENGTH,
    PUBLIC_SIGNS,
    KeyState,
    Limits,
    is_allowed,
    key_state,
    key_text,
    life_fault,
    needs_second,
    overlap_fault,
    parse_key,
    read_addresses,
    read_scopes,
    secret_hash,
)
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.connecting import ConnectingFault

_F = ConnectingFault
PUBLIC = "k7mqx2np9rtd"
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
publics = st.text(PUBLIC_SIGNS, min_size=PUBLIC_LENGTH, max_size=PUBLIC_LENGTH)
secrets = st.binary(min_size=32, max_size=32)


# ---- the text ------------------------------------------------------------------------------------


@given(public=publics, secret=secrets, is_sandbox=st.booleans())
def test_a_key_is_read_back(public: str, secret: bytes, is_sandbox: bool) -> None:
    text = key_text(public, secret, is_sandbox=is_sandbox)
    assert text.startswith("an_test_" if is_sandbox else "an_live_")
    assert len(text) == len("an_live_") + 12 + 1 + 43 + 4
    parsed = parse_key(text)
    assert parsed is not None
    assert parsed[0] == public
    assert secret_hash(parsed[1]) != secret_hash(parsed[1][:-1])
    assert len(secret_hash(parsed[1])) == 32


@given(
    secret=secrets,
    place=st.integers(0, 67),
    sign=st.sampled_from("abcdefghABCDEFGH0123456789-_"),
)
def test_one_wrong_sign_makes_it_no_key(secret: bytes, place: int, sign: str) -> None:
    text = key_text(PUBLIC, secret, is_sandbox=False)
    wrong = text[:place] + sign + text[place + 1 :]
    assert wrong == text or parse_key(wrong) is None


def test_a_key_of_the_sandbox_is_no_live_one_by_another_name() -> None:
    text = key_text(PUBLIC, bytes(32), is_sandbox=True)
    assert parse_key(text.replace("an_test_", "an_live_")) is None


@pytest.mark.parametrize(
    "text", ["", "an_live_", "Bearer x", "an_live_k7mqx2np9rtd_short", "가" * 68]
)
def test_what_is_no_key(text: str) -> None:
    assert parse_key(text) is None


@given(text=st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    assert parse_key(text) is None


# ---- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], ()),
        (["", "  "], ()),
        (["203.0.113.7"], ("203.0.113.7/32",)),
        (["10.20.3.4/16", " 10.20.0.0/16 "], ("10.20.0.0/16",)),
        (["2001:db8::/32", "10.0.0.0/8"], ("2001:db8::/32", "10.0.0.0/8")),
        (["10.0.0.0/7"], _F.ADDRESS_TOO_WIDE),
        (["0.0.0.0/0"], _F.ADDRESS_TOO_WIDE),
        (["::/0"], _F.ADDRESS_TOO_WIDE),
        (["api.example.kr"], _F.ADDRESS_UNREADABLE),
        (["10.0.0.1/33"], _F.ADDRESS_UNREADABLE),
        ([f"10.0.{n}.0/24" for n in range(MOST_ADDRESSES)], None),
        ([f"10.0.{n}.0/24" for n in range(MOST_ADDRESSES + 1)], _F.ADDRESSES_TOO_MANY),
    ],
)
def test_addresses(lines: list[str], found: object) -> None:
    read = read_addresses(lines)
    assert read == found if found is not None else len(read) == MOST_ADDRESSES


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        ("203.0.113.7", [], True),
        ("203.0.113.7", ["203.0.113.0/24"], True),
        ("203.0.114.7", ["203.0.113.0/24"], False),
        ("203.0.114.7", ["203.0.113.0/24", "203.0.114.7/32"], True),
        ("::ffff:10.0.0.1", ["10.0.0.0/8"], True),
        ("2001:db8::1", ["10.0.0.0/8", "2001:db8::/32"], True),
        ("2001:db9::1", ["2001:db8::/32"], False),
        ("", ["10.0.0.0/8"], False),
        ("10.0.0.1:443", ["10.0.0.0/8"], False),
    ],
)
def test_from_where(address: str, networks: list[str], allowed: bool) -> None:
    assert is_allowed(address, networks) is allowed


# ---- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        (Limits(), None),
        (Limits((), 1, 1), None),
        (Limits((), MOST_PER_MINUTE, MOST_PER_DAY), None),
        (Limits((), 0, 1), _F.PER_MINUTE_OUT_OF_RANGE),
        (Limits((), MOST_PER_MINUTE + 1, 1), _F.PER_MINUTE_OUT_OF_RANGE),
        (Limits((), 1, 0), _F.PER_DAY_OUT_OF_RANGE),
        (Limits((), 1, MOST_PER_DAY + 1), _F.PER_DAY_OUT_OF_RANGE),
    ],
)
def test_numbers_have_a_range(limits: Limits, fault: ConnectingFault | None) -> None:
    assert limits.fault() is fault


@pytest.mark.parametrize(
    ("after", "wider"),
    [
        (Limits(("10.20.0.0/16",), 10, 100), False),
        (Limits(("10.20.3.0/24",), 9, 99), False),
        (Limits(("10.20.3.0/24", "10.20.4.4/32"), 10, 100), False),
        (Limits(("10.20.0.0/16",), 11, 100), True),
        (Limits(("10.20.0.0/16",), 10, 101), True),
        (Limits(("10.21.0.0/16",), 10, 100), True),
        (Limits(("10.20.3.0/24", "2001:db8::/32"), 10, 100), True),
        (Limits((), 10, 100), True),
    ],
)
def test_what_is_wider(after: Limits, wider: bool) -> None:
    assert after.is_wider_than(Limits(("10.20.0.0/16",), 10, 100)) is wider


def test_from_anywhere_is_the_widest_already() -> None:
    assert not Limits(("10.20.0.0/16",)).is_wider_than(Limits())
    assert not Limits(("2001:db8:1::/48",)).is_wider_than(Limits(("2001:db8::/32",)))


def test_the_digest_names_exactly_these_limits() -> None:
    first = Limits(("10.20.0.0/16",), 10, 100)
    assert first.digest() == Limits(("10.20.0.0/16",), 10, 100).digest()
    others = (Limits((), 10, 100), Limits(("10.20.0.0/16",), 11, 100), Limits(first.addresses, 10))
    assert len({first.digest(), *(one.digest() for one in others)}) == 4


# ---- scopes, lives -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["read", "send", "read"], (Scope.SEND, Scope.READ)),
        ([], _F.SCOPES_MISSING),
        (["send", "everything"], _F.SCOPES_MISSING),
    ],
)
def test_scopes(names: list[str], found: object) -> None:
    assert read_scopes(names) == found


@pytest.mark.parametrize(
    ("scopes", "is_sandbox", "needed"),
    [
        ([Scope.SEND, Scope.READ], False, True),
        ([Scope.SEND], True, False),
        ([Scope.CONSENTS], False, True),
        ([Scope.READ, Scope.PREFERENCES], False, False),
    ],
)
def test_who_reaches_residents_or_speaks_for_them_needs_two(
    scopes: list[Scope], is_sandbox: bool, needed: bool
) -> None:
    assert needs_second(scopes, is_sandbox=is_sandbox) is needed


@pytest.mark.parametrize(("days", "good"), [(0, False), (1, True), (730, True), (731, False)])
def test_how_long_a_key_lives(days: int, good: bool) -> None:
    assert (life_fault(days) is None) is good


@pytest.mark.parametrize(("days", "good"), [(-1, False), (0, True), (30, True), (31, False)])
def test_how_long_two_keys_overlap(days: int, good: bool) -> None:
    assert (overlap_fault(days) is None) is good


@pytest.mark.parametrize(
    ("waits", "ends_in", "revoked", "state"),
    [
        (False, timedelta(days=100), False, KeyState.WORKS),
        (False, None, False, KeyState.WORKS),
        (False, timedelta(days=14), False, KeyState.ENDS_SOON),
        (True, timedelta(days=14), False, KeyState.WAITS),
        (False, timedelta(0), False, KeyState.ENDED),
        (True, timedelta(0), False, KeyState.ENDED),
        (True, timedelta(days=100), True, KeyState.REVOKED),
        (False, timedelta(0), True, KeyState.REVOKED),
    ],
)
def test_how_a_key_stands(
    waits: bool, ends_in: timedelta | None, revoked: bool, state: KeyState
) -> None:
    found = key_state(
        NOW,
        waits=waits,
        expires_at=NOW + ends_in if ends_in is not None else None,
        revoked_at=NOW - timedelta(days=1) if revoked else None,
    )
    assert found is state
    assert found.is_over is (state in {KeyState.ENDED, KeyState.REVOKED})
