"""What every carrier's adapter is put through: the ground that `test_suite*.py` stand on.

An adapter contributes a `Rig` (`tests/carriers/<name>/rig.py`) and a line in `rigs.py`. Each rig
runs against a sandbox process of its own, over HTTP, with its fences compressed to what the rig
says. The sandbox is the witness: what it accepted, and how often.
"""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from PIL import Image

from alimnaru.carriers.base import (
    Carrier,
    CarrierError,
    InDoubt,
    NotSent,
    Outgoing,
    Parcel,
    Receipt,
    Rejected,
    Sent,
    Shipment,
    Tap,
    make_ref,
)
from alimnaru.carriers.kind import NotGenuine
from alimnaru.carriers.registry import kind_called, open_carrier
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import ACTIONS, Action, Result
from alimnaru.rules.template import Button, ButtonKind, Rendered
from sandbox.process import Handle

#: Codes of the templates that are approved when a behaviour begins.
DUE, PICTURED = "SUITE-DUE", "SUITE-PICTURE"

_TEMPLATES = [
    {
        "template_id": DUE,
        "name": "반납 안내",
        "body": "#{이름} 님, #{기한}까지 책을 돌려주십시오.",
        "title": "#{도서관} 반납 안내",
        "subtitle": "반납예정일",
        "emphasis": "TEXT",
        "buttons": [
            {"type": "AC", "name": "채널 추가"},
            {"type": "WL", "name": "대출 조회", "link_mobile": "https://lib.example/#{번호}"},
        ],
    },
    {
        "template_id": PICTURED,
        "name": "행사 안내",
        "body": "#{이름} 님, 신청하신 행사가 #{기한}에 열립니다.",
        "emphasis": "IMAGE",
        "image": "https://naru.example/event.jpg",
    },
]

SENDER = "02-120-0000"


@dataclass(frozen=True)
class Rig:
    """An adapter, and what is particular about its carrier.

    `lacks`: calls that must raise `Unsupported`: cancel, upload.mms, upload.template,
    upload.highlight, templates.<call>; and what the carrier has no notion of: balance (None is
    told), callbacks (none are made), at (`send` refuses a shipment for later), at.find (a cut
    one for later stays in doubt until it is due), taken (no list by time with our references: it is
    no `Recalls`), alimtalk.image, mms.
    """

    name: str
    #: Settings of the account beside the credentials that the sandbox prints: compressed fences.
    settings: Mapping[str, str] = field(default_factory=dict)
    #: Settings of the sandbox, compressed likewise.
    sandbox: Mapping[str, Any] = field(default_factory=dict)
    lacks: Collection[str] = frozenset()
    #: Fault places that `prepare` and `send` pass, in order.
    places: Sequence[str] = ("send",)
    #: Fault place that a hand-over for later passes last.
    later_place: str = "send"
    #: Requests that one `send` of a small shipment makes.
    steps: int = 1
    #: Seconds after which `send` must refuse a token, with `settings` as they are; None: never.
    token_age: float | None = None
    #: Settings that, when they are wrong, mean that we are somebody else.
    keys: Sequence[str] = ("api_key", "api_secret")
    #: What the numbers with these last digits end in: where this carrier's codes tell it.
    alimtalk_results: Mapping[str, Result] = field(default_factory=dict)
    phone_results: Mapping[str, Result] = field(default_factory=dict)
    #: Headers of a callback that prove who made it; none where only the secret address does.
    signed_by: Sequence[str] = ()
    #: Seconds after which a genuine callback is refused; None where it bears no moment.
    stale_after: float | None = None
    #: Bytes of a picture that is too large.
    too_large: int = 600_000
    #: A hand-over that is repeated under its token is answered as it was, not refused.
    answers_repeats: bool = False
    #: Registering a template asks for its review at once.
    registering_asks: bool = False
    #: An approved template is not changed: `revise` registers another.
    revising_approved_makes_another: bool = False


ALIMTALK_RESULTS = {
    "5555": Result.DELIVERED,
    "0001": Result.NOT_A_USER,
    "0002": Result.BLOCKED,
    "0004": Result.NUMBER_WRONG,
}
PHONE_RESULTS = {
    "5555": Result.DELIVERED,
    "0004": Result.NUMBER_WRONG,
    "0007": Result.HANDSET_OFF,
    "0015": Result.CARRIER_DOWN,
}


