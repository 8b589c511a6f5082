from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext

from alimnaru.wording import language


class ConsoleConfig(AppConfig):
    """Templates, static files and texts; no tables (`alimnaru.store` owns those)."""

    name = "alimnaru.console"
    label = "console"

    def ready(self) -> None:
        language.use(gettext)
