"""Signing in: password, one-time code, and what a locked-out person reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form."""
    return render(request, "console/sign_in.html", {})


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Too many wrong passwords from one place."""
    return render(request, "console/sign_in.html", {"locked": True}, status=429)


urls = [path("sign-in", sign_in, name="sign-in")]
