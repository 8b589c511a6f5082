"""The site map."""

from __future__ import annotations

from django.urls import include, path

from alimnaru.api import callbacks
from alimnaru.api.app import api

urlpatterns = [
    path("callbacks/<slug:token>", callbacks.callback, name="callback"),
    path("api/v1/", api.urls),
    path("health", callbacks.health, name="health"),
    path("", include("alimnaru.console.urls")),
]
