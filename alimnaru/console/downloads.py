"""Files that are made for one answer and kept nowhere."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS = {".xlsx": XLSX, ".pdf": "application/pdf"}


def workbook(name: str, write: Callable[[Path], object]) -> HttpResponse:
    """What `write` puts into the workbook that it is given, as a download called `name`."""
    return made(name, write)


def made(name: str, write: Callable[[Path], object]) -> HttpResponse:
    """What `write` puts into the file that it is given, as a download called `name` (….xlsx, .pdf).

    30,000 unreached people are 2 MB: it is read whole, so that nothing of it is left on the disk
    when the answer goes. No browser or proxy keeps it.
    """
    with tempfile.TemporaryDirectory(prefix="alimnaru-") as folder:
        suffix = Path(name).suffix
        file = Path(folder) / f"file{suffix}"
        write(file)
        answer = HttpResponse(file.read_bytes(), content_type=_KINDS[suffix])
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "no-store"
    return answer
