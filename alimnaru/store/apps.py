from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The one Django app that owns tables and migrations."""

    name = "alimnaru.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
