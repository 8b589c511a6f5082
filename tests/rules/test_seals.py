"""What a seal says, and what is found when its rows are not as they were."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from alimnaru.rules.seals import (
    NOTHING_BEFORE,
    Header,
    Wrong,
    compare,
    digest_of,
    fingerprint,
    read_lines,
)

ROWS = {1: b"a" * 32, 2: b"b" * 32, 5: b"c" * 32}
LEAVES = b"".join(ROWS.values())


def header(**changes: object) -> Header:
    given = {
        "number": 7,
        "kind": "audit",
        "made_at": datetime(2026, 11, 2, 9, 0, 0, 5, tzinfo=UTC),
        "first_id": 1,
        "last_id": 5,
        "rows": 3,
        "digest": digest_of(LEAVES),
        "previous": NOTHING_BEFORE,
        **changes,
    }
    return Header(**given)  # type: ignore[arg-type]


def test_its_text_can_be_made_by_others() -> None:
    digest = hashlib.sha256(LEAVES).hexdigest()
    text = f"alimnaru seal 1\n7\naudit\n1793610000000005\n1\n5\n3\n{digest}\n{'00' * 32}"
    assert header().text().decode() == text
    assert header().chain() == hashlib.sha256(text.encode()).digest()


def test_each_field_is_in_the_chain() -> None:
    other = {
        "number": 8,
        "kind": "access",
        "made_at": datetime(2026, 11, 2, 9, 0, 0, 6, tzinfo=UTC),
        "first_id": 2,
        "last_id": 6,
        "rows": 4,
        "digest": NOTHING_BEFORE,
        "previous": b"p" * 32,
    }
    chains = {header(**{name: value}).chain() for name, value in other.items()}
    assert len(chains | {header().chain()}) == len(other) + 1


def test_rows_as_they_were_are_not_wrong() -> None:
    assert compare(list(ROWS), LEAVES, ROWS) == []


def test_each_change_is_named() -> None:
    now = {1: b"x" * 32, 2: ROWS[2], 4: b"d" * 32}
    assert compare(list(ROWS), LEAVES, now) == [
        (Wrong.ROW_ALTERED, 1),
        (Wrong.ROW_REMOVED, 5),
        (Wrong.ROW_INSERTED, 4),
    ]


def test_a_key_is_told_in_fours() -> None:
    told = fingerprint(b"k" * 32)
    assert told.replace(" ", "") == hashlib.sha256(b"k" * 32).hexdigest()[:32]
    assert [len(part) for part in told.split(" ")] == [4] * 8


CHAIN = "ab" * 32


def test_lines_that_were_printed() -> None:
    text = f"2026-11-02T09:00:00+09:00 7 {CHAIN}\n\n8 {CHAIN}\n"
    assert read_lines(text) == [(7, bytes.fromhex(CHAIN)), (8, bytes.fromhex(CHAIN))]


@pytest.mark.parametrize(
    "line",
    [CHAIN, f"x {CHAIN}", f"1{'0' * 19} {CHAIN}", "7 abcd", "7 없음", f"7 {CHAIN}\n" * 2000],
    ids=["no number", "no digits", "large", "short", "no hex", "too much"],
)
def test_what_is_no_line_of_a_seal(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_lines(line)
