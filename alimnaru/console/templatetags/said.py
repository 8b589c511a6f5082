"""Codes as people read them (`alimnaru.wording`)."""

from __future__ import annotations

from django import template

from alimnaru import wording
from alimnaru.carriers.review import ProfileState
from alimnaru.reads.readiness import SendWarning
from alimnaru.rules.consent import Choice as Wish
from alimnaru.rules.health import Reason as Trouble
from alimnaru.rules.seals import Kind
from alimnaru.rules.unknowns import Choice
from alimnaru.wording.seals import KINDS, VERIFICATIONS

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


@register.filter
def kind_name(kind: str) -> str:
    """What a kind of carrier is called."""
    return wording.kind_name(kind)


@register.filter
def profile(state: str) -> str:
    """How a sender profile stands."""
    return wording.label(ProfileState(state))


@register.filter
def profile_means(state: str) -> str:
    """What that means and what to do."""
    return wording.sentence(ProfileState(state))


@register.filter
def trouble(reason: str) -> str:
    """Why an account rests."""
    return wording.sentence(Trouble(reason)) if reason in set(Trouble) else ""


@register.filter
def wish(choice: str) -> str:
    """What a resident asked for."""
    return wording.label(Wish(choice))


@register.filter
def wish_means(choice: str) -> str:
    """What follows from it."""
    return wording.sentence(Wish(choice))


@register.filter
def said_warning(warning: SendWarning) -> str:
    """What stands in the way of a list, or may."""
    return wording.sentence(warning.code, **warning.facts)


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


@register.filter
def sealed(kind: str) -> str:
    """What a seal covers."""
    return KINDS[Kind(kind)].label


@register.filter
def verification(state: str) -> str:
    """How a verification stands."""
    return VERIFICATIONS[state].label


@register.filter
def verification_means(state: str) -> str:
    """What to do about it."""
    return VERIFICATIONS[state].meaning
