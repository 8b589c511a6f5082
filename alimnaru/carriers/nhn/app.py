"""One app of NHN Cloud: its key in every path, its secret in every header, its list of codes.

KakaoTalk Bizmessage and SMS are two products, each with an app, a host and codes of its own, that
answer alike: HTTP 200, and in the body a header that says how the call went.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from typing import Protocol, TypeVar

import httpx

from alimnaru.carriers.base import CarrierError, InDoubt, NotSent, Rejected
from alimnaru.carriers.http import Reply, Wire
from alimnaru.carriers.nhn import replies
from alimnaru.carriers.nhn.codes import STATUSES, Meaning, Verdict
from alimnaru.rules.outcomes import Result

#: Messages of a page: NHN gives no more, and a request holds no more.
PAGE = 1_000

JSON = "application/json;charset=UTF-8"


class Headed(Protocol):
    """Any answer of NHN's."""

    @property
    def header(self) -> replies.Header:
        """How the call went."""


_T = TypeVar("_T", bound=Headed)


class SecretKey(httpx.Auth):
    """Puts an app's secret on each request that passes. NHN signs nothing."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the header on `request`."""
        request.headers["X-Secret-Key"] = self._secret
        yield request


class App:
    """Calls of one app, understood. `root` is what stands before every path."""

    def __init__(self, http: Wire, root: str, errors: Mapping[int, Meaning]) -> None:
        self._http = http
        self._root = root
        self.errors = errors

    def ask(
        self,
        read: Callable[[bytes], _T],
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        guard: Callable[[], None] | None = None,
        fires: bool = False,
        despite: Collection[int] = (),
    ) -> _T:
        """Make one call and read its answer.

        A failure whose code is in `despite` is an answer, too. Raises `NotSent`, `Rejected`, and
        `InDoubt` if the call `fires`.
        """
        reply = self._call(
            method, path, body=body, params=params, headers=headers, guard=guard, fires=fires
        )
        return self._understand(read, reply, fires=fires, despite=despite)

    def pages(
        self, path: str, params: Mapping[str, str | int]
    ) -> Iterator[tuple[bytes, replies.Page]]:
        """Yield the pages of a list of messages, as they came and as they read."""
        seen, number = 0, 1
        while True:
            window = {**params, "pageNum": number, "pageSize": PAGE}
            reply = self._call("GET", path, params=window)
            page = self._understand(replies.read_page, reply, fires=False)
            yield reply.content, page
            seen += len(page.items)
            if not page.items or seen >= page.total:
                return
            number += 1

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        guard: Callable[[], None] | None = None,
        fires: bool = False,
    ) -> Reply:
        return self._http.call(
            method,
            f"{self._root}{path}",
            body=body,
            params=params,
            # Without it -9996, on calls without a body as well.
            headers={"Content-Type": JSON, **(headers or {})},
            guard=guard,
            fires=fires,
        )

    def _understand(
        self,
        read: Callable[[bytes], _T],
        reply: Reply,
        *,
        fires: bool,
        despite: Collection[int] = (),
    ) -> _T:
        try:
            answer = read(reply.content)
        except replies.UNREADABLE:
            raise self._no_answer(reply, fires=fires) from None
        header = answer.header
        fine = 200 <= reply.status < 300
        if fine and (header.is_successful or header.result_code in despite):
            return answer
        raise self._refusal(header, reply, fires=fires)

    def _refusal(self, header: replies.Header, reply: Reply, *, fires: bool) -> CarrierError:
        """What an answer that says no means for the messages of the call."""
        # The carrier may name a number in its message.
        detail = self._http.masked(header.result_message or "")[:200]
        code = str(header.result_code)
        meaning = self.errors.get(header.result_code, Verdict.DOUBT)
        return _judge(meaning, code, detail, reply, fires=fires)

    def _no_answer(self, reply: Reply, *, fires: bool) -> CarrierError:
        """What it means that there is no header to read: a gateway answered, or half of NHN."""
        if 200 <= reply.status < 300:
            # A refusal is short and says so: what cannot be read here may have been obeyed.
            return self._salvaged(reply, fires=fires)
        meaning = STATUSES.get(reply.status, Verdict.DOUBT)
        if meaning is Verdict.DOUBT and not fires and 400 <= reply.status < 500:
            meaning = Verdict.LATER if reply.status == 408 else Result.REQUEST_WRONG
        return _judge(meaning, f"Http{reply.status}", "", reply, fires=fires)

    def _salvaged(self, reply: Reply, *, fires: bool) -> CarrierError:
        """A refusal whose body is not as we know it is a refusal all the same."""
        try:
            header = replies.read_answer(reply.content).header
        except replies.UNREADABLE:
            header = None
        if header is not None and not header.is_successful:
            return self._refusal(header, reply, fires=fires)
        return _judge(Verdict.DOUBT, "UnreadableReply", "", reply, fires=fires)


def _judge(meaning: Meaning, code: str, detail: str, reply: Reply, *, fires: bool) -> CarrierError:
    if isinstance(meaning, Result):
        return Rejected(code, detail, result=meaning)
    if meaning is Verdict.DOUBT and fires:
        return InDoubt(code, detail)
    return NotSent(code, detail, retry_after=reply.retry_after)
