"""`/phones`: what residents see, for whoever watches a run."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox import pages, screens
from sandbox.requests import world_of

PAGE = 20
MOST = 50

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _html(text: str) -> Response:
    return HTMLResponse(text, headers=_HEADERS)


async def home(_request: Request) -> Response:
    """`GET /`."""
    return RedirectResponse("/phones")


async def style(_request: Request) -> Response:
    """`GET /phones/style.css`."""
    return Response(pages.STYLE, media_type="text/css; charset=utf-8", headers=_HEADERS)


async def index(request: Request) -> Response:
    """`GET /phones?q=last digits&before=cursor`."""
    world = world_of(request)
    ending = re.sub(r"[^0-9]", "", request.query_params.get("q", ""))
    cursor = re.fullmatch(r"(\d{1,9})-(\d{1,9})", request.query_params.get("before", ""))
    before = (int(cursor[1]), int(cursor[2])) if cursor else None
    lines, older = await screens.lines(world, before=before, ending=ending, limit=PAGE)
    total = sum(world.store.accepted.values())
    return _html(
        pages.list_page(lines, ending=ending, older=older, first=before is None, total=total)
    )


async def phone(request: Request) -> Response:
    """`GET /phones/{number}`."""
    number = re.sub(r"[^0-9]", "", request.path_params["number"])
    shown = await screens.bubbles(world_of(request), number, limit=MOST)
    return _html(pages.phone_page(number, shown, limit=MOST))
