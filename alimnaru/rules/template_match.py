"""Matches a finished message against an approved template, as Kakao does before it delivers.

Fixed characters must be equal, blanks and line breaks included. At a mark anything may stand, the
empty text and line breaks too, and a name that occurs twice may carry two values. Limits come
before likeness, because they can be judged without the template's wording.

Not compared, because carriers let them differ from message to message: a button's telephone
number, its chat extras and whether it opens outside KakaoTalk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from alimnaru.rules.template import (
    BODY_LIMIT,
    HEADER_LIMIT,
    ITEM_DESCRIPTION_LIMIT,
    LINK_FIELDS,
    STRIKE,
    SUMMARY_DESCRIPTION_LIMIT,
    TITLE_LIMIT,
    Button,
    Emphasis,
    Highlight,
    Link,
    Rendered,
    Template,
    highlight_limits,
    is_amount,
    link_texts,
    split_text,
)


class MismatchKind(StrEnum):
    """The part of a message that Kakao refuses."""

    BODY = "body"
    TITLE = "title"
    HEADER = "header"
    HIGHLIGHT = "highlight"
    ITEMS = "items"
    SUMMARY = "summary"
    BUTTON = "buttons"
    QUICK_REPLY = "quick_replies"
    REPRESENT_LINK = "represent_link"
    IMAGE = "image"


UNLIKE = {
    MismatchKind.BODY: "3016",
    MismatchKind.BUTTON: "3027",
    MismatchKind.QUICK_REPLY: "3027",
    MismatchKind.TITLE: "3028",
    MismatchKind.IMAGE: "3030",
    MismatchKind.HEADER: "3031",
    MismatchKind.HIGHLIGHT: "3033",
    MismatchKind.ITEMS: "3036",
    MismatchKind.SUMMARY: "3038",
    MismatchKind.REPRESENT_LINK: "3042",
}
EMPTY = "3013"
TOO_LONG = "3014"
VALUE_TOO_LONG = "3025"
NOT_AN_AMOUNT = "3040"


_NO_LINK = Link()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why Kakao would refuse. Nothing in it is taken from the message, which names a resident.

    `code` is Kakao's result code, `where` a path such as `items[1].description`, `missing` the
    piece of the approved wording that does not stand in its place.
    """

    kind: MismatchKind
    code: str
    where: str
    missing: str = ""


class Pattern:
    """One approved text with its marks.

    The first and the last piece are anchored; those between are sought from the left, each where
    it first occurs behind the one before. The first occurrence leaves the most room for the rest,
    so nothing is tried twice and no text, however it is made, costs more than a few scans.
    """

    __slots__ = ("_between", "_first", "_last", "_least", "_names")

    def __init__(self, text: str) -> None:
        pieces, self._names = split_text(text)
        self._first, self._between, self._last = pieces[0], pieces[1:-1], pieces[-1]
        self._least = sum(map(len, pieces))

    def fits(self, text: str) -> bool:
        """Whether `text` is this wording with anything at its marks."""
        first = self._first
        if not self._names:
            return text == first
        last = self._last
        if len(text) < self._least or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for piece in self._between:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    def missing(self, text: str) -> str:
        """Of a text that does not fit: the first piece that does not stand in its place."""
        if not text.startswith(self._first):
            return self._first
        at = len(self._first)
        for piece in self._between:
            found = text.find(piece, at)
            if found < 0:
                return piece
            at = found + len(piece)
        return self._last

    def fits_within(self, text: str, growth: int) -> bool:
        """Whether a text that fits can do so with no value `growth` longer than its mark."""
        starts = {len(self._first)}
        pieces = (*self._between, self._last)
        for name, piece in zip(self._names, pieces, strict=False):
            room = len("#{}") + len(name) + growth
            starts = {end for start in starts for end in _ends(text, piece, start, start + room)}
        return len(text) in starts


def _ends(text: str, piece: str, start: int, stop: int) -> list[int]:
    """Where `piece` ends, wherever it begins from `start` to `stop`."""
    size = len(piece)
    stop = min(stop, len(text) - size)
    return [at + size for at in range(start, stop + 1) if text.startswith(piece, at)]


class _Tap:
    """An approved button, quick reply or representative link."""

    __slots__ = ("_links", "_part")

    def __init__(self, part: Button | Link) -> None:
        self._part = part
        self._links = [Pattern(text or "") for text in link_texts(part)]

    def unlike(self, sent: Button | Link) -> str | None:
        """Return the field that differs."""
        part = self._part
        # Our renderings share with the template every button that has no marks.
        if sent is part:
            return None
        if isinstance(sent, Button) and isinstance(part, Button):
            for field in ("kind", "name", "plugin_id", "biz_form_id"):
                if (getattr(sent, field) or "") != (getattr(part, field) or ""):
                    return field
        for field, pattern, text in zip(LINK_FIELDS, self._links, link_texts(sent), strict=True):
            if not pattern.fits(text or ""):
                return field
        return None


def _differ_in_buttons(
    name: str, approved: Sequence[_Tap], sent: Sequence[Button]
) -> Mismatch | None:
    if len(approved) != len(sent):
        return _unlike(name)
    for at, (tap, button) in enumerate(zip(approved, sent, strict=True)):
        field = tap.unlike(button)
        if field is not None:
            return _unlike(f"{name}[{at}].{field}")
    return None


