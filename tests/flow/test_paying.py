"""Which budget line pays, wherever a batch is born."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.paying import project_of
from alimnaru.store.models import Project, Tally
from tests.cast import Cast, bring_results, phone


def line(cast: Cast, **changed: object) -> Project:
    """A line that pays for the cast's notice."""
    facts = {"code": "due", "name": "반납 안내", "starts_on": date(2020, 1, 1), **changed}
    project = Project.objects.create(department=cast.library, **facts)
    cast.notice.project = project
    cast.notice.save()
    return project


def test_the_notices_line_pays_and_is_tallied(cast: Cast) -> None:
    project = line(cast)
    bring_results(cast.send(cast.rows(phone())))
    assert Tally.objects.get(outcome="delivered").project == project


@pytest.mark.parametrize(
    ("changed", "pays"),
    [
        pytest.param({}, True, id="open"),
        pytest.param({"ends": 0}, True, id="its last day"),
        pytest.param({"ends": -1}, False, id="its year is over"),
        pytest.param({"starts": 1}, False, id="its year has not begun"),
        pytest.param({"is_active": False}, False, id="closed"),
    ],
)
def test_a_line_pays_within_its_days(
    cast: Cast, changed: dict[str, int | bool], pays: bool
) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    facts: dict[str, object] = {"is_active": changed.get("is_active", True)}
    if "ends" in changed:
        facts["ends_on"] = today + timedelta(days=changed["ends"])
    if "starts" in changed:
        facts["starts_on"] = today + timedelta(days=changed["starts"])
    project = line(cast, **facts)
    assert project_of(cast.notice, now) == (project.pk if pays else None)
