"""Where carriers report results. The body is kept and answered at once; a job reads it."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alimnaru.carriers.kind import NotGenuine
from alimnaru.carriers.registry import kind_called
from alimnaru.flow import receive
from alimnaru.flow.wire import settings_of
from alimnaru.store import crypto
from alimnaru.store.models import CarrierAccount

log = structlog.get_logger()


@csrf_exempt
@require_POST
def callback(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a carrier's report. 404 for a token that is no account's: where a carrier signs nothing
    the secret address is what tells its callbacks from a stranger's. 401 for one that its carrier
    did not make, or made too long ago. One that came before is answered and not kept."""
    account = CarrierAccount.objects.filter(callback_token=token).first()
    if account is None:
        return HttpResponse(status=404)
    now = timezone.now()
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        answer = kind_called(account.kind).answer(settings_of(account), headers, request.body, now)
    except crypto.Unreadable:
        # Until our own key is right nothing can be verified: the carrier will call again.
        return HttpResponse(status=503)
    except NotGenuine as error:
        log.warning("callback_refused", account=account.pk, reason=str(error))
        return HttpResponse(status=401)
    with transaction.atomic():
        receive.store(account, request.body, now)
    return HttpResponse(answer, content_type="application/json" if answer else "text/plain")
