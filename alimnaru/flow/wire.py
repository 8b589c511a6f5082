"""Open carriers for accounts, and keep what goes over the wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from alimnaru.carriers.base import Carrier, Exchange, Rejected, Tap
from alimnaru.carriers.kind import SettingsError
from alimnaru.carriers.registry import open_carrier
from alimnaru.rules.outcomes import Result
from alimnaru.store import crypto
from alimnaru.store.ledger import inbox
from alimnaru.store.models import CarrierAccount

log = structlog.get_logger()

PURPOSE = "wire exchange"
SECRETS = "carrier secrets"


@dataclass(slots=True)
class _Line:
    """An open carrier of this thread, and the chunk it is speaking about."""

    account: CarrierAccount
    carrier: Carrier
    chunk: int | None = None

    def keep(self, exchange: Exchange) -> None:
        # Committed on its own: it must stand even if everything after it fails. It holds the
        # beginning of a message's text, so it is sealed, and the sweep deletes it after days.
        try:
            inbox.log_exchange(
                self.account.pk,
                self.chunk,
                timezone.now(),
                told=(
                    exchange.method,
                    exchange.path[:200],
                    exchange.status,
                    exchange.milliseconds,
                    exchange.error[:200],
                ),
                request=crypto.seal(exchange.request.encode(), purpose=PURPOSE),
                response=crypto.seal(exchange.response.encode(), purpose=PURPOSE),
            )
        except DatabaseError as error:
            # In the middle of a carrier's call nothing may raise but the carrier's own errors.
            log.warning("exchange_not_kept", error=type(error).__name__)


_lines = threading.local()


@contextmanager
def on_the_line(account: CarrierAccount, chunk: int | None) -> Iterator[Carrier]:
    """A carrier for this thread, its connections kept for the next call.

    Raises `Rejected` if the account cannot be opened as it stands: a person has to look.
    """
    line = _line(account)
    line.chunk = chunk
    try:
        yield line.carrier
    finally:
        line.chunk = None


def _line(account: CarrierAccount) -> _Line:
    open_lines: dict[tuple[object, ...], _Line] = _lines.__dict__.setdefault("open", {})
    # Keyed by everything that a manager can change, so that a new secret takes effect at once.
    key = (account.pk, *_what_can_change(account))
    line = open_lines.get(key)
    if line is None:
        line = _Line(account, None)  # type: ignore[arg-type]  # set below
        line.carrier = _open(account, line.keep)
        open_lines[key] = line
    return line


def _open(account: CarrierAccount, tap: Tap) -> Carrier:
    try:
        return open_carrier(
            account.kind,
            base_url=account.base_url,
            settings=settings_of(account) | {"timeout": str(settings.CARRIER_TIMEOUT)},
            tap=tap,
        )
    except (SettingsError, crypto.Unreadable) as error:
        raise Rejected(type(error).__name__, str(error), result=Result.ACCOUNT_REFUSED) from error


def _what_can_change(account: CarrierAccount) -> tuple[object, ...]:
    return (
        account.kind,
        account.base_url,
        account.api_key,
        bytes(account.secret),
        tuple(sorted(account.options.items())),
        bytes(account.secrets or b""),
    )


def settings_of(account: CarrierAccount) -> dict[str, str]:
    """What the account was set up with, secrets in the clear: for the carrier's client alone.

    Raises `crypto.Unreadable`.
    """
    more: dict[str, str] = {}
    if account.secrets:
        more = json.loads(crypto.unseal(bytes(account.secrets), purpose=SECRETS))
    secret = crypto.unseal(bytes(account.secret), purpose="carrier secret").decode()
    return {
        **{name: str(value) for name, value in account.options.items()},
        **more,
        "api_key": account.api_key,
        "api_secret": secret,
        "profile": account.profile,
    }


def hang_up() -> None:
    """Close the connections of this thread."""
    for line in _lines.__dict__.pop("open", {}).values():
        line.carrier.close()
