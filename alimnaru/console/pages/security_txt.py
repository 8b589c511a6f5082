"""Where finders of a fault write to (RFC 9116)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

#: RFC 9116 §2.5.5 wants less than a year, so that nobody trusts a forgotten file.
_LASTS = timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """The file, where the office has named somebody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = (timezone.now() + _LASTS).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {until}",
        "Preferred-Languages: ko, en",
        f"Canonical: {request.build_absolute_uri()}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


urls = [path(".well-known/security.txt", security_txt, name="security-txt")]
