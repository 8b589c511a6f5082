"""Loops go on after a failure, and end when they are told to."""

from __future__ import annotations

import threading

from structlog.testing import capture_logs

from alimnaru.ops.beside import Loop, Rounds, running


def test_a_loop_goes_on_after_a_failure() -> None:
    done, count = threading.Event(), 0

    def act() -> None:
        nonlocal count
        count += 1
        if count == 1:
            raise LookupError("somebody's number")
        done.set()

    with capture_logs() as logs, running([Loop("test", 0.001, act)]):
        assert done.wait(20)
    assert [entry for entry in logs if entry["event"] == "loop_failed"] == [
        {"event": "loop_failed", "log_level": "warning", "loop": "test", "error": "LookupError"}
    ]


def test_leaving_waits_for_what_is_under_way() -> None:
    begun, ended = threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        threading.Event().wait(0.05)
        ended.set()

    loop = Loop("test", 0.001, act)
    with running([loop]):
        assert begun.wait(20)
    assert ended.is_set()
    assert not loop.is_alive()


def test_of_several_each_has_its_own_pace() -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("failing")
        raise LookupError("somebody's number")

    rounds = Rounds(
        ("often", 0.0, lambda: done.append("often")),
        ("failing", 0.0, fail),
        ("seldom", 3600.0, lambda: done.append("seldom")),
    )
    with capture_logs() as logs:
        rounds.go_round()
        rounds.go_round()
    assert done == ["often", "failing"] * 2
    assert [(e["loop"], e["error"]) for e in logs] == [("failing", "LookupError")] * 2
