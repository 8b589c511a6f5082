"""SOLAPI in the behaviour suite."""

from __future__ import annotations

from alimnaru.rules.outcomes import Result
from tests.carriers.suite import Rig

RIG = Rig(
    name="solapi",
    places=("create", "add", "send"),
    steps=2,
    # The channel says nothing of where it stands with Kakao.
    lacks={"templates.profile.dormant", "templates.profile.blocked"},
    # One code for "blocked this channel" and "not active lately".
    alimtalk_results={"0002": Result.UNREACHABLE_ON_KAKAO},
    later_place="schedule",
    revising_approved_makes_another=True,
)
