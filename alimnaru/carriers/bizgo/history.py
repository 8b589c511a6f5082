"""What Bizgo says that it holds: messages by group, messages since a moment, reservations.

Every hand-over travels under its token as group, and every message under our reference. Times are
Seoul's; other calls than sending are held to five a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import TypeVar
from urllib.parse import quote

from alimnaru.carriers.base import NotSent, Refused, Sent
from alimnaru.carriers.bizgo import codes, wire
from alimnaru.carriers.bizgo.gateway import Gateway, read

SEOUL = timezone(timedelta(hours=9))

#: Entries of a page; Bizgo gives no more.
PAGE = 1_000
#: Pages that are turned in search of one shipment: a district's day, in 100 seconds.
PAGES = 500
#: A clock of ours may be this far ahead of Bizgo's.
SKEW = timedelta(minutes=5)

_P = TypeVar("_P", bound=wire.Cursor)


def seoul(moment: datetime, between: str = "T") -> str:
    """A moment as Bizgo writes it."""
    return moment.astimezone(SEOUL).strftime(f"%Y-%m-%d{between}%H:%M:%S")


def pages(
    gateway: Gateway, since: datetime, group: str | None = None
) -> Iterator[tuple[wire.History, bytes]]:
    """Yield pages of the history since a moment, each also as it came. Raises `NotSent`."""
    params: dict[str, str | int] = {"requestTime": seoul(since - SKEW)}
    if group is not None:
        params["groupKey"] = group
    return _turned(gateway, wire.History, "/message/history", params)


def held(gateway: Gateway, since: datetime, group: str) -> Sent:
    """What was handed over under a token, by our references. Raises `NotSent`."""
    return _sent(one for page, _ in pages(gateway, since, group) for one in page.messages or ())


def held_of(gateway: Gateway, since: datetime, refs: Collection[str]) -> Sent:
    """What was handed over of some messages, whatever group it is under. Raises `NotSent`.

    Reads all that the account has sent since: only when nothing else can tell.
    """
    messages = (one for page, _ in pages(gateway, since) for one in page.messages or ())
    return _sent(one for one in messages if one.ref in refs)


def taken(gateway: Gateway, since: datetime) -> Iterator[str]:
    """The references of all that was taken since. Raises `NotSent`."""
    for page, _ in pages(gateway, since):
        yield from _sent(page.messages or ()).accepted


def _sent(messages: Iterable[wire.Held]) -> Sent:
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    for one in messages:
        code = one.response_code or codes.ACCEPTED
        if not one.ref or code == codes.TAKEN_BEFORE:
            continue
        if code == codes.ACCEPTED:
            accepted[one.ref] = one.msg_key
        else:
            refused[one.ref] = Refused(code, codes.recipient_result(code))
    return Sent(accepted, {ref: why for ref, why in refused.items() if ref not in accepted})


def reservations(gateway: Gateway, since: datetime, name: str) -> list[wire.Reservation]:
    """The reservations of that name for a moment or later. Raises `NotSent`."""
    params: dict[str, str | int] = {"resvSendTime": seoul(since, " ")}
    turned = _turned(gateway, wire.Reservations, "/reservation/list", params)
    return [one for page, _ in turned for one in page.reservations or () if one.resv_name == name]


def reserved(gateway: Gateway, key: str) -> list[wire.Reserved]:
    """The recipients of a reservation. Raises `NotSent`."""
    path = f"/reservation/resvKey/{quote(key, safe='')}/destinations"
    turned = _turned(gateway, wire.ReservedPage, path, {})
    return [one for page, _ in turned for one in page.destinations or ()]


def _turned(
    gateway: Gateway, kind: type[_P], path: str, params: dict[str, str | int]
) -> Iterator[tuple[_P, bytes]]:
    params["limit"] = PAGE
    for _ in range(PAGES):
        service, raw = gateway.ask("GET", path, params=params)
        page = read(kind, service)
        yield page, raw
        if not page.has_next or page.last_seq is None or params.get("lastSeq") == page.last_seq:
            return
        params["lastSeq"] = page.last_seq
    raise NotSent("EndlessList")
