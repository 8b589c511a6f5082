"""Changing the keys that everything hangs on, while all goes on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from alimnaru.flow.rewrapping import left_under
from alimnaru.store import audit, keyring, rewriting
from alimnaru.store.models import Member

SUBJECT = "keyring"


@dataclass(frozen=True, slots=True)
class Rotated:
    """Roots wrapped under the present master key, and the newest generation."""

    wrapped: int
    generation: int


@dataclass(frozen=True, slots=True)
class Retired:
    """Rows under other master keys, and generations, that are gone; `rewritten`: from the files of
    the database as well."""

    masters: int
    generations: tuple[int, ...]
    rewritten: bool


def rotate(*, actor: Member, root: bool = False) -> Rotated:
    """Wrap the roots under the present master key; `root` makes a new generation too, which a
    worker brings everything under. Raises `RingError`."""
    now = timezone.now()
    with transaction.atomic():
        wrapped = keyring.rewrap(now)
        if root:
            keyring.new_generation(now)
        newest = keyring.load().current
        facts = {"wrapped": wrapped, "generation": newest}
        audit.record(actor=actor, act="keyring.rotate", subject=SUBJECT, facts=facts)
    return Rotated(wrapped, newest)


def retire(*, actor: Member) -> Retired:
    """Give up other master keys, and generations under which nothing is left. Raises `RingError`
    while the present master key does not open all. Called again, it writes the files anew again."""
    now = timezone.now()
    with transaction.atomic():
        masters = keyring.retire_masters()
        gone = []
        numbers = [one.number for one in keyring.standing()]
        for number in numbers[1:-1]:
            if not left_under(number):
                keyring.retire_generation(number, now)
                gone.append(number)
        facts = {"masters": masters, "generations": gone}
        audit.record(actor=actor, act="keyring.retire", subject=SUBJECT, facts=facts)
    return Retired(masters, tuple(gone), _rewrite())


def _rewrite() -> bool:
    """PostgreSQL leaves old versions of rows in its files: who has those and an old master key
    would open the root."""
    if connection.in_atomic_block or not rewriting.rewrite(("store_rootkey",)):
        return False
    return rewriting.let_log_go()
