"""Sending, from the first sign-in to the unreached list, on the whole stack."""

from __future__ import annotations

import pytest

from tests.e2e.stack import Running

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_the_database_is_there() -> None:
    pass


def test_smoke(work: Running) -> None:
    page = work.at_desk(work.office.staff.writer)
    page.goto("/")
    assert page.title().startswith("대시보드")
