"""An office with its staff, and a browser for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from alimnaru.flow.wordings import wording
from alimnaru.store.models import Member
from tests.cast import Cast, make_cast
from tests.staff import Staff, browser_of, hire

#: Signs a member in.
SignIn = Callable[[Member], Client]


@pytest.fixture(scope="module", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Argon2 is made to take a tenth of a second and a hundred megabytes, for each guess and each
    test. Not beside a process of its own, which would write such a password anew."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, value)
        yield


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
