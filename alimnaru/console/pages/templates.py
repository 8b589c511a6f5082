"""Wordings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from alimnaru.console.access import Desk, page


@page(section="templates")
def templates(request: HttpRequest, desk: Desk) -> HttpResponse:
    return HttpResponse("")


@page(section="templates")
def template(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    return HttpResponse("")


urls = [
    path("templates", templates, name="templates"),
    path("templates/<int:notice_id>", template, name="template"),
]
