"""One sandbox: its rules, what it holds, and the journal that both can be rebuilt from.

Every change is a record first: it is written, then applied, and replay applies it the same way.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from sandbox import outcomes, replay
from sandbox.callbacks import Courier
from sandbox.faults import Faults
from sandbox.intake import Intake
from sandbox.journal import Journal, Record
from sandbox.matching import TemplateSpec
from sandbox.message import Message
from sandbox.outcomes import Outcomes, When
from sandbox.pictures import Picture, Pictures
from sandbox.protocol import Protocol
from sandbox.rates import Rates
from sandbox.reports import Reports
from sandbox.settings import Settings, changed
from sandbox.statuses import ACCEPTED
from sandbox.store import Chunk, Group, Store
from sandbox.templates import Templates
from sandbox.texts import Texts


class World:
    """Everything behind the HTTP surface. Belongs to one event loop."""

    def __init__(self, journal_path: Path | None, protocols: Sequence[Protocol]) -> None:
        self.protocols = {protocol.name: protocol for protocol in protocols}
        self.journal = Journal(journal_path)
        self.settings = Settings()
        self.templates = Templates({one.name: one.template for one in protocols})
        self.pictures = Pictures()
        self.store = Store()
        self.texts = Texts(self.journal, self._messages_of, self._template_of)
        self.faults = Faults()
        self.rates = Rates()
        self._spent: dict[str, float] = {}
        self.started_at = time.time()
        self.reports = Reports(self._reveal)
        self.courier = Courier(
            self.protocols, lambda: self.settings, self._close, self.reports.later
        )
        self.reports.deliver = self.courier.put
        self.last_options: dict[str, Any] = {}
        for protocol in protocols:
            protocol.attach(self)
        self.refresh()

    def _messages_of(self, chunk: Chunk, body: bytes) -> list[Message]:
        return self.protocols[chunk.group.protocol].messages_of(body, chunk.form)

    def _template_of(self, protocol: str, code: str) -> Any:
        return self.templates.sendable(protocol).get(code)

    def boot(self, options: dict[str, Any]) -> None:
        """Rebuild from the journal, then let `options` win where they differ from the last start.

        What was changed through the control API since then stays.
        """
        for record in self.journal.replay():
            replay.apply(self, record)
        news = {
            name: value
            for name, value in options.items()
            if name not in self.last_options or self.last_options[name] != value
        }
        self.journal.append(Record(b"O", {"options": options}))
        self.last_options = options
        if news:
            self.configure(news)
        replay.resume(self)

    # -- rules ---------------------------------------------------------------------------------

    def configure(self, changes: dict[str, Any]) -> None:
        """Change settings. Raises `ValueError` and changes nothing if they make no sense."""
        settings = changed(self.settings, changes)
        self.journal.append(Record(b"C", msgspec.to_builtins(settings)))
        self.apply_settings(settings)

    def apply_settings(self, settings: Settings) -> None:
        """Take settings over."""
        self.settings = settings
        self.refresh()

    def register(self, specs: Sequence[TemplateSpec], protocol: str | None = None) -> None:
        """Add approved templates, or replace those with the same code, in one protocol or all."""
        head = {"t": time.time(), "templates": msgspec.to_builtins(specs), "p": protocol}
        self.journal.append(Record(b"T", head))
        replay.apply(self, Record(b"T", head))

    def refresh(self) -> None:
        """Rules follow settings and templates."""
        settings = self.settings
        self.outcomes = Outcomes(settings.mix, seed=settings.seed, patterns=settings.patterns)
        for protocol in self.protocols.values():
            protocol.refresh()

    def within_rate(self, protocol: str, messages: int) -> bool:
        """Whether a protocol takes so many messages now."""
        return self.rates.take(protocol, messages, self.settings.rate_limits.get(protocol))

    def money_left(self, protocol: str) -> float:
        """Won on the account of a protocol."""
        return self.settings.balance - self._spent.get(protocol, 0.0)

    def spend(self, protocol: str, won: float) -> None:
        """Take money off an account."""
        self._spent[protocol] = self._spent.get(protocol, 0.0) + won

    # -- groups --------------------------------------------------------------------------------

    def create(
        self,
        protocol: str,
        facts: dict[str, Any],
        *,
        group_id: str | None = None,
        unique: bool = False,
    ) -> tuple[Group, Record]:
        """Open a group; the record has to be written by the caller."""
        head = {"t": time.time(), "p": protocol, "facts": facts, "id": group_id, "unique": unique}
        return replay.create(self, head), Record(b"G", head)

    def admit(
        self, group: Group, intake: Intake, body: bytes, *before: Record, form: str = ""
    ) -> Chunk:
        """Write what a request brought, after the records `before` it, and put it in its group."""
        chunk = intake.chunk(group, self.store.next_message, time.time(), form)
        record = replay.messages_record(chunk, body)
        places = self.journal.append(*before, record)
        chunk.body = (places[-1] + len(chunk), len(body))
        self.store.add(chunk)
        return chunk

    def hand_over(
        self,
        protocol: str,
        messages: list[Message],
        body: bytes,
        *,
        facts: dict[str, Any],
        verdicts: bytes | None = None,
        form: str = "",
        group_id: str | None = None,
        at: float | None = None,
        endings: dict[int, int] | None = None,
    ) -> Group:
        """Take a request that is a whole: a group, filled with one chunk and sent, or scheduled.

        `messages` are what the protocol's `messages_of(body, form)` reads out of the body, one for
        each recipient. `verdicts`: a status byte for each, ACCEPTED or why not. `at` in the future
        holds all of it until then. `endings` (by place) override what would be drawn. All of it is
        one write to the journal, and nothing is awaited: a key that was looked for just before is
        still unused.
        """
        group, record = self.create(protocol, facts, group_id=group_id)
        intake = Intake()
        intake.take(messages)
        intake.codes = bytearray(verdicts or bytes([ACCEPTED]) * len(messages))
        intake.forced = dict(endings or {})
        chunk = intake.chunk(group, self.store.next_message, record.head["t"], form)
        self.texts.keep(chunk, messages)
        last = self._last_record(group, chunk, at)
        places = self.journal.append(record, replay.messages_record(chunk, body), last)
        chunk.body = (places[1] + len(chunk), len(body))
        self.store.add(chunk)
        replay.apply(self, last)
        if group.status == "SENDING":
            self.expect(chunk)
        elif group.status == "SCHEDULED":
            self.reports.schedule(group)
        return group

    def _last_record(self, group: Group, chunk: Chunk, at: float | None) -> Record:
        head: dict[str, Any] = {"g": group.group_id, "t": chunk.at}
        if not chunk.registered:
            return Record(b"E", head)
        if at is not None and at > time.time():
            return Record(b"S", {**head, "for": at})
        self.draw(chunk)
        return Record(b"F", head, (chunk.endings,))

    def draw(self, chunk: Chunk) -> None:
        """Decide how the messages of a chunk end, if its group is fired now."""
        draw, shapes, shape = self.outcomes.draw, chunk.shapes, chunk.shape
        to, refs = list(chunk.to), chunk.refs()
        endings = bytearray([outcomes.NOT_ACCEPTED]) * len(chunk)
        for i, code in enumerate(chunk.code):
            if code == ACCEPTED:
                kind = shapes[shape[i]].type
                endings[i] = draw(kind, to[i], refs[i])
        for i, forced in chunk.forced.items():
            if chunk.code[i] == ACCEPTED:
                endings[i] = forced
        replay.set_endings(self, chunk, bytes(endings))

    def fire(self, group: Group) -> None:
        """Accept a group whose chunks have been drawn."""
        at = time.time()
        endings = b"".join(chunk.endings for chunk in group.chunks)
        self.journal.append(Record(b"F", {"g": group.group_id, "t": at}, (endings,)))
        replay.fire(self, group, at)
        for chunk in group.chunks:
            self.expect(chunk)

    def cancel(self, group: Group, numbers: Sequence[int] | None = None) -> None:
        """Give up a scheduled group, or those of its messages that have these running numbers."""
        self.note(b"U", {"g": group.group_id, "n": None if numbers is None else list(numbers)})

    def learn(self, group: Group, facts: dict[str, Any]) -> None:
        """Add to the facts of a group."""
        self.note(b"L", {"g": group.group_id, "facts": facts})

    def keep_picture(self, picture: Picture) -> None:
        """Take a picture."""
        self.note(b"P", {"picture": msgspec.to_builtins(picture)})

    def note(self, kind: bytes, head: dict[str, Any]) -> None:
        """Write a record of `replay.CHANGES` and apply it."""
        head = {"t": time.time(), **head}
        self.journal.append(Record(kind, head))
        replay.apply(self, Record(kind, head))

    # -- results -------------------------------------------------------------------------------

    def expect(self, chunk: Chunk) -> None:
        """Schedule the results of a fired chunk that nobody was told yet."""
        sent_at = chunk.group.sent_at or 0.0
        for when, places in self.store.buckets(chunk).items():
            self.reports.expect(sent_at + self.delay(when), chunk, places)

    def delay(self, when: When) -> float:
        """Seconds from acceptance to result."""
        settings = self.settings
        delays = {
            When.SOON: settings.report_delay_ms,
            When.ANSWER: settings.answer_after_ms,
            When.LATE: settings.late_after_ms,
        }
        return delays.get(when, 0) / 1000

    def _reveal(self, chunk: Chunk, places: Sequence[int]) -> None:
        self.store.reveal(chunk, places, time.time())
        self.courier.post(chunk, places)

    def _close(self, chunk: Chunk, places: Sequence[int], how: str) -> None:
        numbers = ",".join(map(str, places)).encode()
        self.journal.append(Record(b"K", {"b": chunk.base, "how": how}, (numbers,)))
        replay.close(chunk, places)

    def reset(self) -> None:
        """Forget groups, messages, faults and reports; keep templates, settings and numbering."""
        fresh = Store()
        fresh.next_message = self.store.next_message
        fresh.next_group = self.store.next_group
        self.store = fresh
        self.faults.scheduled.clear()
        self.reports.forget()
        self.courier.forget()
        self._spent.clear()
        self.texts.forget()
        self.journal.clear()
        self.journal.append(
            Record(b"O", {"options": self.last_options}),
            Record(b"C", msgspec.to_builtins(self.settings)),
            *(Record(b"R", {"entry": msgspec.to_builtins(entry)}) for entry in self.templates),
            *(Record(b"P", {"picture": msgspec.to_builtins(p)}) for p in self.pictures.all()),
            Record(b"N", {"message": fresh.next_message, "group": fresh.next_group}),
        )
