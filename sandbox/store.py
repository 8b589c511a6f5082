"""What the sandbox holds: groups and their messages.

Messages lie in *chunks*, one for each request that brought them: two lists of strings and a few
bytes per message. Texts stay in the journal file, where the request was written as it came.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sandbox.admission import Shape
from sandbox.outcomes import ENDINGS, NOT_ACCEPTED, When
from sandbox.statuses import ACCEPTED, CANCELLED, DELIVERED, REMOVED, WAITING
from sandbox.wire import id_head, make_id, number_of, stamp_of

# A message's custom fields: our usual `{"ref": "12-1"}` as the bare value, anything else whole.
Custom = str | dict[str, Any] | None


@dataclass(slots=True, eq=False)
class Chunk:
    """The messages of one request. `base` is the running number of the first."""

    group: Group
    base: int
    at: float
    body: tuple[int, int]
    to: Sequence[str]
    custom: Sequence[Custom]
    shapes: list[Shape]
    shape: bytes | list[int]
    # Status as it is told now: indexes of `statuses`.
    code: bytearray
    # Which of its protocol's requests brought it; the protocol's own word.
    form: str = ""
    # Which message of the request each one came from; None where they correspond one to one.
    source: list[int] | None = None
    # Endings that the text has earned at registration.
    forced: dict[int, int] = field(default_factory=dict)
    # Drawn when the group is fired; NOT_ACCEPTED where there is nothing to send.
    endings: bytes = b""
    # The carrier's own fallback: message → (type, ending).
    replaced: dict[int, tuple[str, int]] = field(default_factory=dict)
    # 1 where the result went out as a callback, or never will.
    called: bytearray = field(default_factory=bytearray)
    head: str = ""

    def __post_init__(self) -> None:
        self.head = id_head("M", stamp_of(self.at))
        self.called = bytearray(len(self.to))

    def __len__(self) -> int:
        return len(self.to)

    @property
    def registered(self) -> int:
        """Messages that were accepted for sending and are not sent yet."""
        return self.code.count(ACCEPTED)

    def message_id(self, i: int) -> str:
        """The id of the `i`th message."""
        return f"{self.head}{self.base + i:08X}"

    def shape_of(self, i: int) -> Shape:
        """What the `i`th message shares with others."""
        return self.shapes[self.shape[i]]

    def type_of(self, i: int) -> str:
        """The type as it is now: that of the fallback once it has replaced the Alimtalk."""
        replaced = self.replaced.get(i)
        if replaced is not None and self.code[i] not in (ACCEPTED, WAITING):
            return replaced[0]
        return self.shape_of(i).type

    def final(self, i: int) -> int:
        """The ending that will be told of the `i`th message."""
        replaced = self.replaced.get(i)
        return replaced[1] if replaced is not None else self.endings[i]

    def ref(self, i: int) -> str:
        """Our reference of the `i`th message, or an empty string."""
        return _ref(self.custom[i])

    def refs(self) -> list[str]:
        """The references of all messages."""
        return [_ref(custom) for custom in self.custom]

    def accepted(self) -> list[int]:
        """The messages that went out with their group, in order."""
        return [i for i, ending in enumerate(self.endings) if ending != NOT_ACCEPTED]


def _ref(custom: Custom) -> str:
    if isinstance(custom, str):
        return custom
    return str(custom.get("ref", "")) if custom else ""


@dataclass(slots=True, eq=False)
class Group:
    """What is sent together. Status: PENDING SCHEDULED SENDING COMPLETE FAILED DELETED.

    `facts` are its protocol's own and plain JSON: the journal keeps them.
    """

    number: int
    group_id: str
    at: float
    protocol: str
    facts: dict[str, Any]
    status: str = "PENDING"
    chunks: list[Chunk] = field(default_factory=list)
    updated_at: float = 0.0
    scheduled_at: float | None = None
    sent_at: float | None = None
    completed_at: float | None = None
    total: int = 0
    refused: int = 0
    removed: int = 0
    sent: int = 0
    success: int = 0
    failed: int = 0
    replaced: int = 0
    charge: Counter[str] = field(default_factory=Counter)
    log: list[tuple[str, float]] = field(default_factory=list)
    # Numbers seen so far, while the group may still grow; None where they may come again.
    seen: set[str] | None = None
    # One request at a time may change a group: checking a large one takes several turns.
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def registered(self) -> int:
        """Messages that would go out."""
        return self.total - self.refused - self.removed

    def note(self, text: str, at: float) -> None:
        """Write a line into the group's log."""
        self.log.append((text, at))
        self.updated_at = at


