"""Which notices the office sends, for everybody: who answers for them, and who handles the data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from alimnaru.console.frame import processors
from alimnaru.console.resident_frame import page, public
from alimnaru.reads.public_kinds import entrusted, terms, topics
from alimnaru.rules.retention import BACKUPS


@public(("GET",))
def kinds(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    found = topics()
    context = {
        "topics": found,
        "terms": terms(found),
        "backups": BACKUPS.days,
        "entrusted": entrusted(processors()),
    }
    return page(request, "kinds", context)


urls = [path("kinds", kinds, name="public-kinds")]
