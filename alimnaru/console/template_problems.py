"""What is wrong with a wording, for people: sentences, each with the field it speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alimnaru.carriers.base import CarrierError, Rejected, Unsupported
from alimnaru.rules.channel import Channel
from alimnaru.rules.template_review import ReviewProblem, Severity
from alimnaru.wording import Fault, part_name, sentence

#: Where the first field of a part that comes in rows stands.
_FIRST = {"items": "title", "buttons": "name", "quick_replies": "name"}
_AT = {
    "image": "id_picture_file",
    Channel.MMS.value: "id_lms",
    "represent_link": "part-buttons",
    "security": "id_emphasis",
    "items": "part-items",
    "summary": "id_summary_title",
    "highlight": "id_highlight_title",
    "buttons": "part-buttons",
    "quick_replies": "part-quick_replies",
    "variables": "part-variables",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `at`: the id of its field in the editor."""

    stops: bool
    part: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Problems:
    """What keeps a wording from Kakao, and what a person should look at."""

    stops: Sequence[Problem]
    warns: Sequence[Problem]

    def __bool__(self) -> bool:
        return bool(self.stops or self.warns)


def told(problems: Iterable[ReviewProblem], names: Sequence[str] = ()) -> Problems:
    """The problems of a wording in words. `names`: the variables in the editor's order."""
    every = [_told(problem, names) for problem in problems]
    return Problems([p for p in every if p.stops], [p for p in every if not p.stops])


def _told(problem: ReviewProblem, names: Sequence[str]) -> Problem:
    at = field_id(problem.where)
    if problem.where == "variables" and problem.detail in names:
        at = f"id_variables-{names.index(problem.detail)}-name"
    return Problem(
        stops=problem.severity is Severity.STOP,
        part=part_name(problem.where),
        text=sentence(problem.code, detail=problem.detail.replace(" > ", "/")),
        at=at,
    )


def field_id(where: str) -> str:
    """'buttons[0].link_mobile' as the id of its field: 'id_buttons-0-link_mobile'."""
    if where in _AT:
        return _AT[where]
    part, _, inner = where.partition(".")
    name, _, number = part.partition("[")
    if number:
        return f"id_{name}-{number.rstrip(']')}-{inner or _FIRST.get(name, 'name')}"
    if name in ("highlight", "summary"):
        return f"id_{name}_{inner}"
    return _AT.get(name, f"id_{name}")


def carrier_said(error: CarrierError) -> str:
    """Why a carrier did not do it, and what to do."""
    if isinstance(error, Unsupported):
        return sentence(Fault.CARRIER_LACKS)
    if isinstance(error, Rejected):
        return sentence(Fault.CARRIER_REFUSED, detail=error.code)
    return sentence(Fault.CARRIER_SILENT, detail=error.code)
