"""Authenticators, whose secrets lie sealed: who reads the table makes no codes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any, Final

from django_otp.plugins.otp_totp.models import TOTPDevice

from alimnaru.store import crypto

#: What a sealed key begins with. django-otp's own are hexadecimal, so none of them looks like it.
SEALED: Final = "s:"


def purpose(member_id: int) -> str:
    """Of `crypto.seal`: a key that was moved to another member's row does not open."""
    return f"authenticator {member_id}"


def sealed(key: str, member_id: int) -> str:
    """A hexadecimal key as it is stored: 67 of the column's 80 signs for 20 bytes."""
    blob = crypto.seal(bytes.fromhex(key), purpose=purpose(member_id))
    return SEALED + b64encode(blob).decode()


class Authenticator(TOTPDevice):  # type: ignore[misc]  # django-otp has no types
    """A phone's authenticator app: django-otp's table and rules, our seal."""

    key: str

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """The secret itself. Raises `crypto.Unreadable`."""
        if not self.key.startswith(SEALED):
            # Of a process from before the seal, while an office is upgraded.
            return bytes.fromhex(self.key)
        blob = b64decode(self.key.removeprefix(SEALED))
        return crypto.unseal(blob, purpose=purpose(self.user_id))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Never stores a key as it is."""
        if not self.key.startswith(SEALED):
            self.key = sealed(self.key, self.user_id)
        super().save(*args, **kwargs)
