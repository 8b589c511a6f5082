"""What the flow asks of every carrier, whatever its wire format.

A chunk travels in three steps, so that a cut at any moment can be settled without guessing:

    token = carrier.prepare(reference)              # stored on the chunk before anything else
    sent = carrier.send(token, shipment)            # hands the chunk over, once
    found = carrier.find(token, shipment, others)   # after a cut: what does the carrier have?

A token is good for one `send`. When that ends in `NotSent`, or `find` answers `Found(None)`, the
token is spent: the chunk goes again under a new one. The exception are carriers that refuse a
repeated key: their `find` may answer `Found(None, same_token=True)`, and then the chunk goes
through the exit again and is sent under the token that it has. Whatever a second `send` under one
token ends in, other than `Sent`, says nothing about the first: it is doubt again.

Errors a call can end in:

    CarrierError
    ├── NotSent        surely nothing was accepted; it may go again later, under a new token
    │   └── Rejected   and it will not be, until somebody changes something
    ├── InDoubt        the carrier may or may not have accepted: ask `find`, never send again
    └── Unsupported    the carrier has no such call
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from alimnaru.carriers.review import Templates as Templates
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.rules.template import Rendered


class CarrierError(Exception):
    """A call did not end well. `code` is the carrier's own, for the log; it names nobody."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class NotSent(CarrierError):  # noqa: N818 - a fact about the message, not only a fault
    """Surely nothing was accepted. `retry_after`: the carrier's wish in seconds, if it has one."""

    def __init__(self, code: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Rejected(NotSent):
    """Nothing was accepted and nothing will be: keys, money, profile or our request are wrong."""

    def __init__(self, code: str, detail: str = "", *, result: Result) -> None:
        super().__init__(code, detail)
        self.result = result


class InDoubt(CarrierError):  # noqa: N818
    """The carrier may have accepted: only `find` can tell. Sent again, people may be told twice.

    `retry_after`: seconds before which asking `find` is of no use, where that is known.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


# Outgoing and Receipt are made 470,000 times in a district's run: a frozen dataclass takes 0.5 µs
# to make, a struct 0.05 µs.
class Outgoing(msgspec.Struct, frozen=True):
    """One message of a chunk. `ref` is ours and comes back with every receipt."""

    ref: str
    to: str
    rendered: Rendered

    def __repr__(self) -> str:
        # Whom it is for must not reach a log by way of a repr.
        return f"Outgoing({self.ref})"


@dataclass(frozen=True, slots=True)
class Shipment:
    """A chunk as the carrier sees it: at most `Carrier.max_messages`, each number at most once.

    `image` is the carrier's own id of the picture of an MMS or an image Alimtalk. `at`: the carrier
    itself holds the messages until then (aware; None: they go at once).
    """

    channel: Channel
    sender_number: str
    messages: Sequence[Outgoing]
    template_code: str | None = None
    profile: str | None = None
    image: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The carrier's answer: its reference by our `ref`, and what it refused on the spot."""

    accepted: Mapping[str, str]
    refused: Mapping[str, Refused] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """One message that the carrier refused while it accepted others."""

    code: str
    result: Result


@dataclass(frozen=True, slots=True)
class Found:
    """What the carrier holds under a token.

    `sent` is None when it holds nothing *and will never send anything under this token*, even if
    a process that was believed dead still tries to: only then may the chunk go again.

    With `same_token` that is not sure, but the carrier takes one hand-over under this token and
    refuses every other: the chunk may go again under the token that it has, and only under it.
    """

    sent: Sent | None
    same_token: bool = False


#: Which of these carrier references are recorded for another chunk already. For a carrier that is
#: told no reference of ours, and can only be asked what it took in a stretch of time.
Others = Callable[[Collection[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier took, as the chunk keeps it. `refs`: the carrier's reference → ours."""

    token: str
    channel: Channel
    sent_at: datetime
    refs: Mapping[str, str]


class Unsupported(CarrierError):  # noqa: N818
    """The carrier has no such call; a person does it at the carrier's own console."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to register with a carrier: JPEG or PNG bytes and a file name in ASCII."""

    name: str
    content: bytes


class PictureUse(StrEnum):
    """What a picture is for: carriers keep them apart, with limits of their own."""

    MMS = "mms"
    TEMPLATE = "template"  # on top of an image Alimtalk
    HIGHLIGHT = "highlight"  # beside the highlight of an item list


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture at a carrier: its id or address there, and the moment it is forgotten, if any."""

    ref: str
    until: datetime | None = None


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """What a carrier says about an attempt. `message_id` and `attempt_no` are None if not ours."""

    message_id: int | None
    attempt_no: int | None
    code: str
    result: Result
    carrier_ref: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, masked and cut to size, kept before anybody interprets it."""

    method: str
    path: str
    status: int | None
    request: str
    response: str
    milliseconds: int
    error: str = ""


Tap = Callable[[Exchange], None]


class Carrier(Protocol):
    """One contract with one carrier. Blocking; used by one thread at a time."""

    @property
    def max_messages(self) -> int:
        """The longest shipment that it takes in one hand-over."""

    @property
    def templates(self) -> Templates:
        """Wordings under review."""

    def prepare(self, reference: str) -> str:
        """Return the token to store before `send`. Raises `NotSent` or `Rejected`."""

    def send(self, token: str, shipment: Shipment) -> Sent:
        """Hand the shipment over. Raises `NotSent`, `Rejected` or `InDoubt`."""

    def find(self, token: str, shipment: Shipment | None, others: Others) -> Found:
        """Settle what an interrupted `send` left behind. Raises `InDoubt` when it cannot tell.

        Ask again later after `InDoubt`; the answer to a token does not change once it was given.
        `shipment` is what went under the token, or None if it can no longer be read.
        """

    def results(self, parcel: Parcel) -> Iterator[bytes]:
        """Yield raw pages of results that `read_receipts` understands. Raises `NotSent`.

        Where reading a page takes it off the carrier's hands, it is taken off when the next one is
        asked for: keep each page before going on.
        """

    def read_receipts(self, raw: bytes) -> list[Receipt]:
        """Read a callback body or a page of `results`. Raises `ValueError` for what is neither."""

    def cancel(self, parcel: Parcel) -> bool:
        """Take back what the carrier holds for later (`Shipment.at`).

        True if nothing of it will be sent; False if it is too late. Raises `NotSent`, and
        `Unsupported` where there is no such call.
        """

    def upload(self, picture: Picture, use: PictureUse) -> Uploaded:
        """Register a picture. Raises `NotSent`, `Rejected` or `Unsupported`."""

    def balance(self) -> int | None:
        """Won left on the account, or None where the carrier does not tell. Raises `NotSent`."""

    def close(self) -> None:
        """Give the connections back."""


class Taken(msgspec.Struct, frozen=True, gc=False):
    """A message that a carrier has: our `ref`, and the token under which it went."""

    ref: str
    token: str


@runtime_checkable
class Recalls(Protocol):
    """A carrier that can be asked what it took in a stretch of time, by our references.

    What a restored copy needs, which does not know all tokens. Not every carrier has such a list.
    """

    def taken(self, since: datetime) -> Iterator[Taken]:
        """Yield what was handed over from `since` on. Changes nothing. Raises `NotSent`."""


def make_ref(message_id: int, attempt_no: int) -> str:
    """Our reference of an attempt as it travels: `<message id>-<attempt>`."""
    return f"{message_id}-{attempt_no}"


def read_ref(ref: str) -> tuple[int, int] | None:
    """The message id and attempt of a reference, or None if it is not one of ours."""
    left, _, right = ref.partition("-")
    # 18 and 4 digits: what a bigint and a smallint hold. A callback may say anything.
    if (
        left.isdecimal()
        and right.isdecimal()
        and ref.isascii()
        and len(left) <= 18
        and len(right) <= 4
    ):
        return int(left), int(right)
    return None
