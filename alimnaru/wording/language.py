"""The words in another language: whoever has a catalogue of texts lends its look-up.

Korean is the language of every table here and needs none. A template is looked up before its facts
are filled in; the particles after them are Korean only, so that a translation simply has none.
"""

from __future__ import annotations

from collections.abc import Callable

Translate = Callable[[str], str]


class _Language:
    """Which look-up is in force, for the whole process; it chooses by itself for each thread."""

    def __init__(self) -> None:
        self.translate: Translate = str


_language = _Language()


def use(translate: Translate) -> None:
    """Have every text pass through `translate`, which returns what it does not know as it is."""
    _language.translate = translate


def said(template: str) -> str:
    """A template in the language of whoever reads it."""
    return _language.translate(template) if template else ""
