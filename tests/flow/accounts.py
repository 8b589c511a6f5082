"""More than one contract: accounts beside the cast's own, and how they stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from alimnaru.office.accounts import add_account, register_wordings
from alimnaru.store.models import Breaker, CarrierAccount, Chunk, Pulse
from sandbox.process import Handle
from tests.cast import Cast


def second_account(
    cast: Cast, handle: Handle | None = None, *, name: str = "second", **more: Any
) -> CarrierAccount:
    """Another contract, asked after the first one: at the same sandbox, or at one of its own."""
    at = handle or cast.sandbox
    assert at is not None
    account = add_account(
        actor=cast.librarian,
        kind="sandbox",
        name=name,
        base_url=at.url,
        api_key=at.api_key,
        secret=at.api_secret,
        profile=at.profile,
        is_sandbox=True,
    )
    change(account, **{"priority": 20, **more})
    codes = {cast.notice.code: f"KA01TP{cast.version.pk}"}
    register_wordings(actor=cast.librarian, account=account, codes=codes)
    return account


def first_account(cast: Cast, **changes: Any) -> CarrierAccount:
    """The cast's own, changed."""
    assert cast.account is not None
    change(cast.account, **changes)
    return cast.account


def change(account: CarrierAccount, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(account, name, value)
    account.save()


def stands(account: CarrierAccount, channel: str = "alimtalk") -> str:
    """How its breaker stands."""
    found = Breaker.objects.filter(account=account, channel=channel).first()
    return found.state if found else "closed"


def break_(account: CarrierAccount, channel: str = "alimtalk", *, probe_in: float = 60) -> Breaker:
    """Open its breaker."""
    now = timezone.now()
    return Breaker.objects.create(
        account=account,
        channel=channel,
        state="open",
        since=now - timedelta(seconds=1),
        probe_at=now + timedelta(seconds=probe_in),
        times=1,
        reason="cuts",
    )


def taken_by() -> list[str | None]:
    """The account of every chunk, in order."""
    return list(Chunk.objects.order_by("pk").values_list("account__name", flat=True))


def pulses(account: CarrierAccount) -> tuple[int, int, int, int]:
    """(calls, cuts, ok, bad) of everything that was noted of an account."""
    found = Pulse.objects.filter(account=account)
    return (
        sum(p.calls for p in found),
        sum(p.cuts for p in found),
        sum(p.ok for p in found),
        sum(p.bad for p in found),
    )
