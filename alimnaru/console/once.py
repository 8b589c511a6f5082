"""What is shown once, on the page after the form: an initial password, recovery codes.

It travels in the session, sealed: who reads the table of sessions does not read passwords.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from django.http import HttpRequest

from alimnaru.store import crypto

_PURPOSE = "shown once"


def keep(request: HttpRequest, name: str, lines: Sequence[str]) -> None:
    """Keep lines for the next page that takes them by this name."""
    sealed = crypto.seal("\n".join(lines).encode(), purpose=_PURPOSE)
    request.session[f"once.{name}"] = base64.b64encode(sealed).decode()


def take(request: HttpRequest, name: str) -> list[str]:
    """The lines kept by this name, which are gone with this; empty if there are none."""
    kept = request.session.pop(f"once.{name}", "")
    if not kept:
        return []
    return crypto.unseal(base64.b64decode(kept), purpose=_PURPOSE).decode().split("\n")
