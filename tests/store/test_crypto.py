"""Sealing: what opens, what does not, and that nothing can be read beside it."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from alimnaru.store.crypto import (
    HASH,
    MESSAGES,
    REFUSED,
    BatchKey,
    Unreadable,
    phone_hash,
    row_secret,
    seal,
    unseal,
)

PHONE = "01012345678"
PARTS = [PHONE, "김나루", "2026. 11. 25.(수)"]


# ---- what belongs to no batch --------------------------------------------------------------------


@given(st.binary(max_size=200))
def test_what_was_sealed_opens(data: bytes) -> None:
    assert unseal(seal(data, purpose="inbox"), purpose="inbox") == data


def test_two_seals_of_the_same_differ() -> None:
    assert seal(b"same", purpose="inbox") != seal(b"same", purpose="inbox")


def test_another_purpose_does_not_open() -> None:
    with pytest.raises(Unreadable, match="wire"):
        unseal(seal(b"report", purpose="inbox"), purpose="wire")


def test_another_office_does_not_open(settings: Settings) -> None:
    sealed = seal(b"report", purpose="inbox")
    settings.MASTER_KEY = os.urandom(32)
    with pytest.raises(Unreadable):
        unseal(sealed, purpose="inbox")


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 27, 33])
def test_a_cut_blob_is_unreadable_and_nothing_worse(length: int) -> None:
    with pytest.raises(Unreadable):
        unseal(seal(b"report", purpose="inbox")[:length], purpose="inbox")


@pytest.mark.parametrize("place", [0, 11, 12, 20, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(seal(b"a report of some length", purpose="inbox"))
    sealed[place] ^= 1
    with pytest.raises(Unreadable):
        unseal(bytes(sealed), purpose="inbox")


# ---- messages ------------------------------------------------------------------------------------


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(0, 2**63 - 1))
def test_a_row_opens_as_it_was(parts: list[str], row: int) -> None:
    key = BatchKey.new()
    assert key.open(row, key.seal(row, parts)) == parts


def test_nothing_is_readable_beside_the_key() -> None:
    sealed = BatchKey.new().seal(1, PARTS)
    for part in PARTS:
        assert part.encode() not in sealed
    assert b"1234" not in sealed


@pytest.mark.parametrize("row", [2, 0, 2**32 + 1, 2**63 - 1])
def test_a_blob_opens_in_its_own_row_only(row: int) -> None:
    key = BatchKey.new()
    with pytest.raises(Unreadable, match=f"row {row}"):
        key.open(row, key.seal(1, PARTS))


def test_a_blob_of_another_batch_does_not_open() -> None:
    with pytest.raises(Unreadable):
        BatchKey.new().open(1, BatchKey.new().seal(1, PARTS))


def test_refused_rows_never_share_a_nonce_with_messages() -> None:
    """Row 17 of the list and message 17: the same nonce twice would give the key stream away."""
    key = BatchKey.new()
    message, refused = key.seal(17, PARTS), key.seal(17, PARTS, space=REFUSED)
    assert MESSAGES != REFUSED
    assert message != refused
    assert key.open(17, refused, space=REFUSED) == PARTS
    for blob, space in ((message, REFUSED), (refused, MESSAGES)):
        with pytest.raises(Unreadable):
            key.open(17, blob, space=space)


@pytest.mark.parametrize("blob", [b"", b"short", bytes(64)])
def test_what_is_no_payload_is_unreadable(blob: bytes) -> None:
    with pytest.raises(Unreadable):
        BatchKey.new().open(1, blob)


# ---- batch keys ----------------------------------------------------------------------------------


def test_a_stored_key_opens_its_batch() -> None:
    key = BatchKey.new()
    sealed = key.seal(1, PARTS)
    assert BatchKey.unwrap(key.wrap(9), 9).open(1, sealed) == PARTS


def test_a_stored_key_is_bound_to_its_batch() -> None:
    wrapped = BatchKey.new().wrap(9)
    with pytest.raises(Unreadable, match="batch 10"):
        BatchKey.unwrap(wrapped, 10)


@pytest.mark.parametrize("left", [b"", b"\x00" * 11, b"\x00" * 60], ids=["null", "cut", "zeroed"])
def test_a_destroyed_key_destroys_the_data(left: bytes) -> None:
    with pytest.raises(Unreadable, match="key of batch 9"):
        BatchKey.unwrap(left, 9)


def test_a_stored_key_needs_the_master_key(settings: Settings) -> None:
    wrapped = BatchKey.new().wrap(9)
    settings.MASTER_KEY = os.urandom(32)
    with pytest.raises(Unreadable):
        BatchKey.unwrap(wrapped, 9)


def test_the_key_itself_does_not_stand_in_what_is_stored() -> None:
    key = BatchKey.new()
    assert key._key not in key.wrap(9)


# ---- the phone hash ------------------------------------------------------------------------------


def test_a_phone_is_found_again_by_its_hash() -> None:
    assert phone_hash(PHONE) == phone_hash(PHONE)
    assert len(phone_hash(PHONE)) == HASH == 16
    assert phone_hash(PHONE) != phone_hash("01012345679")


def test_the_hash_is_keyed(settings: Settings) -> None:
    """Without the key, 100 million numbers would be tried in a minute."""
    import hashlib

    plain = hashlib.sha256(PHONE.encode()).digest()[:HASH]
    ours = phone_hash(PHONE)
    assert ours != plain
    settings.MASTER_KEY = os.urandom(32)
    assert phone_hash(PHONE) != ours


def test_each_purpose_has_a_key_of_its_own(settings: Settings) -> None:
    import hmac

    rows = row_secret()
    assert len(rows) == 32
    assert rows != settings.MASTER_KEY
    assert hmac.digest(rows, PHONE.encode(), "sha256")[:HASH] != phone_hash(PHONE)
    settings.MASTER_KEY = os.urandom(32)
    assert row_secret() != rows


def test_errors_name_rows_and_never_people() -> None:
    key = BatchKey.new()
    with pytest.raises(Unreadable) as caught:
        key.open(2, key.seal(1, PARTS))
    assert str(caught.value) == "payload of row 2"
    assert caught.value.__cause__ is None


def test_a_message_sealed_anew_opens_as_its_own_and_no_other() -> None:
    key = BatchKey.new()
    first = key.seal(7, ["01012345678", "김나루", "3"])
    other = key.seal_anew(7, ["01012345678", "김나루", "2"])
    assert key.open(7, first)[-1] == "3"
    assert key.open(7, other)[-1] == "2"
    # No nonce of a row's number begins so, and none is drawn twice.
    assert other[0] & 0x80
    assert key.seal_anew(7, ["01012345678", "김나루", "2"]) != other
    for row, blob in ((8, other), (8, first), (7, other[:-1]), (7, b"")):
        with pytest.raises(Unreadable):
            key.open(row, blob)
