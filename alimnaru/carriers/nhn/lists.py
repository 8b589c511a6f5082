"""NHN's lists of messages: how they are asked, and what they say was taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from alimnaru.carriers.base import NotSent, Parcel, Taken
from alimnaru.carriers.nhn import replies, tokens, wire
from alimnaru.carriers.nhn.app import App
from alimnaru.carriers.nhn.codes import PHONE_STATES
from alimnaru.carriers.nhn.tokens import Fence

#: How far our clock and NHN's may be apart when its lists are asked by time.
CLOCKS = timedelta(hours=1)
#: The longest stretch that a list is asked for at a time (-4003 and -4000: 31 days).
STRETCH = timedelta(days=30)


class Side(NamedTuple):
    """One list of one product, and how long what is handed over there may be on its way."""

    app: App
    path: str
    fence: Fence
    clock: str  # how its lists spell a moment


def by_token(side: Side, token: str) -> dict[str, str | int]:
    """How a list is asked for what was handed over under a token. Raises `ValueError`."""
    made = tokens.made_at(token)
    until = made + timedelta(seconds=side.fence.settles) + CLOCKS
    return {**_between(side, made - CLOCKS, until), "senderGroupingKey": token}


def searches(side: Side, parcel: Parcel) -> list[dict[str, str | int]]:
    """How a parcel is asked for: by NHN's numbers if we have them, else by its token."""
    requests = sorted({ref.partition(":")[0] for ref in parcel.refs})
    if requests:
        return [{"requestId": request} for request in requests]
    try:
        return [by_token(side, parcel.token)]
    except ValueError:
        raise NotSent("ForeignToken") from None


def taken(side: Side, since: datetime, now: datetime) -> Iterator[Taken]:
    """What a list has of ours from `since` on. Raises `NotSent`.

    What was refused in the answer to its request went nowhere; what bears no token of ours was sent
    by another program of the same contract.
    """
    start, last = since - CLOCKS, now + CLOCKS
    while start < last:
        end = min(start + STRETCH, last)
        for _, page in side.app.pages(side.path, _between(side, start, end)):
            for item in page.items:
                token, code = item.sender_grouping_key or "", str(item.result_code or "")
                if item.ref and tokens.is_ours(token) and not code.startswith("-"):
                    yield Taken(item.ref, token)
        start = end


def _between(side: Side, start: datetime, end: datetime) -> dict[str, str | int]:
    return {
        "startCreateDate": start.astimezone(wire.SEOUL).strftime(side.clock),
        "endCreateDate": end.astimezone(wire.SEOUL).strftime(side.clock),
    }


def state_of(item: replies.Item) -> str | None:
    """Where a message stands, in the words of Alimtalk's list."""
    return item.message_status or PHONE_STATES.get(item.msg_status or "")
