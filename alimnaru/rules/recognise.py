"""Recognises a finished text of an older system as one of the office's wordings.

A text is taken for a wording only if it is that wording beyond doubt: it fits one of them alone,
and there is one way alone to put values at its marks that the variables' own checks allow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from alimnaru.rules.refusals import Refusal
from alimnaru.rules.template import split_text
from alimnaru.rules.variables import Kind, Variable, format_value

#: A wording with fewer fixed characters than this fits by chance.
LEAST_FIXED: Final = 8
#: Ends tried for values before a text is called doubtful, so that none takes longer than about a
#: millisecond, however it is made. The wordings of the catalogue take 30 at most.
MOST_TRIES: Final = 1_000

_Allows = Callable[[str, str], bool]

_DATES: Final = frozenset({Kind.DATE_LONG, Kind.DATE_SHORT})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wording that a text may be. `texts`: how it reads on each channel, the fullest first."""

    key: int
    texts: tuple[str, ...]
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The wording that a text is, and what stands at its marks, by variable, as it was written."""

    key: int
    values: Mapping[str, str] = field(repr=False)


class Recogniser:
    """Candidates, made ready for many texts. Those with hardly a fixed word are left out.

    A text is held only against the wordings that have one of its words: 100 wordings cost as much
    as the one or two that are looked at. `today` settles dates without a year.
    """

    def __init__(self, candidates: Iterable[Candidate], today: date) -> None:
        patterns = [
            _Pattern(candidate, text, today)
            for candidate in candidates
            for text in dict.fromkeys(candidate.texts)
            if _fixed(text) >= LEAST_FIXED
        ]
        often = Counter(word for pattern in patterns for word in set(pattern.words))
        self._by_word: dict[str, list[_Pattern]] = defaultdict(list)
        self._wordless: list[_Pattern] = []
        for pattern in patterns:
            words = pattern.words
            if words:
                rarest = min(words, key=lambda word: (often[word], -len(word), word))
                self._by_word[rarest].append(pattern)
            else:
                self._wordless.append(pattern)

    def recognise(self, text: str) -> Recognised | None:
        """What the text is; None if it is none of them, or one cannot tell."""
        plain = tidied(text)
        found: Recognised | None = None
        for pattern in self._near(plain):
            if found is not None and found.key == pattern.key:
                continue  # known by a fuller text already
            drawn = pattern.draw(plain)
            if drawn is None:
                continue
            if found is not None or not drawn:
                return None
            found = Recognised(pattern.key, pattern.completed(drawn[0]))
        return found

    def _near(self, text: str) -> Iterator[_Pattern]:
        yield from self._wordless
        for word in dict.fromkeys(text.split()):
            if word in self._by_word:
                yield from self._by_word[word]


def tidied(text: str) -> str:
    """The text without what systems add or lose on its way: blanks at the ends of lines, CR."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "\n".join(map(str.rstrip, unix.split("\n")))


def _fixed(text: str) -> int:
    return sum(len("".join(piece.split())) for piece in split_text(text)[0])


class _Pattern:
    """One text of a candidate."""

    def __init__(self, candidate: Candidate, text: str, today: date) -> None:
        self.key = candidate.key
        self._today = today
        self._variables = {v.name: v for v in candidate.variables}
        pieces, names = split_text(tidied(text))
        self._pieces = pieces
        self._names = names
        self.words = tuple(_whole_words(pieces))

    def draw(self, text: str) -> list[dict[str, str]] | None:
        """The one way to fill the marks; empty if there are several, None if there is none."""
        if not text.startswith(self._pieces[0]) or not text.endswith(self._pieces[-1]):
            return None
        if not self._names:
            return [{}] if text == self._pieces[0] else None
        search = _Search(text, self._pieces, self._names, self._allows)
        ways = search.ways()
        if search.tries >= MOST_TRIES or len(ways) > 1:
            return []
        return ways or None

    def completed(self, drawn: dict[str, str]) -> dict[str, str]:
        """With what the values say of others: the day in an SMS is the day in the Alimtalk."""
        values = dict(drawn)
        for name, value in drawn.items():
            short = self._variables[name]
            source = self._variables.get(short.source or "")
            if source is None or source.name in values:
                continue
            if short.kind in _DATES and source.kind in _DATES:
                values[source.name] = value
            elif short.kind is Kind.ENUM_SHORT:
                long = [each for each, brief in short.short.items() if brief == value]
                if len(long) == 1:
                    values[source.name] = long[0]
        return values

    def _allows(self, name: str, value: str) -> bool:
        variable = self._variables.get(name)
        if variable is None or not value.strip() or "\n" in value:
            return False
        return not isinstance(format_value(variable, value, today=self._today), Refusal)


class _Search:
    """The ways to fill the marks of a text, two at most: two are as bad as many."""

    def __init__(
        self, text: str, pieces: Sequence[str], names: Sequence[str], allows: _Allows
    ) -> None:
        self._text = text
        self._pieces = pieces
        self._names = names
        self._allows = allows
        self._known: dict[tuple[str, str], bool] = {}
        self._found: list[dict[str, str]] = []
        self.tries = 0

    def ways(self) -> list[dict[str, str]]:
        self._fill(0, len(self._pieces[0]), {})
        return self._found

    def _fill(self, at_mark: int, start: int, values: dict[str, str]) -> None:
        if at_mark == len(self._names):
            self._found.append(values)
            return
        name = self._names[at_mark]
        for end in self._ends(at_mark, start):
            if self.tries >= MOST_TRIES or len(self._found) > 1:
                return
            self.tries += 1
            value = self._text[start:end]
            if values.get(name, value) != value or not self._is_allowed(name, value):
                continue
            after = end + len(self._pieces[at_mark + 1])
            self._fill(at_mark + 1, after, {**values, name: value})

    def _ends(self, at_mark: int, start: int) -> Iterator[int]:
        """Where the value of a mark may end: before the next piece, and on its own line."""
        piece = self._pieces[at_mark + 1]
        if at_mark == len(self._names) - 1:
            yield len(self._text) - len(piece)
            return
        line_end = self._text.find("\n", start)
        stop = len(self._text) if line_end < 0 else line_end
        end = self._text.find(piece, start)
        while 0 <= end <= stop:
            yield end
            end = self._text.find(piece, end + 1)

    def _is_allowed(self, name: str, value: str) -> bool:
        key = (name, value)
        if key not in self._known:
            self._known[key] = self._allows(name, value)
        return self._known[key]


def _whole_words(pieces: Sequence[str]) -> Iterator[str]:
    """Words of the fixed pieces that no mark touches: in any text of the wording they stand
    between blanks, as they stand here."""
    last = len(pieces) - 1
    for at, piece in enumerate(pieces):
        words = piece.split()
        if words and at > 0 and not piece[0].isspace():
            words = words[1:]
        if words and at < last and not piece[-1].isspace():
            words = words[:-1]
        yield from words
