"""The key ring: root secrets in the database, each under every master key that opens it.

The master key is outside the database: in the environment, a 0600 file, or an HSM behind a command.
Changing it wraps a handful of rows anew. A new *generation* of the root, for when a root may have
become known, has batch keys and sealed values wrapped anew in the background (`flow.rewrapping`).

Generation 0 is the first master key itself, for what was sealed before there was a ring. The
keyed hashes come from it for ever: changing them would part every resident from their opt-out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from alimnaru.store import crypto
from alimnaru.store.models import RootKey

MARK = 8
#: No process goes on sealing under an old generation for so long (`crypto.RING_SECONDS`, and
#: acts that were under way).
SETTLED = timedelta(minutes=10)
#: The key of an advisory lock: two rotations at once must not both make the same generation.
LOCK = 0x616C6D35


class RingError(RuntimeError):
    """The ring does not open, or cannot be changed so. The text names no key."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation as it stands. `masters`: how many master keys open it."""

    number: int
    created_at: datetime
    masters: int
    opens: bool


def mark_of(master: bytes) -> bytes:
    """By what a master key knows its rows."""
    return _derive(master, "master mark")[:MARK]


def load() -> crypto.Ring:
    """Read the ring and use it in this process. Raises `RingError` if no master key opens it."""
    try:
        with transaction.atomic():
            found = list(RootKey.objects.order_by("generation"))
    except DatabaseError:
        if connection.needs_rollback:
            raise
        found = []  # before its own migration
    if not found:
        roots = {0: _masters()[-1]}
    else:
        roots = _opened(found, _masters())
        missing = {row.generation for row in found} - set(roots)
        if missing:
            raise RingError("no master key of this process opens the key ring")
    ring = crypto.Ring(roots, time.monotonic())
    crypto.use(ring)
    return ring


def begin(now: datetime) -> None:
    """Write generation 0 down where there is no ring yet. Changes no key."""
    with transaction.atomic():
        _alone()
        if not RootKey.objects.exists():
            _write(0, _masters()[-1], now)
    load()


def rewrap(now: datetime) -> int:
    """Wrap every root under the present master key too; how many were. Old rows stay, for
    processes that have only the old master key, until `retire_masters`."""
    begin(now)
    with transaction.atomic():
        _alone()
        found = list(RootKey.objects.all())
        roots, mark = _opened(found, _masters()), mark_of(settings.MASTER_KEY)
        have = {row.generation for row in found if bytes(row.master_mark) == mark}
        for number in set(roots) - have:
            _row(number, roots[number], settings.MASTER_KEY, now).save()
    return len(set(roots) - have)


def retire_masters() -> int:
    """Delete what is wrapped under other master keys than the present one; how many rows. Raises
    `RingError` while something opens under those alone."""
    with transaction.atomic():
        _alone()
        mark = mark_of(settings.MASTER_KEY)
        found = list(RootKey.objects.all())
        own = {row.generation for row in found if bytes(row.master_mark) == mark}
        if {row.generation for row in found} - own:
            raise RingError("the present master key does not open every generation: rotate first")
        deleted, _ = RootKey.objects.exclude(master_mark=mark).delete()
    return deleted


def new_generation(now: datetime) -> int:
    """Make the next generation; from now on new things are sealed under it."""
    begin(now)
    with transaction.atomic():
        _alone()
        number = RootKey.objects.order_by("-generation").values_list("generation", flat=True)[0] + 1
        _write(number, os.urandom(32), now)
    load()
    return number


def retire_generation(number: int, now: datetime) -> None:
    """Delete a generation. The caller has seen that nothing is sealed under it any more. Raises
    `RingError` for the first, the newest, and one that others may still seal under."""
    with transaction.atomic():
        _alone()
        found = RootKey.objects.order_by("-generation").first()
        if number == 0 or found is None or number >= found.generation:
            raise RingError("the first and the newest generation stay")
        if now < found.created_at + SETTLED:
            raise RingError("wait ten minutes: a process may still seal under the old generation")
        RootKey.objects.filter(generation=number).delete()
    load()


def standing() -> list[Generation]:
    """Every generation, the oldest first."""
    rows = list(RootKey.objects.order_by("generation"))
    opened = _opened(rows, _masters())
    return [
        Generation(
            number,
            min(r.created_at for r in rows if r.generation == number),
            sum(r.generation == number for r in rows),
            number in opened,
        )
        for number in sorted({r.generation for r in rows})
    ]


def under_present_master() -> bool:
    """Whether the present master key opens every generation by itself."""
    mark = mark_of(settings.MASTER_KEY)
    rows = list(RootKey.objects.all())
    own = {r.generation for r in rows if bytes(r.master_mark) == mark}
    return own == {r.generation for r in rows}


def _masters() -> list[bytes]:
    return [settings.MASTER_KEY, *settings.OLD_MASTER_KEYS]


def _opened(found: Sequence[RootKey], masters: Sequence[bytes]) -> dict[int, bytes]:
    by_mark = {mark_of(master): master for master in masters}
    roots: dict[int, bytes] = {}
    for row in found:
        master = by_mark.get(bytes(row.master_mark))
        if master is not None and row.generation not in roots:
            roots[row.generation] = _unwrap(bytes(row.wrapped), row.generation, master)
    return roots


def _write(number: int, root: bytes, now: datetime) -> None:
    for master in _masters():
        _row(number, root, master, now).save()


def _row(number: int, root: bytes, master: bytes, now: datetime) -> RootKey:
    nonce = os.urandom(crypto.NONCE)
    key = AESGCM(_derive(master, "root secrets"))
    wrapped = nonce + key.encrypt(nonce, root, number.to_bytes(2, "big"))
    return RootKey(generation=number, master_mark=mark_of(master), wrapped=wrapped, created_at=now)


def _unwrap(wrapped: bytes, number: int, master: bytes) -> bytes:
    key = AESGCM(_derive(master, "root secrets"))
    try:
        cut = wrapped[: crypto.NONCE], wrapped[crypto.NONCE :]
        return key.decrypt(*cut, number.to_bytes(2, "big"))
    except (InvalidTag, ValueError):
        raise RingError(f"generation {number} is damaged") from None


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(master)


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
