"""Each host of two is lost once, in both orders. The suite loses one (`tests/stories`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.houses import ground as ground
from tests.stories.test_two_hosts import WHY_NOT, Data, Net, lose
from tests.stories.test_two_hosts import data as data
from tests.stories.test_two_hosts import net as net


@pytest.mark.slow
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("turns", ["12", "21"])
def test_an_office_survives_the_loss_of_either_host(
    net: Net, data: Data, ground: Path, turns: str
) -> None:
    lose(net, data, ground, *turns)
