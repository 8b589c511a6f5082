"""Keys of other programs: issued, confirmed by a second manager, replaced, narrowed, revoked.

The text of a key is returned to whoever issues it, once; it is nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alimnaru.office.connecting import ConnectingRefused, check_right, known, name_of, refuse
from alimnaru.reads.rights import may
from alimnaru.rules.api_keys import (
    PUBLIC_LENGTH,
    PUBLIC_SIGNS,
    SECRET_BYTES,
    USUAL_DAYS,
    USUAL_OVERLAP_DAYS,
    KeyState,
    Limits,
    key_state,
    key_text,
    life_fault,
    needs_second,
    overlap_fault,
    parse_key,
    read_addresses,
    read_scopes,
    secret_hash,
)
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.rights import Right
from alimnaru.store import audit
from alimnaru.store.models import ApiKey, Department, Member, Membership, Role

_F = ConnectingFault


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a key for."""

    name: str
    scopes: Sequence[str]
    limits: Limits
    is_sandbox: bool = False
    days: int = USUAL_DAYS

    def checked(self) -> Wish:
        """As it is kept. Raises `ConnectingRefused`."""
        refuse(life_fault(self.days))
        return Wish(
            name_of(self.name),
            known(read_scopes(self.scopes)),
            _checked(self.limits),
            self.is_sandbox,
            self.days,
        )


def issue(
    wish: Wish, *, actor: Member, department: Department, as_operator: bool = False
) -> tuple[ApiKey, str]:
    """A new key and its text. One that sends for real waits for a second manager
    (`ApiKey.waits`). Raises `ConnectingRefused`."""
    asked = wish.checked()
    check_right(actor, department, as_operator=as_operator)
    with transaction.atomic():
        key, text = _make(asked, actor, department)
        _record(actor, "key.issue", key, _facts(key))
    return key, text


def confirm(key: ApiKey, *, actor: Member, seen: str) -> ApiKey:
    """Let a key that sends for real work: the word of a second manager.

    `seen`: the digest of the limits that they were shown. One of the two must be somebody who may
    send there: those who hold the carriers' contracts cannot make themselves a key for it
    (`rules.rights`). Raises `ConnectingRefused`.
    """
    with transaction.atomic():
        found = _locked(key)
        check_right(actor, found.department)
        if _state(found) is not KeyState.WAITS:
            raise ConnectingRefused(_F.KEY_NOT_WAITING)
        if found.made_by_id == actor.pk:
            raise ConnectingRefused(_F.KEY_OWN)
        if limits_of(found).digest() != seen:
            raise ConnectingRefused(_F.KEY_CHANGED)
        if not any(may(who, Right.SEND, found.department) for who in (actor, found.made_by)):
            raise ConnectingRefused(_F.KEY_NOBODY_SENDS)
        found.waits = False
        found.confirmed_by, found.confirmed_at = actor, timezone.now()
        found.save(update_fields=["waits", "confirmed_by", "confirmed_at"])
        _end_the_old_one(found)
        _record(actor, "key.confirm", found, {"key": found.public, "name": found.name})
    return found


def rotate(
    key: ApiKey,
    *,
    actor: Member,
    overlap_days: int = USUAL_OVERLAP_DAYS,
    days: int = USUAL_DAYS,
    as_operator: bool = False,
) -> tuple[ApiKey, str]:
    """A new key in place of this one, and its text. The old one works on for `overlap_days` from
    the moment at which the new one does. Raises `ConnectingRefused`."""
    refuse(overlap_fault(overlap_days) or life_fault(days))
    with transaction.atomic():
        old = _locked(key)
        check_right(actor, old.department, as_operator=as_operator)
        _refuse_replacing(old)
        wish = Wish(old.name, old.scopes, limits_of(old), old.is_sandbox, days)
        new, text = _make(wish, actor, old.department)
        new.replaces, new.overlap_days = old, overlap_days
        new.save(update_fields=["replaces", "overlap_days"])
        if not new.waits:
            _end_the_old_one(new)
        _record(actor, "key.rotate", new, {**_facts(new), "replaces": old.public})
    return new, text


