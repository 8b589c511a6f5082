"""Codes as people read them (`alimnaru.wording`)."""

from __future__ import annotations

from django import template

from alimnaru import wording
from alimnaru.rules.unknowns import Choice

register = template.Library()


@register.filter
def label(code: str) -> str:
    """The screen word of a state, channel, lane, role or choice."""
    return wording.label(code)


@register.filter
def sentence(code: str) -> str:
    """What happened, why, and what to do."""
    return wording.sentence(code)


@register.filter
def why(code: str) -> str:
    """What happened and why."""
    return wording.why(code)


@register.simple_tag
def say(code: str, **facts: str | int | float) -> str:
    """`{% say code count=3 %}`: the sentence of a code with its facts."""
    return wording.sentence(code, **facts)


@register.simple_tag
def why_not(state: str, code: str, column: str = "") -> str:
    """Why a row of a list, or a message, was not told."""
    return wording.why_not(state, code, column)


@register.filter
def choice(code: str) -> str:
    """What was decided about an unknown outcome: 'sms' is also the name of a channel."""
    return wording.label(Choice(code))