class Store:
    """Groups by id, chunks by running number, and the order in which groups were fired."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self._by_fact: dict[tuple[str, str, str], list[Group]] = {}
        self.chunks: list[Chunk] = []
        self._bases: list[int] = []
        self.fired: list[Chunk] = []
        self.next_message = 1
        self.next_group = 1
        self.accepted: Counter[str] = Counter()
        self.replacements: Counter[str] = Counter()

    def create(
        self,
        at: float,
        *,
        protocol: str,
        facts: dict[str, Any],
        group_id: str | None = None,
        unique: bool = False,
    ) -> Group:
        """Open a group; `unique`: a number may stand in it once."""
        number = self.next_group
        self.next_group += 1
        group_id = group_id or make_id("G", stamp_of(at), number)
        group = Group(number, group_id, at, protocol, {}, seen=set() if unique else None)
        group.note("메시지 그룹이 생성되었습니다.", at)
        self.groups[group_id] = group
        self.learn(group, facts)
        return group

    def learn(self, group: Group, facts: dict[str, Any]) -> None:
        """Add to what is known of a group; texts can be looked for by `with_fact`."""
        group.facts.update(facts)
        for name, value in facts.items():
            if isinstance(value, str) and value:
                found = self._by_fact.setdefault((group.protocol, name, value), [])
                if group not in found:
                    found.append(group)

    def with_fact(self, protocol: str, name: str, value: str) -> list[Group]:
        """The groups of a protocol that were told this fact, in the order of their making."""
        groups = self._by_fact.get((protocol, name, value), [])
        return [group for group in groups if group.facts.get(name) == value]

    def add(self, chunk: Chunk) -> None:
        """Put a chunk, numbered from `next_message`, into its group."""
        group = chunk.group
        self.next_message = chunk.base + len(chunk)
        self.chunks.append(chunk)
        self._bases.append(chunk.base)
        group.chunks.append(chunk)
        group.total += len(chunk)
        accepted = chunk.code.count(ACCEPTED)
        group.refused += len(chunk) - accepted
        kinds = Counter(chunk.shape)
        if group.seen is not None:
            group.seen.update(
                chunk.to
                if accepted == len(chunk)
                else (to for to, code in zip(chunk.to, chunk.code, strict=True) if code == ACCEPTED)
            )
        for place, count in kinds.items():
            kind = chunk.shapes[place].type
            group.note(f"{kind} 메시지 {count}건을 추가했습니다.", chunk.at)

    def fire(self, group: Group, at: float) -> None:
        """Accept what a group holds; every chunk has its endings by now."""
        for chunk in group.chunks:
            accepted = chunk.accepted()
            if len(accepted) == len(chunk):
                chunk.code = bytearray([WAITING]) * len(chunk)
                kinds = Counter(chunk.shape)
            else:
                for i in accepted:
                    chunk.code[i] = WAITING
                kinds = Counter(chunk.shape[i] for i in accepted)
            for place, count in kinds.items():
                kind = chunk.shapes[place].type
                self.accepted[kind] += count
                group.charge[kind.lower()] += count
            for kind, _ in chunk.replaced.values():
                self.replacements[kind] += 1
            group.sent += len(accepted)
            group.replaced += len(chunk.replaced)
            self.fired.append(chunk)
        group.status = "SENDING" if group.sent else "FAILED"
        group.sent_at = at
        group.scheduled_at = None
        group.seen = None
        group.note("메시지를 발송했습니다.", at)

    def reveal(self, chunk: Chunk, places: Iterable[int], at: float) -> None:
        """Tell the results of messages: from now on lists show them."""
        group, code = chunk.group, chunk.code
        for i in places:
            status = ENDINGS[chunk.final(i)].status
            code[i] = status
            if status == DELIVERED:
                group.success += 1
            else:
                group.failed += 1
        if group.success + group.failed == group.sent:
            group.status = "COMPLETE"
            group.completed_at = at
            group.note("발송이 완료되었습니다.", at)

    def remove(self, chunk: Chunk, i: int) -> None:
        """Take a message out of a group that was not fired."""
        if chunk.code[i] == ACCEPTED:
            chunk.group.removed += 1
        chunk.code[i] = REMOVED
        if chunk.group.seen is not None:
            chunk.group.seen.discard(chunk.to[i])

    def cancel(self, group: Group, at: float, numbers: set[int] | None = None) -> None:
        """Give a schedule up: for the messages of these running numbers, or for all."""
        for chunk in group.chunks:
            for i, status in enumerate(chunk.code):
                wanted = numbers is None or chunk.base + i in numbers
                if status == ACCEPTED and wanted:
                    chunk.code[i] = CANCELLED
        if any(chunk.registered for chunk in group.chunks):
            return
        group.status = "FAILED"
        group.scheduled_at = None
        group.note("예약을 취소했습니다.", at)

    def find(self, message_id: str) -> tuple[Chunk, int] | None:
        """The message of an id."""
        number = number_of("M", message_id)
        found = None if number is None else self.numbered(number)
        return found if found and found[0].message_id(found[1]) == message_id else None

    def numbered(self, number: int) -> tuple[Chunk, int] | None:
        """The message of a running number."""
        place = bisect_right(self._bases, number) - 1
        if place < 0:
            return None
        chunk = self.chunks[place]
        i = number - chunk.base
        return (chunk, i) if i < len(chunk) else None

    def chunk_at(self, base: int) -> Chunk | None:
        """The chunk whose first message has the running number `base`."""
        place = bisect_right(self._bases, base) - 1
        return self.chunks[place] if place >= 0 and self._bases[place] == base else None

    def backwards(self) -> Iterator[Chunk]:
        """All chunks, the youngest first."""
        return reversed(self.chunks)

    def buckets(self, chunk: Chunk) -> dict[When, Sequence[int]]:
        """Accepted messages whose result was not called yet, by when it is due."""
        places = [i for i in chunk.accepted() if not chunk.called[i]]
        if not chunk.replaced and not any(chunk.endings):
            return {When.SOON: places}
        sorted_out: dict[When, Sequence[int]] = {}
        for i in places:
            when = ENDINGS[chunk.final(i)].when
            if when is not When.NEVER:
                cast("list[int]", sorted_out.setdefault(when, [])).append(i)
        return sorted_out
