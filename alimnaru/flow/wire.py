"""Open carriers for accounts, and keep what goes over the wire."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from alimnaru.carriers.base import Carrier, Exchange
from alimnaru.carriers.registry import open_carrier
from alimnaru.store import crypto
from alimnaru.store.models import CarrierAccount, WireExchange

log = structlog.get_logger()

PURPOSE = "wire exchange"


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
            WireExchange.objects.create(
                account=self.account,
                chunk_id=self.chunk,
                at=timezone.now(),
                method=exchange.method,
                path=exchange.path[:200],
                status=exchange.status,
                milliseconds=exchange.milliseconds,
                request=crypto.seal(exchange.request.encode(), purpose=PURPOSE),
                response=crypto.seal(exchange.response.encode(), purpose=PURPOSE),
                error=exchange.error[:200],
            )
        except DatabaseError as error:
            # In the middle of a carrier's call nothing may raise but the carrier's own errors.
            log.warning("exchange_not_kept", error=type(error).__name__)


_lines = threading.local()


@contextmanager
def on_the_line(account: CarrierAccount, chunk: int | None) -> Iterator[Carrier]:
    """A carrier for this thread, its connections kept for the next call."""
    line = _line(account)
    line.chunk = chunk
    try:
        yield line.carrier
    finally:
        line.chunk = None


def _line(account: CarrierAccount) -> _Line:
    open_lines: dict[tuple[int, str, str, bytes], _Line] = _lines.__dict__.setdefault("open", {})
    # Keyed by everything that a manager can change, so that a new secret takes effect at once.
    key = (account.pk, account.base_url, account.api_key, bytes(account.secret))
    line = open_lines.get(key)
    if line is None:
        line = open_lines[key] = _Line(account, None)  # type: ignore[arg-type]  # set below
        line.carrier = open_carrier(
            account.kind,
            base_url=account.base_url,
            settings={
                "api_key": account.api_key,
                "api_secret": secret_of(account),
                "timeout": str(settings.CARRIER_TIMEOUT),
            },
            tap=line.keep,
        )
    return line


def secret_of(account: CarrierAccount) -> str:
    """The account's secret in the clear; it goes to the carrier's client and nowhere else."""
    return crypto.unseal(bytes(account.secret), purpose="carrier secret").decode()


def hang_up() -> None:
    """Close the connections of this thread."""
    for line in _lines.__dict__.pop("open", {}).values():
        line.carrier.close()
