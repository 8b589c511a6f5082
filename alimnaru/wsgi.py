"""The web process's entry: `gunicorn alimnaru.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alimnaru.settings")

application = get_wsgi_application()
