"""Applying records: while serving, and again after a restart.

Records: O options of a start · C settings · T approved templates · R a template as it stands ·
W a template withdrawn · P picture · N numbering · G group · L facts of a group · A messages ·
F fired · S scheduled · U schedule cancelled · E nothing to send · D group deleted ·
X messages removed · K reports closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox import outcomes, review
from sandbox.admission import fallback_type
from sandbox.journal import Record
from sandbox.matching import TemplateSpec
from sandbox.outcomes import ENDINGS, When
from sandbox.pictures import Picture
from sandbox.settings import FIRST, Settings
from sandbox.statuses import DELIVERED
from sandbox.store import Chunk, Group
from sandbox.templates import Entry

if TYPE_CHECKING:
    from sandbox.world import World


def apply(world: World, record: Record) -> None:
    """Apply one record to `world`."""
    CHANGES[record.kind](world, record)


def create(world: World, head: dict[str, Any]) -> Group:
    """Open the group of a G record."""
    if "p" not in head:  # written before there was more than one protocol
        facts = {name: head[name] for name in ("strict", "dup", "app", "custom")}
        head = {"t": head["t"], "p": FIRST, "facts": facts, "id": None, "unique": not head["dup"]}
    return world.store.create(
        head["t"],
        protocol=head["p"],
        facts=head["facts"],
        group_id=head["id"],
        unique=head["unique"],
    )


def messages_record(chunk: Chunk, body: bytes) -> Record:
    """The A record of a chunk whose request had this body."""
    head = {
        "g": chunk.group.group_id,
        "t": chunk.at,
        "b": chunk.base,
        "n": len(chunk),
        "form": chunk.form,
        "f": {str(i): ending for i, ending in chunk.forced.items()},
    }
    return Record(b"A", head, (bytes(chunk.code), body))


def fire(world: World, group: Group, at: float) -> None:
    """Count a group as accepted and pay for it."""
    world.store.fire(group, at)
    prices = world.protocols[group.protocol].prices
    cost = sum(float(prices[kind]) * count for kind, count in group.charge.items())
    world.spend(group.protocol, cost)


def set_endings(world: World, chunk: Chunk, endings: bytes) -> None:
    """Fix how the messages of a chunk end, and where the carrier's own fallback follows."""
    chunk.endings = endings
    chunk.replaced = {}
    delivered = outcomes.DELIVERED
    if endings.count(delivered) == len(endings):
        return
    for i, ending in enumerate(endings):
        if ending in (delivered, outcomes.NOT_ACCEPTED):
            continue
        shape = chunk.shape_of(i)
        fails = ENDINGS[ending].status != DELIVERED and ENDINGS[ending].when is not When.NEVER
        if shape.type == "ATA" and not shape.alone and fails:
            kind = fallback_type(world.texts.text(chunk, i))
            chunk.replaced[i] = (kind, world.outcomes.draw(kind, chunk.to[i], chunk.ref(i)))


def close(chunk: Chunk, places: Iterable[int]) -> None:
    """Nobody has to be told of these any more."""
    for i in places:
        chunk.called[i] = 1


def resume(world: World) -> None:
    """Schedule again what a restart interrupted."""
    for chunk in world.store.fired:
        told = [i for i in chunk.accepted() if chunk.called[i]]
        if told:
            world.store.reveal(chunk, told, chunk.group.sent_at or 0.0)
        world.expect(chunk)
    for group in world.store.groups.values():
        if group.status == "SCHEDULED":
            world.reports.schedule(group)
    for entry in world.templates:
        review.expect(world, entry)


def _options(world: World, record: Record) -> None:
    world.last_options = record.head["options"]


def _settings(world: World, record: Record) -> None:
    world.apply_settings(msgspec.convert(record.head, Settings))


