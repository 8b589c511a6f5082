"""What every surface writes: ids, moments, and JSON with its errors."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
from starlette.responses import Response

COUNTRY = "82"

# Bytes of a request: SOLAPI's limit, the largest there is.
MAX_BODY = 15 * 1024 * 1024

# An id is M4V or G4V, 14 digits of time and 15 characters. Ours end in a running number, so that
# an id finds its message without an index.
_SALT = "SANDBOX"


encode = msgspec.json.encode


class WireError(Exception):
    """An answer that is an error: `{"errorCode", "errorMessage"}` under an HTTP status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def answer(value: object, status: int = 200) -> Response:
    """Encode `value` as the JSON body of an answer."""
    return Response(encode(value), status, media_type="application/json")


def raw_answer(body: bytes, status: int = 200) -> Response:
    """Answer with JSON that is encoded already."""
    return Response(body, status, media_type="application/json")


def error_answer(error: WireError) -> Response:
    """Encode `error` as SOLAPI and the control interface do."""
    return answer({"errorCode": error.code, "errorMessage": error.message}, error.status)


def stamp_of(at: float) -> str:
    """The 14 digits of an id for the moment `at` (seconds since the epoch)."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%d%H%M%S")


def id_head(kind: str, stamp: str) -> str:
    """The first 24 characters of the ids of one moment; `kind` is M or G."""
    return f"{kind}4V{stamp}{_SALT}"


def make_id(kind: str, stamp: str, number: int) -> str:
    """A whole id: 32 characters."""
    return f"{id_head(kind, stamp)}{number:08X}"


_ID = re.compile(rf"([MG])4V\d{{14}}{_SALT}([0-9A-F]{{8}})")


def number_of(kind: str, value: str) -> int | None:
    """The running number inside an id of ours, or None if it is not one."""
    found = _ID.fullmatch(value)
    return int(found[2], 16) if found and found[1] == kind else None


def iso(at: float | None) -> str | None:
    """A moment as SOLAPI writes it: UTC, milliseconds, Z."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def read_moment(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 text; without an offset it is UTC.

    Raises `ValueError`.
    """
    moment = datetime.fromisoformat(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
