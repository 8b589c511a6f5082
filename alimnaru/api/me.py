"""The key itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from alimnaru.api.answers import answer
from alimnaru.api.limits import DAY, MINUTE, limits
from alimnaru.api.principal import called
from alimnaru.rules.api_scopes import Scope

router = Router(tags=["key"])


class WindowOut(Schema):
    """A limit, what is left of it at least, and in how many seconds it is whole again."""

    limit: int
    left: int
    seconds: int


class MeOut(Schema):
    """A key as it is known."""

    key: Annotated[str, Field(description="The part of it that may be shown.")]
    name: str
    department: str
    department_name: str
    sandbox: Annotated[bool, Field(description="It sends by the sandbox, which reaches nobody.")]
    scopes: Sequence[Scope]
    addresses: Annotated[
        Sequence[str], Field(description="From where it may be used; none: from anywhere.")
    ]
    expires_at: datetime | None = None
    calls_a_minute: WindowOut
    messages_a_day: WindowOut


@router.get("/me", response=MeOut, operation_id="get_me", summary="The key that calls")
def get_me(request: HttpRequest) -> HttpResponse:
    """Needs no scope: a program can look whether it is set up right."""
    who = called(request)
    return answer(
        {
            "key": who.key.public,
            "name": who.key.name,
            "department": who.department.code,
            "department_name": who.department.name,
            "sandbox": who.key.is_sandbox,
            "scopes": sorted(who.scopes),
            "addresses": who.key.addresses,
            "expires_at": who.key.expires_at,
            "calls_a_minute": limits.left(who, MINUTE),
            "messages_a_day": limits.left(who, DAY),
        }
    )