class Bench:
    """One rig at work: clients of ours, the sandbox that they talk to, and its witness."""

    def __init__(self, rig: Rig, handle: Handle) -> None:
        self.rig = rig
        self.handle = handle
        self.http = httpx.Client(base_url=f"{handle.url}/_sandbox", trust_env=False, timeout=20)
        self.credentials = dict(handle.protocols[rig.name])
        self.profile = self.credentials.pop("profile")
        self.settings = {**self.credentials, **rig.settings}
        self.kind = kind_called(rig.name)
        self.opened: list[Carrier] = []
        self.recorded: set[str] = set()

    def begin(self) -> None:
        """A clean sandbox with approved templates."""
        self.control("POST", "reset")
        self.control("DELETE", "faults")
        self.control("PUT", "config", {"review_delay_ms": None, **self.rig.sandbox})
        self.control("PUT", "templates", {"templates": _TEMPLATES, "protocol": self.rig.name})

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One call of the control API; it must succeed."""
        reply = self.http.request(method, f"/{path}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def open(
        self,
        tap: Tap = lambda _: None,
        transport: httpx.BaseTransport | None = None,
        **settings: str,
    ) -> Carrier:
        """A client of its own, as another process would have it."""
        carrier = open_carrier(
            self.rig.name,
            base_url=self.handle.url,
            settings={**self.settings, **settings},
            tap=tap,
            transport=transport,
        )
        self.opened.append(carrier)
        return carrier

    def close(self) -> None:
        """Give connections back."""
        for carrier in self.opened:
            carrier.close()
        self.http.close()

    def lacks(self, what: str) -> bool:
        """Whether the carrier has no such thing."""
        return what in self.rig.lacks

    def fault(self, **what: Any) -> None:
        """Have this carrier fail."""
        self.control("POST", "faults", {"protocol": self.rig.name, **what})

    # -- the witness -----------------------------------------------------------------------------

    def accepted(self) -> list[dict[str, Any]]:
        """What the carrier accepted, with texts."""
        rows: list[dict[str, Any]] = self.control(
            "GET", f"accepted?text=1&protocol={self.rig.name}"
        )
        return rows

    def told(self) -> Counter[str]:
        """How often each number was told something."""
        return Counter(row["to"] for row in self.accepted())

    # -- what is sent ----------------------------------------------------------------------------

    def alimtalk(self, *phones: str, text: str = "", code: str = DUE, first: int = 1) -> Shipment:
        """Alimtalks by the template DUE, or with another text or code."""
        messages = [
            Outgoing(
                make_ref(number, 1),
                phone,
                Rendered(
                    text or f"주민{number} 님, 11. 25.(수)까지 책을 돌려주십시오.",
                    title="나루중앙 반납 안내",
                    buttons=(
                        Button(ButtonKind.AC, "채널 추가"),
                        Button(ButtonKind.WL, "대출 조회", f"https://lib.example/{number}"),
                    ),
                ),
            )
            for number, phone in enumerate(phones, start=first)
        ]
        return Shipment(Channel.ALIMTALK, SENDER, messages, code, self.profile)

    def shipment(self, channel: Channel, *phones: str, image: str | None = None) -> Shipment:
        """Messages of a channel; `image` is what `upload` returned."""
        if channel is Channel.ALIMTALK:
            return self.alimtalk(*phones)
        text, subject = "11/25(수)까지 반납", None
        if channel is not Channel.SMS:
            text, subject = (
                "빌리신 책을 11월 25일 수요일까지 돌려주시기 바랍니다. " * 3,
                "반납 안내",
            )
        messages = [
            Outgoing(make_ref(number, 1), phone, Rendered(text.strip(), subject=subject))
            for number, phone in enumerate(phones, start=1)
        ]
        return Shipment(channel, SENDER, messages, image=image)

    def others(self, refs: Collection[str]) -> frozenset[str]:
        """Which of these carrier references another chunk has: what was delivered before."""
        return frozenset(self.recorded & set(refs))

    def record(self, sent: Sent) -> Sent:
        """Keep what a chunk was told it handed over, as the ledger does."""
        self.recorded |= set(sent.accepted.values())
        return sent


def phones(count: int, ending: str = "5555") -> list[str]:
    """Invented numbers that end alike."""
    return [f"0107{number:03d}{ending}" for number in range(1, count + 1)]


def parcel(token: str, shipment: Shipment, sent: Sent) -> Parcel:
    """What a chunk keeps of a hand-over."""
    refs = {theirs: ours for ours, theirs in sent.accepted.items()}
    return Parcel(token, shipment.channel, datetime.now(UTC), refs)


@dataclass
class Delivery:
    """A chunk that the flow has got through."""

    token: str
    shipment: Shipment
    sent: Sent
    sends: int


def deliver(
    bench: Bench,
    carrier: Carrier,
    shipment: Shipment,
    *,
    token: str = "",
    doubt: bool = False,
    seconds: float = 40.0,
) -> Delivery:
    """What `flow.dispatch` and `flow.doubt` do with a chunk until it is handed over.

    Raises `Rejected` as the flow would hold the chunk.
    """
    end, sends = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        repeated = False
        if doubt:
            try:
                found = carrier.find(token, shipment, bench.others)
            except CarrierError:
                time.sleep(0.05)
                continue
            if found.sent is not None:
                return Delivery(token, shipment, bench.record(found.sent), sends)
            token, repeated, doubt = (token if found.same_token else ""), found.same_token, False
        try:
            token = token or carrier.prepare("7-1")
            sends += 1
            return Delivery(token, shipment, bench.record(carrier.send(token, shipment)), sends)
        except NotSent as error:
            if repeated:
                doubt = True  # the first hand-over may have gone through
            elif isinstance(error, Rejected):
                raise
            else:
                token = ""
                time.sleep(0.01)
        except InDoubt:
            doubt = True
    raise AssertionError("never delivered")


def fates(bench: Bench, carrier: Carrier, shipment: Shipment) -> dict[str, Result]:
    """How each message ends, by reference: refused as a whole, one by one, or by its result."""
    try:
        delivery = deliver(bench, carrier, shipment)
    except Rejected as error:
        return {one.ref: error.result for one in shipment.messages}
    refused = {ref: why.result for ref, why in delivery.sent.refused.items()}
    polled = poll(carrier, delivery) if delivery.sent.accepted else []
    return refused | {ref_of(one): one.result for one in polled}


def ref_of(receipt: Receipt) -> str:
    """Our reference, as a receipt brought it back."""
    assert receipt.message_id is not None
    assert receipt.attempt_no is not None
    return make_ref(receipt.message_id, receipt.attempt_no)


def poll(carrier: Carrier, delivery: Delivery, *, seconds: float = 15.0) -> list[Receipt]:
    """Ask until every message that was accepted has a final result."""
    end = time.monotonic() + seconds
    wanted = set(delivery.sent.accepted)
    final: dict[str, Receipt] = {}
    asked = parcel(delivery.token, delivery.shipment, delivery.sent)
    while time.monotonic() < end:
        for page in carrier.results(asked):
            for one in carrier.read_receipts(page):
                if ACTIONS[one.result] is not Action.WAIT and one.message_id is not None:
                    final[ref_of(one)] = one
        if wanted <= set(final):
            return [final[ref] for ref in sorted(wanted)]
        time.sleep(0.05)
    raise AssertionError(f"no result for {sorted(wanted - set(final))}")


def wait_for(reached: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


# -- callbacks -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """A callback as it came in: headers by lower-case name."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


