"""The office without a carrier, for reading what became of its batches."""

from __future__ import annotations

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()
