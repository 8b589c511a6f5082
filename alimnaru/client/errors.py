"""What can go wrong with a call.

    AlimnaruError
    ├── NoAnswer         nobody answered, several times; it may have been done all the same
    ├── BadSignature     a webhook call that is not the office's
    └── Problem          an answer (RFC 9457), with its stable `code`
        ├── NotSignedIn  401  the key is wrong, over or revoked
        ├── NotAllowed   403  the key was not given this, or is used from elsewhere
        ├── NotFound     404  not there, or another department's
        ├── Conflict     409  not possible now: handed over already, notice out of use
        ├── Refused      422  the call, or the people in it, as `errors` say by field
        ├── RateLimited  429  the key's minute or day is used up
        └── Unavailable  5xx  not our day: the same call may be made again later

What failed without an answer, with 429 or with 502 to 504 has been tried again by then. None of
these texts names a phone, a name or a value.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from alimnaru.client.shapes import Fault


class AlimnaruError(Exception):
    """Anything below."""


class NoAnswer(AlimnaruError):  # noqa: N818 - the thing itself
    """Nobody answered. The same call with the same `idempotency_key` is safe."""


class BadSignature(AlimnaruError):  # noqa: N818
    """A webhook call that was not signed with the secret, or long ago."""


class Problem(AlimnaruError):  # noqa: N818
    """The office said no."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        title: str = "",
        detail: str = "",
        errors: Sequence[Fault] = (),
        retry_after: float | None = None,
    ) -> None:
        fields = ", ".join(f"{fault.field}: {fault.code}" for fault in errors)
        super().__init__(f"{status} {code}" + (f" ({fields})" if fields else ""))
        self.status = status
        #: Stable: a program may act on it.
        self.code = code
        #: Korean, for people.
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        #: Seconds, if the office named them.
        self.retry_after = retry_after


class NotSignedIn(Problem):
    """401."""


class NotAllowed(Problem):
    """403."""


class NotFound(Problem):
    """404."""


class Conflict(Problem):
    """409."""


class Refused(Problem):
    """422."""


class RateLimited(Problem):
    """429."""


class Unavailable(Problem):
    """5xx."""


_KINDS: dict[int, type[Problem]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    422: Refused,
    429: RateLimited,
}


class _Details(msgspec.Struct):
    code: str = "unknown"
    title: str = ""
    detail: str = ""
    errors: list[Fault] = []


def problem_of(status: int, body: bytes, retry_after: float | None) -> Problem:
    """The exception for an answer; also for one that is no problem document, as of a proxy."""
    try:
        said = msgspec.json.decode(body, type=_Details)
    except msgspec.MsgspecError:
        said = _Details()
    kind = Unavailable if status >= 500 else _KINDS.get(status, Problem)
    return kind(
        status,
        said.code,
        title=said.title,
        detail=said.detail,
        errors=said.errors,
        retry_after=retry_after,
    )
