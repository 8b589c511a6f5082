"""SOLAPI as a carrier: a group is created, filled and fired, and its id is the token.

A group that was never fired reaches nobody, and a group fires once. So an interrupted `send` is
settled by the group alone: one that still waits is deleted, and then neither we nor a process that
was believed dead can fire it; one that was fired is read back.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from alimnaru.carriers.base import (
    CarrierError,
    Found,
    InDoubt,
    NotSent,
    Others,
    Parcel,
    Picture,
    PictureUse,
    Receipt,
    Refused,
    Sent,
    Shipment,
    Taken,
    Uploaded,
)
from alimnaru.carriers.http import Wire
from alimnaru.carriers.solapi import callback, wire
from alimnaru.carriers.solapi.calls import Calls, decode, error_of, is_fine, nothing_fired
from alimnaru.carriers.solapi.codes import ERRORS, Group, result_for
from alimnaru.carriers.solapi.templates import SolapiTemplates
from alimnaru.rules.outcomes import Result

GROUPS = "/messages/v4/groups"

#: Messages of one request: SOLAPI takes 10,000 and 15 MB, and 1,000 of the longest stay inside.
ADD = 1_000
#: Messages of a page; SOLAPI gives no more.
PAGE = 500

#: Where a group stands when it has left our hands.
GOING = ("SENDING", "COMPLETE", "SCHEDULED")

_TOKEN = re.compile(r"[A-Za-z0-9]{1,64}")


class Solapi:
    """One SOLAPI account. See `alimnaru.carriers.base.Carrier`."""

    #: A group takes 1,000,000; what is in doubt after a cut should stay readable.
    max_messages = 10_000

    def __init__(self, http: Wire) -> None:
        self._calls = Calls(http)
        self.templates = SolapiTemplates(self._calls)

    def prepare(self, reference: str) -> str:
        """Create an empty group and return its id. Raises `NotSent` or `Rejected`."""
        with nothing_fired():
            group = self._calls.ask(wire.read_group, "POST", GROUPS, wire.encode_group(reference))
        if not _TOKEN.fullmatch(group.group_id):
            raise NotSent("UnreadableReply", "group id")
        return group.group_id

    def send(self, token: str, shipment: Shipment) -> Sent:
        """Fill the group and fire it. Raises `NotSent`, `Rejected` or `InDoubt`."""
        try:
            sent = self._fill(token, shipment)
            if sent.accepted:
                self._fire(token, shipment.at)
        except NotSent:
            self._discard(token)
            raise
        if not sent.accepted:
            self._discard(token)
        return sent

    def find(self, token: str, shipment: Shipment | None, others: Others) -> Found:
        """Say what became of the group, after making sure that it stays so. Raises `InDoubt`."""
        del shipment, others  # the group tells all
        if not _TOKEN.fullmatch(token):
            # The account was another carrier's: that there is no such group here says nothing.
            raise InDoubt("ForeignToken")
        try:
            group = self._group(token)
            if group is None or group.status == "PENDING":
                self._delete(token)
                # What counts is not how the deletion was answered but what the group is now: a
                # fire that came at the same moment may have won.
                group = self._group(token)
            if group is None or (group.status == "DELETED" and group.date_sent is None):
                return Found(None)
            if group.status in GOING:
                return Found(self._read_back(token, group))
        except NotSent as error:
            raise InDoubt(error.code, error.detail) from error
        raise InDoubt("UnexpectedGroup", group.status[:20])

    def results(self, parcel: Parcel) -> Iterator[bytes]:
        """Yield the group's messages, a page at a time. Raises `NotSent`."""
        with nothing_fired():
            yield from self._pages(parcel.token)

    def taken(self, since: datetime) -> Iterator[Taken]:
        """Yield all messages of the account from `since` on. Raises `NotSent`.

        What was refused when it was added (1xxx) went nowhere. What stands in a group that was
        never fired is named as well: `find` deletes that."""
        start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with nothing_fired():
            for raw in self._listed({"startDate": start}):
                for one in decode(wire.read_page, raw).message_list.values():
                    ref = one.custom_fields.ref if one.custom_fields is not None else None
                    code = one.status_code or ""
                    if ref and one.group_id and not code.startswith("1"):
                        yield Taken(ref, one.group_id)

    def read_receipts(self, raw: bytes) -> list[Receipt]:
        """Read a webhook body or a page of `results`. Raises `ValueError` for what is neither."""
        return callback.read_receipts(raw)

    def cancel(self, parcel: Parcel) -> bool:
        """Give the group's schedule up: all of it fails. Raises `NotSent`."""
        path = f"{GROUPS}/{parcel.token}/schedule"
        with nothing_fired():
            reply = self._calls.call("DELETE", path)
            if is_fine(reply):
                return True
            if not isinstance(ERRORS.get(error_of(reply).error_code), Group):
                raise self._calls.refusal(reply, fires=False)
            group = self._group(parcel.token)
            if group is not None and group.status in ("PENDING", "SCHEDULED"):
                raise NotSent("UnexpectedGroup", group.status)
            return group is None or group.date_sent is None

    def upload(self, picture: Picture, use: PictureUse) -> Uploaded:
        """Store a picture: MMS up to 200 KB, Kakao's up to 500 KB. Raises `NotSent`, `Rejected`.

        A picture for a template is named by its id in the template and in each message.
        """
        kind = "MMS" if use is PictureUse.MMS else "KAKAO"
        body = wire.encode_file(b64encode(picture.content).decode(), kind, picture.name)
        with nothing_fired():
            stored = self._calls.ask(wire.read_file, "POST", "/storage/v1/files", body)
        return Uploaded(stored.file_id)

    def balance(self) -> int | None:
        """Won left, points included. Raises `NotSent`."""
        with nothing_fired():
            left = self._calls.ask(wire.read_balance, "GET", "/cash/v1/balance")
        return int(left.balance + left.point)

    def close(self) -> None:
        """Give the connections back."""
        self._calls.close()

    # ---- the steps -------------------------------------------------------------------------

    def _fill(self, token: str, shipment: Shipment) -> Sent:
        accepted: dict[str, str] = {}
        refused: dict[str, Refused] = {}
        for start in range(0, len(shipment.messages), ADD):
            part = replace(shipment, messages=shipment.messages[start : start + ADD])
            sent = self._add(token, part)
            accepted |= sent.accepted
            refused |= sent.refused
        return Sent(accepted, refused)

    def _add(self, token: str, shipment: Shipment) -> Sent:
        reply = self._calls.ask(
            wire.read_added,
            "PUT",
            f"{GROUPS}/{token}/messages",
            wire.encode_messages(shipment),
        )
        refs = {one.ref for one in shipment.messages}
        by_number = {one.to: one.ref for one in shipment.messages}
        accepted: dict[str, str] = {}
        refused: dict[str, Refused] = {}
        for item in reply.result_list:
            ref = item.custom_fields.ref if item.custom_fields is not None else None
            if ref not in refs:
                # A shipment never holds a number twice, so the number tells as well.
                ref = by_number.get((item.to or "").replace("-", ""))
            if ref is None:
                continue
            code = item.status_code or ""
            result = result_for(code)
            if result is Result.ACCEPTED:
                accepted[ref] = item.message_id or ""
            else:
                refused[ref] = Refused(code, result)
        if len(accepted) + len(refused) != len(refs):
            # Fired now, somebody would be told without our knowing.
            raise NotSent("ResultListIncomplete", f"{len(accepted) + len(refused)}/{len(refs)}")
        return Sent(accepted, refused)

    def _fire(self, token: str, at: datetime | None) -> None:
        path, body = f"{GROUPS}/{token}/send", b"{}"
        if at is not None:
            path, body = f"{GROUPS}/{token}/schedule", wire.encode_schedule(at)
        group = self._calls.ask(wire.read_group, "POST", path, body, fires=True)
        if group.group_id != token or group.status not in GOING:
            raise InDoubt("UnexpectedGroup", group.status[:20])

    def _discard(self, token: str) -> None:
        """Take an unfired group off SOLAPI's hands: it holds texts and numbers. Best effort."""
        try:
            self._delete(token)
        except CarrierError:
            return

    def _delete(self, token: str) -> None:
        """Delete the group if it still waits; one that does not is left as it is."""
        reply = self._calls.call("DELETE", f"{GROUPS}/{token}")
        if not is_fine(reply) and not isinstance(ERRORS.get(error_of(reply).error_code), Group):
            raise self._calls.refusal(reply, fires=False)

    def _group(self, token: str) -> wire.Group | None:
        """Return the group, or None if SOLAPI says in so many words that there is none."""
        reply = self._calls.call("GET", f"{GROUPS}/{token}")
        if error_of(reply).error_code == "ResourceNotFound":
            return None
        return self._calls.read(wire.read_group, reply)

    def _read_back(self, token: str, group: wire.Group) -> Sent:
        messages: dict[str, wire.Listed] = {}
        for raw in self._pages(token):
            messages.update(decode(wire.read_page, raw).message_list)
        if len(messages) != group.count.registered:
            # The list lags behind the group, or the group is still being registered.
            raise InDoubt("ListIncomplete", f"{len(messages)}/{group.count.registered}")
        accepted: dict[str, str] = {}
        refused: dict[str, Refused] = {}
        for message_id, message in messages.items():
            ref = message.custom_fields.ref if message.custom_fields is not None else None
            code = message.status_code
            if ref is None or code is None:
                raise InDoubt("ListUnreadable")
            # 1xxx: refused when it was added. Whatever else went wrong came after the firing and
            # is a receipt.
            if code.startswith("1"):
                refused[ref] = Refused(code, result_for(code))
            else:
                accepted[ref] = message_id
        return Sent(accepted, refused)

    def _pages(self, token: str) -> Iterator[bytes]:
        return self._listed({"groupId": token})

    def _listed(self, chosen: Mapping[str, str]) -> Iterator[bytes]:
        params: dict[str, str | int] = {**chosen, "limit": PAGE}
        seen: set[str] = set()
        while True:
            reply = self._calls.call("GET", "/messages/v4/list", params=params)
            if not is_fine(reply):
                raise self._calls.refusal(reply, fires=False)
            yield reply.content
            next_key = decode(wire.read_page_end, reply.content).next_key
            if next_key is None:
                return
            if next_key in seen:
                raise NotSent("PagesInACircle")
            seen.add(next_key)
            params["startKey"] = next_key
