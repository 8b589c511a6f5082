"""The site map."""

from __future__ import annotations

from django.urls import include, path

from alimnaru.api import callbacks, running
from alimnaru.api.app import api
from alimnaru.console import refusing

urlpatterns = [
    path("callbacks/<slug:token>", callbacks.callback, name="callback"),
    path("api/v1/", api.urls),
    path("healthz", running.alive, name="healthz"),
    path("readyz", running.ready, name="readyz"),
    path("metrics", running.metrics, name="metrics"),
    path("", include("alimnaru.console.urls")),
]

handler400, handler403, handler404 = (
    refusing.bad_request,
    refusing.permission_denied,
    refusing.page_not_found,
)
