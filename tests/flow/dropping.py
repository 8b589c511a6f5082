"""Lists dropped into a watched folder, and what a worker does about them, step by step."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path
from typing import Any

from alimnaru.flow.dispatch import dispatch
from alimnaru.flow.watching import watch
from alimnaru.office.sources import add_folder
from alimnaru.ops.drop_receipts import tend
from alimnaru.store.models import Batch, Chunk, DroppedFile, Source
from tests.cast import Cast, bring_results, ring
from tests.flow.moment import Moment


def watched(cast: Cast, place: Path, **more: Any) -> Source:
    """The library's folder."""
    # Neither the hour nor the day of the test run asks for an approval.
    cast.notice.opens, cast.notice.closes, cast.notice.approvals = time.min, time.max, 0
    cast.notice.save()
    return add_folder(
        actor=cast.librarian,
        code="drop",
        name="도서관 명단",
        department=cast.library,
        path=str(place),
        **more,
    )


def put(place: Path, path: str, content: bytes) -> Path:
    """As a program that has finished writing."""
    target = place / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def look(times: int = 2) -> None:
    """What workers do while the clock goes on: watch the folder, read lists, write receipts."""
    for _ in range(times):
        Source.objects.update(polled_at=None)
        watch()
    ring()
    tend()


def run_out(moment: Moment) -> None:
    """Let undo windows pass, send, and bring the carrier's results."""
    moment.passes(minutes=15)
    for chunk in Chunk.objects.filter(state="ready"):
        dispatch(chunk.pk)
    for batch in Batch.objects.all():
        bring_results(batch)
    tend()


def receipt(place: Path, path: str) -> dict[str, Any]:
    """The receipt beside a dropped file, for programs."""
    found: dict[str, Any] = json.loads((place / f"{path}.receipt.json").read_bytes())
    return found


def receipt_text(place: Path, path: str) -> str:
    """The receipt for people."""
    raw = (place / f"{path}.receipt.txt").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    text.encode("cp949")
    return text


def aside(place: Path, folder: str) -> list[str]:
    """What was moved aside, by the end of its name."""
    return sorted(path.name.split("-", 3)[3] for path in (place / folder).iterdir())


def only() -> DroppedFile:
    """The one file that was dropped."""
    return DroppedFile.objects.select_related("upload__batch").get()
