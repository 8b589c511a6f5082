"""SOLAPI as a carrier: a group is created, filled and fired, and its id is the token.

A group that was never fired reaches nobody, and a group fires once. So an interrupted `send` is
settled by the group alone: one that still waits is deleted, and then neither we nor a process that
was believed dead can fire it; one that was fired is read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

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
    Rejected,
    Sent,
    Shipment,
    Templates,
    Unsupported,
    Uploaded,
)
from alimnaru.carriers.http import Reply, Wire
from alimnaru.carriers.solapi import callback, wire
from alimnaru.carriers.solapi.codes import ERRORS, LATER, STATUSES, Group, result_for
from alimnaru.rules.outcomes import Result

GROUPS = "/messages/v4/groups"

#: Messages of one request: SOLAPI takes 10,000 and 15 MB, and 1,000 of the longest stay inside.
ADD = 1_000
#: Messages of a page; SOLAPI gives no more.
PAGE = 500

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_TOKEN = re.compile(r"[A-Za-z0-9]{1,64}")

_T = TypeVar("_T")


class Solapi:
    """One SOLAPI account. See `alimnaru.carriers.base.Carrier`."""

    #: A group takes 1,000,000; what is in doubt after a cut should stay readable.
    max_messages = 10_000

    def __init__(self, http: Wire) -> None:
        self._http = http

    def prepare(self, reference: str) -> str:
        """Create an empty group and return its id. Raises `NotSent` or `Rejected`."""
        with _nothing_fired():
            group = self._ask(wire.read_group, "POST", GROUPS, wire.encode_group(reference))
        if not _TOKEN.fullmatch(group.group_id):
            raise NotSent("UnreadableReply", "group id")
        return group.group_id

    def send(self, token: str, shipment: Shipment) -> Sent:
        """Fill the group and fire it. Raises `NotSent`, `Rejected` or `InDoubt`."""
        try:
            sent = self._fill(token, shipment)
            if sent.accepted:
                self._fire(token)
        except NotSent:
            self._discard(token)
            raise
        if not sent.accepted:
            self._discard(token)
        return sent

    def find(self, token: str, shipment: Shipment | None, others: Others) -> Found:
        """Say what became of the group, after making sure that it stays so. Raises `InDoubt`."""
        del shipment, others  # the group tells all
        try:
            group = self._group(token)
            if group is None or group.status == "PENDING":
                self._delete(token)
                # What counts is not how the deletion was answered but what the group is now: a
                # fire that came at the same moment may have won.
                group = self._group(token)
            if group is None or (group.status == "DELETED" and group.date_sent is None):
                return Found(None)
            if group.status in ("SENDING", "COMPLETE"):
                return Found(self._read_back(token, group))
        except NotSent as error:
            raise InDoubt(error.code, error.detail) from error
        raise InDoubt("UnexpectedGroup", group.status[:20])

    def results(self, parcel: Parcel) -> Iterator[bytes]:
        """Yield the group's messages, a page at a time. Raises `NotSent`."""
        with _nothing_fired():
            yield from self._pages(parcel.token)

    def read_receipts(self, raw: bytes) -> list[Receipt]:
        """Read a webhook body or a page of `results`. Raises `ValueError` for what is neither."""
        return callback.read_receipts(raw)

    @property
    def templates(self) -> Templates:
        """Not built yet."""
        raise Unsupported("templates")

    def cancel(self, parcel: Parcel) -> bool:
        """Not built yet."""
        raise Unsupported("cancel")

    def upload(self, picture: Picture, use: PictureUse) -> Uploaded:
        """Not built yet."""
        raise Unsupported("upload")

    def balance(self) -> int | None:
        """Won left, points included. Raises `NotSent`."""
        with _nothing_fired():
            left = self._ask(wire.read_balance, "GET", "/cash/v1/balance")
        return int(left.balance + left.point)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

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
        reply = self._ask(
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

    def _fire(self, token: str) -> None:
        path = f"{GROUPS}/{token}/send"
        group = self._ask(wire.read_group, "POST", path, b"{}", fires=True)
        if group.group_id != token or group.status not in ("SENDING", "COMPLETE"):
            raise InDoubt("UnexpectedGroup", group.status[:20])

    def _discard(self, token: str) -> None:
        """Take an unfired group off SOLAPI's hands: it holds texts and numbers. Best effort."""
        try:
            self._delete(token)
        except CarrierError:
            return

    def _delete(self, token: str) -> None:
        """Delete the group if it still waits; one that does not is left as it is."""
        reply = self._http.call("DELETE", f"{GROUPS}/{token}")
        if not _is_fine(reply) and not isinstance(ERRORS.get(_error_of(reply).error_code), Group):
            raise self._refusal(reply, fires=False)

    def _group(self, token: str) -> wire.Group | None:
        """Return the group, or None if SOLAPI says in so many words that there is none."""
        reply = self._http.call("GET", f"{GROUPS}/{token}")
        if _error_of(reply).error_code == "ResourceNotFound":
            return None
        return self._read(wire.read_group, reply, fires=False)

    def _read_back(self, token: str, group: wire.Group) -> Sent:
        messages: dict[str, wire.Listed] = {}
        for raw in self._pages(token):
            messages.update(_decode(wire.read_page, raw, fires=False).message_list)
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
        params: dict[str, str | int] = {"groupId": token, "limit": PAGE}
        seen: set[str] = set()
        while True:
            reply = self._http.call("GET", "/messages/v4/list", params=params)
            if not _is_fine(reply):
                raise self._refusal(reply, fires=False)
            yield reply.content
            next_key = _decode(wire.read_page_end, reply.content, fires=False).next_key
            if next_key is None:
                return
            if next_key in seen:
                raise NotSent("PagesInACircle")
            seen.add(next_key)
            params["startKey"] = next_key

    # ---- asking and understanding ----------------------------------------------------------

    def _ask(
        self,
        read: Callable[[bytes], _T],
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        fires: bool = False,
    ) -> _T:
        return self._read(read, self._http.call(method, path, body=body, fires=fires), fires=fires)

    def _read(self, read: Callable[[bytes], _T], reply: Reply, *, fires: bool) -> _T:
        if not _is_fine(reply):
            raise self._refusal(reply, fires=fires)
        return _decode(read, reply.content, fires=fires)

    def _refusal(self, reply: Reply, *, fires: bool) -> CarrierError:
        """What an answer that is an error means for the messages of the call."""
        error = _error_of(reply)
        status = reply.status
        code = error.error_code if _CODE.fullmatch(error.error_code) else f"Http{status}"
        # The carrier may name a number in its message.
        detail = self._http.masked(error.error_message)[:200]
        meaning = ERRORS.get(code) or STATUSES.get(status)
        if isinstance(meaning, Result):
            return Rejected(code, detail, result=meaning)
        if meaning is Group.GONE:
            return NotSent(code, detail)
        if meaning is Group.MOVED_ON or fires:
            return InDoubt(code, detail)
        if 400 <= status < 500 and status not in LATER:
            return Rejected(code, detail, result=Result.REQUEST_WRONG)
        return NotSent(code, detail, retry_after=reply.retry_after)


def _is_fine(reply: Reply) -> bool:
    return 200 <= reply.status < 300


def _error_of(reply: Reply) -> wire.Error:
    """The error of an answer; empty where there is none, or none in SOLAPI's form."""
    if _is_fine(reply):
        return wire.Error()
    try:
        return wire.read_error(reply.content)
    except wire.UNREADABLE:
        return wire.Error()


def _decode(read: Callable[[bytes], _T], content: bytes, *, fires: bool) -> _T:
    try:
        return read(content)
    except wire.UNREADABLE:
        raise (InDoubt if fires else NotSent)("UnreadableReply") from None


@contextmanager
def _nothing_fired() -> Iterator[None]:
    """Around calls after which nobody can have been told anything, whatever they answered."""
    try:
        yield
    except InDoubt as error:
        raise NotSent(error.code, error.detail) from error
