"""A registered template against every part that NHN compares."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.admission import has_control
from sandbox.matching import Item as ItemSpec
from sandbox.matching import Pattern, Template, TemplateSpec
from sandbox.nhn.wire import Button, Item, KakaoRow
from sandbox.statuses import INDEX

_MISMATCH = INDEX["mismatch"]
_BUTTON = INDEX["button_differs"]
_ITEMS = INDEX["items_differ"]


class NhnTemplate(Template):
    """Adds header, items, highlight and quick replies to what the core compares."""

    def __init__(self, spec: TemplateSpec) -> None:
        super().__init__(spec, Button)
        self._header = Pattern(spec.header or "")
        self._items = [_patterns(one) for one in spec.items or ()]
        self._summary = _patterns(spec.summary) if spec.summary else None
        self._highlight = _patterns(spec.highlight) if spec.highlight else None
        self._replies = [(one.type, one.name) for one in spec.quick_replies or ()]
        #: Most templates have none of these, and no message of them may either.
        self._plain = not (spec.header or self._items or self._highlight or self._replies)

    def check_row(self, row: KakaoRow, limit: int) -> int:
        """Compare a finished message. 0, or the index of the status."""
        text = row.content or ""
        code = self.check_text(text, row.template_title) or self.check_buttons(row.buttons)
        if code:
            return code
        if len(text) + self.extra_length > limit:
            return INDEX["too_long"]
        if has_control(text):
            return _MISMATCH
        return self._check_parts(row)

    def _check_parts(self, row: KakaoRow) -> int:
        items, highlight = row.template_item, row.template_item_highlight
        header, replies = row.template_header, row.quick_replies
        if self._plain and not (items or highlight or header or replies):
            return 0
        if not self._header.matches(header or ""):
            return INDEX["header_differs"]
        summary = items.summary if items else None
        if not (
            _fit_all(self._items, items.list if items else ())
            and _fits(self._summary, summary)
            and _fits(self._highlight, highlight)
        ):
            return _ITEMS
        sent = [(one.type, one.name) for one in replies or ()]
        return 0 if sent == self._replies else _BUTTON


Patterns = tuple[Pattern, Pattern]


def _patterns(item: ItemSpec) -> Patterns:
    return Pattern(item.title), Pattern(item.description)


def _fits(patterns: Patterns | None, item: Item | None) -> bool:
    if patterns is None or item is None:
        return (patterns is None) == (item is None)
    return patterns[0].matches(item.title) and patterns[1].matches(item.description)


def _fit_all(patterns: Sequence[Patterns], items: Sequence[Item]) -> bool:
    return len(patterns) == len(items) and all(map(_fits, patterns, items))
