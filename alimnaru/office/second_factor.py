"""The second thing by which somebody shows who they are: an authenticator, or a recovery code."""

from __future__ import annotations

import secrets
import unicodedata
from math import ceil
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice

from alimnaru.store import audit
from alimnaru.store.models import Authenticator, Member

RECOVERY_CODES = 10
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


class CodeCheck(NamedTuple):
    """What a typed code was worth: the device that took it, or seconds until the next try."""

    device: Device | None
    wait: int = 0


def has_authenticator(member: Member) -> bool:
    """Whether somebody has set an authenticator up."""
    return bool(Authenticator.objects.filter(user=member, confirmed=True).exists())


def begin_enrolment(member: Member, begun: int | None = None) -> Authenticator:
    """The authenticator that is being set up. `begun`: the one that this very session was shown.

    Any other that was begun ends: whoever saw its secret, with a borrowed password or at an open
    desk, would hold the second factor of whoever confirms it later.
    """
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)
        started = Authenticator.objects.filter(user=member, confirmed=False)
        started.exclude(pk=begun).delete()
        found: Authenticator = started.first() or Authenticator.objects.create(
            user=member, confirmed=False, name="authenticator"
        )
    return found


def confirm_enrolment(member: Member, code: str) -> CodeCheck:
    """Take the authenticator into use if it shows `code`; whatever was used before is forgotten."""
    device = Authenticator.objects.filter(user=member, confirmed=False).first()
    check = _verify(device, member, plain_code(code))
    if check.device is None:
        return check
    with transaction.atomic():
        Authenticator.objects.filter(user=member).exclude(pk=check.device.pk).delete()
        check.device.confirmed = True
        check.device.save(update_fields=["confirmed"])
        _record(member, "member.authenticator")
    return check


def new_recovery_codes(member: Member) -> list[str]:
    """Ten codes for a day without the phone, each good for once; earlier ones end.

    They are shown once: only their keyed hashes are kept.
    """
    codes = [
        "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]
    with transaction.atomic():
        StaticDevice.objects.filter(user=member).delete()
        device = StaticDevice.objects.create(user=member, name="recovery", confirmed=True)
        for code in codes:
            device.token_set.create(token=_hashed(plain_code(code)))
        _record(member, "member.recovery_codes")
    return codes


def recovery_codes_left(member: Member) -> int:
    """How many codes are unused."""
    device = StaticDevice.objects.filter(user=member).first()
    return int(device.token_set.count()) if device else 0


def check_code(member: Member, code: str) -> CodeCheck:
    """Whether a typed code is the authenticator's now, or an unused recovery code."""
    plain = plain_code(code)
    if is_of_authenticator(plain):
        device = Authenticator.objects.filter(user=member, confirmed=True).first()
        return _verify(device, member, plain)
    return _verify(StaticDevice.objects.filter(user=member).first(), member, _hashed(plain))


def note_step_up(member: Member) -> None:
    """The code was given once more, before an act that asks for it."""
    _record(member, "member.step_up")


def forget_devices(member: Member) -> None:
    """Authenticator and recovery codes end, and with them every session that rests on them."""
    Authenticator.objects.filter(user=member).delete()
    StaticDevice.objects.filter(user=member).delete()


def plain_code(code: str) -> str:
    """A code without what people type or paste around it: `123 456` as 123456."""
    folded = unicodedata.normalize("NFKC", code).lower()
    return "".join(sign for sign in folded if sign.isalnum())


def is_of_authenticator(plain: str) -> bool:
    """Whether it looks like six digits of an app, and not like a recovery code."""
    return len(plain) == 6 and plain.isascii() and plain.isdigit()


def _verify(device: Device | None, member: Member, token: str) -> CodeCheck:
    """Ask the device under its lock. django-otp doubles the pause after each wrong code."""
    if device is None:
        return CodeCheck(None)
    with transaction.atomic():
        # A code given twice at the same moment is taken once.
        locked = type(device).objects.select_for_update().get(pk=device.pk)
        allowed, facts = locked.verify_is_allowed()
        if not allowed:
            left = (facts["locked_until"] - timezone.now()).total_seconds()
            return CodeCheck(None, max(1, ceil(left)))
        return CodeCheck(locked if locked.verify_token(token) else None)


def _hashed(plain: str) -> str:
    """16 signs, as long as django-otp's column: 64 bits under the office's own key."""
    return salted_hmac("alimnaru recovery code", plain, algorithm="sha256").hexdigest()[:16]


def _record(member: Member, act: str) -> None:
    audit.record(actor=member, act=act, subject=f"member:{member.pk}")
