"""Codes as residents read them."""

from __future__ import annotations

from django import template

from alimnaru.rules.consent import Choice
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.topics import Topic
from alimnaru.wording.residents import ENDS, TASKS, TOPICS, WAYS

register = template.Library()


@register.filter
def topic(code: Topic) -> str:
    """What a topic is called."""
    return TOPICS[code].label


@register.filter
def topic_means(code: Topic) -> str:
    """What belongs to it."""
    return TOPICS[code].meaning


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
