from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Templates, static files and texts; no tables (`alimnaru.store` owns those)."""

    name = "alimnaru.console"
    label = "console"
