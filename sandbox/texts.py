"""Message texts, read back from the requests that the journal keeps."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.journal import Journal
from sandbox.matching import Template
from sandbox.store import Chunk
from sandbox.wire import Message, read_message, read_messages

# Decoded requests kept at hand: a page of phones touches a few, one after another.
_KEEP = 4


def messages_of(body: bytes, *, one: bool) -> list[Message]:
    """The messages in the body of a request."""
    return [read_message(body).message] if one else read_messages(body).messages


class Texts:
    """Finds the message behind a place in a chunk."""

    def __init__(self, journal: Journal, templates: Mapping[str, Template]) -> None:
        self._journal = journal
        self._templates = templates
        self._open: dict[int, list[Message]] = {}

    def message(self, chunk: Chunk, i: int) -> Message:
        """The message as its request had it."""
        messages = self._open.get(chunk.base)
        if messages is None:
            messages = messages_of(self._journal.read(chunk.body), one=chunk.one)
            while len(self._open) >= _KEEP:
                del self._open[next(iter(self._open))]
            self._open[chunk.base] = messages
        return messages[chunk.source[i] if chunk.source is not None else i]

    def template(self, message: Message) -> Template | None:
        """The template that a message names."""
        kakao = message.kakao_options
        return self._templates.get((kakao.template_id if kakao else None) or "")

    def text(self, chunk: Chunk, i: int) -> str:
        """The finished text; a substitution is rendered from the template."""
        message = self.message(chunk, i)
        if message.text:
            return message.text
        kakao, template = message.kakao_options, self.template(message)
        if kakao is None or template is None:
            return ""
        return template.body.render(kakao.variables or {}) or ""

    def forget(self) -> None:
        """Drop what is at hand."""
        self._open.clear()
