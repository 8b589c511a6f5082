"""Applying records: while serving, and again after a restart.

Records: O options of a start · C settings · T templates · N numbering · G group · A messages ·
F fired · S scheduled · U schedule cancelled · E nothing to send · D group deleted ·
X messages removed · K reports closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox import outcomes
from sandbox.admission import fallback_type
from sandbox.codes import RECEIVED
from sandbox.intake import Intake
from sandbox.journal import Record
from sandbox.matching import TemplateSpec
from sandbox.outcomes import ENDINGS, When
from sandbox.settings import Settings
from sandbox.store import Chunk, Group
from sandbox.texts import messages_of

if TYPE_CHECKING:
    from sandbox.world import World

# Won per message, the list prices of SOLAPI's price endpoint.
PRICES = {"ata": 19.0, "sms": 20.0, "lms": 50.0, "mms": 200.0}


def apply(world: World, record: Record) -> None:
    """Apply one record to `world`."""
    CHANGES[record.kind](world, record)


def create(world: World, head: dict[str, Any]) -> Group:
    """Open the group of a G record."""
    return world.store.create(
        head["t"],
        allow_duplicates=head["dup"],
        strict=head["strict"],
        app_id=head["app"],
        custom_fields=head["custom"],
    )


def fire(world: World, group: Group, at: float) -> None:
    """Count a group as accepted and pay for it."""
    world.store.fire(group, at)
    world.spent += sum(PRICES[kind] * count for kind, count in group.charge.items())


def set_endings(world: World, chunk: Chunk, endings: bytes) -> None:
    """Fix how the messages of a chunk end, and where SOLAPI's own fallback follows."""
    chunk.endings = endings
    chunk.replaced = {}
    delivered = outcomes.DELIVERED
    if endings.count(delivered) == len(endings):
        return
    for i, ending in enumerate(endings):
        if ending in (delivered, outcomes.NOT_ACCEPTED):
            continue
        shape = chunk.shape_of(i)
        fails = ENDINGS[ending].code != RECEIVED and ENDINGS[ending].when is not When.NEVER
        if shape.type == "ATA" and not shape.disable_sms and fails:
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


def _options(world: World, record: Record) -> None:
    world.last_options = record.head["options"]


def _settings(world: World, record: Record) -> None:
    world.apply_settings(msgspec.convert(record.head, Settings))


def _templates(world: World, record: Record) -> None:
    world.apply_templates(msgspec.convert(record.head["templates"], list[TemplateSpec]))


def _numbering(world: World, record: Record) -> None:
    world.store.next_message = record.head["message"]
    world.store.next_group = record.head["group"]


def _group(world: World, record: Record) -> None:
    create(world, record.head)


def _messages(world: World, record: Record) -> None:
    head, count = record.head, record.head["n"]
    whole = record.body
    body = whole[count:]
    intake = Intake()
    intake.take(0, messages_of(body, one=head["one"]), world.desk)
    intake.codes = bytearray(whole[:count])
    intake.forced = {int(i): ending for i, ending in head["f"].items()}
    chunk = intake.chunk(world.store.groups[head["g"]], head["b"], head["t"])
    chunk.one = head["one"]
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
    world.store.cancel(world.store.groups[record.head["g"]], record.head["t"])


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
    b"N": _numbering,
    b"G": _group,
    b"A": _messages,
    b"F": _fired,
    b"S": _scheduled,
    b"U": _unscheduled,
    b"E": _empty,
    b"D": _deleted,
    b"X": _removed,
    b"K": _closed,
}
