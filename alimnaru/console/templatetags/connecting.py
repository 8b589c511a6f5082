"""Keys, webhooks and connected systems as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django import template
from django.utils.translation import gettext as _

from alimnaru import wording
from alimnaru.reads.connections import FileLine
from alimnaru.rules.api_keys import KeyState
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.source_faults import SourceFault
from alimnaru.rules.webhooks import CallFault, EventType
from alimnaru.store.models import ApiKey
from alimnaru.wording.acted import subject_words as subject_in_words
from alimnaru.wording.connecting import DELIVERY_STATES

register = template.Library()

_K = KeyState
_KEY_TONES: Final[Mapping[str, str]] = {
    _K.WAITS: "warn",
    _K.WORKS: "good",
    _K.ENDS_SOON: "warn",
    _K.REVOKED: "bad",
}
_DELIVERY_TONES: Final[Mapping[str, str]] = {"waiting": "run", "done": "good", "failed": "bad"}


@register.filter
def key_tone(state: str) -> str:
    """The badge's tone for how a key stands; the word says the same."""
    return _KEY_TONES.get(state, "gray")


@register.filter
def scope_names(key: ApiKey) -> str:
    """What a key may do, in a line."""
    return ", ".join(wording.label(scope) for scope in Scope if scope in key.scopes)


@register.filter
def scope_means(scope: str) -> str:
    """What a scope allows."""
    return wording.sentence(Scope(scope))


@register.filter
def event_name(kind: str) -> str:
    """What happened; a test is no event of ours."""
    return wording.label(EventType(kind)) if kind in set(EventType) else _("시험 알림")


@register.filter
def delivery_state(state: str) -> str:
    """How an event fares on its way."""
    return DELIVERY_STATES.get(state, state)


@register.filter
def delivery_tone(state: str) -> str:
    """The badge's tone for that."""
    return _DELIVERY_TONES.get(state, "gray")


@register.filter
def subject_words(subject: str) -> str:
    """What an event is about: `message:12` as 메시지 12."""
    return subject_in_words(subject)


@register.filter
def call_fault(code: str) -> str:
    """Why a call of a webhook came to nothing, and what to do."""
    return wording.sentence(CallFault(code) if code in set(CallFault) else code)


@register.filter
def source_fault(code: str) -> str:
    """Why a connected system cannot be read, and what to do."""
    return wording.sentence(_source_fault(code))


@register.filter
def source_fault_why(code: str) -> str:
    """Why, without what to do: for a column of a table."""
    return wording.why(_source_fault(code))


def _source_fault(code: str) -> str:
    return SourceFault(code) if code in set(SourceFault) else code


@register.filter
def dropped_why(line: FileLine) -> str:
    """Why nothing became of a file, and what to do."""
    return wording.sentence(line.fault, **line.facts)
