"""SENS as a carrier: one request hands a chunk over, and only time makes sure that none comes late.

See `fence` for how an interrupted hand-over is settled, `lookup` for how it is found.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from alimnaru.carriers.base import (
    Found,
    InDoubt,
    NotSent,
    Others,
    Parcel,
    Picture,
    PictureUse,
    Receipt,
    Refused,
    Rejected,
    Sent,
    Shipment,
    Templates,
    Unsupported,
    Uploaded,
)
from alimnaru.carriers.sens import callback, refs, wire
from alimnaru.carriers.sens.codes import ACCEPTED, alimtalk_result
from alimnaru.carriers.sens.fence import Fence, make_token, moment_of
from alimnaru.carriers.sens.gateway import Gateway
from alimnaru.carriers.sens.lists import Services
from alimnaru.carriers.sens.lookup import Lookup, utc_now
from alimnaru.carriers.sens.outbound import MOST, check, sort_out
from alimnaru.carriers.sens.templates import SensTemplates
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result

#: What SENS allows of a picture, in bytes, and how long it keeps one.
PICTURE_BYTES = 300 * 1024
PICTURE_KEPT = timedelta(days=6)
JPEG = b"\xff\xd8\xff"

_REQUEST = re.compile(r"[A-Za-z0-9_-]{1,60}")

#: A reservation in one of these has sent nothing and never will.
NEVER_SENT = frozenset({"CANCELED", "STALE", "SKIP"})


class Sens:
    """One account at SENS. See `alimnaru.carriers.base.Carrier`."""

    max_messages = MOST

    def __init__(
        self,
        gateway: Gateway,
        services: Services,
        fence: Fence,
        secret: str,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._gateway = gateway
        self._services = services
        self._fence = fence
        self._secret = secret
        self._now = now
        self._lookup = Lookup(services, fence, secret, now)
        self._spent: dict[str, datetime] = {}

    def prepare(self, reference: str) -> str:
        """Make a token; nothing is asked for."""
        return make_token(reference, self._now())

    def send(self, token: str, shipment: Shipment) -> Sent:
        """Hand the shipment over. Raises `NotSent`, `Rejected` or `InDoubt`."""
        made = moment_of(token)
        if made is None:
            raise NotSent("UnreadableToken")
        check(shipment)
        messages, refused = sort_out(shipment)
        if not messages:
            return Sent({}, refused)
        shipment = replace(shipment, messages=messages)
        last = self._fence.last_signature(made)
        self._spend(token, last)
        handed = self._gateway.fire(
            wire.read_handed,
            f"{self._services.path(shipment.channel)}/messages",
            wire.encode_shipment(shipment),
            last,
        )
        sent = self._read_handed(handed, shipment)
        return Sent(sent.accepted, {**sent.refused, **refused})

    def find(self, token: str, shipment: Shipment | None, others: Others) -> Found:
        """Say what SENS has of a shipment, when nothing more can come. Raises `InDoubt`."""
        return self._lookup.find(token, shipment, others)

    def results(self, parcel: Parcel) -> Iterator[bytes]:
        """Yield the parcel's messages, a page at a time. Raises `NotSent`."""
        service = "alimtalk" if parcel.channel is Channel.ALIMTALK else "sms"
        for request_id in _requests(parcel):
            for page in self._services.pages(parcel.channel, {"requestId": request_id}):
                yield callback.wrap(service, self._items(parcel, request_id, page))

    def read_receipts(self, raw: bytes) -> list[Receipt]:
        """Read a page of `results`. Raises `ValueError` for anything else: SENS calls nobody."""
        return callback.read_receipts(raw)

    def cancel(self, parcel: Parcel) -> bool:
        """Take back what SENS holds for later. Raises `NotSent`."""
        stopped = [self._cancel(parcel.channel, request) for request in _requests(parcel)]
        return bool(stopped) and all(stopped)

    @property
    def templates(self) -> Templates:
        """Templates, to look at only."""
        return SensTemplates(self._gateway, self._services.kakao)

    def upload(self, picture: Picture, use: PictureUse) -> Uploaded:
        """Register a JPEG for MMS. Raises `NotSent`, `Rejected` or `Unsupported`."""
        if use is not PictureUse.MMS:
            # A template's picture is given with the template, in the console.
            raise Unsupported("upload")
        if not picture.content.startswith(JPEG):
            raise Rejected("NotJpeg", result=Result.REQUEST_WRONG)
        if len(picture.content) > PICTURE_BYTES:
            raise Rejected("PictureTooLarge", f"{PICTURE_BYTES}", result=Result.REQUEST_WRONG)
        # SENS takes a file of the same name and size for the same file, and sends the older one.
        name = hashlib.sha256(picture.content).hexdigest()[:32] + ".jpg"
        body = wire.encode_upload(name, base64.b64encode(picture.content).decode())
        path = f"{self._services.sms}/files"
        file = self._gateway.ask(wire.read_file, "POST", path, body=body)
        until = wire.moment(file.expire_time) or self._now() + PICTURE_KEPT
        return Uploaded(file.file_id, until)

    def balance(self) -> int | None:
        """SENS bills afterwards and tells no balance."""
        return None

    def close(self) -> None:
        """Give the connections back."""
        self._gateway.close()

    # ---- the steps -------------------------------------------------------------------------

    def _spend(self, token: str, last: datetime) -> None:
        """Use a token up. Raises `InDoubt` if it was used: SENS would take a second one."""
        now = self._now()
        if token in self._spent:
            raise InDoubt("TokenSpent")
        self._spent = {one: until for one, until in self._spent.items() if until >= now}
        self._spent[token] = last

    def _read_handed(self, handed: wire.Handed, shipment: Shipment) -> Sent:
        request_id = handed.request_id
        if not _REQUEST.fullmatch(request_id):
            raise InDoubt("UnreadableReply", "request id")
        verdicts = {wire.digits(one.to or ""): one for one in handed.messages or ()}
        accepted: dict[str, str] = {}
        refused: dict[str, Refused] = {}
        for one in shipment.messages:
            verdict = verdicts.get(wire.digits(one.to))
            code = wire.said(verdict.request_status_code) if verdict is not None else ""
            if code not in ("", ACCEPTED):
                refused[one.ref] = Refused(code, alimtalk_result(code))
            else:
                accepted[one.ref] = refs.ref_for(request_id, verdict, one.to, self._secret)
        return Sent(accepted, refused)

    def _items(
        self, parcel: Parcel, request_id: str, page: list[wire.Message | None]
    ) -> Iterator[tuple[str | None, str, wire.Message]]:
        for message in page:
            if message is None or not message.message_id:
                continue
            shown: wire.Message | None = message
            if parcel.channel is not Channel.ALIMTALK and message.status is None:
                # Older lists of SMS show no results.
                shown = self._services.detail(parcel.channel, message.message_id)
            own = refs.own_ref(message, request_id, parcel.refs, self._secret)
            if shown is not None:
                named = refs.ref_of(request_id, message.message_id)
                yield parcel.refs.get(own or ""), own or named, shown

    def _cancel(self, channel: Channel, request_id: str) -> bool:
        path = f"{self._services.path(channel)}/reservations/{request_id}"
        self._gateway.drop(path)
        # What counts is not how the deletion was answered but where the reservation stands now.
        status = self._gateway.look(wire.read_reservation, f"{path}/reserve-status").reserve_status
        if status == "READY":
            raise NotSent("ReservationStands")
        return status in NEVER_SENT


def _requests(parcel: Parcel) -> list[str]:
    """The ids of the requests that a parcel went with."""
    return sorted({ref.partition(":")[0] for ref in parcel.refs})
