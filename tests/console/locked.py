"""A file under a password, taken as a clerk does: first the password is read."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

from django.http import HttpResponse
from django.test import Client


def take(browser: Client, address: str, data: Mapping[str, str]) -> tuple[HttpResponse, bytes]:
    """The answer with the file, and the workbook in it."""
    password, mark = shown_once(browser, address, data)
    answer = browser.post(address, {**data, "ready": mark})
    return answer, opened(answer.content, password)


def shown_once(browser: Client, address: str, data: Mapping[str, str]) -> tuple[str, str]:
    """The password, and by what the page that shows it is known."""
    shown = browser.post(address, data)
    assert shown["Cache-Control"] == "no-store"
    page = shown.content.decode()
    (password,) = re.findall(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>", page)
    (mark,) = re.findall(r'name="ready" value="([0-9a-f]{16})"', page)
    return password, mark


def opened(content: bytes, password: str) -> bytes:
    """What is locked in a file."""
    import msoffcrypto  # as the program: only who takes such a file needs it

    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=password, verify_password=True)
    out = io.BytesIO()
    file.decrypt(out)
    return out.getvalue()
