"""What an act of the office refuses, as a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from alimnaru.api.problems import Refused
from alimnaru.api.rows import all_bad
from alimnaru.flow.intake import IntakeRefused
from alimnaru.office.release import ReleaseRefused
from alimnaru.rules.api_problems import ApiProblem
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.wording import sentence
from alimnaru.wording.api import INSTEAD

#: The state of things is in the way. Everything else is wrong with what was asked for.
_NOT_NOW: Final = frozenset(
    {
        ReleaseRefusal.HANDLED,
        ReleaseRefusal.NOT_YOURS,
        ReleaseRefusal.REPEATED,
        ReleaseRefusal.UNDO_OVER,
        ReleaseRefusal.NOT_ALLOWED,
    }
)
_FIELDS: Final[Mapping[StrEnum, str]] = {
    ReleaseRefusal.TIME_PAST: "send_at",
    ReleaseRefusal.NEVER_OPEN: "send_at",
}


@contextmanager
def told(rows: Sequence[GoodRow | BadRow] = ()) -> Iterator[None]:
    """Raises `Refused` for what the act inside raises."""
    try:
        yield
    except ReleaseRefused as refused:
        code = ApiProblem.NOT_NOW if refused.code in _NOT_NOW else ApiProblem.REFUSED
        field = _FIELDS.get(refused.code, "")
        own = INSTEAD.get(refused.code, "")
        detail = own or sentence(refused.code, **refused.facts)
        errors = [{"field": field, "code": refused.code.value, "message": detail}]
        raise Refused(code, detail, errors=errors) from None
    except IntakeRefused as refused:
        if rows:
            raise all_bad(rows) from None
        errors = [{"field": "rows", "code": refused.code.value, "message": sentence(refused.code)}]
        raise Refused(ApiProblem.NOT_NOW, sentence(refused.code), errors=errors) from None
