"""A stored rule in plain sentences."""

from __future__ import annotations

from alimnaru.rules.conditions import Condition, condition_from_json
from alimnaru.store.models import Rule
from alimnaru.wording.rules import what_it_does


def sentences_of(rule: Rule) -> list[str]:
    """What a rule does. Needs its notice and source."""
    return what_it_does(
        notice=rule.notice.name,
        source=rule.source.name if rule.source else "",
        is_event=rule.kind == Rule.Kind.EVENT,
        anchor=rule.anchor,
        offsets=rule.offsets,
        days=rule.days,
        at=rule.at,
        conditions=_conditions(rule),
        grouping=rule.grouping,
        at_most=rule.at_most,
    )


def _conditions(rule: Rule) -> list[Condition]:
    """A condition that cannot be read stands in the rule's way, and is said there."""
    found = []
    for one in rule.conditions:
        try:
            found.append(condition_from_json(one))
        except ValueError:
            continue
    return found
