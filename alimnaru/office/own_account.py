"""What people change about their own account."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.store import audit, crypto
from alimnaru.store.models import Member

#: Of `crypto.seal`.
MOBILE = "member mobile"


class MobileRefused(ValueError):  # noqa: N818
    """The number is no mobile number; `code` says what it is."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


def choose_password(member: Member, password: str) -> None:
    """The password of a person's own choice, checked before. Sessions with the old one end."""
    with transaction.atomic():
        member.set_password(password)
        member.must_change_password = False
        member.save(update_fields=["password", "must_change_password"])
        _record(member, "member.password")


def set_mobile(member: Member, number: str) -> None:
    """The mobile to which test messages go; empty forgets it. Raises `MobileRefused`."""
    digits = ""
    if number.strip():
        read = read_phone(number)
        if isinstance(read, Refusal):
            raise MobileRefused(read)
        digits = read
    with transaction.atomic():
        member.mobile = crypto.seal(digits.encode(), purpose=MOBILE) if digits else None
        member.mobile_hash = crypto.phone_hash(digits) if digits else None
        member.save(update_fields=["mobile", "mobile_hash"])
        _record(member, "member.mobile")


def mobile_of(member: Member) -> str:
    """The digits of a member's own mobile; empty without one. Raises `crypto.Unreadable`."""
    if member.mobile is None:
        return ""
    return crypto.unseal(bytes(member.mobile), purpose=MOBILE).decode()


def choose_screen(member: Member, choices: Mapping[str, str]) -> None:
    """Language and contrast, kept for the next computer; no act that an audit asks for."""
    member.screen = {**member.screen, **choices}
    member.save(update_fields=["screen"])


def _record(member: Member, act: str) -> None:
    audit.record(actor=member, act=act, subject=f"member:{member.pk}")
