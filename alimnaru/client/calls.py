"""Each thing that can be asked, as a value: clients make the call, now or later."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from alimnaru.client.shapes import (
    Accepted,
    Batch,
    BatchLine,
    DryRun,
    Me,
    Message,
    MessageCourse,
    Notice,
    NoticeLine,
    Page,
    Piece,
    RefusedRow,
    Row,
    SentMany,
    Tally,
    Texts,
    Variables,
    Wording,
)
from alimnaru.client.wishes import Consents, Preferences

T = TypeVar("T")


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, and the shape of what answers it."""

    method: str
    path: str
    #: The shape: a type that msgspec reads.
    gives: Any
    body: bytes | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def read(self, content: bytes) -> T:
        """The answer. Raises `msgspec.DecodeError`."""
        found: T = msgspec.json.decode(content, type=self.gives)
        return found


def _get(path: str, gives: Any, **params: object) -> Call[Any]:
    asked = {name: str(value) for name, value in params.items() if value not in {None, ""}}
    return Call("GET", path, gives, params=asked)


def _post(path: str, gives: Any, token: str | None, body: Mapping[str, Any] | None) -> Call[Any]:
    """With an `Idempotency-Key` for all tries of it: whatever is tried again is done once."""
    said = None if body is None else msgspec.json.encode({k: v for k, v in body.items() if v})
    headers = {"Idempotency-Key": token or str(uuid.uuid4())}
    return Call("POST", path, gives, said, headers=headers)


def _part(text: str) -> str:
    return quote(text, safe="")


# ---- messages ------------------------------------------------------------------------------------


def send(
    notice: str,
    to: str,
    *,
    name: str = "",
    variables: Variables | None = None,
    reference: str = "",
    send_at: datetime | None = None,
    expires_at: datetime | None = None,
    idempotency_key: str | None = None,
) -> Call[Accepted]:
    """Send one message. It is durable when this returns, and goes once.

    With an `idempotency_key` of your own the same call may be made again by another process.
    """
    body = {
        "notice": notice,
        "to": to,
        "name": name,
        "variables": variables,
        "reference": reference,
        "send_at": send_at,
        "expires_at": expires_at,
    }
    return _post("messages", Accepted, idempotency_key, body)


def send_many(
    notice: str,
    rows: Sequence[Row],
    *,
    send_at: datetime | None = None,
    project: str | None = None,
    refuse_all_on_error: bool = False,
    confirm_repeat: bool = False,
    idempotency_key: str | None = None,
) -> Call[SentMany]:
    """Send up to 10,000 messages in one call; `results` says what became of each row. `project`:
    the code of the budget line that pays instead of the notice's."""
    body = {
        "notice": notice,
        "rows": rows,
        "send_at": send_at,
        "project": project,
        "refuse_all_on_error": refuse_all_on_error,
        "confirm_repeat": confirm_repeat,
    }
    return _post("messages/many", SentMany, idempotency_key, body)


def dry_run(
    notice: str,
    rows: Sequence[Row],
    *,
    send_at: datetime | None = None,
    project: str | None = None,
) -> Call[DryRun]:
    """What `send_many` would send, refuse and cost, and how it would read. Nothing is kept."""
    body = {"notice": notice, "rows": rows, "send_at": send_at, "project": project}
    return _post("dry-run", DryRun, None, body)


def get_message(message: str) -> Call[MessageCourse]:
    """Where a message stands, with every try."""
    return _get(f"messages/{_part(message)}", MessageCourse)


def list_messages(
    *, reference: str = "", batch: str = "", state: str = "", page: int = 500
) -> Call[Page[Message]]:
    """The messages of a reference, or of a batch (perhaps of one `state`), `page` at a time."""
    asked = {"reference": reference, "batch": batch, "state": state, "limit": page}
    return _get("messages", Page[Message], **asked)


def cancel_message(message: str, *, idempotency_key: str | None = None) -> Call[MessageCourse]:
    """Take a message back. Raises `Conflict` once it was handed to a carrier."""
    return _post(f"messages/{_part(message)}/cancel", MessageCourse, idempotency_key, None)


# ---- batches -------------------------------------------------------------------------------------


def open_batch(
    notice: str,
    *,
    reference: str = "",
    send_at: datetime | None = None,
    project: str | None = None,
    idempotency_key: str | None = None,
) -> Call[Batch]:
    """Open a batch that takes rows in pieces until it is closed, for at most 24 hours. `project`:
    the code of the budget line that pays instead of the notice's."""
    body = {"notice": notice, "reference": reference, "send_at": send_at, "project": project}
    return _post("batches", Batch, idempotency_key, body)