class Approved:
    """An approved template, ready to match many messages.

    `limit` is the longest body the carrier takes. `growth` is how much longer than its mark a
    value may be: `NEW_SENDER_GROWTH` for a sender that Kakao does not know yet, else None.
    """

    def __init__(
        self, template: Template, *, limit: int = BODY_LIMIT, growth: int | None = None
    ) -> None:
        self._template = template
        self._room = template.room(limit)
        self._growth = growth
        self._image = template.emphasis is Emphasis.IMAGE
        self._body = Pattern(template.body)
        self._words = {where: Pattern(text) for where, text in _words(template).items()}
        self._buttons = [_Tap(button) for button in template.buttons]
        self._quick_replies = [_Tap(reply) for reply in template.quick_replies]
        self._represent_link = _Tap(template.represent_link or _NO_LINK)

    def match(self, sent: Rendered) -> Mismatch | None:
        """Return what Kakao would refuse, or None."""
        found = self.oversize(sent)
        if found is not None:
            return found
        if not self._body.fits(sent.text):
            return _unlike("body", self._body.missing(sent.text))
        if sent.image is not self._image:
            return _unlike("image")
        words = _words(sent)
        found = _differ(self._words, words) or self._differ_in_taps(sent)
        if found is None and self._growth is not None:
            found = self._grown({"body": sent.text, **words}, self._growth)
        return found

    def oversize(self, sent: Rendered) -> Mismatch | None:
        """Return what breaks a limit once it is filled in.

        This is all that needs to be asked of our own renderings: they are alike by construction.
        """
        if len(sent.text) > self._room:
            return Mismatch(MismatchKind.BODY, TOO_LONG, "body")
        if not sent.text or sent.text.isspace():
            return Mismatch(MismatchKind.BODY, EMPTY, "body")
        for where, text, limit, code in _measured(sent, self._template.highlight):
            if len(text) > limit:
                return Mismatch(_kind(where), code, where)
        if sent.summary and not is_amount(sent.summary.description):
            return Mismatch(MismatchKind.SUMMARY, NOT_AN_AMOUNT, "summary.description")
        return None

    def _differ_in_taps(self, sent: Rendered) -> Mismatch | None:
        approved = self._template
        if (
            sent.buttons is approved.buttons
            and sent.quick_replies is approved.quick_replies
            and sent.represent_link is approved.represent_link
        ):
            return None
        link = self._represent_link.unlike(sent.represent_link or _NO_LINK)
        return (
            _differ_in_buttons("buttons", self._buttons, sent.buttons)
            or _differ_in_buttons("quick_replies", self._quick_replies, sent.quick_replies)
            or (_unlike(f"represent_link.{link}") if link else None)
        )

    def _grown(self, texts: Mapping[str, str], growth: int) -> Mismatch | None:
        for where, pattern in {"body": self._body, **self._words}.items():
            if not pattern.fits_within(texts[where], growth):
                return Mismatch(_kind(where), VALUE_TOO_LONG, where)
        return None


@lru_cache(maxsize=64)
def _approved(template: Template, limit: int) -> Approved:
    return Approved(template, limit=limit)


def match(approved: Template, sent: Rendered, *, limit: int = BODY_LIMIT) -> Mismatch | None:
    """Return what Kakao would refuse of one message, or None. For many, keep an `Approved`."""
    return _approved(approved, limit).match(sent)


def _differ(approved: Mapping[str, Pattern], sent: Mapping[str, str]) -> Mismatch | None:
    for where, pattern in approved.items():
        text = sent.get(where)
        if text is None or not pattern.fits(text):
            return _unlike(where, pattern.missing(text or ""))
    for where in sent:
        if where not in approved:
            return _unlike(where)
    return None


def _unlike(where: str, missing: str = "") -> Mismatch:
    kind = _kind(where)
    return Mismatch(kind, UNLIKE[kind], where, missing)


def _kind(where: str) -> MismatchKind:
    return MismatchKind(where.partition(".")[0].partition("[")[0])


def _unstruck(title: str | None) -> str:
    # A flag at the end strikes a title through; Kakao takes it off before it counts or compares.
    return (title or "").removesuffix(STRIKE)


def _measured(sent: Rendered, approved: Highlight | None) -> Iterator[tuple[str, str, int, str]]:
    """Path, text, limit and Kakao's code of every short text that is there."""
    if sent.title:
        yield "title", _unstruck(sent.title), TITLE_LIMIT, "3029"
    if sent.header:
        yield "header", sent.header, HEADER_LIMIT, "3032"
    if sent.highlight:
        title, description = highlight_limits(approved or sent.highlight)
        yield "highlight.title", _unstruck(sent.highlight.title), title, "3034"
        yield "highlight.description", sent.highlight.description, description, "3035"
    for at, item in enumerate(sent.items):
        yield f"items[{at}].description", item.description, ITEM_DESCRIPTION_LIMIT, "3037"
    if sent.summary:
        yield "summary.description", sent.summary.description, SUMMARY_DESCRIPTION_LIMIT, "3039"


def _words(parts: Template | Rendered) -> dict[str, str]:
    """Everything to read but the body, by path; what is absent has no path."""
    found = {}
    if parts.title:
        found["title"] = _unstruck(parts.title)
    if parts.header:
        found["header"] = parts.header
    if parts.highlight:
        found["highlight.title"] = _unstruck(parts.highlight.title)
        found["highlight.description"] = parts.highlight.description
    for at, item in enumerate(parts.items):
        found[f"items[{at}].title"] = item.title
        found[f"items[{at}].description"] = item.description
    if parts.summary:
        found["summary.title"] = parts.summary.title
        found["summary.description"] = parts.summary.description
    return found
