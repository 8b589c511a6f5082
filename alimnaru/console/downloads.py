"""Files that are made for one answer and kept nowhere."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as lazy

from alimnaru.console.once import keep, take
from alimnaru.office.locking import locked
from alimnaru.office.members import initial_password

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What is said on a machine without Pango, which draws what is read on paper.
NO_PAPER = lazy("이 서버에서는 문서를 만들 수 없습니다. 시스템 관리자에게 알려 주십시오.")
_KINDS = {".xlsx": XLSX, ".pdf": "application/pdf"}


def workbook(name: str, write: Callable[[Path], object]) -> HttpResponse:
    """What `write` puts into the workbook that it is given, as a download called `name`."""
    return made(name, write)


def locked_workbook(name: str, write: Callable[[Path], object], password: str) -> HttpResponse:
    """The same under a password: for residents' data in the clear."""
    answer = made(name, write)
    answer.content = locked(answer.content, password)
    return answer


def password_for(request: HttpRequest, *, title: str, back: str) -> str | HttpResponse:
    """The password of a file that is asked for, or first the page that shows it, once.

    That page posts the same again. Nothing has been noted or opened by then: do so with the file.
    """
    name = f"file {request.path}"
    kept = take(request, name)
    # Two pages may be open: what opens the file is the password that stood on the one that asks.
    if kept and request.POST.get("ready") == kept[0]:
        return kept[1]
    mark, password = secrets.token_hex(8), initial_password()
    keep(request, name, [mark, password])
    fields = [
        (field, value)
        for field, values in request.POST.lists()
        if field not in {"csrfmiddlewaretoken", "ready"}
        for value in values
    ]
    fields.append(("ready", mark))
    context = {"title": title, "back": back, "password": password, "fields": fields}
    answer = render(request, "console/file_password.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


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
