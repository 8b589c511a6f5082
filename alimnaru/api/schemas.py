"""Parts that the shapes of several endpoints have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

from django.utils import timezone
from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from alimnaru.api.answers import CURSOR_PATTERN, MOST, PAGE

#: A quarter: what is further off nobody can take back in his mind.
FURTHEST: Final = timedelta(days=92)
MOST_ROWS: Final = 10_000
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Strict(Schema):
    """What a caller sends: a field that we do not know is a mistake of theirs."""

    model_config = ConfigDict(extra="forbid")


def _as_written(value: object) -> object:
    if not isinstance(value, str) or _RFC_3339.fullmatch(value) is None:
        raise ValueError("date-time")
    return value


def _within_reach(value: datetime) -> datetime:
    # Far years overflow in another zone.
    if not 2000 < value.year < 2200 or value > timezone.now() + FURTHEST:
        raise ValueError("too far off")
    return value


#: An instant as RFC 3339 writes it, with its zone.
Moment = Annotated[AwareDatetime, BeforeValidator(_as_written), AfterValidator(_within_reach)]
NoticeCode = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60, examples=["lib.due.soon"])
]
ProjectCode = Annotated[
    str | None,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$",
        max_length=40,
        description="The code of the budget line that pays instead of the notice's: of the key's "
        "department or of one above it, open on the day it goes.",
        examples=["lib-notice"],
    ),
]
#: On one line: it stands in lists and logs of the caller's.
LINE = r"^[^\x00-\x1f\x7f]*$"
Reference = Annotated[
    StrictStr,
    Field(
        max_length=64,
        pattern=LINE,
        description="What you call it; you can look it up by this. Nothing personal.",
        examples=["loan-17"],
    ),
]
RowKey = Annotated[
    StrictStr,
    Field(
        max_length=64,
        pattern=LINE,
        description="What tells this row from the others, such as your number of the case. "
        "Without it, phone and name do. Of two rows with one key the second is refused.",
        examples=["A-2026-0117"],
    ),
]
Phone = Annotated[
    StrictStr,
    Field(
        max_length=40,
        description="A Korean mobile number, with or without hyphens.",
        examples=["010-0000-0001"],
    ),
]
Name = Annotated[StrictStr, Field(max_length=60, examples=["김나루"])]
_Integer = Annotated[StrictInt, Field(ge=-(10**15), le=10**15)]
_Number = Annotated[StrictFloat, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
Value = Annotated[StrictStr, Field(max_length=2_000)] | _Integer | _Number
Variables = Annotated[
    dict[Annotated[str, Field(max_length=60)], Value],
    Field(
        default_factory=dict,
        max_length=60,
        description="Values by the names of the notice's variables "
        "(`GET /notices/{code}` names them).",
        examples=[{"성명": "김나루", "기한": "2026-12-01"}],
    ),
]
Id = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$", examples=["120000345"])]
Cursor = Annotated[
    str,
    Field(pattern=CURSOR_PATTERN, description="`next` of the page before; nothing: the first."),
]
Limit = Annotated[int, Field(ge=1, le=MOST, description=f"{PAGE} without it.")]
SendAt = Annotated[
    Moment | None,
    Field(
        description="Not before this moment, at most 92 days ahead. Nothing, or a moment that has "
        "passed: at once, as far as the notice's hours allow."
    ),
]


class RowIn(Strict):
    """Somebody to be told."""

    to: Phone
    name: Name = ""
    variables: Variables
    key: RowKey = ""
    reference: Reference = ""


Rows = Annotated[list[RowIn], Field(min_length=1, max_length=MOST_ROWS)]


class Fault(Schema):
    """What is wrong with a field. `code` is stable; `message` is Korean, for people."""

    field: str
    code: str
    message: str | None = None


class Problem(Schema):
    """Problem details (RFC 9457). `code` is stable and tells what to do; `errors` name fields, and
    never what stood in them."""

    type: Annotated[str, Field(examples=["urn:alimnaru:problem:invalid"])]
    title: str
    status: int
    code: str
    detail: str
    errors: Sequence[Fault] = ()
