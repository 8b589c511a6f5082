"""Files that are made for one answer and kept nowhere."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(name: str, write: Callable[[Path], object]) -> HttpResponse:
    """What `write` puts into the file that it is given, as a download called `name`.

    30,000 unreached people are 2 MB: it is read whole, so that nothing of it is left on the disk
    when the answer goes. No browser or proxy keeps it.
    """
    with tempfile.TemporaryDirectory(prefix="alimnaru-") as folder:
        file = Path(folder) / "table.xlsx"
        write(file)
        answer = HttpResponse(file.read_bytes(), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Cache-Control"] = "no-store"
    return answer