def change(key: ApiKey, *, actor: Member, limits: Limits, as_operator: bool = False) -> ApiKey:
    """Other addresses and numbers. For a key that two people agreed to only narrower ones: more
    would be what nobody has confirmed. Raises `ConnectingRefused`."""
    wanted = _checked(limits)
    with transaction.atomic():
        found = _locked(key)
        check_right(actor, found.department, as_operator=as_operator)
        if _state(found).is_over:
            raise ConnectingRefused(_F.KEY_OVER)
        before = limits_of(found)
        two = needs_second(found.scopes, is_sandbox=found.is_sandbox) and not found.waits
        if two and wanted.is_wider_than(before):
            raise ConnectingRefused(_F.KEY_WIDER)
        if wanted == before:
            return found
        found.addresses = list(wanted.addresses)
        found.per_minute, found.per_day = wanted.per_minute, wanted.per_day
        found.save(update_fields=["addresses", "per_minute", "per_day"])
        facts = {
            "key": found.public,
            "addresses": [", ".join(before.addresses), ", ".join(wanted.addresses)],
            "per_minute": [before.per_minute, wanted.per_minute],
            "per_day": [before.per_day, wanted.per_day],
        }
        _record(actor, "key.change", found, facts)
    return found


def revoke(key: ApiKey, *, actor: Member, as_operator: bool = False) -> ApiKey:
    """At once and for good. Raises `ConnectingRefused`."""
    with transaction.atomic():
        found = _locked(key)
        check_right(actor, found.department, as_operator=as_operator)
        if _state(found).is_over:
            raise ConnectingRefused(_F.KEY_OVER)
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        Member.objects.filter(pk=found.member_id).update(is_active=False)
        _record(actor, "key.revoke", found, {"key": found.public, "name": found.name})
    return found


def limits_of(key: ApiKey) -> Limits:
    """As the key has them."""
    return Limits(tuple(key.addresses), key.per_minute, key.per_day)


def _checked(limits: Limits) -> Limits:
    refuse(limits.fault())
    return Limits(known(read_addresses(limits.addresses)), limits.per_minute, limits.per_day)


def _make(wish: Wish, actor: Member, department: Department) -> tuple[ApiKey, str]:
    public = "".join(secrets.choice(PUBLIC_SIGNS) for _ in range(PUBLIC_LENGTH))
    text = key_text(public, secrets.token_bytes(SECRET_BYTES), is_sandbox=wish.is_sandbox)
    parsed = parse_key(text)
    if parsed is None:
        raise RuntimeError("a key that cannot be read back")
    now = timezone.now()
    key = ApiKey.objects.create(
        department=department,
        member=_program(public, wish, department),
        made_by=actor,
        name=wish.name,
        public=public,
        secret_sha256=secret_hash(parsed[1]),
        is_sandbox=wish.is_sandbox,
        scopes=list(wish.scopes),
        addresses=list(wish.limits.addresses),
        per_minute=wish.limits.per_minute,
        per_day=wish.limits.per_day,
        created_at=now,
        expires_at=now + timedelta(days=wish.days),
        waits=needs_second(wish.scopes, is_sandbox=wish.is_sandbox),
    )
    return key, text


def _program(public: str, wish: Wish, department: Department) -> Member:
    """The actor whom batches and the audit name. A key that only reads gets no right to write."""
    member = Member.objects.create(
        login=f"api:{public}",
        name=wish.name,
        is_program=True,
        # Django's mark for a password that nothing matches: a program never signs in there.
        password="!",  # noqa: S106
    )
    writes = {Scope.SEND, Scope.PREFERENCES, Scope.CONSENTS} & set(wish.scopes)
    role = Role.WRITER if writes else Role.VIEWER
    Membership.objects.create(member=member, department=department, role=role)
    return member


def _refuse_replacing(old: ApiKey) -> None:
    state = _state(old)
    if state.is_over:
        raise ConnectingRefused(_F.KEY_OVER)
    if state is KeyState.WAITS:
        raise ConnectingRefused(_F.KEY_WAITS)
    if ApiKey.objects.filter(replaces=old, revoked_at=None).exists():
        raise ConnectingRefused(_F.KEY_REPLACED)


def _end_the_old_one(new: ApiKey) -> None:
    if new.replaces_id is None:
        return
    until = timezone.now() + timedelta(days=new.overlap_days)
    old = ApiKey.objects.select_for_update().get(pk=new.replaces_id)
    if old.expires_at is None or old.expires_at > until:
        old.expires_at = until
        old.save(update_fields=["expires_at"])


def _locked(key: ApiKey) -> ApiKey:
    found = ApiKey.objects.select_for_update(of=("self",))
    return found.select_related("department", "made_by").get(pk=key.pk)


def _state(key: ApiKey, now: datetime | None = None) -> KeyState:
    return key_state(
        now or timezone.now(),
        waits=key.waits,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "key": key.public,
        "name": key.name,
        "scopes": list(key.scopes),
        "sandbox": key.is_sandbox,
        "addresses": list(key.addresses),
        "per_minute": key.per_minute,
        "per_day": key.per_day,
        "until": key.expires_at.isoformat() if key.expires_at else "",
    }


def _record(actor: Member, act: str, key: ApiKey, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor, act=act, subject=f"key:{key.pk}", department=key.department, facts=dict(facts)
    )
