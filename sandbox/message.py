"""A message as every protocol can say it: for texts, for the phones, and for who hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec


class AnyButton(Protocol):
    """What a button has, whatever names a wire gives to its parts."""

    type: str | None
    name: str | None
    link_mo: str | None
    link_pc: str | None
    link_and: str | None
    link_ios: str | None


class Button(msgspec.Struct, gc=False):
    """A button of a message."""

    type: str | None = None
    name: str | None = None
    link_mo: str | None = None
    link_pc: str | None = None
    link_and: str | None = None
    link_ios: str | None = None


class Message(msgspec.Struct, gc=False):
    """One message of a request, as it was asked for.

    `kind` is ATA, SMS, LMS or MMS. Without a `text` an Alimtalk is rendered from its template by
    the carrier: `variables` are named `#{like this}`. `own_fallback`: the carrier itself sends an
    SMS where the Alimtalk fails. `custom` is the reference that the wire carries, "" if none.
    """

    to: str
    kind: str
    sender: str = ""
    text: str | None = None
    subject: str | None = None
    profile: str | None = None
    template: str | None = None
    variables: Mapping[str, Any] | None = None
    title: str | None = None
    buttons: Sequence[AnyButton] | None = None
    image: str | None = None
    custom: str = ""
    own_fallback: bool = False
    country: str = "82"
