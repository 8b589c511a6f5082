"""A wording as it is proposed: the words of every channel, before any carrier has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from alimnaru.rules.template import Template
from alimnaru.rules.variables import Variable

#: Kakao's category for everything else, which its reviewers take last.
OTHER_CATEGORY: Final = "999999"


@dataclass(frozen=True, slots=True)
class DraftWording:
    """What residents would read on each channel, with the variables that fill it."""

    template: Template
    variables: tuple[Variable, ...] = ()
    sms: str = ""
    lms_subject: str = ""
    lms: str = ""
    category: str = OTHER_CATEGORY


def alimtalk_texts(template: Template) -> Iterator[tuple[str, str]]:
    """(where, text) of everything that stands in an Alimtalk for people to read, in their order.

    `where` is a path as `template_faults.TemplateProblem` has it.
    """
    for where, text in _parts(template):
        if text:
            yield where, text


def _parts(template: Template) -> Iterator[tuple[str, str | None]]:
    yield "title", template.title
    yield "subtitle", template.subtitle
    yield "header", template.header
    if template.highlight:
        yield "highlight.title", template.highlight.title
        yield "highlight.description", template.highlight.description
    for at, item in enumerate(template.items):
        yield f"items[{at}].title", item.title
        yield f"items[{at}].description", item.description
    if template.summary:
        yield "summary.title", template.summary.title
        yield "summary.description", template.summary.description
    yield "body", template.body
    yield "extra", template.extra
    for at, button in enumerate(template.buttons):
        yield f"buttons[{at}].name", button.name
    for at, reply in enumerate(template.quick_replies):
        yield f"quick_replies[{at}].name", reply.name


def text_messages(draft: DraftWording) -> Iterator[tuple[str, str]]:
    """(where, text) of the SMS and the LMS."""
    for where, text in (("sms", draft.sms), ("lms_subject", draft.lms_subject), ("lms", draft.lms)):
        if text:
            yield where, text
