"""The web process's entry: `gunicorn alimnaru.wsgi:application`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from alimnaru.ops import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alimnaru.settings")

# Before anything can log: numbers are masked on the way out.
logs.configure()
_people = get_wsgi_application()

from django.conf import settings  # noqa: E402

from alimnaru.api.handler import MACHINES, MachineHandler  # noqa: E402 - needs Django set up
from alimnaru.ops.boot import open_keys  # noqa: E402
from alimnaru.ops.heap import settle_heap  # noqa: E402
from alimnaru.rules.forwarded import caller, from_proxy  # noqa: E402

_machines = MachineHandler()
# Here, and not at the first request: without its keys a web process must not serve at all.
open_keys()
settle_heap()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """People get the console's middleware, programs and carriers none of it."""
    if not from_proxy(environ["REMOTE_ADDR"], settings.PROXIES):
        environ.pop("HTTP_X_FORWARDED_PROTO", None)
    if settings.PROXIES:
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = caller(environ["REMOTE_ADDR"], forwarded, settings.PROXIES)
    serve = _machines if environ["PATH_INFO"].startswith(MACHINES) else _people
    return serve(environ, start_response)
