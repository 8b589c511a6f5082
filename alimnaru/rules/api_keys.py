"""Keys by which other programs sign in: their text, from where and how often they may be used, and
how they stand.

The text is `an_live_<public>_<secret><check>`, `an_test_…` for the sandbox. `public` may be shown
and is what we look a key up by; of the secret we keep a SHA-256 only. The check lets a mistyped key
be told from a wrong one without a look into the database, and lets scanners of source code know a
real key from something alike.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.connecting import ConnectingFault

#: Without 0, 1, i, l, o: it is read out on the telephone.
PUBLIC_SIGNS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
PUBLIC_LENGTH: Final = 12
SECRET_BYTES: Final = 32
_LIVE, _TEST = "an_live_", "an_test_"
_TEXT = re.compile(
    rf"an_(?:live|test)_([{PUBLIC_SIGNS}]{{{PUBLIC_LENGTH}}})_([A-Za-z0-9_-]{{43}})([A-Za-z0-9_-]{{4}})"
)

#: What one web process answers in a minute, several times over; a slip of a zero stays below.
MOST_PER_MINUTE: Final = 600_000
#: The largest district has 470,000 residents: ten notices to everybody.
MOST_PER_DAY: Final = 5_000_000
USUAL_PER_MINUTE: Final = 6_000
USUAL_PER_DAY: Final = 100_000
#: A longer list nobody checks; a network takes one line.
MOST_ADDRESSES: Final = 20
#: The widest networks that say anything about where a program stands: 10.0.0.0/8 is the widest
#: private one; providers hand out /32 of IPv6 at most.
_WIDEST: Final = {4: 8, 6: 32}

USUAL_DAYS: Final = 365
MOST_DAYS: Final = 730
#: For so long the old key works beside the new one; the other side needs a working day or two.
USUAL_OVERLAP_DAYS: Final = 7
MOST_OVERLAP_DAYS: Final = 30
#: From then on everybody who looks after it is told that it ends.
WARN_BEFORE: Final = timedelta(days=14)

Network = IPv4Network | IPv6Network


class KeyState(StrEnum):
    """How a key stands."""

    #: May send for real, and no second manager has confirmed it yet.
    WAITS = "waits"
    WORKS = "works"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"
    REVOKED = "revoked"

    @property
    def is_over(self) -> bool:
        """Whether it will never work again."""
        return self in {KeyState.ENDED, KeyState.REVOKED}


@dataclass(frozen=True, slots=True)
class Limits:
    """From where a key may be used and how often. No addresses: from anywhere."""

    addresses: tuple[str, ...] = ()
    per_minute: int = USUAL_PER_MINUTE
    per_day: int = USUAL_PER_DAY

    def fault(self) -> ConnectingFault | None:
        """What is wrong with the numbers; addresses are read by `read_addresses`."""
        if not 1 <= self.per_minute <= MOST_PER_MINUTE:
            return ConnectingFault.PER_MINUTE_OUT_OF_RANGE
        if not 1 <= self.per_day <= MOST_PER_DAY:
            return ConnectingFault.PER_DAY_OUT_OF_RANGE
        return None

    def digest(self) -> str:
        """Names exactly these limits: what somebody was shown is what they agree to."""
        told = f"{','.join(self.addresses)} {self.per_minute} {self.per_day}"
        return sha256(told.encode()).hexdigest()[:16]

    def is_wider_than(self, other: Limits) -> bool:
        """Whether anything is allowed here that is not allowed there."""
        if self.per_minute > other.per_minute or self.per_day > other.per_day:
            return True
        if not other.addresses:
            return False
        inside = [_network(text) for text in other.addresses]
        return not self.addresses or any(
            not any(_is_inside(_network(text), wide) for wide in inside) for text in self.addresses
        )


def key_text(public: str, secret: bytes, *, is_sandbox: bool) -> str:
    """The text of a key, to be shown once. `secret` is 32 random bytes."""
    secret_text = urlsafe_b64encode(secret).decode().rstrip("=")
    text = f"{_TEST if is_sandbox else _LIVE}{public}_{secret_text}"
    return text + _check(text)


def parse_key(text: str) -> tuple[str, str] | None:
    """Public part and secret of a key as it was written; None for what is no key at all."""
    match = _TEXT.fullmatch(text)
    if match is None or not compare_digest(_check(text[:-4]), match[3]):
        return None
    return match[1], match[2]


def secret_hash(secret: str) -> bytes:
    """What is kept of a secret. 32 random bytes cannot be tried out: no slow hash is needed."""
    return sha256(secret.encode()).digest()


def _check(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()[:3]).decode()


def read_addresses(lines: Iterable[str]) -> tuple[str, ...] | ConnectingFault:
    """Addresses and networks, one each, in CIDR form: `10.20.0.0/16`, `203.0.113.7/32`.

    A host inside its network (`10.20.3.4/16`) stands for the network. Each once, as they come.
    """
    found: dict[str, None] = {}
    for line in lines:
        if not (text := line.strip()):
            continue
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            return ConnectingFault.ADDRESS_UNREADABLE
        if network.prefixlen < _WIDEST[network.version]:
            return ConnectingFault.ADDRESS_TOO_WIDE
        found[str(network)] = None
    if len(found) > MOST_ADDRESSES:
        return ConnectingFault.ADDRESSES_TOO_MANY
    return tuple(found)


def is_allowed(address: str, networks: Collection[str]) -> bool:
    """Whether a key may be used from an address. An address that cannot be read is in no network;
    a socket for both families names IPv4 callers `::ffff:10.0.0.1`."""
    if not networks:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    if isinstance(caller, IPv6Address) and caller.ipv4_mapped is not None:
        caller = caller.ipv4_mapped
    return any(caller in _network(text) for text in networks)


def read_scopes(names: Iterable[str]) -> tuple[Scope, ...] | ConnectingFault:
    """Scopes in their own order, each once. At least one: a key for nothing is a mistake."""
    given = set(names)
    known = tuple(scope for scope in Scope if scope in given)
    return known if known and len(known) == len(given) else ConnectingFault.SCOPES_MISSING


def needs_second(scopes: Collection[str], *, is_sandbox: bool) -> bool:
    """Whether a second manager must confirm a key: with it a program reaches residents for real,
    without anybody looking at each list; or says for them that they agreed to be served."""
    return not is_sandbox and not {Scope.SEND, Scope.CONSENTS}.isdisjoint(scopes)


def life_fault(days: int) -> ConnectingFault | None:
    """Whether a key may live so many days."""
    return None if 1 <= days <= MOST_DAYS else ConnectingFault.LIFE_OUT_OF_RANGE


def overlap_fault(days: int) -> ConnectingFault | None:
    """Whether an old key may live so many days beside its new one."""
    return None if 0 <= days <= MOST_OVERLAP_DAYS else ConnectingFault.OVERLAP_OUT_OF_RANGE


def key_state(
    now: datetime, *, waits: bool, expires_at: datetime | None, revoked_at: datetime | None
) -> KeyState:
    """How a key stands now."""
    if revoked_at is not None:
        return KeyState.REVOKED
    if expires_at is not None and expires_at <= now:
        return KeyState.ENDED
    if waits:
        return KeyState.WAITS
    if expires_at is not None and expires_at <= now + WARN_BEFORE:
        return KeyState.ENDS_SOON
    return KeyState.WORKS


def _network(text: str) -> Network:
    return ip_network(text, strict=False)


def _is_inside(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False
