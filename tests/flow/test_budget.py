"""Ceilings: a list stops at them, an emergency does not, and what waits goes on by itself."""

from __future__ import annotations

from datetime import date

import pytest

from alimnaru.flow import budget
from alimnaru.office.projects import close_project
from alimnaru.store.models import Batch, Chunk, Department, Project, Task
from tests.cast import Cast, bring_results, phone, ring
from tests.flow.moment import Moment

#: A receipt for these never comes.
SILENT = "0006"


def holds() -> list[str]:
    return list(Chunk.objects.order_by("pk").values_list("hold_code", flat=True))


def look(moment: Moment) -> None:
    """What the sweep does, and what is rung for."""
    budget.look_after(moment.now)
    ring()


def line(cast: Cast, **caps: int) -> Project:
    project = Project.objects.create(
        department=cast.library, code="due", name="반납 안내", starts_on=date(2020, 1, 1), **caps
    )
    cast.notice.project = project
    cast.notice.save()
    return project


def above(cast: Cast) -> Department:
    """A bureau that the library belongs to."""
    bureau = Department.objects.create(code="culture", name="문화국", path="/culture/")
    cast.library.parent, cast.library.path = bureau, "/culture/lib/"
    cast.library.save()
    return bureau


def test_a_list_stops_an_emergency_passes_and_more_money_lets_it_go_on(
    cast: Cast, moment: Moment
) -> None:
    moment.is_("2026-11-24 10:00")
    cast.library.monthly_cap_won = 12
    cast.library.save()
    batch = cast.send(cast.rows(*(phone() for _ in range(6))), chunk_size=2)  # 10 won a chunk
    bring_results(batch)
    assert holds() == ["", "spend_cap", "spend_cap"]
    cast.notice.priority = "P0"
    cast.notice.save()
    bring_results(cast.send(cast.rows(phone(), phone())))
    cast.notice.priority = "P2"
    cast.notice.save()
    assert len(cast.accepted()) == 4
    look(moment)
    assert holds() == ["", "spend_cap", "spend_cap", ""]
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=34)
    look(moment)  # 20 won are spent: one more fits, and one chunk only
    assert holds() == ["", "", "spend_cap", ""]
    look(moment)
    assert holds() == ["", "", "spend_cap", ""]
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=40)
    look(moment)
    assert len(cast.accepted()) == 8


@pytest.mark.parametrize(
    ("cap", "until"),
    [("daily_cap_won", "2026-11-25 10:00"), ("monthly_cap_won", "2026-12-01 10:00")],
)
@pytest.mark.parametrize("whose", ["department", "above", "project"])
def test_the_next_day_or_month_it_goes_on(
    cast: Cast, moment: Moment, cap: str, until: str, whose: str
) -> None:
    moment.is_("2026-11-24 10:00")
    if whose == "project":
        line(cast, **{cap: 10})
    else:
        department = above(cast) if whose == "above" else cast.library
        Department.objects.filter(pk=department.pk).update(**{cap: 10})
        cast.library.refresh_from_db()
    bring_results(cast.send(cast.rows(phone(), phone())))
    cast.send(cast.rows(phone(), phone()))
    ring()
    moment.passes(minutes=1)
    look(moment)
    assert holds() == ["", "spend_cap"]
    Batch.objects.update(expires_at=moment.now.replace(year=2027))
    moment.is_(until)
    look(moment)
    assert holds() == ["", ""]


def test_what_waits_does_not_go_back_and_forth(cast: Cast, moment: Moment) -> None:
    moment.is_("2026-11-24 10:00")
    cast.library.monthly_cap_won = 25
    cast.library.save()
    cast.send(cast.rows(*(phone(SILENT) for _ in range(6))), chunk_size=2)
    ring()
    claims = Chunk.objects.get(hold_code="spend_cap").claim
    for _ in range(3):
        moment.passes(seconds=30)
        look(moment)
    assert Chunk.objects.get(hold_code="spend_cap").claim == claims


def test_room_is_given_away_once(cast: Cast, moment: Moment) -> None:
    """Freed chunks count against what is left, also before a worker comes for them."""
    moment.is_("2026-11-24 10:00")
    cast.library.monthly_cap_won = 0
    cast.library.save()
    cast.send(cast.rows(*(phone() for _ in range(6))), chunk_size=2)
    ring()
    Department.objects.filter(pk=cast.library.pk).update(monthly_cap_won=10)
    budget.look_after(moment.now)
    budget.look_after(moment.now)
    assert sorted(holds()) == ["", "spend_cap", "spend_cap"]


def test_a_department_hears_once_a_span(cast: Cast, moment: Moment) -> None:
    moment.is_("2026-11-24 10:00")
    project = line(cast, monthly_cap_won=6)
    bring_results(cast.send(cast.rows(phone())))
    look(moment)
    low = Task.objects.get()
    assert low.subject == f"budget:project:{project.pk}:month:2026-11:80"
    assert (low.kind, low.department) == ("budget_low", cast.library)
    low.done_at = moment.now
    low.save()
    look(moment)
    assert Task.objects.count() == 1
    cast.send(cast.rows(phone()))
    ring()
    look(moment)  # five of six won are spent, and too little is left for what waits
    look(moment)
    assert list(Task.objects.order_by("pk").values_list("kind", flat=True)) == [
        "budget_low",
        "budget_spent",
    ]


def test_a_raised_ceiling_is_told_of_when_it_is_reached_anew(cast: Cast, moment: Moment) -> None:
    moment.is_("2026-11-24 10:00")
    project = line(cast, monthly_cap_won=5)
    bring_results(cast.send(cast.rows(phone())))
    look(moment)
    look(moment)
    assert Task.objects.get().facts["cap"] == 5
    Project.objects.filter(pk=project.pk).update(monthly_cap_won=10)
    look(moment)
    Task.objects.update(done_at=moment.now)
    bring_results(cast.send(cast.rows(phone())))
    look(moment)
    look(moment)
    told = Task.objects.order_by("pk").values_list("kind", "facts__cap")
    assert list(told) == [("budget_spent", 5), ("budget_spent", 10)]


def test_a_closed_line_pays_for_nothing_new_and_stops_nothing(cast: Cast, moment: Moment) -> None:
    """Nobody can raise its ceiling any more: what waited for it would wait until it expires."""
    moment.is_("2026-11-24 10:00")
    project = line(cast, monthly_cap_won=12)
    begun = cast.send(cast.rows(*(phone() for _ in range(4))), chunk_size=2)
    bring_results(begun)
    later = cast.send(cast.rows(phone(), phone()))
    ring()
    assert holds() == ["", "spend_cap", "spend_cap"]
    close_project(project, actor=cast.librarian)
    look(moment)
    assert len(cast.accepted()) == 6
    begun.refresh_from_db()
    later.refresh_from_db()
    assert (begun.project, later.project) == (project, None)
