"""What stands on a resident's phone, found in what the sandbox holds.

Nothing is indexed: a number is looked for in the packed numbers of each chunk, which takes
microseconds, so that the pages cost no memory while half a million messages go through.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.admission import as_carried
from sandbox.outcomes import ENDINGS
from sandbox.statuses import DELIVERED, MEANINGS, WAITING
from sandbox.store import Chunk
from sandbox.world import World

_TURNS = 50

# Which of the fired chunks, and which message of it: the order of acceptance.
Place = tuple[int, int]

_KINDS = {"ATA": "알림톡", "SMS": "문자", "LMS": "장문 문자", "MMS": "사진 문자"}


@dataclass(slots=True)
class Bubble:
    """One message as it appears, or the reason why it does not."""

    to: str
    kind: str
    sender: str
    at: float
    arrived: bool
    waiting: bool
    code: str
    reason: str
    text: str
    subject: str | None = None
    channel: str = ""
    title: str | None = None
    subtitle: str | None = None
    header: str | None = None
    highlight: tuple[str, str] | None = None
    items: list[tuple[str, str]] = field(default_factory=list)
    summary: tuple[str, str] | None = None
    extra: str | None = None
    image: str | None = None
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def kind_name(self) -> str:
        """The kind in Korean."""
        return _KINDS.get(self.kind, self.kind)


@dataclass(slots=True)
class Line:
    """A phone in the list: its latest message."""

    to: str
    latest: Bubble
    count: int


async def walk(world: World, *, ending: str) -> AsyncIterator[tuple[Place, str]]:
    """Accepted messages to numbers with an `ending`, the latest first."""
    fired = world.store.fired
    for order in range(len(fired) - 1, -1, -1):
        numbers = list(fired[order].to)
        for i in reversed(fired[order].accepted()):
            if numbers[i].endswith(ending):
                yield (order, i), numbers[i]
        await _breathe(order)


async def _breathe(turn: int) -> None:
    # Chunks of one message are as many as messages.
    if turn % _TURNS == 0:
        await asyncio.sleep(0)


async def lines(
    world: World, *, before: Place | None, ending: str, limit: int
) -> tuple[list[Line], Place | None]:
    """A page of phones, the latest first, and where the next page begins."""
    page: dict[str, Bubble] = {}
    shown: set[str] = set()
    last = older = None
    async for place, to in walk(world, ending=ending):
        if to in shown:
            continue
        shown.add(to)
        if before is not None and place >= before:
            continue
        if len(page) == limit:
            older = last
            break
        last = place
        page[to] = bubble(world, world.store.fired[place[0]], place[1])
    counts = await _count(world, page)
    return [Line(to, latest, counts[to]) for to, latest in page.items()], older


async def _count(world: World, wanted: Collection[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for turn, chunk in enumerate(list(world.store.fired)):
        here = [to for to in wanted if to in chunk.to]
        if here:
            numbers = list(chunk.to)
            counts.update(numbers[i] for i in chunk.accepted() if numbers[i] in here)
        await _breathe(turn)
    return counts


async def bubbles(world: World, to: str, *, limit: int) -> list[Bubble]:
    """The latest messages to a number, oldest first. A replaced Alimtalk is two."""
    found: list[tuple[Chunk, int]] = []
    for turn, chunk in enumerate(list(world.store.fired)):
        if to in chunk.to:
            numbers = list(chunk.to)
            found += [(chunk, i) for i in chunk.accepted() if numbers[i] == to]
        await _breathe(turn)
    shown: list[Bubble] = []
    for chunk, i in found[-limit:]:
        if i in chunk.replaced and chunk.code[i] != WAITING:
            shown.append(bubble(world, chunk, i, failed_alimtalk=True))
        shown.append(bubble(world, chunk, i))
    return shown


def bubble(world: World, chunk: Chunk, i: int, *, failed_alimtalk: bool = False) -> Bubble:
    """One message as its phone shows it."""
    status, shape = chunk.code[i], chunk.shape_of(i)
    kind = shape.type if failed_alimtalk else chunk.type_of(i)
    told = ENDINGS[chunk.endings[i]].status if failed_alimtalk else status
    text = world.texts.text(chunk, i)
    shown = Bubble(
        to=chunk.to[i],
        kind=kind,
        sender=shape.sender,
        at=chunk.group.sent_at or chunk.at,
        arrived=told == DELIVERED,
        waiting=told == WAITING,
        code=world.protocols[chunk.group.protocol].code(kind, told),
        reason=MEANINGS[told],
        text=text if kind == "ATA" else as_carried(text),
    )
    if kind == "ATA":
        _dress(world, chunk, i, shown)
    else:
        shown.subject = world.texts.message(chunk, i).subject
        shown.image = _picture(world, chunk, i) if kind == "MMS" else None
    return shown


def _picture(world: World, chunk: Chunk, i: int) -> str | None:
    named = world.texts.message(chunk, i).image
    held = world.pictures.get(chunk.group.protocol, named) if named else None
    return held.name if held is not None else named


def _dress(world: World, chunk: Chunk, i: int, shown: Bubble) -> None:
    """Put on a bubble what the template adds to its text."""
    message = world.texts.message(chunk, i)
    template = world.texts.template(chunk, i)
    shown.channel = world.settings.channel
    if template is None:
        return
    spec = template.spec
    values: Mapping[str, Any] = message.variables or template.body.values(shown.text)

    def fill(text: str | None) -> str | None:
        return template.fill(text, values)

    def pair(item: Any) -> tuple[str, str]:
        return fill(item.title) or "", fill(item.description) or ""

    shown.channel = spec.channel or shown.channel
    shown.title = message.title or fill(spec.title)
    shown.subtitle = spec.subtitle
    shown.header = fill(spec.header)
    shown.highlight = pair(spec.highlight) if spec.highlight else None
    shown.items = [pair(item) for item in spec.items or ()]
    shown.summary = pair(spec.summary) if spec.summary else None
    shown.extra = spec.extra
    shown.image = _picture(world, chunk, i) or spec.image
    if message.buttons:
        shown.buttons = [(button.name or "", button.link_mo or "") for button in message.buttons]
    else:
        shown.buttons = [
            (button.name, fill(button.link_mobile) or "") for button in spec.buttons or ()
        ]
