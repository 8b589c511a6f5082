"""What a resident chooses for: notices that belong together, not each of forty by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alimnaru.rules.consent import Choice


class Topic(StrEnum):
    """A part of what the office tells, in the order in which residents read it."""

    LIBRARY = "library"
    HEALTH = "health"
    WELFARE = "welfare"
    CLASSES = "classes"
    EVENTS = "events"
    #: Apart from EVENTS: who stops hearing of festivals must still learn that today's is off.
    CANCELLED = "cancelled"
    FACILITIES = "facilities"
    PETITIONS = "petitions"
    TAX = "tax"
    PARKING = "parking"
    CIVIL_DEFENCE = "civil_defence"
    WASTE = "waste"
    JOBS = "jobs"
    OTHER = "other"


#: By the first part of a notice's code.
_BY_PREFIX: Final[Mapping[str, Topic]] = {
    "lib": Topic.LIBRARY,
    "hc": Topic.HEALTH,
    "welf": Topic.WELFARE,
    "auto": Topic.CLASSES,
    "edu": Topic.CLASSES,
    "lottery": Topic.CLASSES,
    "event": Topic.EVENTS,
    "cancel": Topic.CANCELLED,
    "fac": Topic.FACILITIES,
    "civil": Topic.PETITIONS,
    "tax": Topic.TAX,
    "park": Topic.PARKING,
    "cd": Topic.CIVIL_DEFENCE,
    "env": Topic.WASTE,
    "job": Topic.JOBS,
}
#: Of the service itself (a choice confirmed, a mistake put right, a leak told) or of the office's
#: own people: nothing that a resident chooses by topic.
_NOT_CHOSEN: Final = frozenset({"pref", "ops", "staff"})
#: From this sensitivity on a list shows only that it was about health or welfare.
HEALTH_ONLY: Final = 3


def topic_of(code: str) -> Topic | None:
    """The topic of a notice by its code; None for what nobody chooses."""
    prefix = code.partition(".")[0]
    return None if prefix in _NOT_CHOSEN else _BY_PREFIX.get(prefix, Topic.OTHER)


def is_discreet(sensitivity: int, *, destroyed: bool) -> bool:
    """Whether staff are shown only that it was about health or welfare: once its text is destroyed,
    nothing but the name of the notice would still tell somebody's illness (법 제23조)."""
    return destroyed and sensitivity >= HEALTH_ONLY


@dataclass(frozen=True, slots=True)
class NoticeWish:
    """A notice and what is on file for it: the choice in force, None where there is none."""

    notice: int
    name: str
    statutory: bool
    choice: Choice | None


@dataclass(frozen=True, slots=True)
class TopicWish:
    """How a topic stands. `choice` is None where its notices differ; `locked`: the law wants all of
    it told; `law`: the names of those that the law wants told."""

    topic: Topic
    choice: Choice | None
    locked: bool
    law: tuple[str, ...]
    notices: tuple[int, ...]


def topic_wish(topic: Topic, notices: Iterable[NoticeWish]) -> TopicWish:
    """What holds for a topic, of which there is one notice at least."""
    every = list(notices)
    free = [one for one in every if not one.statutory]
    # A stop on what the law wants told has no effect, so the page does not show it as one.
    choices = {_effective(one) for one in free or every}
    return TopicWish(
        topic=topic,
        choice=choices.pop() if len(choices) == 1 else None,
        locked=not free,
        law=tuple(one.name for one in every if one.statutory),
        notices=tuple(one.notice for one in every),
    )


def _effective(one: NoticeWish) -> Choice:
    if one.choice is None or (one.statutory and one.choice is Choice.STOP):
        return Choice.KAKAO
    return one.choice
