"""The staff's console is open to the office's networks, residents' pages to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alimnaru.office.entrances import note_turned_away
from alimnaru.reads.entrances import networks
from alimnaru.reads.people import office_phone
from alimnaru.rules.entrances import admits

#: Names of what everybody may open, wherever they are. What is not here is the staff's: a new page
#: is shut to the outside until somebody says otherwise.
FOR_EVERYBODY: Final = frozenset(
    {
        "resident", "resident-choices", "resident-saved", "resident-history", "resident-not-mine",
        "resident-mine", "resident-no-service", "check-code", "accessibility", "security-txt",
        "language", "contrast",
        # Programs have addresses of their own (`ApiKey.addresses`), carriers a secret one.
        "callback", "healthz", "readyz", "metrics", "service-status", "public-kinds",
    }
)  # fmt: skip
_API: Final = "/api/"


class EntranceMiddleware:
    """After sessions: turns away whoever comes for the console from elsewhere. One query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Django calls it once it knows which page is asked for."""
        match = request.resolver_match
        if match is None or match.url_name in FOR_EVERYBODY or request.path_info.startswith(_API):
            return None
        address = request.META.get("REMOTE_ADDR", "")
        if admits(address, networks()):
            return None
        if request.method == "POST":
            note_turned_away(address)
        context = {"address": address, "phone": office_phone()}
        return render(request, "console/turned_away.html", context, status=403)
