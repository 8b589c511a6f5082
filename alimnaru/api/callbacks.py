"""Where carriers report results. The body is kept and answered at once; a job reads it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alimnaru.flow import receive
from alimnaru.store.models import CarrierAccount


@csrf_exempt
@require_POST
def callback(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a carrier's report. 404 for a token that is no account's: SOLAPI signs nothing, so the
    secret address is what tells its callbacks from a stranger's."""
    account = CarrierAccount.objects.filter(callback_token=token).first()
    if account is None:
        return HttpResponse(status=404)
    with transaction.atomic():
        receive.store(account, request.body, timezone.now())
    return HttpResponse(status=200)


def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers."""
    CarrierAccount.objects.exists()
    return HttpResponse("ok", content_type="text/plain")
