"""Legacy SMS tables: what older systems put there is sent, and they are told what became of it.

A row is in two databases that share no transaction. So its `AgentRow` and its message are
committed here first, together and on the disk; only then is it marked in the other table. Whoever
is cut off in between finds the row waiting there and the `AgentRow` here, and only marks it. The
result is written there before it is noted here: written twice, it says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec
from django.db import transaction
from django.utils import timezone

from alimnaru.flow.agent_reading import Reading
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.sources import failing, secrets_of
from alimnaru.rules.agent_fates import Fate, fate_of, fate_of_refusal
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.agents.database import engine_for
from alimnaru.sources.agents.desk import Desk, Queued, key_of, open_desk
from alimnaru.sources.agents.registry import LAYOUTS
from alimnaru.sources.agents.results import Ended, write_results
from alimnaru.sources.base import SourceError
from alimnaru.store import crypto
from alimnaru.store.ledger import accepting, agents
from alimnaru.store.ledger.accepting import Entry, message_ids
from alimnaru.store.ledger.agents import EndedRow, Taken
from alimnaru.store.models import Source

#: Rows taken on, or told, in one transaction.
ROUND: Final = 500
#: Rounds in one poll: other systems wait for their turn meanwhile.
ROUNDS: Final = 20
#: An old system cannot be told that nobody knows; after so long it is told that time ran out. The
#: telcos themselves gave up after 24 hours.
UNKNOWN_FOR: Final = timedelta(hours=24)


class AgentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`Source.settings` of an agent source.

    `tables`: layout (`sources.agents.registry`) → the table's own name. `notices`: codes that its
    texts may be recognised as. `plain_notice`: as which they go otherwise. `log`: finished rows are
    moved into the monthly log table where there is one.
    """

    tables: Mapping[str, str]
    plain_notice: str
    notices: tuple[str, ...] = ()
    schema: str = ""
    log: bool = True


def settings_of(source: Source) -> AgentSettings:
    """Raises `SourceFailed` for what nobody can act on."""
    try:
        found = msgspec.convert(source.settings, AgentSettings)
    except msgspec.ValidationError:
        raise SourceFailed(SourceFault.SETTINGS) from None
    if not found.tables or not found.tables.keys() <= LAYOUTS.keys():
        raise SourceFailed(SourceFault.SETTINGS)
    return found


def poll(source: Source) -> None:
    """Take on what is due in the source's tables, and tell what has ended. Raises
    `SourceFailed`."""
    settings = settings_of(source)
    for desk in _desks(source, settings):
        try:
            _take(source, settings, desk)
            _tell(source, settings, desk)
        except SourceError as error:
            # Somebody may have changed the table.
            _desk.cache_clear()
            raise SourceFailed(error.code) from None


def check(source: Source) -> None:
    """Whether every table can be read as its layout says. Raises `SourceFailed`."""
    for desk in _desks(source, settings_of(source)):
        with failing():
            desk.waiting(timezone.now(), 1)


def _desks(source: Source, settings: AgentSettings) -> Iterator[Desk]:
    url = secrets_of(source).get("url")
    if not url:
        raise SourceFailed(SourceFault.SECRET)
    for layout, name in settings.tables.items():
        with failing():
            desk = _desk(url, layout, name, settings.schema)
        yield desk


@lru_cache(maxsize=64)
def _desk(url: str, layout: str, name: str, schema: str) -> Desk:
    # What a table is made of is not asked every second.
    return open_desk(engine_for(url), LAYOUTS[layout], name=name, schema=schema)


# ---- rows in -----------------------------------------------------------------------------------


def _take(source: Source, settings: AgentSettings, desk: Desk) -> None:
    reading: Reading | None = None
    for _ in range(ROUNDS):
        now = timezone.now()
        queued = desk.waiting(now, ROUND)
        if not queued:
            return
        reading = reading or Reading(
            source, plain_notice=settings.plain_notice, notices=settings.notices
        )
        records = [one.record for one in queued]
        said = {one.record: _said(one) for one in queued}
        fresh = set(records) - agents.known(source.pk, list(said.items()))
        _store(source, [one for one in queued if one.record in fresh], reading, now)
        desk.mark_taken(records, now)
        agents.note_taken(source.pk, records, now)
        if len({key_of(record) for record in records}) < ROUND:
            return


def _store(source: Source, queued: Sequence[Queued], reading: Reading, now: datetime) -> None:
    """Take rows on: what they become, in one transaction with the note that they were taken."""
    if not queued:
        return
    entries: dict[str, Entry] = {}
    taken: list[Taken] = []
    for one, message in zip(queued, message_ids.take(len(queued)), strict=True):
        found = Refusal.EXPIRED if one.too_old else reading.entry(one, message, now)
        if isinstance(found, Refusal):
            taken.append(Taken(one.record, _said(one), None, found.value, recognised=False))
        else:
            entries[one.record] = found.entry
            taken.append(Taken(one.record, _said(one), message, "", found.recognised))
    with transaction.atomic():
        ours = agents.take_on(source.pk, taken, now)
        for record, entry in entries.items():
            if record in ours:
                accepting.accept(entry)


def _said(one: Queued) -> bytes:
    """What tells a row from another that is given its key after the table was emptied. Where a
    backup brings the same row back, it is the same."""
    parts = (one.due, one.phone, one.subject, one.text, one.instead)
    return crypto.value_hash("agent row", "\0".join(parts))


# ---- results out -------------------------------------------------------------------------------


def _tell(source: Source, settings: AgentSettings, desk: Desk) -> None:
    for _ in range(ROUNDS):
        now = timezone.now()
        found = agents.ended(source.pk, desk.layout.table, now - UNKNOWN_FOR, ROUND)
        if not found:
            return
        write_results(desk, [_end_of(row) for row in found], into_log=settings.log, now=now)
        agents.note_told([row.id for row in found], now)
        if len({key_of(row.record) for row in found}) < ROUND:
            return


def _end_of(row: EndedRow) -> Ended:
    if row.refusal:
        return Ended(row.record, fate_of_refusal(row.refusal), row.at, by_kakao=False)
    fate = fate_of(row.state or "", row.code)
    by_kakao = fate is Fate.DELIVERED and row.channel == Channel.ALIMTALK
    return Ended(row.record, fate, row.at, by_kakao)
