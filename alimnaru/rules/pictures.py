"""What carriers take as a picture, so that one file suits all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from alimnaru.rules.refusals import Refusal

#: NHN takes a file name of 45 characters; Latin ones pass everywhere.
NAME_LIMIT: Final = 45
#: Larger ones are not even opened: a picture of a few hundred kilobytes is asked for.
FILE_LIMIT: Final = 10_000_000
#: Pixels: a file of some kilobytes may claim to be larger than memory.
PIXEL_LIMIT: Final = 25_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one use. `ratio` is width to height; None: any."""

    bytes: int
    jpeg_only: bool = False
    width: int | None = None
    height: int | None = None
    ratio: float | None = None


#: By `carriers.base.PictureUse`.
LIMITS: Final[dict[str, Limits]] = {
    # SOLAPI stores 200 KB, the others take 300; NHN takes 1,000 by 1,000 pixels (its guide v3.0),
    # SENS 1,500 by 1,440; all take JPEG alone.
    "mms": Limits(200_000, jpeg_only=True, width=1000, height=1000),
    # NHN and Kakao's dealers: JPEG or PNG of 500 KB. The shape is the usual 800 by 400; Kakao's
    # own guide was not to be had, so a carrier may still refuse it.
    "template": Limits(500_000, ratio=2.0),
    "highlight": Limits(500_000, ratio=1.0),
}


class NewPicture(NamedTuple):
    """A picture that was written anew; `ending` without its dot, the size in pixels."""

    content: bytes
    ending: str
    width: int
    height: int


def limits_for(uses: Iterable[str]) -> Limits:
    """The limits of a picture that serves several uses: the strictest of each.

    Raises KeyError for an unknown use, ValueError for uses of different shapes and for none.
    """
    wanted = [LIMITS[use] for use in uses]
    ratios = {limits.ratio for limits in wanted if limits.ratio is not None}
    if not wanted or len(ratios) > 1:
        raise ValueError("these uses have no picture in common")
    return Limits(
        bytes=min(limits.bytes for limits in wanted),
        jpeg_only=any(limits.jpeg_only for limits in wanted),
        width=min((w.width for w in wanted if w.width is not None), default=None),
        height=min((w.height for w in wanted if w.height is not None), default=None),
        ratio=ratios.pop() if ratios else None,
    )


def misfit(width: int, height: int, limits: Limits) -> Refusal | None:
    """Why a picture of this size in pixels is refused, or None."""
    if (limits.width is not None and width > limits.width) or (
        limits.height is not None and height > limits.height
    ):
        return Refusal.PICTURE_TOO_WIDE
    # A pixel of rounding in either direction is nobody's mistake.
    if limits.ratio is not None and abs(width - height * limits.ratio) > limits.ratio:
        return Refusal.PICTURE_WRONG_SHAPE
    return None
