"""The first page after signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from alimnaru.console.access import Desk, page


@page()
def dashboard(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What today looks like for the member's departments."""
    return render(request, "console/dashboard.html", {})


urls = [path("", dashboard, name="dashboard")]
