"""What an audit entry notes, as pairs of words that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.store.models import AuditEntry, Department, Notice
from alimnaru.wording import ROLES, label
from alimnaru.wording.acted import fact_words
from alimnaru.wording.facts import FACTS

#: Facts that are long checksums: their beginning is enough to compare by eye.
_SUMS = frozenset({"hash", "wording", "list"})
_SUM_SHOWN = 12
#: Facts that are a code of our vocabularies, or a list of them.
_CODES = frozenset(
    {
        *(
            "audience",
            "channel",
            "channels",
            "choice",
            "choices",
            "events",
            "from",
            "kind",
            "origin",
        ),
        *("reason", "relation", "risks", "scopes", "topics"),
    }
)
_MOMENTS = frozenset({"at", "end", "since", "start", "until"})
_PLACES = {name: place for place, name in enumerate(FACTS)}
#: Numbers that count nothing: no comma in them.
_NAMES = frozenset(
    {"batch", "correction", "draft", "notice_id", "number", "outage", "repeats", "version"}
)


def names_of() -> dict[str, dict[str, str]]:
    """What codes of notices and departments are called. Two queries for a whole page."""
    notices = dict(Notice.objects.values_list("code", "name"))
    departments = dict(Department.objects.values_list("code", "name"))
    return {"notice": notices, "in": departments, "department": departments}


def pairs_of(entry: AuditEntry, names: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """Facts in the order of their words, as the database keeps none; empty ones are left out."""
    changed = entry.act.endswith(".change")
    known = sorted(entry.facts.items(), key=lambda fact: _PLACES.get(fact[0], len(_PLACES)))
    return [
        (fact_words(name), _pair(name, value) if changed else _value(name, value, names))
        for name, value in known
        if value not in ("", None, [], {})
    ]


def _pair(name: str, value: Any) -> str:
    """Before and after."""
    if not (isinstance(value, list) and len(value) == 2):
        return _value(name, value, {})
    before, after = (_value(name, one, {}) or _("없음") for one in value)
    return f"{before} → {after}"


def _value(name: str, value: Any, names: Mapping[str, Mapping[str, str]]) -> str:
    if isinstance(value, list):
        return ", ".join(_value(name, one, names) for one in value)
    if isinstance(value, bool):
        return _("예") if value else _("아니요")
    if isinstance(value, int | float) and name not in _NAMES:
        return f"{value:,}"
    return _text(name, "" if value is None else str(value), names)


def _text(name: str, text: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if name in names:
        return names[name].get(text, text)
    if name in _MOMENTS:
        return _moment(text)
    if name in _SUMS:
        return text[:_SUM_SHOWN]
    if name == "role" and text in ROLES:
        return ROLES[text].label
    return label(text) if name in _CODES else text


def _moment(text: str) -> str:
    try:
        if len(text) == len("2026-11-22"):
            return date.fromisoformat(text).isoformat()
        return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"
    except ValueError:
        return text
