"""The words in another language: whoever has a catalogue of texts lends its look-up.

Korean is the language of every table here and needs none. A template is looked up before its facts
are filled in; the particles after them are Korean only, so that a translation simply has none.
Tables hold `Words`, `Named` or, as `Texts`, plain strings: all of these translate when they are
read, so that nobody who uses a table has to think of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar, overload

Translate = Callable[[str], str]
Key = TypeVar("Key")

_HANGUL = re.compile(r"[가-힣]")
#: Its tables are of particles, which other languages have not.
_WITHOUT_TEXTS = frozenset({"filling"})


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


class Texts(dict[Key, str]):
    """A table of plain texts. Looked up by key they are in the reader's language; `values()` and
    `items()` are the Korean."""

    def __getitem__(self, key: Key) -> str:
        return said(super().__getitem__(key))

    @overload  # type: ignore[override]
    def get(self, key: Key) -> str | None: ...
    @overload
    def get(self, key: Key, default: str) -> str: ...
    def get(self, key: Key, default: str | None = None) -> str | None:
        """As of any table; the text is in the reader's language."""
        return said(found) if (found := super().get(key)) is not None else default

    def korean(self, key: Key) -> str:
        """The text itself, for another table."""
        return super().__getitem__(key)


def texts() -> Iterator[str]:
    """Every Korean text of every table in this package: what a catalogue has to translate."""
    package = import_module(__name__.rpartition(".")[0])
    names = sorted({module.name for module in iter_modules(package.__path__)} - _WITHOUT_TEXTS)
    for module in (package, *(import_module(f"{package.__name__}.{name}") for name in names)):
        for name, table in vars(module).items():
            if name.isupper():
                yield from filter(_HANGUL.search, _inside(table))


def _inside(table: object) -> Iterator[str]:
    if isinstance(table, str):
        yield table
    elif isinstance(table, Mapping):
        for value in table.values():
            yield from _inside(value)
    elif isinstance(table, tuple | list | frozenset | set):
        for value in table:
            yield from _inside(value)
