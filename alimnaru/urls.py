"""The site map."""

from __future__ import annotations

from django.urls import include, path

from alimnaru.api import callbacks

urlpatterns = [
    path("callbacks/<slug:token>", callbacks.callback, name="callback"),
    path("health", callbacks.health, name="health"),
    path("", include("alimnaru.console.urls")),
]
