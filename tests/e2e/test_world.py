"""The office that the pages are tried in holds together."""

from __future__ import annotations

import pytest

from alimnaru.reads.deliveries import batch_report
from alimnaru.store.scoping import whole_office
from tests.e2e.world import State, build


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.FULL, State.ERROR])
def test_every_batch_accounts_for_its_rows(state: State) -> None:
    world = build(state)
    for name in world.batches:
        report = batch_report(whole_office(), world.batch(name))
        assert report is not None
        assert report.balances, name


@pytest.mark.django_db
def test_an_empty_office_has_people_and_nothing_else() -> None:
    world = build(State.EMPTY)
    assert world.batches == {}
    assert len(world.staff.by_name()) == 8
