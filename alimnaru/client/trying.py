"""When a call is made again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from alimnaru.client.calls import Call
from alimnaru.client.errors import NoAnswer, Problem, problem_of

T = TypeVar("T")

#: Answers after which the same call may end differently.
_AGAIN = frozenset({429, 502, 503, 504})
#: Seconds before the second try; twice as long before each one after.
_FIRST = 0.25
#: Seconds. Whoever is told to wait longer is told so rather than kept waiting.
LONGEST_WAIT = 30.0


@dataclass(slots=True)
class Tries:
    """The tries of one call. Every call is safe to repeat: those that change something carry an
    `Idempotency-Key`, or say what shall be and not what to do."""

    left: int
    pause: float = _FIRST

    def after_failure(self, error: httpx.TransportError) -> float:
        """Seconds until the next try. Raises `NoAnswer`."""
        if not self._go_on():
            raise NoAnswer(type(error).__name__) from error
        return self._next()

    def after_answer(self, response: httpx.Response) -> float:
        """Seconds until the next try. Raises `Problem`."""
        rest = _seconds(response.headers.get("Retry-After"))
        again = response.status_code in _AGAIN and (rest or 0) <= LONGEST_WAIT
        if not again or not self._go_on():
            raise problem_of(response.status_code, response.content, rest)
        return self._next() if rest is None else rest

    def _go_on(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def _next(self) -> float:
        pause, self.pause = self.pause, self.pause * 2
        # Programs that failed together must not come back together.
        return pause * random.uniform(0.5, 1.5)  # noqa: S311 - not a secret


def request_of(http: httpx.Client | httpx.AsyncClient, call: Call[Any]) -> httpx.Request:
    """The request of a call."""
    headers = dict(call.headers)
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    return http.build_request(
        call.method, call.path, content=call.body, params=dict(call.params), headers=headers
    )


def read(call: Call[T], response: httpx.Response) -> T:
    """The answer. Raises `Problem` where it has another shape: not the office's, most likely."""
    try:
        return call.read(response.content)
    except ValueError:
        raise Problem(response.status_code, "answer_unreadable") from None


def turned(call: Call[T], cursor: str) -> Call[T]:
    """The same call for the page that begins at `cursor`."""
    return replace(call, params={**call.params, "cursor": cursor})


def _seconds(header: str | None) -> float | None:
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment.replace(tzinfo=moment.tzinfo or UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
