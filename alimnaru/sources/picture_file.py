"""Pictures of strangers, written anew: only their pixels are left. Run apart (`sources.apart`)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps

from alimnaru.rules.pictures import FILE_LIMIT, PIXEL_LIMIT, Limits, NewPicture, misfit
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.upload_guard import ListRefused

#: JPEG qualities, best first: the first that fits is taken.
QUALITIES = (90, 80, 70, 60)


def rewritten(content: bytes, limits: Limits) -> NewPicture:
    """The picture as all carriers take it: what a camera noted in it (place, time, owner) is gone,
    and a PNG where only JPEG will do becomes one on white. Raises `ListRefused`."""
    image, is_png = _opened(content)
    _must_fit(image, limits)
    fit, ending = _written(image, limits, as_png=is_png and not limits.jpeg_only)
    return NewPicture(fit, ending, image.width, image.height)


def _must_fit(image: Image.Image, limits: Limits) -> None:
    code = misfit(image.width, image.height, limits)
    if code is not None:
        raise ListRefused(
            code,
            width=image.width,
            height=image.height,
            most_width=limits.width or 0,
            most_height=limits.height or 0,
            shape=f"{limits.ratio:g}:1" if limits.ratio else "",
        )


def _opened(content: bytes) -> tuple[Image.Image, bool]:
    """The picture, upright, and whether it is a PNG."""
    if len(content) > FILE_LIMIT:
        raise ListRefused(Refusal.PICTURE_TOO_LARGE, limit=FILE_LIMIT // 1000)
    with _faults_told():
        image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    # Known from the header alone: nothing is unpacked yet.
    if image.width * image.height > PIXEL_LIMIT:
        raise ListRefused(Refusal.PICTURE_TOO_WIDE, width=image.width, height=image.height)
    with _faults_told():
        # A camera held upright notes that instead of turning the picture; the note will be gone.
        return ImageOps.exif_transpose(image), image.format == "PNG"


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ListRefused(Refusal.PICTURE_TOO_WIDE) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ListRefused(Refusal.PICTURE_UNREADABLE) from error


def _written(image: Image.Image, limits: Limits, *, as_png: bool) -> tuple[bytes, str]:
    """The picture without anything but its pixels, and the ending of its name."""
    if as_png:
        png = io.BytesIO()
        clean = image.convert("RGBA" if _has_holes(image) else "RGB")
        clean.info.clear()
        clean.save(png, "PNG", optimize=True)
        if png.tell() <= limits.bytes:
            return png.getvalue(), "png"
    flat = _on_white(image)
    for quality in QUALITIES:
        jpeg = io.BytesIO()
        flat.save(jpeg, "JPEG", quality=quality, optimize=True)
        if jpeg.tell() <= limits.bytes:
            return jpeg.getvalue(), "jpg"
    raise ListRefused(Refusal.PICTURE_TOO_LARGE, limit=limits.bytes // 1000)


def _has_holes(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG knows no transparency: what was see-through becomes white, not black."""
    if _has_holes(image):
        clear = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(clear, mask=clear.getchannel("A"))
    else:
        flat = image.convert("RGB")
    flat.info.clear()
    return flat
