"""Topics: what belongs together, and how it stands."""

from __future__ import annotations

import pytest

from alimnaru.rules.consent import Choice
from alimnaru.rules.topics import NoticeWish, Topic, is_discreet, topic_of, topic_wish
from alimnaru.store.catalogue import load_kinds

K, S, X = Choice.KAKAO, Choice.SMS, Choice.STOP


@pytest.mark.parametrize(
    ("code", "topic"),
    [
        ("lib.due.soon", Topic.LIBRARY),
        ("hc.cancer.target", Topic.HEALTH),
        ("lottery.result", Topic.CLASSES),
        ("event.applied", Topic.EVENTS),
        ("cancel.urgent", Topic.CANCELLED),
        ("land.sarangbang", Topic.OTHER),
        ("own-notice", Topic.OTHER),
        ("pref.confirm", None),
        ("ops.breach", None),
        ("staff.meeting", None),
    ],
)
def test_a_notice_belongs_to_a_topic(code: str, topic: Topic | None) -> None:
    assert topic_of(code) is topic


def test_the_catalogue_leaves_little_over() -> None:
    codes = [kind.code for kind in load_kinds()]
    assert [code for code in codes if topic_of(code) is Topic.OTHER] == ["land.sarangbang"]
    assert {topic_of(code) for code in codes} == {*Topic, None}


def wishes(*found: tuple[bool, Choice | None]) -> list[NoticeWish]:
    return [NoticeWish(at, f"알림 {at}", law, choice) for at, (law, choice) in enumerate(found)]


@pytest.mark.parametrize(
    ("found", "choice", "locked"),
    [
        pytest.param([(False, None)], K, False, id="nothing on file"),
        pytest.param([(False, S), (False, S)], S, False, id="all the same"),
        pytest.param([(False, S), (False, None)], None, False, id="one of two"),
        pytest.param([(False, X), (True, S)], X, False, id="the law's goes on"),
        pytest.param([(True, X)], K, True, id="a stop that has no effect"),
        pytest.param([(True, S)], S, True, id="the law's by another way"),
        pytest.param([(True, S), (True, None)], None, True, id="the law's differ"),
    ],
)
def test_how_a_topic_stands(
    found: list[tuple[bool, Choice | None]], choice: Choice | None, locked: bool
) -> None:
    stands = topic_wish(Topic.LIBRARY, wishes(*found))
    assert (stands.choice, stands.locked) == (choice, locked)
    assert stands.law == tuple(f"알림 {at}" for at, (law, _) in enumerate(found) if law)
    assert stands.notices == tuple(range(len(found)))


@pytest.mark.parametrize(
    ("sensitivity", "destroyed", "hidden"), [(3, True, True), (3, False, False), (2, True, False)]
)
def test_only_what_is_sensitive_and_gone_is_named_by_its_topic(
    sensitivity: int, destroyed: bool, hidden: bool
) -> None:
    assert is_discreet(sensitivity, destroyed=destroyed) is hidden
