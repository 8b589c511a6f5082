"""The office's own numbers, read from their one row."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from alimnaru.reads.policies import office_policy
from alimnaru.rules.policy import OfficePolicy
from alimnaru.store.models import Policy

pytestmark = pytest.mark.django_db


def test_it_works(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Policy.objects.create(values={"idle_minutes": 12})
    with django_assert_num_queries(1):
        assert office_policy() == OfficePolicy(idle_minutes=12)


def test_an_office_that_has_decided_nothing_has_the_defaults() -> None:
    assert office_policy() == OfficePolicy()