class Listener:
    """Our callback address: genuine posts are answered as the adapter wants, others with 403."""

    def __init__(self, bench: Bench) -> None:
        self.calls: list[Call] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = Call(headers, body, datetime.now(UTC))
                try:
                    status, reply = 200, answer(bench, call)
                except NotGenuine:
                    status, reply = 403, b""
                listener.calls.append(call)
                self.send_response(status)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        url = f"http://127.0.0.1:{self._server.server_address[1]}/callbacks/suite"
        secret = bench.credentials.get("callback_secret", "")
        bench.control("PUT", "callback", {"url": url, "protocol": bench.rig.name, "secret": secret})

    def receipts(self, carrier: Carrier) -> list[Receipt]:
        """Everything that was reported, in the order it came."""
        return [one for call in list(self.calls) for one in carrier.read_receipts(call.body)]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def answer(bench: Bench, call: Call, *, at: datetime | None = None, **headers: str | None) -> bytes:
    """What the adapter answers to a callback, with headers changed or (None) left out."""
    changed = {**call.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
    sent = {name: value for name, value in changed.items() if value is not None}
    return bench.kind.answer(bench.settings, sent, call.body, at or call.at)


# -- a process that stands still -----------------------------------------------------------------


class Stalled(httpx.BaseTransport):
    """Stops before the `place`th request that leaves after `arm`, until it is let go."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self._left: int | None = None
        self.standing = threading.Event()
        self.released = threading.Event()

    def arm(self, place: int) -> None:
        """Count from here."""
        self._left = place

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let a request out, or stand still first."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0 and not self.standing.is_set():
                self.standing.set()
                assert self.released.wait(60)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Give connections back."""
        self._inner.close()


def picture(size: int = 0) -> bytes:
    """A JPEG of at least `size` bytes that decoders take."""
    buffer = io.BytesIO()
    Image.new("RGB", (800, 400), "white").save(buffer, "JPEG")
    content = buffer.getvalue()
    return content + b"\0" * max(0, size - len(content))
