"""What a folder of this package tells the registry about its carrier, as one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from alimnaru.carriers.base import Carrier, Tap
from alimnaru.carriers.http import TIMEOUT


class SettingsError(ValueError):
    """An account that cannot be opened as it is set up. The text names settings, not values."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(f"{setting}: {reason}")
        self.setting = setting
        self.reason = reason


class NotGenuine(Exception):  # noqa: N818
    """A callback that its carrier did not make, or made too long ago. The text names nobody."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that an account of this carrier is set up with. Secrets are kept sealed."""

    name: str
    secret: bool = False
    required: bool = True


Factory = Callable[[str, Mapping[str, str], Tap, httpx.BaseTransport | None], Carrier]

#: (settings, headers by lower-case name, body, now) → the body of our 200. Raises `NotGenuine`.
Answer = Callable[[Mapping[str, str], Mapping[str, str], bytes, datetime], bytes]


def answer_nothing(
    _settings: Mapping[str, str], _headers: Mapping[str, str], _body: bytes, _now: datetime
) -> bytes:
    """For carriers that sign nothing: the secret address is all that tells theirs from others'."""
    return b""


@dataclass(frozen=True, slots=True)
class Kind:
    """A carrier: its own address, how an account is opened, and how its callbacks are answered.

    `max_messages` is `Carrier.max_messages`, known without opening an account: lists are cut into
    chunks by it.
    """

    address: str
    open: Factory
    settings: tuple[Setting, ...]
    max_messages: int
    answer: Answer = answer_nothing
    #: The same where each message has parts of its own beside its text (a link in a button), and
    #: the carrier takes such parts once a call. None: it makes no difference there.
    max_apart: int | None = None
    #: Whether it reports results by itself; elsewhere there is no address to enter.
    calls_back: bool = True
    #: Only a simulator may be spoken to in the clear on another machine.
    may_be_plain: bool = False


def timeout_of(settings: Mapping[str, str]) -> httpx.Timeout:
    """`timeout`: seconds for one answer, after which its outcome is in doubt."""
    return httpx.Timeout(seconds) if (seconds := number_of(settings, "timeout")) else TIMEOUT


def number_of(settings: Mapping[str, str], name: str) -> float | None:
    """A number of seconds, above 0 and below a day; None if it is not set."""
    raw = settings.get(name, "")
    if not raw:
        return None
    try:
        seconds = float(raw)
    except ValueError:
        raise SettingsError(name, "not a number of seconds") from None
    if not 0 < seconds < 86_400:
        raise SettingsError(name, "must lie between 0 and 86,400 seconds")
    return seconds


def required(settings: Mapping[str, str], name: str) -> str:
    """A setting that has to be there."""
    value = settings.get(name, "").strip()
    # What is not plain ASCII cannot stand in a header, and fails at the first call, far from here.
    if not value or not value.isascii() or not value.isprintable():
        raise SettingsError(name, "missing or not printable ASCII")
    return value
