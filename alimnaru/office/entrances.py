"""From where the console may be used: entered and taken away, never so that nobody is left."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from alimnaru.reads.entrances import networks
from alimnaru.rules.entrances import MOST, EntranceFault, admits, read_network
from alimnaru.store import audit
from alimnaru.store.models import AllowedNetwork, AuditEntry, Member

#: An address that goes on knocking is noted once in so long: nobody fills the audit from outside.
NOTED_EACH = timedelta(minutes=10)
TURNED_AWAY = "entrance.turned_away"


class EntranceRefused(ValueError):  # noqa: N818
    """The act is refused; `code` says why."""

    def __init__(self, code: EntranceFault) -> None:
        super().__init__(code.value)
        self.code = code


def add_network(*, actor: Member, text: str, note: str = "", address: str | None) -> AllowedNetwork:
    """Let the console be used from a network; once there is one, from nowhere else.

    `address`: of whoever asks, who must still be inside afterwards; None for who sits at the
    machine. Raises `EntranceRefused`.
    """
    read = read_network(text)
    if isinstance(read, EntranceFault):
        raise EntranceRefused(read)
    with transaction.atomic():
        known = _locked()
        if read in known:
            raise EntranceRefused(EntranceFault.KNOWN)
        if len(known) >= MOST:
            raise EntranceRefused(EntranceFault.TOO_MANY)
        _keep_in(address, [*known, read])
        made = AllowedNetwork.objects.create(
            network=read, note=note[:60], added_at=timezone.now(), added_by=actor
        )
        _record(actor, "entrance.allow", read)
    return made


def remove_network(found: AllowedNetwork, *, actor: Member, address: str | None) -> None:
    """Let the console be used from there no longer. Raises `EntranceRefused`."""
    with transaction.atomic():
        known = _locked()
        if found.network not in known:
            return
        _keep_in(address, [network for network in known if network != found.network])
        AllowedNetwork.objects.filter(pk=found.pk).delete()
        _record(actor, "entrance.forbid", found.network)


def open_everywhere(*, actor: Member) -> int:
    """The way back for who sits at the machine: no network counts any more. Returns how many."""
    with transaction.atomic():
        known = _locked()
        AllowedNetwork.objects.all().delete()
        for network in known:
            _record(actor, "entrance.forbid", network)
    return len(known)


def note_turned_away(address: str) -> None:
    """Somebody tried to sign in from elsewhere: the audit has it, once in a while."""
    since = timezone.now() - NOTED_EACH
    told = AuditEntry.objects.filter(act=TURNED_AWAY, at__gte=since, address=address[:45])
    if not told.exists():
        audit.record(actor=audit.own_member(), act=TURNED_AWAY, subject="entrance")


def _locked() -> list[str]:
    list(AllowedNetwork.objects.select_for_update().values_list("pk", flat=True))
    return networks()


def _keep_in(address: str | None, left: list[str]) -> None:
    if address is not None and not admits(address, left):
        raise EntranceRefused(EntranceFault.LOCKS_OUT)


def _record(actor: Member, act: str, network: str) -> None:
    audit.record(actor=actor, act=act, subject="entrance", facts={"network": network})
