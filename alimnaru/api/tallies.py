"""Counts and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AfterValidator, Field

from alimnaru.api.answers import cursor, number_in, page
from alimnaru.api.principal import called
from alimnaru.api.problems import Refused, fault
from alimnaru.api.schemas import Cursor, Limit
from alimnaru.reads.statistics import is_provisional
from alimnaru.reads.tallies import By, Line, tallied
from alimnaru.rules.api_problems import ApiProblem, CallFault
from alimnaru.rules.api_scopes import Scope
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.tariff import Baseline

router = Router(tags=["tallies"])

#: A leap year.
LONGEST: Final = timedelta(days=366)
USUAL: Final = timedelta(days=29)
_PAGE: Final = 500
_BY_PATTERN: Final = "^({0})(,({0}))*$".format("|".join(By))


def _day(value: str) -> str:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise ValueError("date") from None
    if not 2000 < found.year < 2200:
        raise ValueError("too far off")
    return value


_Day = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\d$",
        examples=["2026-11-01"],
        json_schema_extra={"format": "date"},
    ),
    AfterValidator(_day),
]


class TallyOut(Schema):
    """So many messages that ended so. Only what was asked for with `by` is there. `provisional`:
    results that are still to come may change it."""

    day: date | None = None
    department: str | None = None
    project: Annotated[
        str | None,
        Field(description="The department's code of the budget line; null: none pays."),
    ] = None
    notice: str | None = None
    channel: Channel | None = None
    outcome: MessageState | None = None
    needs: Annotated[
        Channel | None,
        Field(description="The text message that the wording needs, `sms` or `lms`."),
    ] = None
    messages: int
    won: Annotated[float, Field(description="VAT excluded.")]
    baselines: Annotated[
        Mapping[Baseline, float],
        Field(
            description="Won that the delivered ones would have cost at the office's prices of "
            "their days: `needed`, as the text message that each wording needs (LMS beyond "
            "90 bytes without its values); `all_sms`; `all_lms`. A saving is that less `won`."
        ),
    ]
    provisional: bool | None = None


class TalliesOut(Schema):
    """A page, in the order of `by`."""

    data: Sequence[TallyOut]
    next: str | None = None


class TalliesWanted(Schema):
    """Of which days, and what is told apart."""

    from_: Annotated[
        _Day | None, Field(alias="from", description="Seoul days. Nothing: 29 days before `to`.")
    ] = None
    to: Annotated[_Day | None, Field(description="Included. Nothing: today.")] = None
    by: Annotated[
        str,
        Field(
            pattern=_BY_PATTERN,
            max_length=70,
            description=f"Some of {', '.join(By)}, with commas between.",
            examples=["day,channel,outcome"],
        ),
    ] = "day,notice,channel,outcome"
    cursor: Cursor | None = None
    limit: Limit = _PAGE


@router.get(
    "/tallies", response=TalliesOut, operation_id="list_tallies", summary="Counts and costs"
)
def list_tallies(request: HttpRequest, wanted: Query[TalliesWanted]) -> HttpResponse:
    """What ended in the key's department and those below it, at most 366 days at once. Messages
    that have not ended are in none of these counts."""
    who = called(request)
    who.may(Scope.TALLIES)
    end = date.fromisoformat(wanted.to) if wanted.to else timezone.localdate()
    start = date.fromisoformat(wanted.from_) if wanted.from_ else end - USUAL
    if not start <= end <= start + LONGEST:
        raise Refused(ApiProblem.INVALID, errors=[fault("from", CallFault.PERIOD)])
    by = [By(word) for word in dict.fromkeys(wanted.by.split(","))]
    after = number_in(wanted.cursor or "", "tallies")
    lines, next_ = tallied(who.scope, start, end, by, after=after, limit=wanted.limit)
    data = [_shown(by, line) for line in lines]
    return page(request, data, None if next_ is None else cursor("tallies", next_))


def _shown(by: Sequence[By], line: Line) -> dict[str, Any]:
    said: dict[str, Any] = dict(zip(map(str, by), line.values, strict=True))
    said |= {"messages": line.messages, "won": float(line.won)}
    said["baselines"] = {name.value: float(won) for name, won in line.baselines.items()}
    if By.DAY in by:
        said["provisional"] = is_provisional(said["day"], timezone.localdate())
    return said
