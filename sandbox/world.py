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
from sandbox.admission import Desk
from sandbox.auth import Gatekeeper
from sandbox.callbacks import Courier
from sandbox.faults import Faults
from sandbox.intake import Intake
from sandbox.journal import Journal, Record
from sandbox.matching import Template, TemplateSpec
from sandbox.outcomes import Outcomes, When
from sandbox.reports import Reports
from sandbox.settings import Settings, changed
from sandbox.store import Chunk, Group, Store
from sandbox.texts import Texts


class World:
    """Everything behind the HTTP surface. Belongs to one event loop."""

    def __init__(self, journal_path: Path | None = None) -> None:
        self.journal = Journal(journal_path)
        self.settings = Settings()
        self.templates: dict[str, Template] = {}
        self.store = Store()
        self.texts = Texts(self.journal, self.templates)
        self.faults = Faults()
        self.gate = Gatekeeper()
        self.spent = 0.0
        self.started_at = time.time()
        self.reports = Reports(self._reveal)
        self.courier = Courier(lambda: self.settings, self._close, self.reports.later)
        self.reports.deliver = self.courier.put
        self.last_options: dict[str, Any] = {}
        self._refresh()

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
        self._refresh()

    def register(self, specs: Sequence[TemplateSpec]) -> None:
        """Add templates, or replace those with the same id."""
        self.journal.append(Record(b"T", {"templates": msgspec.to_builtins(specs)}))
        self.apply_templates(specs)

    def apply_templates(self, specs: Sequence[TemplateSpec]) -> None:
        """Take templates over."""
        for spec in specs:
            self.templates[spec.template_id] = Template(spec)
        self._refresh()

    def _refresh(self) -> None:
        settings = self.settings
        profiles = {t.spec.pf_id for t in self.templates.values() if t.spec.pf_id}
        self.desk = Desk(
            self.templates,
            frozenset(profiles),
            senders=None if settings.senders is None else frozenset(settings.senders),
            mismatch_is_result=settings.mismatch == "result",
            alimtalk_limit=settings.alimtalk_limit,
        )
        self.outcomes = Outcomes(settings.mix, seed=settings.seed, patterns=settings.patterns)

    # -- groups --------------------------------------------------------------------------------

    def create(self, head: dict[str, Any]) -> tuple[Group, Record]:
        """Open a group; the record has to be written by the caller."""
        head = {"t": time.time(), **head}
        return replay.create(self, head), Record(b"G", head)

    def admit(
        self, group: Group, intake: Intake, body: bytes, *before: Record, one: bool = False
    ) -> Chunk:
        """Write what a request brought, after the records `before` it, and put it in its group."""
        chunk = intake.chunk(group, self.store.next_message, time.time())
        head = {
            "g": group.group_id,
            "t": chunk.at,
            "b": chunk.base,
            "n": len(chunk),
            "one": one,
            "f": {str(i): ending for i, ending in chunk.forced.items()},
        }
        record = Record(b"A", head, (bytes(chunk.code), body))
        places = self.journal.append(*before, record)
        chunk.one = one
        chunk.body = (places[-1] + len(chunk), len(body))
        self.store.add(chunk)
        return chunk

    def draw(self, chunk: Chunk) -> None:
        """Decide how the messages of a chunk end, if its group is fired now."""
        draw, shapes, shape = self.outcomes.draw, chunk.shapes, chunk.shape
        to, refs = list(chunk.to), chunk.refs()
        endings = bytearray([outcomes.NOT_ACCEPTED]) * len(chunk)
        for i, code in enumerate(chunk.code):
            if code == 0:
                kind = shapes[shape[i]].type
                endings[i] = draw(kind, to[i], refs[i])
        for i, forced in chunk.forced.items():
            if chunk.code[i] == 0:
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
        self.spent = 0.0
        self.texts.forget()
        self.journal.clear()
        specs = [template.spec for template in self.templates.values()]
        self.journal.append(
            Record(b"O", {"options": self.last_options}),
            Record(b"C", msgspec.to_builtins(self.settings)),
            Record(b"T", {"templates": msgspec.to_builtins(specs)}),
            Record(b"N", {"message": fresh.next_message, "group": fresh.next_group}),
        )
