"""What of a shipment may go to SENS at all."""

from __future__ import annotations

from alimnaru.carriers.base import Outgoing, Refused, Rejected, Shipment
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import ButtonKind
from alimnaru.rules.text import LMS_BYTES, SMS_BYTES, sms_bytes

#: "Up to 100 entries allowed" (Alimtalk and SMS, send message).
MOST = 100

ROOM = {Channel.SMS: SMS_BYTES, Channel.LMS: LMS_BYTES, Channel.MMS: LMS_BYTES}

#: The buttons that SENS documents.
BUTTONS = frozenset(
    {
        ButtonKind.DS,
        ButtonKind.WL,
        ButtonKind.AL,
        ButtonKind.BK,
        ButtonKind.MD,
        ButtonKind.AC,
    }
)


def sort_out(shipment: Shipment) -> tuple[list[Outgoing], dict[str, Refused]]:
    """What goes, and what must not, by our reference.

    SENS cuts a text that is too long instead of refusing it: a resident would get half a sentence,
    and a bill. The same answer comes for the same shipment, before a send and in `find`.
    """
    room = ROOM.get(shipment.channel)
    if room is None:
        return list(shipment.messages), {}
    refused = {
        one.ref: Refused("TextTooLong", Result.TEXT_REFUSED)
        for one in shipment.messages
        if sms_bytes(one.rendered.text) > room
    }
    return [one for one in shipment.messages if one.ref not in refused], refused


def check(shipment: Shipment) -> None:
    """Raise `Rejected` for what SENS has no fields for, before anything leaves."""
    if len(shipment.messages) > MOST:
        raise Rejected("TooManyMessages", f"{MOST}", result=Result.REQUEST_WRONG)
    if shipment.channel is Channel.MMS and not shipment.image:
        # SENS would send it as an LMS, without the picture that the text may speak of.
        raise Rejected("PictureMissing", result=Result.REQUEST_WRONG)
    for one in shipment.messages:
        rendered = one.rendered
        if rendered.quick_replies or rendered.represent_link:
            raise Rejected("PartNotCarried", result=Result.TEMPLATE_MISMATCH)
        if any(button.kind not in BUTTONS for button in rendered.buttons):
            raise Rejected("ButtonNotCarried", result=Result.TEMPLATE_MISMATCH)
