"""A program that calls the API: its key, and calls through Django's client or over real HTTP."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from alimnaru.api.principal import forget_keys
from alimnaru.flow.acceptance import forget_desks
from alimnaru.rules.api_keys import (
    PUBLIC_LENGTH,
    PUBLIC_SIGNS,
    SECRET_BYTES,
    key_text,
    parse_key,
    secret_hash,
)
from alimnaru.rules.api_scopes import Scope
from alimnaru.store.models import ApiKey, Department, Member, Membership, Role


def key_for(department: Department, **changed: Any) -> tuple[ApiKey, str]:
    """A key of a department with every scope, and its text."""
    forget_keys()
    forget_desks()
    public = "".join(secrets.choice(PUBLIC_SIGNS) for _ in range(PUBLIC_LENGTH))
    sandbox = bool(changed.get("is_sandbox", True))
    text = key_text(public, secrets.token_bytes(SECRET_BYTES), is_sandbox=sandbox)
    _, secret = parse_key(text) or ("", "")
    member = Member.objects.create(login=f"api:{public}", name="도서관 시스템", is_program=True)
    Membership.objects.create(member=member, department=department, role=Role.WRITER)
    wanted = {
        "name": "도서관 시스템",
        "scopes": [s.value for s in Scope],
        "is_sandbox": True,
        "created_at": timezone.now(),
        "made_by": member,
        **changed,
    }
    key = ApiKey.objects.create(
        department=department,
        member=member,
        public=public,
        secret_sha256=secret_hash(secret),
        **wanted,
    )
    return key, text


class Program:
    """Calls with a key."""

    def __init__(self, text: str) -> None:
        self._client = Client(raise_request_exception=False)
        self._text = text

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        """`headers` by their names with `_` for `-`."""
        return self.call("POST", path, body, **headers)

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Without a body."""
        return self.call("GET", path, None, **headers)

    def call(self, method: str, path: str, body: Any, **headers: str) -> HttpResponse:
        """Any call."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.generic(
            method,
            f"/api/v1/{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self._text}", **named},
        )
