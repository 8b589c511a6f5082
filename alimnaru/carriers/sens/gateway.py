"""Calls through Naver Cloud's gateway, and what its answers mean for the messages of a call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote, urlencode

from alimnaru.carriers.base import CarrierError, InDoubt, NotSent, Rejected
from alimnaru.carriers.http import Reply, Wire
from alimnaru.carriers.sens import wire
from alimnaru.carriers.sens.auth import SensAuth
from alimnaru.carriers.sens.codes import LATER, STATUSES

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")

_T = TypeVar("_T")

Params = Mapping[str, str | int]


class Gateway:
    """One account's calls. Every call but `fire` leaves residents alone."""

    def __init__(self, http: Wire, auth: SensAuth) -> None:
        self._http = http
        self._auth = auth

    def fire(self, read: Callable[[bytes], _T], path: str, body: bytes, until: datetime) -> _T:
        """Hand messages over, signed no later than `until`.

        Raises `NotSent`, `Rejected` or `InDoubt`.
        """
        with self._auth.until(until):
            reply = self._http.call("POST", path, body=body, fires=True)
        return self._read(read, reply, fires=True)

    def ask(
        self,
        read: Callable[[bytes], _T],
        method: str,
        path: str,
        *,
        body: bytes | None = None,
    ) -> _T:
        """Make a call that must be answered. Raises `NotSent` or `Rejected`."""
        return self._read(read, self._http.call(method, path, body=body))

    def look(self, read: Callable[[bytes], _T], path: str, params: Params | None = None) -> _T:
        """Look something up; where SENS has no record, `read` is given an empty body.

        Raises `NotSent` or `Rejected`.
        """
        if params:
            # A blank as %20, as SENS's own examples have it: what is signed is the spelling, and
            # httpx would write "+".
            path = f"{path}?{urlencode(params, quote_via=quote)}"
        reply = self._http.call("GET", path)
        # Seen on live services: an empty 404 stands for "no records".
        if reply.status == 404 and not reply.content.strip():
            return read(b"")
        return self._read(read, reply)

    def drop(self, path: str) -> bool:
        """Delete; True if SENS says that it did, False if it refuses. Raises `NotSent`."""
        reply = self._http.call("DELETE", path)
        if not _is_fine(reply) and reply.status not in (400, 404, 409):
            raise self._refusal(reply, fires=False)
        return _is_fine(reply)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _read(self, read: Callable[[bytes], _T], reply: Reply, *, fires: bool = False) -> _T:
        if not _is_fine(reply):
            raise self._refusal(reply, fires=fires)
        try:
            return read(reply.content)
        except wire.UNREADABLE:
            raise (InDoubt if fires else NotSent)("UnreadableReply") from None

    def _refusal(self, reply: Reply, *, fires: bool) -> CarrierError:
        """What an answer that is an error means."""
        said, text = wire.read_error(reply.content)
        code = f"Http{reply.status}"
        if _CODE.fullmatch(said):
            code = f"{code}.{said}"
        # SENS may name a number in its message.
        detail = self._http.masked(text)[:200]
        if reply.status in LATER:
            return NotSent(code, detail, retry_after=reply.retry_after)
        if (result := STATUSES.get(reply.status)) is not None:
            return Rejected(code, detail, result=result)
        if fires:
            return InDoubt(code, detail)
        return NotSent(code, detail, retry_after=reply.retry_after)


def _is_fine(reply: Reply) -> bool:
    return 200 <= reply.status < 300
