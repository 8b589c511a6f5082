"""Bizgo as a carrier: one call per hand-over, under an idempotency key that is the token.

A repeat under a key is answered for each recipient by A301 and delivers nothing, so while the key
lives an interrupted `send` is settled by sending again. What Bizgo took it tells by the history,
where every hand-over stands under its token as group.

A reservation (`Shipment.at`) takes no key. It is found by its name, which is the token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from math import ceil
from urllib.parse import quote

from alimnaru.carriers.base import (
    CarrierError,
    Found,
    InDoubt,
    NotSent,
    Others,
    Parcel,
    Picture,
    PictureUse,
    Receipt,
    Refused,
    Rejected,
    Sent,
    Shipment,
    Taken,
    Templates,
    Uploaded,
)
from alimnaru.carriers.bizgo import callback, codes, history, pictures, reservations, tokens, wire
from alimnaru.carriers.bizgo.gateway import Gateway, read
from alimnaru.carriers.bizgo.handover import all_parts, judged, taken_before
from alimnaru.carriers.bizgo.parts import Part
from alimnaru.carriers.bizgo.templates import BizgoTemplates
from alimnaru.rules.outcomes import Result

#: Calls on the line at the same time, where each resident's message needs one of its own. Of 200 a
#: second a turn is ten: all of them leave at its moment.
AT_ONCE = 10

#: Pages of reports that one call of `results` takes off Bizgo's hands. They are of the whole
#: account, and while others send they may never end.
POLLS = 50


class Bizgo:
    """One Bizgo account. See `alimnaru.carriers.base.Carrier`."""

    #: A request of 200 recipients takes the whole second that the account is allowed (A020, A318).
    max_messages = 200

    def __init__(
        self,
        gateway: Gateway,
        *,
        profile: str,
        key_life: timedelta,
        fence: timedelta,
        at_once: int = AT_ONCE,
        clock: tokens.Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._gateway = gateway
        self._life = key_life
        self._fence = fence
        self._at_once = at_once
        self._clock = clock
        self._templates = BizgoTemplates(gateway, profile)

    @property
    def templates(self) -> Templates:
        """Wordings under review."""
        return self._templates

    def prepare(self, reference: str) -> str:
        """Make a token. Nothing is asked of Bizgo."""
        del reference  # the token is as unique, and shorter
        return tokens.make(self._clock())

    def send(self, token: str, shipment: Shipment) -> Sent:
        """Hand the shipment over. Raises `NotSent`, `Rejected` or `InDoubt`."""
        if shipment.at is not None:
            last = self._fence * tokens.LAST_RESERVATION
            guard = tokens.guard(token, last, self._clock)
            return reservations.reserve(self._gateway, token, shipment, shipment.at, guard)
        before: dict[str, str] = {}

        def hand(parts: Sequence[Part]) -> list[Sent | CarrierError]:
            return self._hand(token, parts, before)

        sent = all_parts(shipment, hand, self._at_once)
        return self._with_earlier(token, sent, before) if before else sent

    def find(self, token: str, shipment: Shipment | None, others: Others) -> Found:
        """Settle an interrupted `send`. Raises `InDoubt` when it cannot tell."""
        del others  # our references tell
        try:
            age = self._clock() - tokens.made_at(token)
            if shipment is not None and shipment.at is not None:
                left = (self._fence - age).total_seconds()
                return reservations.find(
                    self._gateway, token, shipment, shipment.at, still_open=left
                )
            return self._find(token, age, shipment)
        except NotSent as error:
            raise InDoubt(error.code, error.detail, retry_after=error.retry_after) from error

    def results(self, parcel: Parcel) -> Iterator[bytes]:
        """Yield the account's waiting reports, then what the history says of the parcel.

        A page of reports is acknowledged when the next one is asked for. Raises `NotSent`.
        """
        yield from self._polled()
        yield from self._looked_up(parcel)

    def taken(self, since: datetime) -> Iterator[Taken]:
        """Yield all messages of the account from `since` on. Raises `NotSent`."""
        token = tokens.recalled(since)
        for ref in history.taken(self._gateway, since):
            yield Taken(ref, token)

    def read_receipts(self, raw: bytes) -> list[Receipt]:
        """Read a webhook body or a page of `results`. Raises `ValueError` for what is neither."""
        return callback.read_receipts(raw)

    def cancel(self, parcel: Parcel) -> bool:
        """Take a reservation back; False if it is too late, or was none. Raises `NotSent`."""
        return reservations.cancel(self._gateway, parcel)

    def upload(self, picture: Picture, use: PictureUse) -> Uploaded:
        """Register a picture. Raises `NotSent` or `Rejected`."""
        return pictures.upload(self._gateway, picture, use)

    def balance(self) -> int | None:
        """None: Bizgo bills afterwards and has no call for it."""
        return None

    def close(self) -> None:
        """Give the connections back."""
        self._gateway.close()

    # ---- the steps -------------------------------------------------------------------------

    def _hand(
        self, token: str, parts: Sequence[Part], before: dict[str, str]
    ) -> list[Sent | CarrierError]:
        """Hand over parts together. What was taken under the token before is noted in `before`."""
        guard = tokens.guard(token, self._life * tokens.LAST, self._clock)
        bodies = [self._body(token, part) for part in parts]
        answers = self._gateway.fire_together("/send/omni", bodies, guard)
        ends: list[Sent | CarrierError] = []
        for part, answer in zip(parts, answers, strict=True):
            try:
                sent, earlier = judged(part, _verdicts(part, answer))
            except CarrierError as error:
                ends.append(error)
            else:
                before |= earlier
                ends.append(Sent({**sent.accepted, **earlier}, sent.refused))
        return ends

    def _body(self, token: str, part: Part) -> bytes:
        return wire.encode(
            wire.Omni(
                destinations=part.destinations,
                message_flow=(part.step,),
                idempotency_key=f"{token}-{part.name}",
                # In whole seconds, and never shorter than what `find` reckons with.
                idempotency_ttl=ceil(self._life.total_seconds()),
                group_key=token,
            )
        )

    def _with_earlier(self, token: str, sent: Sent, before: dict[str, str]) -> Sent:
        """Say of what was taken before what the history says. A301 alone says neither under which
        key of Bizgo's nor that the first verdict was a good one."""
        try:
            held = history.held(self._gateway, tokens.made_at(token), token)
        except NotSent:
            return sent
        refused = {ref: held.refused[ref] for ref in before if ref in held.refused}
        keys = {ref: held.accepted.get(ref, key) for ref, key in before.items()}
        accepted = {
            ref: key for ref, key in {**sent.accepted, **keys}.items() if ref not in refused
        }
        return Sent(accepted, {**sent.refused, **refused})

    def _find(self, token: str, age: timedelta, shipment: Shipment | None) -> Found:
        refs = frozenset(one.ref for one in shipment.messages) if shipment is not None else None
        if tokens.is_recalled(token):
            return self._find_recalled(token, refs)
        may_repeat = refs is not None and age < self._life * tokens.REPEAT
        try:
            held = history.held(self._gateway, tokens.made_at(token), token)
        except NotSent:
            if may_repeat:
                return Found(None, same_token=True)
            raise
        if refs is not None and _named(held) >= refs:
            return Found(held)
        if may_repeat:
            return Found(None, same_token=True)
        if age < self._life:
            raise InDoubt("KeyStillLives")
        return self._last_word(token, held, refs)

    def _find_recalled(self, token: str, refs: Set[str] | None) -> Found:
        """What was listed once is listed, or nobody can tell: it never goes again from here."""
        if refs is None:
            raise InDoubt("NothingToAskFor")
        held = history.held_of(self._gateway, tokens.made_at(token), refs)
        if _named(held) >= refs:
            return Found(held)
        raise InDoubt("ListIncomplete")

    def _last_word(self, token: str, held: Sent, refs: Set[str] | None) -> Found:
        """What Bizgo holds once nothing can arrive under the token any more."""
        if not _named(held):
            if refs is None:
                raise InDoubt("NothingToAskFor")
            # That nobody was told is believed only when the history as a whole says so too.
            held = history.held_of(self._gateway, tokens.made_at(token), refs)
            if not _named(held):
                return Found(None)
        missing = (refs or frozenset()) - _named(held)
        # A part that never arrived: it may go again like what a carrier in trouble refuses.
        lacking = {ref: Refused("NotTaken", Result.CARRIER_DOWN) for ref in missing}
        return Found(Sent(held.accepted, {**held.refused, **lacking}))

    def _polled(self) -> Iterator[bytes]:
        last = ""
        for _ in range(POLLS):
            try:
                service, raw = self._gateway.ask("GET", "/report/polling")
            except Rejected as error:
                if error.code == codes.NO_POLLING:
                    return  # this account hears by webhook
                raise
            report_id = read(wire.ReportPage, service).report_id or ""
            if report_id in ("", last):
                return
            yield raw
            self._acknowledge(report_id)
            last = report_id

    def _acknowledge(self, report_id: str) -> None:
        try:
            self._gateway.ask("DELETE", f"/report/polling/{quote(report_id, safe='')}")
        except Rejected as error:
            if error.code != codes.UNKNOWN_REPORT:
                raise

    def _looked_up(self, parcel: Parcel) -> Iterator[bytes]:
        found: set[str] = set()
        made = tokens.made_at(parcel.token)
        for page, raw in history.pages(self._gateway, made, parcel.token):
            if page.messages:
                found.update(one.msg_key for one in page.messages)
                yield raw
        # A reservation stands under no group. The key of a request is its messages' without the
        # last three characters.
        missing = {key[:-3] for key in parcel.refs if key not in found and len(key) > 3}
        for request in sorted(missing):
            path = f"/message/inquiry/requestId/{quote(request, safe='')}"
            yield self._gateway.ask("GET", path)[1]


def _verdicts(part: Part, answer: wire.Service | CarrierError) -> Sequence[wire.Taken]:
    if isinstance(answer, CarrierError):
        if isinstance(answer, InDoubt) and answer.code == codes.TAKEN_BEFORE:
            return taken_before(part)
        raise answer
    return read(wire.Handed, answer, fires=True).destinations or []


def _named(sent: Sent) -> frozenset[str]:
    return frozenset(sent.accepted) | frozenset(sent.refused)
