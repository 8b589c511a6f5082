"""Keys and sealed values of old generations, brought under the newest one while all goes on.

Nothing is opened but the wrapping: a batch's data key stays, and so does every payload. What lives
for days only (uploads, callbacks, occasions) is left to end by itself.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from alimnaru.store import crypto, keyring
from alimnaru.store.ledger.base import rows, run
from alimnaru.store.models import Authenticator, RootKey
from alimnaru.store.models.authenticators import SEALED as MARK
from alimnaru.store.models.authenticators import sealed

#: Rows in one transaction.
STEP = 500
#: Steps of one table in a round.
ROUND = 20


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed values. `purpose`: of `crypto.seal`; empty where it ends by itself."""

    table: str
    column: str
    purpose: str = ""


#: What `crypto.seal` made.
SEALED: tuple[Sealed, ...] = (
    Sealed("store_carrieraccount", "secret", "carrier secret"),
    Sealed("store_carrieraccount", "secrets", "carrier secrets"),
    Sealed("store_source", "secrets", "source"),
    Sealed("store_webhook", "secret", "webhook"),
    Sealed("store_webhook", "old_secret", "webhook"),
    Sealed("store_member", "mobile", "member mobile"),
    Sealed("store_guardian", "phone", "guardian"),
    Sealed("store_savedlist", "content", "saved list"),
    Sealed("store_accepted", "payload", "accepted"),
    Sealed("store_occasion", "payload", "occasion"),
    Sealed("store_serviceconsent", "sealed", "service consent"),
    Sealed("store_residentrequest", "phone", "resident request"),
    Sealed("store_canaryplan", "phone", "canary"),
    Sealed("store_listupload", "content"),
    Sealed("store_workpiece", "content"),
    Sealed("store_monthwork", "sample"),
    Sealed("store_receiptinbox", "body"),
    Sealed("store_wireexchange", "request"),
    Sealed("store_wireexchange", "response"),
)
#: Tables whose `wrapped_key` is a `crypto.BatchKey` under the ring, each with what is added to a
#: row's number before the key is bound to it.
WRAPPED: Mapping[str, int] = {"store_batch": 0, "store_legalhold": crypto.HOLDS}
#: The generation of which this process knows that nothing older is left.
_clean = 0


def rewrap_round() -> bool:
    """One round of every table; True if there may be more to do."""
    global _clean  # noqa: PLW0603 - a note of this process, to look no more at large tables
    newest = RootKey.objects.order_by("-generation").first()
    if newest is None or newest.generation <= _clean:
        return False
    began = timezone.now()
    keyring.load()
    many = 0
    for table in WRAPPED:
        many += _rounds(lambda t=table: _rewrap(t, newest.generation))  # type: ignore[misc]
    for one in SEALED:
        if one.purpose:
            many += _rounds(lambda o=one: _reseal(o, newest.generation))  # type: ignore[misc]
    many += _reseal_authenticators(newest.generation)
    if not many and began > newest.created_at + keyring.SETTLED:
        _clean = newest.generation
    return many > 0


def left_under(generation: int) -> int:
    """Keys and values that only this generation opens. The tables are read through."""
    many = 0
    for table in WRAPPED:
        length, head = (60, b"") if generation == 0 else (62, generation.to_bytes(2, "big"))
        sql = f"""
            SELECT count(*) FROM {table} WHERE octet_length(wrapped_key) = %s
              AND (%s = 60 OR substring(wrapped_key FROM 1 FOR 2) = %s)
        """  # noqa: S608 - a table of ours
        many += rows(sql, [length, length, head])[0][0]
    for one in SEALED:
        many += _count_sealed(one, generation)
    return many + sum(found == generation for found in _authenticators().values())


def _count_sealed(one: Sealed, generation: int) -> int:
    column = f'"{one.column}"'
    if generation == 0:
        where, head = f"substring({column} FROM 1 FOR 2) <> %s", crypto.GENERATION_MARK
    else:
        where = f"substring({column} FROM 1 FOR 4) = %s"
        head = crypto.GENERATION_MARK + generation.to_bytes(2, "big")
    sql = f"SELECT count(*) FROM {one.table} WHERE octet_length({column}) > 0 AND {where}"  # noqa: S608
    found: int = rows(sql, [head])[0][0]
    return found


def _rounds(step: Callable[[], int]) -> int:
    many = 0
    for _ in range(ROUND):
        done = step()
        many += done
        if done < STEP:
            break
    return many


def _rewrap(table: str, newest: int) -> int:
    """A step of wrapped keys. One that no key opens is left as it is, and not taken again."""
    sql = f"""
        SELECT id, wrapped_key FROM {table}
        WHERE octet_length(wrapped_key) = 60
           OR (octet_length(wrapped_key) = 62 AND substring(wrapped_key FROM 1 FOR 2) <> %s)
        LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    """  # noqa: S608
    apart = WRAPPED[table]

    def anew(was: bytes, number: int) -> bytes:
        return crypto.BatchKey.unwrap(was, apart + number).wrap(apart + number)

    with transaction.atomic():
        found = rows(sql, [newest.to_bytes(2, "big"), STEP])
        return sum(_again(table, "wrapped_key", i, bytes(was), anew) for i, was in found)


def _reseal(one: Sealed, newest: int) -> int:
    head = crypto.GENERATION_MARK + newest.to_bytes(2, "big")
    sql = f"""
        SELECT id, "{one.column}" FROM {one.table}
        WHERE octet_length("{one.column}") > 0 AND substring("{one.column}" FROM 1 FOR 4) <> %s
        LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
    """  # noqa: S608

    def anew(was: bytes, _number: int) -> bytes:
        return crypto.seal(crypto.unseal(was, purpose=one.purpose), purpose=one.purpose)

    with transaction.atomic():
        found = rows(sql, [head, STEP])
        return sum(_again(one.table, one.column, i, bytes(was), anew) for i, was in found)


def _authenticators() -> dict[int, int]:
    """Under which generation each authenticator's secret lies: a text of django-otp's own table,
    bound to its member, of whom there are some hundreds."""
    found = Authenticator.objects.filter(key__startswith=MARK).values_list("pk", "key")
    return {pk: crypto.sealed_under(b64decode(key.removeprefix(MARK))) for pk, key in found}


def _reseal_authenticators(newest: int) -> int:
    many = 0
    for pk in [pk for pk, under in _authenticators().items() if under != newest]:
        with transaction.atomic():
            found = Authenticator.objects.select_for_update().get(pk=pk)
            try:
                found.key = sealed(found.bin_key.hex(), found.user_id)
            except crypto.Unreadable:
                continue
            found.save(update_fields=["key"])
            many += 1
    return many


def _again(
    table: str, column: str, number: int, was: bytes, anew: Callable[[bytes, int], bytes]
) -> int:
    try:
        now: Any = anew(was, number)
    except crypto.Unreadable:
        return 0  # damaged, or of a key that is gone
    sql = f'UPDATE {table} SET "{column}" = %s WHERE id = %s AND "{column}" = %s'  # noqa: S608
    return run(sql, [now, number, was])
