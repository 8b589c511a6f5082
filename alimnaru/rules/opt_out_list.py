"""The list of those who called the free 080 number: which column holds their phones, and which do.

Such a list comes out of a telephone system, with titles of its own making ('발신번호' is there the
resident who called), so that the column is known by what stands in it and not by its title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, islice
from typing import Final

from alimnaru.rules.cell import is_blank
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import SourceRow
from alimnaru.rules.roster_rows import as_text

#: Rows of one list. A district's 080 number gets a few hundred calls in a month.
MOST: Final = 50_000
#: Rows by which the column is found.
_LOOK: Final = 200


class OptOutFault(StrEnum):
    """Why a list cannot be used as a whole."""

    NO_PHONES = "no_phones"
    TWO_PHONE_COLUMNS = "two_phone_columns"
    OPT_OUTS_TOO_MANY = "opt_outs_too_many"


class OptOutsRefused(Exception):  # noqa: N818 - the name says what happened
    """The list as a whole cannot be used."""

    def __init__(self, code: OptOutFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(slots=True)
class OptOuts:
    """What a list holds: phones as digits in order, each once; rows that hold none, with why."""

    phones: dict[str, None] = field(default_factory=dict, repr=False)
    repeated: int = 0
    refused: list[tuple[int, Refusal]] = field(default_factory=list)


def read_opt_outs(rows: Iterable[SourceRow]) -> OptOuts:
    """Read a list to its end. Titles above the first phone and blank rows are nobody's.

    Raises `OptOutsRefused`.
    """
    source = iter(rows)
    top = list(islice(source, _LOOK))
    column = _phone_column([cells for _, cells in top])
    found = OptOuts()
    for number, cells in chain(top, source):
        cell = cells[column] if column < len(cells) else None
        phone = read_phone(cell)
        if not isinstance(phone, Refusal):
            found.repeated += phone in found.phones
            found.phones[phone] = None
        elif not is_blank(cell) and (found.phones or any(map(str.isdigit, as_text(cell)))):
            found.refused.append((number, phone))
        if len(found.phones) + len(found.refused) > MOST:
            raise OptOutsRefused(OptOutFault.OPT_OUTS_TOO_MANY)
    return found


def _phone_column(rows: Sequence[Sequence[object]]) -> int:
    """The column with the most mobile numbers. Two with as many could be anybody's."""
    counts: Counter[int] = Counter()
    for cells in rows:
        counts.update(
            at for at, cell in enumerate(cells) if not isinstance(read_phone(cell), Refusal)
        )
    best = counts.most_common(2)
    if not best:
        raise OptOutsRefused(OptOutFault.NO_PHONES)
    if len(best) == 2 and best[1][1] * 2 > best[0][1]:
        raise OptOutsRefused(OptOutFault.TWO_PHONE_COLUMNS)
    return best[0][0]
