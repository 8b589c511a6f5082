"""Accounts of the office's own sign-in that are bound to members; none makes a member."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from alimnaru.store import audit
from alimnaru.store.models import Identity, Member


def member_of(issuer: str, subject: str) -> Member | None:
    """The active person whom an issuer means by a subject."""
    found = Identity.objects.select_related("member").filter(issuer=issuer, subject=subject).first()
    if found is None or not found.member.is_active or found.member.is_program:
        return None
    return found.member


def bind(member: Member, *, issuer: str, subject: str) -> bool:
    """From now on the issuer's subject is this member. False: it is somebody else already."""
    try:
        with transaction.atomic():
            Identity.objects.update_or_create(
                member=member,
                defaults={"issuer": issuer, "subject": subject, "bound_at": timezone.now()},
            )
            audit.record(actor=member, act="member.identity.bind", subject=f"member:{member.pk}")
    except IntegrityError:
        return False
    return True


def unbind(member: Member, *, actor: Member) -> bool:
    """The issuer's word counts for this member no longer. False: it did not."""
    with transaction.atomic():
        gone, _ = Identity.objects.filter(member=member).delete()
        if gone:
            audit.record(actor=actor, act="member.identity.unbind", subject=f"member:{member.pk}")
    return bool(gone)


def is_bound(member: Member) -> bool:
    """Whether somebody may sign in by the issuer."""
    return Identity.objects.filter(member=member).exists()
