"""Routing: which account takes a chunk. Asked at the exit, for a claimed chunk."""

from __future__ import annotations

from dataclasses import dataclass

from alimnaru.flow.shipping import sender_number, template_code
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import Batch, CarrierAccount, TemplateRegistration


@dataclass(frozen=True, slots=True)
class Route:
    """By which account a chunk goes, and as whom."""

    account: CarrierAccount
    template_code: str | None
    sender_number: str


def route(claim: Claim, batch: Batch) -> Route | Refusal:
    """The account for a chunk, or what a person must change before there is one."""
    sender = sender_number(batch.department)
    if not sender:
        return Refusal.SENDER_NUMBER_MISSING
    if claim.token and claim.account is not None:
        # In doubt it never moves: only the account that may have it can tell, or refuse a repeat.
        pinned = CarrierAccount.objects.get(pk=claim.account)
        return Route(pinned, template_code(batch.version_id, pinned.pk), sender)
    # Beside a real contract, even a paused one, a sandbox would report everybody as told.
    practising = not CarrierAccount.objects.filter(is_sandbox=False).exists()
    accounts = CarrierAccount.objects.filter(
        is_active=True, is_sandbox=batch.hours_waived or practising
    )
    if claim.channel != Channel.ALIMTALK:
        account = accounts.first()
        return Route(account, None, sender) if account else Refusal.NO_ACCOUNT
    registration = (
        TemplateRegistration.objects.select_related("account")
        .filter(version=batch.version_id, state="approved", account__in=accounts)
        .order_by("account__priority", "account_id")
        .first()
    )
    if registration is None:
        return Refusal.TEMPLATE_NOT_APPROVED if accounts.exists() else Refusal.NO_ACCOUNT
    return Route(registration.account, registration.code, sender)
