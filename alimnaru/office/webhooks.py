"""Where other programs hear of their department's messages: entered, paused, given a new secret.

A secret is returned to whoever makes it, once; it is kept sealed, because we sign with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.flow import hooks
from alimnaru.office.connecting import ConnectingRefused, check_right, known, name_of, refuse
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.hook_hosts import read_inside
from alimnaru.rules.webhook_urls import host_of, read_url
from alimnaru.rules.webhooks import EventType, as_text
from alimnaru.store import audit, crypto
from alimnaru.store.models import Delivery, Department, Member, Webhook

#: What the specification recommends is 24 to 64 bytes; as long as the hash is enough.
SECRET_BYTES: Final = 32
#: For so long the secret before signs too: the receiver changes theirs within a working day.
OVERLAP: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to hear, and where. No events: all of them."""

    name: str
    url: str
    events: Sequence[str] = ()

    def checked(self) -> Wanted:
        """As it is kept. Raises `ConnectingRefused`."""
        events = tuple(event for event in EventType if event in set(self.events))
        url = known(read_url(self.url, read_inside(settings.HOOK_HOSTS)))
        return Wanted(name_of(self.name), url, events)


def add(
    wanted: Wanted, *, actor: Member, department: Department, as_operator: bool = False
) -> tuple[Webhook, str]:
    """A new webhook and its secret (`whsec_…`). Raises `ConnectingRefused`."""
    asked = wanted.checked()
    check_right(actor, department, as_operator=as_operator)
    secret = secrets.token_bytes(SECRET_BYTES)
    with transaction.atomic():
        webhook = Webhook.objects.create(
            department=department,
            made_by=actor,
            name=asked.name,
            url=asked.url,
            secret=crypto.seal(secret, purpose=hooks.PURPOSE),
            events=list(asked.events),
            created_at=timezone.now(),
        )
        _record(actor, "webhook.add", webhook, _facts(webhook))
    return webhook, as_text(secret)


def change(
    webhook: Webhook, wanted: Wanted, *, actor: Member, as_operator: bool = False
) -> Webhook:
    """Other name, address or events. What waits goes to the new address. Raises
    `ConnectingRefused`."""
    asked = wanted.checked()
    with transaction.atomic():
        found = _locked(webhook)
        check_right(actor, found.department, as_operator=as_operator)
        before = _facts(found)
        found.name, found.url, found.events = asked.name, asked.url, list(asked.events)
        found.save(update_fields=["name", "url", "events"])
        hooks.wake(found)
        after = _facts(found)
        facts = {name: [_one(before[name]), _one(after[name])] for name in before}
        _record(actor, "webhook.change", found, facts)
    return found


def pause(webhook: Webhook, *, actor: Member, as_operator: bool = False) -> Webhook:
    """Call it no more until somebody resumes it; what happens meanwhile is kept. Raises
    `ConnectingRefused`."""
    return _switch(webhook, actor, on=False, as_operator=as_operator)


def resume(webhook: Webhook, *, actor: Member, as_operator: bool = False) -> Webhook:
    """Call it again, at once. Raises `ConnectingRefused`."""
    return _switch(webhook, actor, on=True, as_operator=as_operator)


def remove(webhook: Webhook, *, actor: Member, as_operator: bool = False) -> None:
    """For good, with what was still to be told. Raises `ConnectingRefused`."""
    with transaction.atomic():
        found = _locked(webhook)
        check_right(actor, found.department, as_operator=as_operator)
        waiting = found.deliveries.exclude(state=Delivery.State.DONE).count()
        _record(actor, "webhook.remove", found, {**_facts(found), "count": waiting})
        found.delete()


def rotate_secret(webhook: Webhook, *, actor: Member, as_operator: bool = False) -> str:
    """A new secret, returned as text; the old one signs beside it for a day. Raises
    `ConnectingRefused`."""
    secret = secrets.token_bytes(SECRET_BYTES)
    with transaction.atomic():
        found = _locked(webhook)
        check_right(actor, found.department, as_operator=as_operator)
        found.old_secret = found.secret
        found.old_secret_until = timezone.now() + OVERLAP
        found.secret = crypto.seal(secret, purpose=hooks.PURPOSE)
        found.save(update_fields=["secret", "old_secret", "old_secret_until"])
        facts: dict[str, object] = {"name": found.name, "until": found.old_secret_until.isoformat()}
        _record(actor, "webhook.secret", found, facts)
    return as_text(secret)


def redrive(
    webhook: Webhook,
    *,
    actor: Member,
    since: datetime | None = None,
    deliveries: Sequence[int] = (),
    as_operator: bool = False,
) -> int:
    """Try again what was given up: those named, or all of the webhook's from a moment on. Returns
    how many. Raises `ConnectingRefused`."""
    with transaction.atomic():
        found = _locked(webhook)
        check_right(actor, found.department, as_operator=as_operator)
        if not found.is_active:
            raise ConnectingRefused(ConnectingFault.WEBHOOK_PAUSED)
        failed = found.deliveries.filter(state=Delivery.State.FAILED)
        if deliveries:
            failed = failed.filter(pk__in=list(deliveries))
        if since is not None:
            failed = failed.filter(created_at__gte=since)
        count = hooks.redrive(list(failed.values_list("pk", flat=True)))
        refuse(None if count else ConnectingFault.NOTHING_FAILED)
        _record(actor, "webhook.redrive", found, {"name": found.name, "count": count})
    return count


def send_test(webhook: Webhook, *, actor: Member, as_operator: bool = False) -> None:
    """Put an event about nothing on its way, to see that it arrives. Raises
    `ConnectingRefused`."""
    with transaction.atomic():
        found = _locked(webhook)
        check_right(actor, found.department, as_operator=as_operator)
        if not found.is_active:
            raise ConnectingRefused(ConnectingFault.WEBHOOK_PAUSED)
        hooks.send_test(found)
        _record(actor, "webhook.test", found, {"name": found.name})


def _switch(webhook: Webhook, actor: Member, *, on: bool, as_operator: bool) -> Webhook:
    with transaction.atomic():
        found = _locked(webhook)
        check_right(actor, found.department, as_operator=as_operator)
        if not found.is_active and not on:
            return found
        found.is_active = on
        found.save(update_fields=["is_active"])
        if on:
            hooks.wake(found)
        act = "webhook.resume" if on else "webhook.pause"
        _record(actor, act, found, {"name": found.name})
    return found


def _locked(webhook: Webhook) -> Webhook:
    found = Webhook.objects.select_for_update(of=("self",))
    return found.select_related("department").get(pk=webhook.pk)


def _facts(webhook: Webhook) -> dict[str, object]:
    # The path of an address may be as good as a password: the host is enough to know it by.
    return {"name": webhook.name, "host": host_of(webhook.url), "events": list(webhook.events)}


def _one(value: object) -> object:
    return ", ".join(value) if isinstance(value, list) else value


def _record(actor: Member, act: str, webhook: Webhook, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"webhook:{webhook.pk}",
        department=webhook.department,
        facts=dict(facts),
    )
