"""What is to be said about a rule, for whoever puts it into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from alimnaru.rules.conditions import Condition


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule without its tables. `notice` and `source` are what people call them; an empty
    `source`: none is connected. `grouping` and `days` as the rule has them."""

    notice: str
    source: str
    is_event: bool
    anchor: str
    offsets: Sequence[int]
    days: str
    at: time
    conditions: Sequence[Condition]
    grouping: str
    at_most: int
