"""Message texts, read back from the requests that the journal keeps."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.journal import Journal
from sandbox.matching import Template
from sandbox.message import Message
from sandbox.store import Chunk

# Decoded requests kept at hand: a page of phones touches a few, one after another.
_KEEP = 4

# The messages of a chunk's request, and the template of a protocol by its code.
Read = Callable[[Chunk, bytes], list[Message]]
Look = Callable[[str, str], Template | None]


class Texts:
    """Finds the message behind a place in a chunk."""

    def __init__(self, journal: Journal, read: Read, look: Look) -> None:
        self._journal = journal
        self._read = read
        self._look = look
        self._open: dict[int, list[Message]] = {}

    def message(self, chunk: Chunk, i: int) -> Message:
        """The message as its request had it."""
        messages = self._open.get(chunk.base)
        if messages is None:
            messages = self._read(chunk, self._journal.read(chunk.body))
            self.keep(chunk, messages)
        return messages[chunk.source[i] if chunk.source is not None else i]

    def keep(self, chunk: Chunk, messages: list[Message]) -> None:
        """Have the messages of a chunk at hand."""
        while len(self._open) >= _KEEP:
            del self._open[next(iter(self._open))]
        self._open[chunk.base] = messages

    def template(self, chunk: Chunk, i: int) -> Template | None:
        """The template that a message names."""
        return self._look(chunk.group.protocol, chunk.shape_of(i).template or "")

    def text(self, chunk: Chunk, i: int) -> str:
        """The finished text; a substitution is rendered from the template."""
        message = self.message(chunk, i)
        if message.text:
            return message.text
        template = self.template(chunk, i)
        if template is None:
            return ""
        return template.body.render(message.variables or {}) or ""

    def forget(self) -> None:
        """Drop what is at hand."""
        self._open.clear()
