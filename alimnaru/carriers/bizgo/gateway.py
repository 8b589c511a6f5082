"""One call to Bizgo, and what its two layers of verdict mean for the people in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TypeVar

import httpx
import msgspec

from alimnaru.carriers.base import CarrierError, InDoubt, NotSent, Rejected
from alimnaru.carriers.bizgo import codes, wire
from alimnaru.carriers.bizgo.codes import Fault
from alimnaru.carriers.http import Call, Reply, Wire
from alimnaru.rules.outcomes import Result

ROOT = "/api/comm/v1"

_CODE = re.compile(r"[A-Za-z0-9]{1,10}")

_T = TypeVar("_T")


class KeyAuth(httpx.Auth):
    """The API key, bare: with a scheme before it Bizgo answers 401."""

    def __init__(self, api_key: str) -> None:
        self._key = api_key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the header on `request`."""
        request.headers["Authorization"] = self._key
        yield request


class Gateway:
    """The calls of one account. Paths are below `/api/comm/v1`."""

    def __init__(self, http: Wire) -> None:
        self._http = http

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        params: Mapping[str, str | int] | None = None,
        content_type: str | None = None,
        guard: Callable[[], None] | None = None,
        fires: bool = False,
    ) -> tuple[wire.Service, bytes]:
        """Make one call; return what it brought, and the answer as it came.

        Raises `NotSent`, `Rejected`, or `InDoubt` if it `fires`.
        """
        reply = self._http.call(
            method,
            ROOT + path,
            body=body,
            params=params,
            headers={"Content-Type": content_type} if content_type else None,
            guard=guard,
            fires=fires,
        )
        return self._answer(reply, fires=fires), reply.content

    def fire_together(
        self, path: str, bodies: Sequence[bytes], guard: Callable[[], None]
    ) -> list[wire.Service | CarrierError]:
        """Make calls that fire at the same time; what each brought or would have raised."""
        calls = [Call("POST", ROOT + path, body, guard=guard, fires=True) for body in bodies]
        ends: list[wire.Service | CarrierError] = []
        for reply in self._http.call_together(calls):
            try:
                ends.append(
                    reply if isinstance(reply, CarrierError) else self._answer(reply, fires=True)
                )
            except CarrierError as error:
                ends.append(error)
        return ends

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _answer(self, reply: Reply, *, fires: bool) -> wire.Service:
        envelope = _envelope_of(reply)
        if 200 <= reply.status < 300 and envelope is not None:
            service = envelope.data
            if envelope.common.auth_code == service_code(service) == codes.ACCEPTED:
                assert service is not None  # noqa: S101 - it has a code
                return service
        raise self._refusal(reply, envelope or wire.Envelope(), fires=fires)

    def _refusal(self, reply: Reply, envelope: wire.Envelope, *, fires: bool) -> CarrierError:
        """What an answer other than success means for the messages of the call."""
        code, text, meaning = _verdict(reply, envelope)
        # The carrier may name a number in its message.
        detail = self._http.masked(text)[:200]
        if isinstance(meaning, Result):
            return Rejected(code, detail, result=meaning)
        if meaning is Fault.LATER or not fires:
            return NotSent(code, detail, retry_after=reply.retry_after)
        return InDoubt(code, detail)


def service_code(service: wire.Service | None) -> str:
    """The service's verdict, empty where it did not speak."""
    return service.code if service is not None else ""


def read(kind: type[_T], service: wire.Service, *, fires: bool = False) -> _T:
    """What a call brought. Raises `NotSent`, or `InDoubt` if it fired."""
    # An answer without data is one with nothing in it.
    raw = b"{}" if bytes(service.data) == b"null" else service.data
    try:
        return msgspec.json.decode(raw, type=kind)
    except wire.UNREADABLE:
        raise (InDoubt if fires else NotSent)("UnreadableReply") from None


def _envelope_of(reply: Reply) -> wire.Envelope | None:
    try:
        return wire.read_envelope(reply.content)
    except wire.UNREADABLE:
        return None


def _verdict(reply: Reply, envelope: wire.Envelope) -> tuple[str, str, Result | Fault]:
    """The code for the log, what was said, and what it means. The gateway is heard first."""
    common, service = envelope.common, envelope.data or wire.Service()
    if common.auth_code != codes.ACCEPTED and _CODE.fullmatch(common.auth_code):
        meaning = codes.GATEWAY.get(common.auth_code)
        return f"gateway-{common.auth_code}", common.auth_result, meaning or _by_status(reply)
    if service.code != codes.ACCEPTED and _CODE.fullmatch(service.code):
        return service.code, service.result, codes.SERVICE.get(service.code) or _by_status(reply)
    return f"Http{reply.status}", "", _by_status(reply)


def _by_status(reply: Reply) -> Result | Fault:
    meaning = codes.STATUSES.get(reply.status)
    if meaning is not None:
        return meaning
    # A 200 that makes no sense may be the answer to a request that was obeyed.
    return Result.REQUEST_WRONG if 300 <= reply.status < 500 else Fault.DOUBT
