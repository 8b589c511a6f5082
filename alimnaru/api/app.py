"""The REST API: `/api/v1`, described by `/api/v1/openapi.json`."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.types import DictStrAny

from alimnaru.api import (
    batches,
    consents,
    described,
    many,
    me,
    notices,
    preferences,
    problems,
    statuses,
    tallies,
)
from alimnaru.api.limits import MeteredAuth
from alimnaru.api.problems import Refused
from alimnaru.rules.api_problems import ApiProblem


class _Renderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return msgspec.json.encode(data)


class _Parser(Parser):
    """JSON and nothing else; faster than Python's own, which takes NaN and half characters."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        if request.content_type != "application/json":
            raise Refused(ApiProblem.MEDIA_TYPE)
        said: DictStrAny = msgspec.json.decode(request.body)
        return said


class _Api(NinjaAPI):
    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: DictStrAny | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        described.complete(schema)
        return schema


api = _Api(
    title="Alimnaru",
    version="1",
    description=described.INTRODUCTION,
    auth=MeteredAuth(),
    renderer=_Renderer(),
    parser=_Parser(),
    urls_namespace="api",
    # Its page would load scripts from elsewhere.
    docs_url=None,
    openapi_extra={"tags": described.TAGS},
)
problems.listen(api)
# `/messages/many` before `/messages/{id}`.
for noun in (many, statuses, batches, notices, preferences, consents, tallies, me):
    api.add_router("", noun.router)
