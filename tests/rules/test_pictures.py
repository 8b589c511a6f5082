"""What suits every carrier at once."""

from __future__ import annotations

import pytest

from alimnaru.carriers.base import PictureUse
from alimnaru.rules.pictures import LIMITS, Limits, limits_for, misfit
from alimnaru.rules.refusals import Refusal


def test_every_use_has_its_limits() -> None:
    assert set(LIMITS) == {use.value for use in PictureUse}


def test_one_picture_for_an_image_alimtalk_and_its_mms() -> None:
    assert limits_for(["template", "mms"]) == Limits(200_000, True, 1000, 1000, 2.0)


def test_mms_alone_has_any_shape() -> None:
    assert limits_for(["mms"]) == LIMITS["mms"]


@pytest.mark.parametrize("uses", [[], ["template", "highlight"]])
def test_uses_without_a_picture_in_common(uses: list[str]) -> None:
    with pytest.raises(ValueError, match="in common"):
        limits_for(uses)


@pytest.mark.parametrize(
    ("use", "width", "height", "code"),
    [
        ("mms", 1000, 1000, None),
        ("mms", 1001, 100, Refusal.PICTURE_TOO_WIDE),
        ("mms", 100, 1001, Refusal.PICTURE_TOO_WIDE),
        ("template", 800, 400, None),
        ("template", 801, 400, None),
        ("template", 803, 400, Refusal.PICTURE_WRONG_SHAPE),
        ("template", 400, 800, Refusal.PICTURE_WRONG_SHAPE),
        ("template", 4000, 2000, None),
        ("highlight", 300, 300, None),
        ("highlight", 300, 302, Refusal.PICTURE_WRONG_SHAPE),
    ],
)
def test_sizes(use: str, width: int, height: int, code: Refusal | None) -> None:
    assert misfit(width, height, LIMITS[use]) is code
