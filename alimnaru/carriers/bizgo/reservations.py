"""Reservations: messages that Bizgo holds until a moment, and gives back until then.

Bizgo takes no idempotency key for them. A reservation bears our token as its name, and is at least
ten minutes away (A316); so what an interrupted hand-over left behind is found by name, and half a
shipment is taken back before it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from alimnaru.carriers.base import (
    CarrierError,
    Found,
    InDoubt,
    Parcel,
    Refused,
    Rejected,
    Sent,
    Shipment,
)
from alimnaru.carriers.bizgo import codes, history, tokens, wire
from alimnaru.carriers.bizgo.gateway import Gateway, read
from alimnaru.carriers.bizgo.handover import all_parts, judged
from alimnaru.carriers.bizgo.parts import Part

CANCELLED = "CANCELLED"
#: Where a reservation can be cancelled.
_OPEN = frozenset({"PENDING", "STOPPED"})


def reserve(
    gateway: Gateway, token: str, shipment: Shipment, at: datetime, guard: Callable[[], None]
) -> Sent:
    """Hand a shipment over for a moment. Raises `NotSent`, `Rejected` or `InDoubt`."""

    def hand(parts: Sequence[Part]) -> list[Sent | CarrierError]:
        try:
            return [reserved(one) for one in parts]
        except CarrierError as error:
            return [error]

    def reserved(part: Part) -> Sent:
        body = wire.encode(
            wire.NewReservation(part.destinations, (part.step,), history.seoul(at, " "), token)
        )
        service, _ = gateway.ask("POST", "/reservation", body=body, guard=guard, fires=True)
        verdicts = read(wire.Handed, service, fires=True).destinations or []
        sent, before = judged(part, verdicts)
        if before:
            raise InDoubt("TakenBefore")
        return sent

    return all_parts(shipment, hand)


def find(
    gateway: Gateway, token: str, shipment: Shipment, at: datetime, *, still_open: float
) -> Found:
    """Settle an interrupted hand-over. Raises `InDoubt`.

    `still_open`: seconds in which something may arrive yet.
    """
    found = [one for one in history.reservations(gateway, at, token) if one.status != CANCELLED]
    sent = _held(gateway, shipment, found)
    if len(sent.accepted) + len(sent.refused) == len(shipment.messages):
        return Found(sent)
    if still_open > 0:
        raise InDoubt("FenceStillOpen", retry_after=still_open)
    for one in found:
        _cancel(gateway, one.resv_key)
    # What counts is not how the cancellations were answered but what is left.
    if any(one.status != CANCELLED for one in history.reservations(gateway, at, token)):
        raise InDoubt("ReservationUnderWay")
    return Found(None)


def _held(gateway: Gateway, shipment: Shipment, found: list[wire.Reservation]) -> Sent:
    by_number = {one.to: one.ref for one in shipment.messages}
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    for one in found:
        for recipient in history.reserved(gateway, one.resv_key):
            ref = by_number.get(recipient.to.replace("-", ""))
            code = recipient.response_code or codes.ACCEPTED
            if ref is None:
                continue
            if code == codes.ACCEPTED:
                accepted[ref] = recipient.msg_key
            else:
                refused[ref] = Refused(code, codes.recipient_result(code))
    return Sent(accepted, refused)


def cancel(gateway: Gateway, parcel: Parcel) -> bool:
    """Take back what is reserved. False if it is too late. Raises `NotSent`."""
    made = tokens.made_at(parcel.token)
    found = history.reservations(gateway, made, parcel.token)
    for one in found:
        if one.status in _OPEN:
            _cancel(gateway, one.resv_key)
    left = history.reservations(gateway, made, parcel.token)
    return bool(left) and all(one.status == CANCELLED for one in left)


def _cancel(gateway: Gateway, key: str) -> None:
    try:
        gateway.ask("POST", f"/reservation/resvKey/{quote(key, safe='')}/cancel")
    except Rejected as error:
        # Too late, or cancelled by somebody else: the list will tell.
        if error.code != codes.WRONG_STATE:
            raise
