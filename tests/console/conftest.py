"""An office with its staff, and a browser for each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from alimnaru.flow.wordings import wording
from alimnaru.store.models import Member
from tests.cast import Cast, make_cast
from tests.staff import Staff, browser_of, hire

#: Signs a member in.
SignIn = Callable[[Member], Client]


@pytest.fixture
def cast(db: None) -> Cast:
    """The office without a carrier."""
    wording.cache_clear()
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    """Somebody for each role."""
    return hire(cast)


@pytest.fixture
def sign_in() -> SignIn:
    """A signed-in browser for a member."""
    return browser_of