def add_rows(batch: str, rows: Sequence[Row], *, idempotency_key: str | None = None) -> Call[Piece]:
    """Add up to 10,000 rows. No row is added twice, whichever piece it comes in again."""
    return _post(f"batches/{_part(batch)}/rows", Piece, idempotency_key, {"rows": rows})


def close_batch(
    batch: str,
    *,
    send_at: datetime | None = None,
    confirm_repeat: bool = False,
    idempotency_key: str | None = None,
) -> Call[Batch]:
    """Let a batch go. `stage` is `released`, or `requested` where people have to agree first."""
    body = {"send_at": send_at, "confirm_repeat": confirm_repeat}
    return _post(f"batches/{_part(batch)}/close", Batch, idempotency_key, body)


def cancel_batch(batch: str, *, idempotency_key: str | None = None) -> Call[Batch]:
    """Take back what of a batch was not handed to a carrier."""
    return _post(f"batches/{_part(batch)}/cancel", Batch, idempotency_key, None)


def get_batch(batch: str) -> Call[Batch]:
    """Where a batch stands."""
    return _get(f"batches/{_part(batch)}", Batch)


def list_batches(
    *, reference: str = "", notice: str = "", page: int = 500
) -> Call[Page[BatchLine]]:
    """Batches, newest first, `page` at a time."""
    return _get("batches", Page[BatchLine], reference=reference, notice=notice, limit=page)


def list_refused(batch: str, *, page: int = 500) -> Call[Page[RefusedRow]]:
    """Rows of a batch that the check refused, `page` at a time."""
    return _get(f"batches/{_part(batch)}/refused", Page[RefusedRow], limit=page)


# ---- notices -------------------------------------------------------------------------------------


def list_notices() -> Call[Page[NoticeLine]]:
    """The notices of the key's department and of those below it."""
    return _get("notices", Page[NoticeLine])


def get_notice(code: str) -> Call[Notice]:
    """A notice and its variables."""
    return _get(f"notices/{_part(code)}", Notice)


def list_templates(code: str) -> Call[Page[Wording]]:
    """The wordings of a notice, newest first."""
    return _get(f"notices/{_part(code)}/templates", Page[Wording])


def preview(code: str, *, name: str = "", variables: Variables | None = None) -> Call[Texts]:
    """What a resident would read."""
    body = {"name": name, "variables": variables}
    return _post(f"notices/{_part(code)}/preview", Texts, None, body)


# ---- preferences, consents, the key --------------------------------------------------------------


def get_preferences(phone: str) -> Call[Preferences]:
    """What a resident wants. The phone travels in the body, not in an address."""
    return _post("preferences/search", Preferences, None, {"phone": phone})


def set_preference(phone: str, choice: str, *, notice: str | None = None) -> Call[Preferences]:
    """Enter what a resident wants: `kakao`, `sms` or `stop`, for a notice or (keys of the whole
    office) for all of them."""
    body = {"phone": phone, "choice": choice, "notice": notice}
    said = msgspec.json.encode({k: v for k, v in body.items() if v is not None})
    return Call("PUT", "preferences", Preferences, said)


def end_preference(phone: str, *, notice: str | None = None) -> Call[Preferences]:
    """End what a resident wanted."""
    params = {"notice": notice} if notice else {}
    headers = {"Resident-Phone": phone}
    return Call("DELETE", "preferences", Preferences, params=params, headers=headers)


def get_consents(phone: str, *, name: str = "") -> Call[Consents]:
    """What somebody agreed to be served; without a name: everybody who has this phone."""
    return _post("consents/search", Consents, None, {"phone": phone, "name": name})


def record_consent(
    notice: str,
    phone: str,
    name: str,
    evidence: str,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    address: str = "",
) -> Call[Consents]:
    """Record that somebody agreed to be served documents of a notice. `evidence`: where the
    agreement can be looked up. The same again is recorded once."""
    body = {
        "notice": notice,
        "phone": phone,
        "name": name,
        "evidence": evidence,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "address": address,
    }
    said = msgspec.json.encode({k: v for k, v in body.items() if v})
    return Call("PUT", "consents", Consents, said)


def end_consent(notice: str, phone: str, *, name: str = "", note: str = "") -> Call[Consents]:
    """End what somebody agreed to, from now on."""
    body = {"notice": notice, "phone": phone, "name": name, "note": note}
    return _post("consents/end", Consents, None, body)


def list_tallies(
    *,
    start: date | None = None,
    end: date | None = None,
    by: Sequence[str] = ("day", "notice", "channel", "outcome"),
    page: int = 500,
) -> Call[Page[Tally]]:
    """Counts and costs of Seoul days, `end` included, told apart `by` these."""
    asked = {"from": start, "to": end, "by": ",".join(by), "limit": page}
    return _get("tallies", Page[Tally], **asked)


def get_me() -> Call[Me]:
    """The key that calls, and what is left of its limits."""
    return _get("me", Me)
