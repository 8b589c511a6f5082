"""Who calls: the key of a program, known again for a few seconds without asking the database."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from alimnaru.api.problems import Refused, fault
from alimnaru.reads.connections import state_of
from alimnaru.rules.api_keys import KeyState, is_allowed, parse_key, secret_hash
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope as ApiScope
from alimnaru.store.models import ApiKey, Department, Member
from alimnaru.store.scoping import Scope

#: Seconds that a key is believed without looking again: a revoked one ends within them.
BELIEVED = 5.0
#: Keys kept in memory; wrong ones are not kept.
_MOST = 1_000


@dataclass(frozen=True, eq=False)
class Principal:
    """A program that has signed in."""

    key: ApiKey
    department: Department
    member: Member
    scopes: frozenset[str]
    believed_until: float = field(repr=False)

    @cached_property
    def scope(self) -> Scope:
        """What belongs to the key's department and those below it."""
        return Scope((self.department.path,))

    def may(self, scope: ApiScope) -> None:
        """Raises `Refused` if the key was not given this."""
        if scope not in self.scopes:
            raise Refused(
                ApiProblem.SCOPE_MISSING, errors=[fault(f"scope.{scope}", CallFault.SCOPE)]
            )


class Called(HttpRequest):
    """A request of a program that has signed in."""

    auth: Principal


_known: dict[str, Principal] = {}


class KeyAuth(HttpBearer):
    """`Authorization: Bearer an_live_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Principal | None:
        """The key's principal. None for a key that is none; raises `Refused` for one that is over
        or is used from elsewhere."""
        parts = parse_key(token)
        if parts is None:
            return None
        public, secret = parts
        found = _known.get(public)
        if found is None or found.believed_until < time.monotonic():
            found = _look_up(public)
        if found is None:
            return None
        if not hmac.compare_digest(bytes(found.key.secret_sha256), secret_hash(secret)):
            return None
        now = timezone.now()
        _check(found, request, now)
        _note_use(found.key, now)
        return found


def forget_keys() -> None:
    """Look at every key anew: for tests, and after an act in this process."""
    _known.clear()


def _look_up(public: str) -> Principal | None:
    related = ("department", "member")
    key = ApiKey.objects.select_related(*related).filter(public=public).first()
    if key is None:
        _known.pop(public, None)
        return None
    found = Principal(
        key=key,
        department=key.department,
        member=key.member,
        scopes=frozenset(key.scopes),
        believed_until=time.monotonic() + BELIEVED,
    )
    if len(_known) >= _MOST:
        _known.clear()
    _known[public] = found
    return found


def _note_use(key: ApiKey, now: datetime) -> None:
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() > 60:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        key.last_used_at = now


def _check(found: Principal, request: HttpRequest, now: datetime) -> None:
    state = state_of(found.key, now)
    if state is KeyState.WAITS:
        raise Refused(ApiProblem.KEY_WAITS)
    if state.is_over or not found.member.is_active:
        raise Refused(ApiProblem.KEY_EXPIRED, headers={"WWW-Authenticate": "Bearer"})
    if not is_allowed(request.META.get("REMOTE_ADDR", ""), found.key.addresses):
        raise Refused(ApiProblem.ADDRESS_NOT_ALLOWED)


def called(request: HttpRequest) -> Principal:
    """The principal of a request that has passed `KeyAuth`."""
    return cast("Called", request).auth
