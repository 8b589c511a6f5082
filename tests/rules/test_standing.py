"""Whether a database is the office or a copy of it."""

from __future__ import annotations

import pytest

from alimnaru.rules.standing import Identity, Mark, is_copy, was_set_back

OFFICE = Identity("7001", 3, 16)


@pytest.mark.parametrize(
    ("here", "trust", "copy"),
    [
        (OFFICE, False, False),
        (OFFICE, True, False),
        # Restored to a moment, or a standby took over.
        (Identity("7001", 4, 16), False, True),
        (Identity("7001", 4, 16), True, False),
        # A standby of an older time.
        (Identity("7001", 2, 16), True, True),
        # Copied row by row into another cluster: the office may still run where it was.
        (Identity("8002", 3), False, True),
        (Identity("8002", 3), True, True),
        (Identity("8002", 4), True, True),
        # Copied into another database of the same cluster.
        (Identity("7001", 3, 17), False, True),
        (Identity("7001", 3, 17), True, True),
    ],
)
def test_a_copy_is_known(here: Identity, trust: bool, copy: bool) -> None:
    assert is_copy(OFFICE, here, trust_failover=trust) is copy


def test_a_number_that_was_not_written_down_yet_says_nothing() -> None:
    assert not is_copy(Identity("7001", 3), OFFICE, trust_failover=False)


@pytest.mark.parametrize(
    ("mark", "back"),
    [
        (None, False),
        (Mark(OFFICE, 100), False),
        (Mark(OFFICE, 99), False),
        (Mark(OFFICE, 101), True),
        # Another database is told by itself: its log has a length of its own.
        (Mark(Identity("7001", 2), 101), False),
    ],
)
def test_older_files_are_known(mark: Mark | None, back: bool) -> None:
    assert was_set_back(mark, Mark(OFFICE, 100)) is back
