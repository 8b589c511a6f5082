"""What the API says of residents' wishes: how they want to be told, and what they agreed to."""

from __future__ import annotations

from datetime import date, datetime

import msgspec


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a resident wants: `kakao`, `sms` or `stop`. Without a notice: for every one."""

    choice: str
    provenance: str
    since: datetime
    notice: str | None = None


class Preferences(msgspec.Struct, frozen=True):
    """What is in force for a phone. `suspended`: not theirs, they said; nothing goes."""

    choices: list[Choice]
    suspended: bool


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement to be served documents of a notice electronically."""

    notice: str
    starts_on: date
    how: str
    evidence: str
    ends_on: date | None = None


class Consents(msgspec.Struct, frozen=True):
    """What is or will be in force for somebody."""

    consents: list[Consent]
