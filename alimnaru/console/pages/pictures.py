"""The pictures of wordings, for the phones on other pages."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import path

from alimnaru.console.access import Desk, page, theirs
from alimnaru.reads.pictures import picture_in
from alimnaru.rules.rights import Right

#: The session's note of the pictures that its member has brought.
BROUGHT: Final = "pictures"
_PNG: Final = b"\x89PNG"
#: A picture never changes under its number; who may see it may.
_KEPT: Final = "private, max-age=3600"


@page(Right.SEE, section="templates")
def picture(request: HttpRequest, desk: Desk, picture_id: int) -> HttpResponse:
    """A picture as it goes to the carriers."""
    own = request.session.get(BROUGHT, [])
    found = theirs(picture_in(desk.scope(Right.SEE), picture_id, own))
    content = bytes(found.content)
    kind = "image/png" if content.startswith(_PNG) else "image/jpeg"
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": _KEPT})


urls = [path("pictures/<int:picture_id>", picture, name="picture")]
