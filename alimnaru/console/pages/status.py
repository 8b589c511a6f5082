"""How the service stands, for everybody: what canaries and breakers measure, day by day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from alimnaru.console.resident_frame import page, public
from alimnaru.reads.canary import service


@public(("GET",))
def status(request: HttpRequest) -> HttpResponse:
    """The service now, and the last ninety days."""
    now = timezone.now()
    return page(request, "status", {"service": service(now), "now": now})


urls = [path("status", status, name="service-status")]
