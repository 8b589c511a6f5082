"""Fragments, redirects and polling, the few things that pages do with HTMX."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from alimnaru.console.whole_numbers import whole_number

#: Seconds between two looks at something that runs: quick at first, then ever slower.
STEPS = (1, 1, 2, 2, 3, 5, 5, 8, 10, 15)
SLOWEST = 20


def is_fragment(request: HttpRequest) -> bool:
    """Whether HTMX asks for a part of the page, and not for the page by a boosted link."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def pause_after(looks: int) -> int:
    """Seconds until the next look, after so many that found it still running."""
    return STEPS[looks] if looks < len(STEPS) else SLOWEST


def looks_so_far(request: HttpRequest) -> int:
    """How often this page has looked already: it says so itself (`?look=3`)."""
    return min(whole_number(request.GET.get("look", "")) or 0, 10_000)


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to another page, from a form or from a fragment."""
    if is_fragment(request):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, object],
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page, or only its partial `fragment` where HTMX asks for that."""
    name = f"{template}#{fragment}" if fragment and is_fragment(request) else template
    return render(request, name, context, status=status)
