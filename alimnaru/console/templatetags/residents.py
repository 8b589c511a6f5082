"""Codes as residents read them."""

from __future__ import annotations

from django import template
from django.utils.translation import ngettext

from alimnaru.rules.consent import Choice
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.retention import Record
from alimnaru.rules.topics import Topic
from alimnaru.wording.destroying import BASES, RECORD_REASONS, STATES, WHATS, kept_name
from alimnaru.wording.proof import LEGAL_EFFECTS
from alimnaru.wording.residents import ENDS, TASKS, TOPICS, WAYS

register = template.Library()

_YEAR = 365


@register.filter
def topic(code: Topic) -> str:
    """What a topic is called."""
    return TOPICS[code].label


@register.filter
def topic_means(code: Topic) -> str:
    """What belongs to it."""
    return TOPICS[code].meaning


@register.filter
def retention(code: str) -> str:
    """What is kept for so long."""
    return kept_name(code)


@register.filter
def kept_because(record: str) -> str:
    """By which law a record is kept for so long."""
    return RECORD_REASONS[Record(record)]


@register.filter
def destroyed(what: str) -> str:
    """What was destroyed."""
    return WHATS[what]


@register.filter
def destroyed_why(basis: str) -> str:
    """Why it was."""
    return BASES[basis]


@register.filter
def destroying(state: str) -> str:
    """How a request stands."""
    return STATES[state].label


@register.filter
def legal_effect(code: str) -> str:
    """What a notice is in law."""
    return LEGAL_EFFECTS[code].label


@register.filter
def legal_effect_means(code: str) -> str:
    """Where its effect comes from."""
    return LEGAL_EFFECTS[code].meaning


@register.filter
def for_days(days: int) -> str:
    """Years where it is years."""
    if days % _YEAR == 0:
        return ngettext("%(n)s년", "%(n)s년", days // _YEAR) % {"n": days // _YEAR}
    return ngettext("%(n)s일", "%(n)s일", days) % {"n": days}


@register.filter
def way(choice: str) -> str:
    """카카오톡, 문자, 받지 않음."""
    return WAYS[Choice(choice)]


@register.filter
def ended(state: str) -> str:
    """What became of a message."""
    return ENDS[MessageState(state)]


@register.filter
def task(kind: str) -> str:
    """What a task is called."""
    return TASKS[kind].label


@register.filter
def task_means(kind: str) -> str:
    """What is to be done."""
    return TASKS[kind].meaning
