"""Every page of the console. Each module of `pages` lists its own addresses as `urls`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.urls import URLPattern

from alimnaru.console import pages


def _all() -> list[URLPattern]:
    found: list[URLPattern] = []
    for module in sorted(iter_modules(pages.__path__), key=lambda m: m.name):
        found += import_module(f"{pages.__name__}.{module.name}").urls
    return found


urlpatterns = _all()
