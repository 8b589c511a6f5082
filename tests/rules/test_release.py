"""Who must agree before a list goes, and what their word holds for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.policy import OfficePolicy
from alimnaru.rules.release import (
    Release,
    ReleaseFacts,
    ReleaseFault,
    Risk,
    RowsDigest,
    is_surge,
    may_approve,
    release_for,
    release_hash,
)

POLICY = OfficePolicy()
FACTS = st.builds(
    ReleaseFacts,
    count=st.integers(1, 2_000),
    notice_approvals=st.integers(0, 2),
    sensitivity=st.integers(0, 3),
    first_use=st.booleans(),
    off_hours=st.booleans(),
    repeated=st.booleans(),
    surge=st.booleans(),
    correction=st.booleans(),
    urgent=st.booleans(),
)
SHA = "a" * 64

# facts, approvals, risks
TABLE: list[tuple[dict[str, Any], int, list[Risk]]] = [
    ({"count": 1}, 0, []),
    ({"count": 99}, 0, []),
    ({"count": 100}, 1, [Risk.BIG]),
    ({"count": 999}, 1, [Risk.BIG]),
    ({"count": 1_000}, 2, [Risk.VERY_BIG]),
    ({"count": 470_000}, 2, [Risk.VERY_BIG]),
    ({"count": 1, "notice_approvals": 2}, 0, [Risk.ALWAYS_TWO]),
    ({"count": 2, "notice_approvals": 2}, 2, [Risk.ALWAYS_TWO]),
    ({"count": 2, "notice_approvals": 0}, 0, []),
    ({"count": 100, "notice_approvals": 0}, 1, [Risk.BIG]),
    ({"count": 1, "sensitivity": 3}, 0, [Risk.SENSITIVE]),
    ({"count": 2, "sensitivity": 2}, 0, []),
    ({"count": 2, "sensitivity": 3}, 1, [Risk.SENSITIVE]),
    ({"count": 99, "sensitivity": 3}, 1, [Risk.SENSITIVE]),
    ({"count": 100, "sensitivity": 3}, 2, [Risk.BIG, Risk.SENSITIVE]),
    ({"count": 20, "first_use": True}, 0, [Risk.FIRST_USE]),
    ({"count": 21, "first_use": True}, 1, [Risk.FIRST_USE]),
    ({"count": 1, "off_hours": True}, 1, [Risk.OFF_HOURS]),
    ({"count": 50, "off_hours": True}, 1, [Risk.OFF_HOURS]),
    ({"count": 1, "off_hours": True, "urgent": True}, 0, [Risk.OFF_HOURS]),
    ({"count": 2, "off_hours": True, "urgent": True}, 1, [Risk.OFF_HOURS]),
    ({"count": 9, "off_hours": True, "notice_approvals": 0}, 0, [Risk.OFF_HOURS]),
    ({"count": 1, "repeated": True}, 0, [Risk.REPEATED]),
    ({"count": 2, "repeated": True}, 1, [Risk.REPEATED]),
    ({"count": 1, "surge": True}, 0, [Risk.SURGE]),
    ({"count": 50, "surge": True}, 1, [Risk.SURGE]),
    ({"count": 5_000, "correction": True}, 1, [Risk.VERY_BIG]),
    ({"count": 50, "correction": True, "notice_approvals": 2}, 1, [Risk.ALWAYS_TWO]),
    ({"count": 3, "correction": True}, 0, []),
    (
        {"count": 1_500, "off_hours": True, "first_use": True, "sensitivity": 3},
        2,
        [Risk.VERY_BIG, Risk.SENSITIVE, Risk.FIRST_USE, Risk.OFF_HOURS],
    ),
]


@pytest.mark.parametrize(("facts", "approvals", "risks"), TABLE)
def test_who_must_agree(facts: dict[str, Any], approvals: int, risks: list[Risk]) -> None:
    assert release_for(ReleaseFacts(**facts), POLICY) == Release(approvals, tuple(risks))


def test_the_office_decides_what_is_big() -> None:
    policy = replace(POLICY, first_approval_from=10, second_approval_from=20, slice_least=5)
    assert release_for(ReleaseFacts(count=10), policy).approvals == 1
    assert release_for(ReleaseFacts(count=20), policy).approvals == 2
    assert release_for(ReleaseFacts(count=6, first_use=True), policy).approvals == 1


@given(FACTS)
def test_a_longer_list_never_asks_fewer(facts: ReleaseFacts) -> None:
    longer = replace(facts, count=facts.count + 1)
    assert release_for(longer, POLICY).approvals >= release_for(facts, POLICY).approvals


@given(FACTS, st.sampled_from(["first_use", "off_hours", "repeated", "surge"]))
def test_a_further_risk_never_asks_fewer(facts: ReleaseFacts, name: str) -> None:
    without: Any = {name: False}
    further: Any = {name: True}
    less = release_for(replace(facts, **without), POLICY)
    more = release_for(replace(facts, **further), POLICY)
    assert more.approvals >= less.approvals
    assert set(more.risks) > set(less.risks)


@given(FACTS)
def test_whoever_is_asked_is_told_why(facts: ReleaseFacts) -> None:
    release = release_for(facts, POLICY)
    assert 0 <= release.approvals <= (1 if facts.correction else 2)
    assert release.risks or not release.approvals


@pytest.mark.parametrize(
    ("count", "usual", "surges"),
    [(500, None, False), (499, 100, False), (500, 100, True), (5, 0, True), (4, 0, False)],
)
def test_a_surge(count: int, usual: int | None, surges: bool) -> None:
    assert is_surge(count, usual, POLICY) is surges


@pytest.mark.parametrize(
    ("actor", "earlier", "fault"),
    [
        (2, [], None),
        (2, [3], None),
        (1, [], ReleaseFault.OWN_BATCH),
        (1, [1], ReleaseFault.OWN_BATCH),
        (3, [2, 3], ReleaseFault.APPROVED_ALREADY),
    ],
)
def test_who_may_approve(actor: int, earlier: list[int], fault: ReleaseFault | None) -> None:
    assert may_approve(actor, 1, earlier) is fault


# ---- what an approval pins -----------------------------------------------------------------------


def test_an_approval_holds_for_one_thing_only() -> None:
    pinned = [
        release_hash(SHA, b"r" * 16, 100, "2026-11-23T01:00:00+00:00"),
        release_hash("b" * 64, b"r" * 16, 100, "2026-11-23T01:00:00+00:00"),
        release_hash(SHA, b"s" * 16, 100, "2026-11-23T01:00:00+00:00"),
        release_hash(SHA, b"r" * 16, 101, "2026-11-23T01:00:00+00:00"),
        release_hash(SHA, b"r" * 16, 100, "2026-11-23T02:00:00+00:00"),
        release_hash(SHA, b"r" * 16, 100, ""),
    ]
    assert len(set(pinned)) == 6
    assert all(len(one) == 64 for one in pinned)
    assert pinned[0] == release_hash(SHA, b"r" * 16, 100, "2026-11-23T01:00:00+00:00")


ROWS = st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.lists(st.text(), max_size=3)))


def digest(rows: list[tuple[bytes, list[str]]], secret: bytes = b"k") -> bytes:
    taken = RowsDigest(secret)
    for key, rest in rows:
        taken.add(key, *rest)
    return taken.value


@given(ROWS, st.randoms(use_true_random=False))
def test_a_digest_does_not_mind_the_order(rows: list[tuple[bytes, list[str]]], random: Any) -> None:
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert digest(shuffled) == digest(rows)


@given(ROWS, st.tuples(st.binary(min_size=16, max_size=16), st.lists(st.text(), max_size=3)))
def test_a_digest_minds_every_row(
    rows: list[tuple[bytes, list[str]]], row: tuple[bytes, list[str]]
) -> None:
    assert len({digest(rows), digest([*rows, row]), digest([*rows, row, row])}) == 3


def test_a_digest_minds_what_stands_in_a_row() -> None:
    key = b"k" * 16
    rows = [(), ("a",), ("a", "b"), ("ab",), ("ab", ""), ("b", "a")]
    assert len({digest([(key, list(rest))]) for rest in rows}) == len(rows)


def test_values_that_change_places_change_the_digest() -> None:
    right = [(b"a" * 16, ["one"]), (b"b" * 16, ["two"])]
    slid = [(b"a" * 16, ["two"]), (b"b" * 16, ["one"])]
    assert digest(right) != digest(slid)


def test_a_digest_is_keyed() -> None:
    rows = [(b"a" * 16, ["one"])]
    assert digest(rows, b"k") != digest(rows, b"l")
    assert digest([]) == bytes(16)


@given(ROWS, ROWS)
def test_a_list_in_pieces_has_the_digest_of_the_whole(
    first: list[tuple[bytes, list[str]]], second: list[tuple[bytes, list[str]]]
) -> None:
    later = RowsDigest(b"k", digest(first))
    for key, rest in second:
        later.add(key, *rest)
    assert later.value == digest([*first, *second])
