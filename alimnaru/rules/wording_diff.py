"""What differs between two wordings, part by part and line by line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from alimnaru.rules.draft import DraftWording, alimtalk_texts, text_messages
from alimnaru.rules.template import Button, Link, link_texts
from alimnaru.rules.variables import Variable


class Line(NamedTuple):
    """A line of one wording or of both. `sign` is '-' (old), '+' (new) or ' ' (both)."""

    sign: str
    text: str


class Change(NamedTuple):
    """A part that differs; `where` is a path as `template_faults.TemplateProblem` has it."""

    where: str
    lines: tuple[Line, ...]


def changes(old: DraftWording, new: DraftWording) -> list[Change]:
    """The parts that differ, Alimtalk first, each with all of its lines."""
    before, after = dict(_parts(old)), dict(_parts(new))
    order = [*after, *(where for where in before if where not in after)]
    return [
        Change(where, tuple(_lines(before.get(where, ""), after.get(where, ""))))
        for where in order
        if before.get(where, "") != after.get(where, "")
    ]


def _lines(old: str, new: str) -> Iterator[Line]:
    before, after = old.splitlines(), new.splitlines()
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Line(" ", text) for text in before[i:j])
        else:
            yield from (Line("-", text) for text in before[i:j])
            yield from (Line("+", text) for text in after[k:m])


def _parts(draft: DraftWording) -> Iterator[tuple[str, str]]:
    template = draft.template
    yield "message_type", template.message_type.value
    yield "emphasis", template.emphasis.value
    for where, text in alimtalk_texts(template):
        if not where.startswith(("buttons", "quick_replies")):
            yield where, text
    yield "buttons", "\n".join(map(_tap, template.buttons))
    yield "quick_replies", "\n".join(map(_tap, template.quick_replies))
    yield "represent_link", _tap(template.represent_link) if template.represent_link else ""
    yield "image", template.image_name or ""
    yield "security", "✓" if template.security else ""
    yield from text_messages(draft)
    yield "variables", "\n".join(map(_variable, draft.variables))
    yield "category", draft.category


def _tap(part: Button | Link) -> str:
    named = [part.name, part.kind.value, part.tel] if isinstance(part, Button) else []
    links = dict.fromkeys(link_texts(part))  # the same address for phone and desktop stands once
    return " · ".join(text for text in (*named, *links) if text)


def _variable(variable: Variable) -> str:
    limit = f"≤{variable.max_length}" if variable.max_length else ""
    more = [", ".join(variable.values), variable.default or ""]
    return " · ".join(text for text in (variable.name, variable.kind.value, limit, *more) if text)
