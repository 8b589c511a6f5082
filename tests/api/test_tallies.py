"""Counts, costs, and what is known of the key."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alimnaru.store.models import Department, Project, Tally
from tests.api.asked import codes, row
from tests.api.programs import Program, key_for
from tests.cast import Cast

DAY = date(2026, 3, 2)


def tally(cast: Cast, **changed: Any) -> None:
    Tally.objects.create(
        **{
            "day": DAY,
            "department": cast.library,
            "notice": cast.notice,
            "channel": "alimtalk",
            "outcome": "delivered",
            "messages": 10,
            "won": 50,
            **changed,
        }
    )


@pytest.fixture
def program(practising: Cast) -> Program:
    tally(practising)
    tally(practising, messages=3, won=15)
    tally(practising, channel="sms", messages=2, won=16)
    tally(practising, outcome="failed", messages=1, won=0)
    tally(practising, day=date(2026, 3, 3))
    tally(practising, department=practising.health)
    return Program(key_for(practising.library)[1])


def lines(program: Program, query: str) -> list[dict[str, Any]]:
    answer = program.get(f"tallies?from=2026-03-01&to=2026-03-31&{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def test_what_is_told_apart_is_asked_for(program: Program) -> None:
    assert [(t["channel"], t["messages"], t["won"]) for t in lines(program, "by=channel")] == [
        ("alimtalk", 24, 115.0),
        ("sms", 2, 16.0),
    ]
    by_day = lines(program, "by=day,outcome")
    assert [(t["day"], t["outcome"], t["messages"]) for t in by_day] == [
        ("2026-03-02", "delivered", 15),
        ("2026-03-02", "failed", 1),
        ("2026-03-03", "delivered", 10),
    ]
    assert {t["provisional"] for t in by_day} == {False}
    assert [t["notice"] for t in lines(program, "by=notice")] == ["lib.due.soon"]


def test_what_was_needed_instead_is_told_with_its_name(practising: Cast, program: Program) -> None:
    tally(practising, messages=1, won=5, needs="lms")
    tally(practising, day=date(2026, 3, 4), messages=1, won=5, outcome="unknown", needs="lms")
    found = lines(program, "by=needs")
    assert [(t["needs"], t["messages"]) for t in found] == [("lms", 2), ("sms", 26)]
    # Undelivered ones would have cost nothing either.
    assert found[0]["baselines"] == {"needed": 26.763, "all_sms": 8.063, "all_lms": 26.763}
    assert found[1]["baselines"]["needed"] == pytest.approx(25 * 8.063)


def test_the_department_and_those_below_are_counted(practising: Cast, program: Program) -> None:
    root = Program(key_for(Department.objects.get(code="gu"))[1])
    found = lines(root, "by=department")
    assert [(t["department"], t["messages"]) for t in found] == [("health", 10), ("lib", 26)]


def test_tallies_come_in_pages(program: Program) -> None:
    query = "tallies?from=2026-03-01&to=2026-03-31&by=day,channel,outcome&limit=2"
    first = program.get(query).json()
    rest = program.get(f"{query}&cursor={first['next']}").json()
    assert (len(first["data"]), len(rest["data"]), rest["next"]) == (2, 2, None)


@pytest.mark.parametrize(
    "query", ["from=2026-03-02&to=2026-03-01", "from=2025-01-01&to=2026-03-01"]
)
def test_a_period_has_an_end(program: Program, query: str) -> None:
    answer = program.get(f"tallies?{query}")
    assert (answer.status_code, codes(answer)) == (422, [("from", "period")])


def test_a_key_sees_itself_and_what_is_left(practising: Cast) -> None:
    key, text = key_for(practising.library, per_day=500, per_minute=100, scopes=["send"])
    program = Program(text)
    program.post("messages", {"notice": "lib.due.soon", **row()})
    said = program.get("me").json()
    assert (said["key"], said["department"], said["scopes"]) == (key.public, "lib", ["send"])
    assert said["messages_a_day"]["left"] == 499
    assert said["calls_a_minute"]["limit"] == 100
    assert 0 < said["calls_a_minute"]["seconds"] <= 60


def test_what_a_budget_line_paid_is_told_apart(practising: Cast, program: Program) -> None:
    line = Project.objects.create(
        department=practising.library, code="due", name="반납 안내", starts_on=DAY
    )
    tally(practising, project=line, messages=4, won=20)
    assert [(t["project"], t["messages"]) for t in lines(program, "by=project")] == [
        ("due", 4),
        (None, 26),
    ]
