"""Fills wordings with values: compiled once per wording, run once per resident.

Values are put in by one pass and never read again: a value that looks like a mark stays text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TypeAlias, TypeVar

from alimnaru.rules.resident_link import EXAMPLES, own_names
from alimnaru.rules.template import (
    Button,
    Emphasis,
    Highlight,
    Item,
    Link,
    Rendered,
    Template,
    link_texts,
    marks,
    split_text,
)

Values: TypeAlias = Sequence[str]
_Part = TypeVar("_Part")
_Fill: TypeAlias = Callable[[Values], _Part]
_Places: TypeAlias = Mapping[str, int]


class MissingVariables(ValueError):  # noqa: N818 - the name says what is wrong
    """A wording has marks that `order` does not name. `names` are variable names, not values."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"no values for {', '.join(names)}")
        self.names = names


class WrongWidth(ValueError):  # noqa: N818
    """A row has more or fewer values than `order` has names: it must not go out shifted."""

    def __init__(self, expected: int, given: int) -> None:
        super().__init__(f"{expected} values expected, {given} given")


class CompiledTemplate:
    """An Alimtalk template whose marks are bound to places in a row of values.

    `order` names the values of every row; it may name more than this wording uses, for the SMS of
    the same notice has marks of its own. `own` are the marks that Alimnaru fills in itself
    (`rules.resident_link`): they are no values of a row. Raises `MissingVariables`.
    """

    def __init__(self, template: Template, order: Sequence[str]) -> None:
        self.template = template
        self.own = _own(order, template.variables)
        self._examples = _examples(self.own)
        places = _places((*order, *self.own), template.variables)
        self._width = len(order)
        self._text = _text(template.body, places)
        # Four wordings in five vary in the body alone: their other parts are built once and shared.
        fixed = _fixed_parts(template)
        self._fixed = None if replace(template, body="").variables else fixed
        # Of the rest most vary in a button too, which leads to the resident's own page.
        bare = replace(template, body="", buttons=())
        self._around = None if bare.variables else (fixed[:5], fixed[6:])
        self._parts = _parts(template, places)

    def render(self, values: Values, own: Values = ()) -> Rendered:
        """Fill in one row; examples stand where `own` is not given. Raises `WrongWidth`."""
        if len(values) != self._width:
            raise WrongWidth(self._width, len(values))
        if self.own:
            values = (*values, *(own or self._examples))
        if self._fixed is not None:
            return Rendered(self._text(values), *self._fixed)
        if self._around is not None:
            before, after = self._around
            return Rendered(self._text(values), *before, self._parts[5](values), *after)
        title, header, highlight, items, summary, buttons, quick_replies, link = self._parts
        return Rendered(
            self._text(values),
            title(values),
            header(values),
            highlight(values),
            items(values),
            summary(values),
            buttons(values),
            quick_replies(values),
            None,
            link(values),
            self.template.emphasis is Emphasis.IMAGE,
        )


class CompiledText:
    """The same for an SMS, or for an LMS with its `subject`. Raises `MissingVariables`."""

    def __init__(self, text: str, order: Sequence[str], subject: str | None = None) -> None:
        used = tuple(dict.fromkeys((*marks(text), *marks(subject))))
        self.own = _own(order, used)
        self._examples = _examples(self.own)
        places = _places((*order, *self.own), used)
        self._width = len(order)
        self._text = _text(text, places)
        self._subject = _optional(subject, places)

    def render(self, values: Values, own: Values = ()) -> Rendered:
        """As `CompiledTemplate.render`."""
        if len(values) != self._width:
            raise WrongWidth(self._width, len(values))
        if self.own:
            values = (*values, *(own or self._examples))
        return Rendered(self._text(values), subject=self._subject(values))


def _own(order: Sequence[str], used: tuple[str, ...]) -> tuple[str, ...]:
    """A wording from before there were such marks may have a variable of that name: it stays."""
    return tuple(name for name in own_names(used) if name not in order)


