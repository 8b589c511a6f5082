"""Finding a hand-over that was cut: by the time in which it must have come, and by its contents.

No reference of ours is with SENS, so a request is ours if it has our numbers with our texts, all of
them and no others, and is recorded for no other chunk. Lists can be filtered by number: up to three
of a shipment's are asked for, and name the requests to look at. A list does not show texts; those
are asked for one by one, of requests only that fit in everything else, and only `CHECKED` of them:
who asks holds the chunk for a limited time. So two of our own chunks may be taken for each other if
they went, both unanswered, to exactly the same people by the same template within the same minutes,
and agree in each of those texts. Both are delivered all the same, and as often as they should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from alimnaru.carriers.base import (
    Found,
    InDoubt,
    NotSent,
    Others,
    Outgoing,
    Refused,
    Sent,
    Shipment,
)
from alimnaru.carriers.sens import refs, wire
from alimnaru.carriers.sens.codes import ACCEPTED, alimtalk_result
from alimnaru.carriers.sens.fence import Fence, moment_of
from alimnaru.carriers.sens.lists import Services
from alimnaru.carriers.sens.outbound import sort_out
from alimnaru.rules.channel import Channel
from alimnaru.rules.dates import KST

#: Others' references are known for two days (`base.Others`): after that, no request can be told to
#: be somebody else's.
KNOWN_FOR = timedelta(hours=47)

#: What Korean time is ahead of UTC: which of the two SENS means is documented nowhere, and a
#: request that is not found is sent again. So both are asked for.
AHEAD = timedelta(hours=9)

#: Texts of a request that are compared where each costs a call.
CHECKED = 8


class Lookup:
    """See `alimnaru.carriers.base.Carrier.find`."""

    def __init__(
        self, services: Services, fence: Fence, secret: str, now: Callable[[], datetime]
    ) -> None:
        self._services = services
        self._fence = fence
        self._secret = secret
        self._now = now

    def find(self, token: str, shipment: Shipment | None, others: Others) -> Found:
        """What SENS has of `shipment`. Raises `InDoubt`."""
        made = moment_of(token)
        if made is None:
            raise InDoubt("UnreadableToken")
        if shipment is None:
            raise InDoubt("ShipmentUnreadable")
        stretches = self._stretches(made, shipment)
        asked, refused = sort_out(shipment)
        if not asked:
            return Found(Sent({}, refused))
        try:
            taken = self._search(shipment, asked, stretches, others)
        except NotSent as error:
            raise InDoubt(error.code, error.detail) from error
        if taken is None:
            return Found(None)
        return Found(Sent(taken.accepted, {**taken.refused, **refused}))

    def _stretches(self, made: datetime, shipment: Shipment) -> list[tuple[datetime, datetime]]:
        """When it may have been accepted. Raises `InDoubt` while that may still happen."""
        moments = [made]
        if shipment.at is not None:
            # What SENS holds for later is in no list before it goes.
            moments.append(shipment.at)
        now = self._now()
        closed = max(self._fence.closed(one) for one in moments)
        if now < closed:
            raise InDoubt("TooEarly", retry_after=(closed - now).total_seconds())
        if now > closed + KNOWN_FOR:
            raise InDoubt("TooLate")
        return [self._fence.stretch(one) for one in moments]

    def _search(
        self,
        shipment: Shipment,
        asked: Sequence[Outgoing],
        stretches: Sequence[tuple[datetime, datetime]],
        others: Others,
    ) -> Sent | None:
        ours = {wire.digits(one.to): one for one in asked}
        looked_at: set[str] = set()
        unfinished = False
        # One number would do, did SENS not perhaps list no message that it refused.
        for at in dict.fromkeys((0, len(asked) // 2, len(asked) - 1)):
            number = wire.digits(asked[at].to)
            for request_id in self._requests(shipment, number, stretches):
                if request_id in looked_at:
                    continue
                looked_at.add(request_id)
                messages = self._messages(shipment.channel, request_id)
                if not self._is_ours(shipment.channel, request_id, messages, ours, others):
                    continue
                if len(messages) == len(ours):
                    return self._sent(shipment.channel, request_id, messages, ours)
                unfinished = True
        if unfinished:
            # SENS is still listing it, or lists only what it took.
            raise InDoubt("ListIncomplete")
        return None

    def _is_ours(
        self,
        channel: Channel,
        request_id: str,
        messages: Sequence[wire.Message],
        ours: Mapping[str, Outgoing],
        others: Others,
    ) -> bool:
        """Whether a request holds nothing but what is ours, and nobody else has recorded it."""
        numbers = {wire.digits(message.to or "") for message in messages}
        if not numbers <= ours.keys() or len(numbers) != len(messages):
            return False
        if others(self._refs(request_id, messages)):
            return False
        return self._same_texts(channel, messages, ours)

    def _requests(
        self,
        shipment: Shipment,
        number: str,
        stretches: Sequence[tuple[datetime, datetime]],
    ) -> list[str]:
        """The ids of requests with a message to `number`, the oldest first."""
        found: dict[str, str] = {}
        for first, last in stretches:
            for message in self._listed(shipment.channel, _window(shipment, number, first, last)):
                if message.request_id and _is_near(message.request_time, first, last):
                    found[message.request_id] = message.request_time or ""
        return sorted(found, key=lambda request: (found[request], request))

    def _messages(self, channel: Channel, request_id: str) -> list[wire.Message]:
        return list(self._listed(channel, {"requestId": request_id}))

    def _listed(self, channel: Channel, params: Mapping[str, str]) -> Iterator[wire.Message]:
        for page in self._services.pages(channel, params):
            for message in page:
                if message is None:
                    raise InDoubt("ListUnreadable")
                yield message

    def _refs(self, request_id: str, messages: Sequence[wire.Message]) -> set[str]:
        """Every reference under which another chunk may have recorded the request."""
        named = {refs.ref_of(request_id, one.message_id) for one in messages if one.message_id}
        return named | {
            refs.ref_by_number(request_id, one.to or "", self._secret) for one in messages
        }

    def _same_texts(
        self,
        channel: Channel,
        messages: Sequence[wire.Message],
        ours: Mapping[str, Outgoing],
    ) -> bool:
        step = -(-len(messages) // CHECKED) or 1
        for place, message in enumerate(messages):
            text = message.content
            if text is None and place % step:
                continue
            if text is None and message.message_id:
                shown = self._services.detail(channel, message.message_id)
                text = shown.content if shown is not None else None
            if text is None:
                raise InDoubt("TextUnreadable")
            if _bare(text) != _bare(ours[wire.digits(message.to or "")].rendered.text):
                return False
        return True

    def _sent(
        self,
        channel: Channel,
        request_id: str,
        messages: Sequence[wire.Message],
        ours: Mapping[str, Outgoing],
    ) -> Sent:
        accepted: dict[str, str] = {}
        refused: dict[str, Refused] = {}
        for message in messages:
            number = wire.digits(message.to or "")
            code = wire.said(message.request_status_code)
            if channel is Channel.ALIMTALK and code not in ("", ACCEPTED):
                refused[ours[number].ref] = Refused(code, alimtalk_result(code))
            else:
                accepted[ours[number].ref] = refs.ref_for(request_id, message, number, self._secret)
        return Sent(accepted, refused)


def _window(shipment: Shipment, number: str, first: datetime, last: datetime) -> dict[str, str]:
    params = {
        "requestStartTime": _written(first - AHEAD),
        "requestEndTime": _written(last),
        "to": number,
    }
    if shipment.channel is Channel.ALIMTALK:
        params |= {
            "plusFriendId": shipment.profile or "",
            "templateCode": shipment.template_code or "",
        }
    else:
        params |= {"type": wire.TYPES[shipment.channel]}
    return params


def _written(moment: datetime) -> str:
    return moment.astimezone(KST).strftime("%Y-%m-%d %H:%M:%S")


def _is_near(text: str | None, first: datetime, last: datetime) -> bool:
    at = wire.moment(text)
    # One without a time cannot be told to be another's by it.
    return at is None or first <= at <= last or first <= at + AHEAD <= last


def _bare(text: str) -> str:
    """A text without what a store may do to blanks and line ends."""
    return "".join(text.split())


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)
