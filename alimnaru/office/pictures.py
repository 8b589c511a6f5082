"""Pictures of image Alimtalks and MMS: checked, made fit for every carrier, kept."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path, PurePath

from django.db import transaction

from alimnaru.carriers.base import PictureUse
from alimnaru.rules.pictures import (
    FILE_LIMIT,
    NAME_LIMIT,
    Limits,
    NewPicture,
    limits_for,
)
from alimnaru.rules.refusals import Refusal
from alimnaru.sources.apart import ListRefused, new_picture
from alimnaru.store import audit
from alimnaru.store.models import Member, Picture

_OWN = frozenset(code for code in Refusal if code.name.startswith("PICTURE_"))


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
    new = _rewritten(content, limits)
    with transaction.atomic():
        kept, is_new = Picture.objects.get_or_create(
            sha256=sha256(new.content).hexdigest(),
            defaults={
                "name": _plain(name, new.ending),
                "content": new.content,
                "width": new.width,
                "height": new.height,
            },
        )
        if is_new:
            audit.record(
                actor=actor,
                act="picture.add",
                subject=f"picture:{kept.pk}",
                facts={"bytes": len(new.content), "width": new.width, "height": new.height},
            )
    return kept


def _rewritten(content: bytes, limits: Limits) -> NewPicture:
    if len(content) > FILE_LIMIT:
        raise PictureRefused(Refusal.PICTURE_TOO_LARGE, limit=FILE_LIMIT // 1000)
    with tempfile.TemporaryDirectory(prefix="alimnaru-picture-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        try:
            return new_picture(path, limits)
        except ListRefused as refused:
            # One that ended its reader is told as what it is to a clerk: not a picture.
            own = refused.code if refused.code in _OWN else Refusal.PICTURE_UNREADABLE
            raise PictureRefused(own, **refused.facts) from None


def _plain(name: str, ending: str) -> str:
    """A file name that passes everywhere: Latin letters, digits, hyphens."""
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", PurePath(name).stem).strip("-")
    return f"{stem[: NAME_LIMIT - 4].strip('-') or 'picture'}.{ending}"
