"""Budget lines: entered once, closed, and put to notices of their own branch."""

from __future__ import annotations

from datetime import date

import pytest

from alimnaru.office.projects import ProjectRefused, add_project, assign_project, close_project
from alimnaru.rules.budget_lines import Line, ProjectFault
from alimnaru.store.models import AuditEntry
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


LINE = Line("due", "반납 안내", "district", date(2026, 1, 1))


def test_a_line_is_entered_put_to_a_notice_and_closed(cast: Cast) -> None:
    who = cast.librarian
    project = add_project(LINE, actor=who, department=cast.library)
    with pytest.raises(ProjectRefused) as refused:
        add_project(LINE, actor=who, department=cast.library)
    assert refused.value.code is ProjectFault.CODE_TAKEN
    assign_project(cast.notice, project, actor=who)
    cast.notice.refresh_from_db()
    assert cast.notice.project == project
    assert close_project(project, actor=who)
    assert not close_project(project, actor=who)
    with pytest.raises(ProjectRefused) as refused:
        assign_project(cast.notice, project, actor=who)
    assert refused.value.code is ProjectFault.CLOSED
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-3:] == ["project.add", "notice.project", "project.close"]


def test_a_neighbours_line_pays_for_nothing_here(cast: Cast) -> None:
    project = add_project(LINE, actor=cast.librarian, department=cast.health)
    with pytest.raises(ProjectRefused) as refused:
        assign_project(cast.notice, project, actor=cast.librarian)
    assert refused.value.code is ProjectFault.NOT_THEIRS
