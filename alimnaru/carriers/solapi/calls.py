"""Asking SOLAPI, and understanding what it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from alimnaru.carriers.base import CarrierError, InDoubt, NotSent, Rejected
from alimnaru.carriers.http import Reply, Wire
from alimnaru.carriers.solapi import wire
from alimnaru.carriers.solapi.codes import ERRORS, LATER, STATUSES, Group
from alimnaru.rules.outcomes import Result

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")

_T = TypeVar("_T")


class Calls:
    """The connection of one account."""

    def __init__(self, http: Wire) -> None:
        self._http = http

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        params: Mapping[str, str | int] | None = None,
        fires: bool = False,
    ) -> Reply:
        """One call, whatever it is answered."""
        return self._http.call(method, path, body=body, params=params, fires=fires)

    def ask(
        self,
        read: Callable[[bytes], _T],
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        params: Mapping[str, str | int] | None = None,
        fires: bool = False,
    ) -> _T:
        """One call whose answer is wanted. Raises what a refusal means."""
        return self.read(read, self.call(method, path, body, params=params, fires=fires), fires)

    def read(self, read: Callable[[bytes], _T], reply: Reply, fires: bool = False) -> _T:
        """An answer in its struct. Raises what a refusal means."""
        if not is_fine(reply):
            raise self.refusal(reply, fires=fires)
        return decode(read, reply.content, fires=fires)

    def refusal(self, reply: Reply, *, fires: bool) -> CarrierError:
        """What an answer that is an error means for the messages of the call."""
        error = error_of(reply)
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

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()


def is_fine(reply: Reply) -> bool:
    """Whether an answer is no error."""
    return 200 <= reply.status < 300


def error_of(reply: Reply) -> wire.Error:
    """The error of an answer; empty where there is none, or none in SOLAPI's form."""
    if is_fine(reply):
        return wire.Error()
    try:
        return wire.read_error(reply.content)
    except wire.UNREADABLE:
        return wire.Error()


def decode(read: Callable[[bytes], _T], content: bytes, *, fires: bool = False) -> _T:
    """A body in its struct. Raises `NotSent`, or `InDoubt` if the call fires."""
    try:
        return read(content)
    except wire.UNREADABLE:
        raise (InDoubt if fires else NotSent)("UnreadableReply") from None


@contextmanager
def nothing_fired() -> Iterator[None]:
    """Around calls after which nobody can have been told anything, whatever they answered."""
    try:
        yield
    except InDoubt as error:
        raise NotSent(error.code, error.detail) from error