def _examples(own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(EXAMPLES[name] for name in own)


def _places(order: Sequence[str], needed: tuple[str, ...]) -> _Places:
    places = {name: at for at, name in enumerate(order)}
    if len(places) != len(order):
        raise ValueError("a variable is named twice in the order of values")
    missing = tuple(name for name in needed if name not in places)
    if missing:
        raise MissingVariables(missing)
    return places


def _fixed_parts(
    template: Template,
) -> tuple[
    str | None,
    str | None,
    Highlight | None,
    tuple[Item, ...],
    Item | None,
    tuple[Button, ...],
    tuple[Button, ...],
    None,
    Link | None,
    bool,
]:
    return (
        template.title,
        template.header,
        template.highlight,
        template.items,
        template.summary,
        template.buttons,
        template.quick_replies,
        None,
        template.represent_link,
        template.emphasis is Emphasis.IMAGE,
    )


def _parts(
    template: Template, places: _Places
) -> tuple[
    _Fill[str | None],
    _Fill[str | None],
    _Fill[Highlight | None],
    _Fill[tuple[Item, ...]],
    _Fill[Item | None],
    _Fill[tuple[Button, ...]],
    _Fill[tuple[Button, ...]],
    _Fill[Link | None],
]:
    return (
        _optional(template.title, places),
        _optional(template.header, places),
        _highlight(template.highlight, places),
        _all([_item(item, places) for item in template.items]),
        _always(None) if template.summary is None else _item(template.summary, places),
        _all([_button(button, places) for button in template.buttons]),
        _all([_button(button, places) for button in template.quick_replies]),
        _link(template.represent_link, places),
    )


def _always(part: _Part) -> _Fill[_Part]:
    return lambda values: part


def _all(fills: Sequence[_Fill[_Part]]) -> _Fill[tuple[_Part, ...]]:
    if not fills:
        return _always(())
    return lambda values: tuple([fill(values) for fill in fills])


def _text(text: str, places: _Places) -> _Fill[str]:
    pieces, names = split_text(text)
    if not names:
        return _always(text)
    # One C call joins pieces and values; a percent sign of the wording must survive it.
    pattern = "%s".join(piece.replace("%", "%%") for piece in pieces)
    pick = itemgetter(*(places[name] for name in names))
    return lambda values: pattern % pick(values)


def _optional(text: str | None, places: _Places) -> _Fill[str | None]:
    return _always(None) if text is None else _text(text, places)


def _highlight(part: Highlight | None, places: _Places) -> _Fill[Highlight | None]:
    if part is None:
        return _always(None)
    title, description = _text(part.title, places), _text(part.description, places)
    thumbnail = part.thumbnail
    return lambda values: Highlight(title(values), description(values), thumbnail)


def _item(part: Item, places: _Places) -> _Fill[Item]:
    if not marks(part.description):
        return _always(part)
    title, description = part.title, _text(part.description, places)
    return lambda values: Item(title, description(values))


def _link(part: Link | None, places: _Places) -> _Fill[Link | None]:
    if part is None:
        return _always(None)
    mobile, pc, android, ios = (_optional(text, places) for text in link_texts(part))
    return lambda values: Link(mobile(values), pc(values), android(values), ios(values))


def _button(part: Button, places: _Places) -> _Fill[Button]:
    if not any(marks(text) for text in link_texts(part)):
        return _always(part)
    mobile, pc, android, ios = (_optional(text, places) for text in link_texts(part))
    rest = (part.tel, part.chat_extra, part.chat_event, part.plugin_id, part.biz_form_id)
    kind, name, outside = part.kind, part.name, part.outside
    if part == part._replace(link_pc=part.link_mobile, scheme_android=None, scheme_ios=None):
        # Nine links in ten lead to one place from wherever they are tapped: filled once.
        return lambda values: Button(
            kind, name, to := mobile(values), to, None, None, *rest, outside
        )
    return lambda values: Button(
        kind, name, mobile(values), pc(values), android(values), ios(values), *rest, outside
    )