def _templates(world: World, record: Record) -> None:
    only, at = record.head.get("p"), record.head.get("t", 0.0)
    for spec in msgspec.convert(record.head["templates"], list[TemplateSpec]):
        for name in world.protocols:
            if only not in {None, name}:
                continue
            # A profile that was named without a protocol is SOLAPI's.
            own = name == (only or FIRST)
            mine = spec if own else msgspec.structs.replace(spec, pf_id=None)
            entry = Entry(name, spec.template_id, mine, "approved", created_at=at, updated_at=at)
            world.templates.put(entry)
    world.refresh()


def _template(world: World, record: Record) -> None:
    world.templates.put(msgspec.convert(record.head["entry"], Entry))
    world.refresh()


def _withdrawn(world: World, record: Record) -> None:
    world.templates.drop(record.head["p"], record.head["c"])
    world.refresh()


def _picture(world: World, record: Record) -> None:
    world.pictures.put(msgspec.convert(record.head["picture"], Picture))


def _numbering(world: World, record: Record) -> None:
    world.store.next_message = record.head["message"]
    world.store.next_group = record.head["group"]


def _group(world: World, record: Record) -> None:
    create(world, record.head)


def _facts(world: World, record: Record) -> None:
    world.store.learn(world.store.groups[record.head["g"]], record.head["facts"])


def _messages(world: World, record: Record) -> None:
    head, count = record.head, record.head["n"]
    form = head["form"] if "form" in head else "one" if head["one"] else ""
    whole = record.body
    body = whole[count:]
    group = world.store.groups[head["g"]]
    intake = world.protocols[group.protocol].reread(body, form)
    intake.codes = bytearray(whole[:count])
    intake.forced = {int(i): ending for i, ending in head["f"].items()}
    chunk = intake.chunk(group, head["b"], head["t"], form)
    chunk.body = (record.at + count, len(body))
    world.store.add(chunk)


def _fired(world: World, record: Record) -> None:
    group = world.store.groups[record.head["g"]]
    at, endings = 0, record.body
    for chunk in group.chunks:
        set_endings(world, chunk, endings[at : at + len(chunk)])
        at += len(chunk)
    fire(world, group, record.head["t"])


def _scheduled(world: World, record: Record) -> None:
    group = world.store.groups[record.head["g"]]
    group.status = "SCHEDULED"
    group.scheduled_at = record.head["for"]
    group.note("발송을 예약했습니다.", record.head["t"])


def _unscheduled(world: World, record: Record) -> None:
    numbers = record.head.get("n")
    group = world.store.groups[record.head["g"]]
    world.store.cancel(group, record.head["t"], None if numbers is None else set(numbers))


def _empty(world: World, record: Record) -> None:
    group = world.store.groups[record.head["g"]]
    group.status = "FAILED"
    group.seen = None
    group.note("접수된 메시지가 없어 발송하지 못했습니다.", record.head["t"])


def _deleted(world: World, record: Record) -> None:
    group = world.store.groups[record.head["g"]]
    group.status = "DELETED"
    group.seen = None
    group.note("메시지 그룹이 삭제되었습니다.", record.head["t"])


def _removed(world: World, record: Record) -> None:
    for message_id in record.head["ids"]:
        found = world.store.find(message_id)
        if found is not None:
            world.store.remove(*found)


def _closed(world: World, record: Record) -> None:
    chunk = world.store.chunk_at(record.head["b"])
    if chunk is not None:
        close(chunk, map(int, record.body.split(b",")))


CHANGES: dict[bytes, Callable[[World, Record], None]] = {
    b"O": _options,
    b"C": _settings,
    b"T": _templates,
    b"R": _template,
    b"W": _withdrawn,
    b"P": _picture,
    b"N": _numbering,
    b"G": _group,
    b"L": _facts,
    b"A": _messages,
    b"F": _fired,
    b"S": _scheduled,
    b"U": _unscheduled,
    b"E": _empty,
    b"D": _deleted,
    b"X": _removed,
    b"K": _closed,
}
