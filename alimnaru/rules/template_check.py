"""Judges a template before Kakao does: every limit on registration, in tables.

Numbers and rules are Kakao's; where carriers differ, the narrowest holds, so that a template that
passes here can be registered with any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from alimnaru.rules.template import (
    BODY_LIMIT,
    CHANNEL_ADD_COST,
    EXTRA_LIMIT,
    HEADER_LIMIT,
    ITEM_DESCRIPTION_LIMIT,
    ITEM_TITLE_LIMIT,
    ITEMS_LEAST,
    ITEMS_MOST,
    LINK_FIELDS,
    MARK,
    STRIKE,
    SUBTITLE_LIMIT,
    SUMMARY_DESCRIPTION_LIMIT,
    SUMMARY_TITLE_LIMIT,
    TITLE_LIMIT,
    VARIABLES_MOST,
    Button,
    ButtonKind,
    Emphasis,
    Link,
    MessageType,
    Template,
    highlight_limits,
    is_amount,
    link_texts,
    marks,
    split_text,
)
from alimnaru.rules.template_buttons import LINK_LIMIT, NAME_LIMIT, PLUGIN_ID_LIMIT, check_taps
from alimnaru.rules.template_faults import TemplateFault, TemplateProblem, over

__all__ = [
    "Line",
    "TemplateFault",
    "TemplateProblem",
    "check_template",
    "lines",
    "longest_size",
]

BUTTONS_MOST: Final = 5
BUTTONS_MOST_WITH_QUICK_REPLIES: Final = 2
QUICK_REPLIES_MOST: Final = 10
_F = TemplateFault


def check_template(
    template: Template,
    *,
    limit: int = BODY_LIMIT,
    longest: Mapping[str, int] | None = None,
    chat_enabled: bool = True,
) -> list[TemplateProblem]:
    """List everything that Kakao would refuse, in reading order; an empty list means it may go.

    `limit` is the carrier's longest body. `longest` gives the greatest length of a value by
    variable name; with it, a text that could grow too long once it is filled in is a fault too.
    `chat_enabled`: the channel has consulting or a bot, which some buttons and all quick replies
    need.
    """
    lengths = longest or {}
    found = [
        TemplateProblem(rule.code, rule.where, rule.detail(template))
        for rule in _RULES
        if rule.breaks(template)
    ]
    for line in lines(template, limit):
        found += _check_line(line, lengths)
    return found + list(check_taps(template, chat_enabled=chat_enabled))


# ---- the template as a whole -----------------------------------------------------------------


def _nothing(_: Template) -> str:
    return ""


class _Rule(NamedTuple):
    code: TemplateFault
    where: str
    breaks: Callable[[Template], bool]
    detail: Callable[[Template], str] = _nothing


_WITH_EXTRA: Final = (MessageType.EX, MessageType.MI)
_WITH_CHANNEL: Final = (MessageType.AD, MessageType.MI)


def _has_item_parts(t: Template) -> bool:
    return bool(t.header or t.highlight or t.items or t.summary)


def _has_image(t: Template) -> bool:
    return bool(t.image_name or t.image_url)


def _says_nothing_itself(t: Template) -> bool:
    pieces, names = split_text(t.body)
    return bool(names) and not any(sign.isalnum() for piece in pieces for sign in piece)


def _sums_up_no_amount(t: Template) -> bool:
    text = t.summary.description if t.summary else ""
    return bool(text) and not is_amount(MARK.sub("1", text))


def _strikes(text: str | None) -> bool:
    return STRIKE in (text or "")


_RULES: Final = (
    _Rule(_F.BODY_MISSING, "body", lambda t: not t.body.strip()),
    _Rule(_F.BODY_ONLY_VARIABLES, "body", _says_nothing_itself),
    _Rule(
        _F.VARIABLES_TOO_MANY,
        "variables",
        lambda t: len(t.variables) > VARIABLES_MOST,
        lambda t: over(len(t.variables), VARIABLES_MOST),
    ),
    _Rule(_F.EXTRA_MISSING, "extra", lambda t: t.message_type in _WITH_EXTRA and not t.extra),
    _Rule(
        _F.EXTRA_FORBIDDEN, "extra", lambda t: t.message_type not in _WITH_EXTRA and bool(t.extra)
    ),
    _Rule(_F.TITLE_MISSING, "title", lambda t: t.emphasis is Emphasis.TEXT and not t.title),
    _Rule(_F.TITLE_FORBIDDEN, "title", lambda t: t.emphasis is not Emphasis.TEXT and bool(t.title)),
    _Rule(
        _F.SUBTITLE_MISSING, "subtitle", lambda t: t.emphasis is Emphasis.TEXT and not t.subtitle
    ),
    _Rule(
        _F.SUBTITLE_FORBIDDEN,
        "subtitle",
        lambda t: t.emphasis is not Emphasis.TEXT and bool(t.subtitle),
    ),
    _Rule(_F.STRIKE_IN_TEMPLATE, "title", lambda t: _strikes(t.title)),
    _Rule(
        _F.STRIKE_IN_TEMPLATE,
        "highlight.title",
        lambda t: t.highlight is not None and _strikes(t.highlight.title),
    ),
    _Rule(_F.IMAGE_MISSING, "image", lambda t: t.emphasis is Emphasis.IMAGE and not _has_image(t)),
    _Rule(
        _F.IMAGE_FORBIDDEN,
        "image",
        lambda t: t.emphasis in (Emphasis.NONE, Emphasis.TEXT) and _has_image(t),
    ),
    _Rule(_F.IMAGE_INCOMPLETE, "image", lambda t: bool(t.image_name) is not bool(t.image_url)),
    _Rule(
        _F.ITEM_LIST_EMPTY,
        "items",
        lambda t: (
            t.emphasis is Emphasis.ITEM_LIST
            and not (t.header or t.highlight or t.items or _has_image(t))
        ),
    ),
    _Rule(
        _F.ITEM_LIST_FORBIDDEN,
        "items",
        lambda t: t.emphasis is not Emphasis.ITEM_LIST and _has_item_parts(t),
    ),
    _Rule(
        _F.ITEM_LIST_SECURITY,
        "security",
        lambda t: t.emphasis is Emphasis.ITEM_LIST and t.security,
    ),
    _Rule(
        _F.ITEMS_TOO_FEW,
        "items",
        lambda t: 0 < len(t.items) < ITEMS_LEAST,
        lambda t: f"{len(t.items)} < {ITEMS_LEAST}",
    ),
    _Rule(
        _F.ITEMS_TOO_MANY,
        "items",
        lambda t: len(t.items) > ITEMS_MOST,
        lambda t: over(len(t.items), ITEMS_MOST),
    ),
    _Rule(_F.SUMMARY_WITHOUT_ITEMS, "summary", lambda t: bool(t.summary) and not t.items),
    _Rule(
        _F.SUMMARY_NOT_AN_AMOUNT,
        "summary.description",
        _sums_up_no_amount,
    ),
    _Rule(
        _F.CHANNEL_BUTTON_MISSING,
        "buttons",
        lambda t: (
            t.message_type in _WITH_CHANNEL
            and all(button.kind is not ButtonKind.AC for button in t.buttons)
        ),
    ),
    _Rule(
        _F.BUTTONS_TOO_MANY,
        "buttons",
        lambda t: len(t.buttons) > BUTTONS_MOST,
        lambda t: over(len(t.buttons), BUTTONS_MOST),
    ),
    _Rule(
        _F.BUTTONS_WITH_QUICK_REPLIES,
        "buttons",
        lambda t: bool(t.quick_replies) and len(t.buttons) > BUTTONS_MOST_WITH_QUICK_REPLIES,
        lambda t: over(len(t.buttons), BUTTONS_MOST_WITH_QUICK_REPLIES),
    ),
    _Rule(
        _F.QUICK_REPLIES_TOO_MANY,
        "quick_replies",
        lambda t: len(t.quick_replies) > QUICK_REPLIES_MOST,
        lambda t: over(len(t.quick_replies), QUICK_REPLIES_MOST),
    ),
)


# ---- text by text ----------------------------------------------------------------------------


class Line(NamedTuple):
    """A text of a template with its limit; `where` as `TemplateProblem` has it."""

    where: str
    text: str | None
    limit: int
    may_vary: bool = False
    if_empty: TemplateFault | None = None


_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
# What people type when they mean a mark: Kakao would show it as it stands.
_MALFORMED: Final = re.compile(r"[#＃$] ?[{｛]|[{｛]{2}")
# Carriers refuse `.` and `@` in names; a blank at either end never meets its column.
_NAME: Final = re.compile(r"[^\s.@](?:[^.@]*[^\s.@])?")


def lines(t: Template, limit: int = BODY_LIMIT) -> Iterator[Line]:
    """Every text of a template whose length is limited."""
    # The invitation to add the channel shares the room of the extra text.
    extra = EXTRA_LIMIT - (CHANNEL_ADD_COST if t.message_type is MessageType.MI else 0)
    yield Line("body", t.body, t.room(limit), may_vary=True)
    yield Line("extra", t.extra, extra)
    yield Line("title", t.title, TITLE_LIMIT, may_vary=True)
    yield Line("subtitle", t.subtitle, SUBTITLE_LIMIT)
    yield from _item_lines(t)
    for name, buttons in (("buttons", t.buttons), ("quick_replies", t.quick_replies)):
        for at, button in enumerate(buttons):
            where = f"{name}[{at}]"
            yield Line(f"{where}.name", button.name, NAME_LIMIT, if_empty=_F.NAME_MISSING)
            yield Line(f"{where}.plugin_id", button.plugin_id, PLUGIN_ID_LIMIT)
            yield from _link_lines(button, where)
    if t.represent_link:
        yield from _link_lines(t.represent_link, "represent_link")


def _item_lines(t: Template) -> Iterator[Line]:
    yield Line("header", t.header, HEADER_LIMIT, may_vary=True)
    if t.highlight:
        title, description = highlight_limits(t.highlight)
        half = _F.HIGHLIGHT_INCOMPLETE
        yield Line("highlight.title", t.highlight.title, title, True, half)
        yield Line("highlight.description", t.highlight.description, description, True, half)
    for at, item in enumerate(t.items):
        half = _F.ITEM_INCOMPLETE
        yield Line(f"items[{at}].title", item.title, ITEM_TITLE_LIMIT, False, half)
        yield Line(f"items[{at}].description", item.description, ITEM_DESCRIPTION_LIMIT, True, half)
    if t.summary:
        half, limit = _F.SUMMARY_INCOMPLETE, SUMMARY_DESCRIPTION_LIMIT
        yield Line("summary.title", t.summary.title, SUMMARY_TITLE_LIMIT, False, half)
        yield Line("summary.description", t.summary.description, limit, True, half)


def _link_lines(link: Button | Link, where: str) -> Iterator[Line]:
    for field, text in zip(LINK_FIELDS, link_texts(link), strict=True):
        yield Line(f"{where}.{field}", text, LINK_LIMIT, may_vary=True)


def longest_size(text: str, longest: Mapping[str, int]) -> int:
    """Characters of a text as it is written, or filled with the longest values if that is more.

    `longest` by variable name; a variable that is not in it counts as its mark.
    """
    names = marks(text)
    fixed = len(MARK.sub("", text))
    filled = fixed + sum(longest.get(name, len(name) + len("#{}")) for name in names)
    return max(len(text), filled)


def _check_line(line: Line, longest: Mapping[str, int]) -> Iterator[TemplateProblem]:
    where, text = line.where, line.text
    if not text:
        if line.if_empty:
            yield TemplateProblem(line.if_empty, where)
        return
    names = marks(text)
    if (size := longest_size(text, longest)) > line.limit:
        yield TemplateProblem(_F.TOO_LONG, where, over(size, line.limit))
    if names and not line.may_vary:
        yield TemplateProblem(_F.HAS_VARIABLE, where, names[0])
    if _MALFORMED.search(MARK.sub(" x ", text)):
        yield TemplateProblem(_F.MARK_MALFORMED, where)
    for name in dict.fromkeys(names):
        if not _NAME.fullmatch(name):
            yield TemplateProblem(_F.VARIABLE_NAME_BAD, where, name)
    if _CONTROL.search(text):
        yield TemplateProblem(_F.CONTROL_CHARACTER, where)
