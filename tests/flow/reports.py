"""What a carrier's callback says, written by hand."""

from __future__ import annotations

import json

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import receive
from alimnaru.store.models import Batch, Message
from tests.cast import Cast, ring

DELIVERED = "4000"
IN_TRANSIT = "3000"
NOT_A_USER = "3104"
CARRIER_DOWN = "3024"
TIMED_OUT = "3040"
NUMBER_WRONG = "3010"
PHONE_OFF = "3043"

Told = tuple[str, str]


def body(*told: Told) -> bytes:
    """A callback body that tells (our reference, status code) of each message."""
    events = [
        {
            "eventDataId": f"EVT{number}",
            "data": {
                "messageId": f"M4V{number}",
                "to": "01012345678",
                "statusCode": code,
                "customFields": {"ref": ref},
            },
        }
        for number, (ref, code) in enumerate(told)
    ]
    return json.dumps(events).encode()


def report(cast: Cast, *told: Told) -> None:
    """The carrier reports, and the office settles what it was told."""
    keep(cast, *told)
    ring()


def keep(cast: Cast, *told: Told) -> None:
    """The carrier reports; nobody has read it yet."""
    assert cast.account is not None
    with transaction.atomic():
        receive.store(cast.account, body(*told), timezone.now())


def ids(batch: Batch) -> list[int]:
    """The batch's messages in row order."""
    found = Message.objects.filter(batch=batch).order_by("row_no")
    return list(found.values_list("pk", flat=True))
