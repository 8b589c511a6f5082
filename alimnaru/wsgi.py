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

from alimnaru.api.handler import MACHINES, MachineHandler  # noqa: E402 - needs Django set up

_machines = MachineHandler()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """People get the console's middleware, programs and carriers none of it."""
    serve = _machines if environ["PATH_INFO"].startswith(MACHINES) else _people
    return serve(environ, start_response)
