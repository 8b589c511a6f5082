"""Calls that may be made again: the first answer is kept 24 hours and replayed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from alimnaru.api.answers import answer as _answer
from alimnaru.api.limits import DAY, limits
from alimnaru.api.principal import Principal
from alimnaru.api.problems import MEDIA_TYPE, Refused, fault, problem
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.store.ledger.accepting import Call
from alimnaru.store.models import ApiCall

HEADER = "Idempotency-Key"
#: Visible ASCII: what every library can put into a header.
PATTERN = "^[!-~]{1,255}$"
_PLAIN = re.compile(r"[!-~]{1,255}")


def call_of(request: HttpRequest, who: Principal) -> Call | None:
    """What tells this call from another; None if it came without the header. Raises `Refused`."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if _PLAIN.fullmatch(given) is None:
        errors = [fault(HEADER, CallFault.TOKEN)]
        raise Refused(ApiProblem.INVALID, errors=errors)
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return Call(
        key=who.key.pk,
        token=hashlib.sha256(given.encode()).digest()[:16],
        request=hashlib.sha256(said).digest(),
        status=202,
        body=b"",
    )


def earlier(call: Call) -> HttpResponse | None:
    """The answer that was given to the same call before. Raises `Refused` if its token came with
    another request."""
    found = ApiCall.objects.filter(key=call.key, token=call.token).first()
    if found is None:
        return None
    if bytes(found.request) != call.request:
        raise Refused(ApiProblem.TOKEN_REUSED)
    body = bytes(found.body)
    kind = "application/json" if found.status < 400 else MEDIA_TYPE
    answer = HttpResponse(body, status=found.status, content_type=kind)
    answer["Idempotent-Replayed"] = "true"
    return answer


def earlier_of(request: HttpRequest, who: Principal) -> HttpResponse | None:
    """As `earlier`, for who judges a call before doing it: a notice that is out of use today must
    not change what was answered yesterday."""
    call = call_of(request, who)
    return None if call is None else earlier(call)


def once(
    request: HttpRequest, who: Principal, act: Callable[[], tuple[int, Any]], *, messages: int = 0
) -> HttpResponse:
    """Do `act` and keep its answer in one transaction; the same call again gets the same answer.

    `act` gives a status and what becomes JSON. What it refuses is kept too, without what it did.
    Without the header it is simply done. `messages` count against the key's day: taken out before
    the transaction, whose rollback would give them back to the table and not to this process.
    """
    call = call_of(request, who)
    if call is not None and (answer := earlier(call)) is not None:
        return answer
    if messages:
        limits.spend(who, DAY, messages)
    answer, did = None, False
    try:
        answer = _do(call, act)
        did = answer is not None
    except Refused as refused:
        if call is None:
            raise
        return _refused(call, refused)
    finally:
        if not did:
            limits.give_back(who, DAY, messages)
    if answer is None and call is not None:
        answer = earlier(call)
    return answer or problem(Refused(ApiProblem.UNAVAILABLE, headers={"Retry-After": "1"}))


def _do(call: Call | None, act: Callable[[], tuple[int, Any]]) -> HttpResponse | None:
    """None: somebody was at it with the same token, and is through."""
    with transaction.atomic():
        kept = _reserve(call) if call is not None else None
        if call is not None and kept is None:
            return None
        status, said = act()
        answer = _answer(said, status)
        if kept is not None:
            _keep(kept, answer)
        return answer


def _refused(call: Call, refused: Refused) -> HttpResponse:
    answer = problem(refused)
    if refused.code in _KEPT_REFUSALS:
        with transaction.atomic():
            if (kept := _reserve(call)) is not None:
                _keep(kept, answer)
    return answer


#: Refusals that say what was wrong with the call itself; others may end differently next time.
_KEPT_REFUSALS = frozenset({ApiProblem.REFUSED})


def _reserve(call: Call) -> int | None:
    """Waits for who is at it with the same token; None if it was used."""
    made = ApiCall.objects.bulk_create(
        [
            ApiCall(
                key_id=call.key,
                token=call.token,
                request=call.request,
                status=0,
                body=b"",
                at=timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
    found = ApiCall.objects.filter(key=call.key, token=call.token, status=0).first()
    return found.pk if made and found is not None else None


def _keep(kept: int, answer: HttpResponse) -> None:
    ApiCall.objects.filter(pk=kept).update(status=answer.status_code, body=answer.content)
