"""The web process's entry: `gunicorn alimnaru.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from alimnaru.ops import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alimnaru.settings")

# Before anything can log: numbers are masked on the way out.
logs.configure()
application = get_wsgi_application()
