"""Pictures of image Alimtalks and MMS: checked, made fit for every carrier, kept."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import PurePath

from django.db import transaction
from PIL import Image, ImageOps

from alimnaru.carriers.base import PictureUse
from alimnaru.rules.pictures import (
    FILE_LIMIT,
    NAME_LIMIT,
    PIXEL_LIMIT,
    Limits,
    limits_for,
    misfit,
)
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit
from alimnaru.store.models import Member, Picture

#: JPEG qualities, best first: the first that fits is taken.
QUALITIES = (90, 80, 70, 60)


class PictureRefused(ValueError):  # noqa: N818
    """A file that no carrier would take; `code` says why, `facts` in which numbers."""

    def __init__(self, code: Refusal, **facts: int | str) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


def add_picture(
    content: bytes,
    *,
    actor: Member,
    name: str,
    uses: Collection[PictureUse] = (PictureUse.TEMPLATE, PictureUse.MMS),
) -> Picture:
    """Keep a picture as all carriers take it for all of `uses`; the same one again is one row.

    It is written anew: what a camera noted in it (place, time, owner) is gone, and a PNG for MMS
    becomes a JPEG on white. Raises `PictureRefused`.
    """
    limits = limits_for(use.value for use in uses)
    image, is_png = _opened(content)
    _must_fit(image, limits)
    fit, ending = _written(image, limits, as_png=is_png and not limits.jpeg_only)
    with transaction.atomic():
        kept, is_new = Picture.objects.get_or_create(
            sha256=sha256(fit).hexdigest(),
            defaults={
                "name": _plain(name, ending),
                "content": fit,
                "width": image.width,
                "height": image.height,
            },
        )
        if is_new:
            audit.record(
                actor=actor,
                act="picture.add",
                subject=f"picture:{kept.pk}",
                facts={"bytes": len(fit), "width": image.width, "height": image.height},
            )
    return kept


def _must_fit(image: Image.Image, limits: Limits) -> None:
    code = misfit(image.width, image.height, limits)
    if code is not None:
        raise PictureRefused(
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
        raise PictureRefused(Refusal.PICTURE_TOO_LARGE, limit=FILE_LIMIT // 1000)
    with _faults_told():
        image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    # Known from the header alone: nothing is unpacked yet.
    if image.width * image.height > PIXEL_LIMIT:
        raise PictureRefused(Refusal.PICTURE_TOO_WIDE, width=image.width, height=image.height)
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
        raise PictureRefused(Refusal.PICTURE_TOO_WIDE) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureRefused(Refusal.PICTURE_UNREADABLE) from error


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
    raise PictureRefused(Refusal.PICTURE_TOO_LARGE, limit=limits.bytes // 1000)


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


def _plain(name: str, ending: str) -> str:
    """A file name that passes everywhere: Latin letters, digits, hyphens."""
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", PurePath(name).stem).strip("-")
    return f"{stem[: NAME_LIMIT - 4].strip('-') or 'picture'}.{ending}"
