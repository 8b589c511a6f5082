"""What each part of the menu does and whom to ask; how usable the console is for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from alimnaru.console.access import Desk, page
from alimnaru.reads.people import managers_for, office_phone


@page(None)
def help_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The short help, and the names of those who can give roles."""
    department = desk.department
    context = {
        "managers": managers_for(department.path) if department else [],
        "phone": office_phone(),
    }
    return render(request, "console/help.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement; for who cannot even sign in too."""
    return render(request, "console/accessibility.html", {"phone": office_phone()})


urls = [
    path("help", help_page, name="help"),
    path("accessibility", accessibility, name="accessibility"),
]
