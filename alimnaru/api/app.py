"""The REST API: `/api/v1`, described by `/api/v1/openapi.json`."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.renderers import BaseRenderer

from alimnaru.api import messages, problems
from alimnaru.api.limits import MeteredAuth


class _Renderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return msgspec.json.encode(data)


api = NinjaAPI(
    title="Alimnaru",
    version="1",
    auth=MeteredAuth(),
    renderer=_Renderer(),
    urls_namespace="api",
    # Its page would load scripts from elsewhere.
    docs_url=None,
)
problems.listen(api)
api.add_router("", messages.router)
