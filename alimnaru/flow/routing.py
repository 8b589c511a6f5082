"""Routing: which account takes a chunk. Asked at the exit, for a claimed chunk.

An account must carry the channel and, for Alimtalk, have the wording approved; among those the
smallest priority goes first, unless its breaker is open or its day is used up. What a person has to
change holds a chunk; what passes by itself only puts it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from alimnaru.carriers.registry import KINDS
from alimnaru.flow.shipping import sender_number, template_code
from alimnaru.flow.wordings import wording
from alimnaru.rules import quota as rule
from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.health import Breaker, BreakerState
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import health, quota
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.quota import Stand
from alimnaru.store.models import Batch, CarrierAccount, TemplateRegistration

CLOSED = Breaker()
UNUSED = Stand()


@dataclass(frozen=True, slots=True)
class Route:
    """By which account a chunk goes, and as whom."""

    account: CarrierAccount
    template_code: str | None
    sender_number: str
    #: How its quota stood a moment ago.
    stand: Stand = UNUSED
    #: It is tried with this chunk, to see whether it works again.
    probe: bool = False
    #: No other account could take the chunk, even if all of them were well.
    alone: bool = True

    @property
    def left_today(self) -> int | None:
        """What it may still take today; None: there is no limit."""
        return rule.left_today(self.account.per_day, self.stand.used)


@dataclass(frozen=True, slots=True)
class Later:
    """Accounts there are, but none may take anything now. `at`: when one may; None: ask again."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Fit:
    account: CarrierAccount
    code: str | None


def route(claim: Claim, batch: Batch, now: datetime) -> Route | Later | Refusal:
    """The account for a chunk, or when to ask again, or what a person must change first."""
    sender = sender_number(batch.department)
    if not sender:
        return Refusal.SENDER_NUMBER_MISSING
    if claim.token and claim.account is not None:
        # In doubt it never moves: only the account that may have it can tell, or refuse a repeat.
        pinned = CarrierAccount.objects.get(pk=claim.account)
        stand = _stands([pinned], now).get(pinned.pk, UNUSED)
        return Route(pinned, template_code(batch.version_id, pinned.pk), sender, stand)
    fits = _fitting(
        Channel(claim.channel),
        batch.version_id,
        hours_waived=batch.hours_waived,
        only=batch.account_id,
    )
    if isinstance(fits, Refusal):
        return fits
    breakers = health.breakers(claim.channel)
    stands = _stands([fit.account for fit in fits], now)
    if claim.lane == Lane.URGENT:
        # An account that may be ill is not tried with what is urgent, as long as another is well.
        fits.sort(key=lambda fit: not _is_closed(fit, claim.channel, breakers))
    spent = 0
    for fit in fits:
        key = (fit.account.pk, claim.channel)
        stand, alone = stands.get(key[0], UNUSED), len(fits) == 1
        found = Route(fit.account, fit.code, sender, stand, alone=alone)
        if found.left_today == 0:
            spent += 1
        elif _is_closed(fit, claim.channel, breakers):
            return found
        elif _may_try(claim, breakers[key], fit.account, now):
            return replace(found, probe=True)
    return Later(_midnight(now) if spent == len(fits) else None)


def chunk_size(version: int, *, hours_waived: bool) -> int:
    """How long a list's chunks should be, for the account that would take them at this moment."""
    fits = _fitting(Channel.ALIMTALK, version, hours_waived=hours_waived)
    if isinstance(fits, Refusal):
        return settings.CHUNK_SIZE
    breakers = health.breakers(Channel.ALIMTALK)
    fits.sort(key=lambda fit: not _is_closed(fit, Channel.ALIMTALK, breakers))
    account = fits[0].account
    sizes = [settings.CHUNK_SIZE, longest(account, Channel.ALIMTALK, version)]
    if account.per_second is not None:
        sizes.append(rule.stretch_size(account.per_second))
    return min(sizes)


def longest(account: CarrierAccount, channel: Channel, version: int) -> int:
    """The longest chunk of a wording that the account's carrier takes in one hand-over, and within
    the lease of its claim."""
    kind = KINDS.get(account.kind)
    if kind is None:
        # It cannot be opened: dispatch says so, and a person has to look.
        return settings.CHUNK_SIZE
    if kind.max_apart is None or channel is not Channel.ALIMTALK:
        return kind.max_messages
    alike = wording(version).alimtalk.template.is_alike_beside_text
    return kind.max_messages if alike else kind.max_apart


def _fitting(
    channel: Channel, version: int, *, hours_waived: bool, only: int | None = None
) -> list[_Fit] | Refusal:
    """The accounts that are set up for a chunk, in the order in which they are asked; `only` that
    one of them, for a batch that may go by no other."""
    # Beside a real contract, even a paused one, a sandbox would report everybody as told.
    practising = not CarrierAccount.objects.filter(is_sandbox=False).exists()
    active = CarrierAccount.objects.filter(is_active=True, is_sandbox=hours_waived or practising)
    carrying = [a for a in active if channel in a.channels.split(",")]
    accounts = [a for a in carrying if only is None or a.pk == only]
    if not accounts:
        return Refusal.NO_ACCOUNT
    if channel is not Channel.ALIMTALK:
        return [_Fit(account, None) for account in accounts]
    approved = TemplateRegistration.objects.filter(
        version=version, state=TemplateRegistration.State.APPROVED, account__in=accounts
    )
    codes = dict(approved.values_list("account_id", "code"))
    return [
        _Fit(account, codes[account.pk]) for account in accounts if account.pk in codes
    ] or Refusal.TEMPLATE_NOT_APPROVED


def _stands(accounts: Sequence[CarrierAccount], now: datetime) -> dict[int, Stand]:
    limited = [a.pk for a in accounts if a.per_second is not None or a.per_day is not None]
    return quota.stands(limited, timezone.localdate(now)) if limited else {}


def _is_closed(fit: _Fit, channel: str, breakers: dict[tuple[int, str], Breaker]) -> bool:
    return breakers.get((fit.account.pk, channel), CLOSED).state is BreakerState.CLOSED


def _may_try(claim: Claim, breaker: Breaker, account: CarrierAccount, now: datetime) -> bool:
    if breaker.state is BreakerState.HALF:
        return breaker.probe_chunk == claim.chunk
    return health.take_probe(account.pk, claim.channel, claim.chunk, now)


def _midnight(now: datetime) -> datetime:
    """When the next day of the contracts begins."""
    local = timezone.localtime(now)
    return datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=local.tzinfo)
