"""Whether a message says more than one person's own: a list pasted into a text.

In 2022 a district sent 264 people a text with the names of 90 others in it. Links, resident
registration numbers and odd characters are refused value by value (`cell.objection`); here is what
shows only in the whole: two mobile numbers, several names, a registration number put together from
two columns. Account numbers are not looked for: application, member and booking numbers of the
office look alike, and every second list would be refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from alimnaru.rules.cell import holds_resident_number, narrow
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.variables import Kind

#: More names than these in a value are a list of people.
NAMES_AT_MOST: Final = 2

# The kinds whose values are whatever somebody typed. Of these a title may name three authors, and
# three officers may be in charge.
_TYPED: Final = frozenset(
    {Kind.TEXT, Kind.TITLE, Kind.PLACE, Kind.DEPARTMENT, Kind.STAFF, Kind.CODE}
    | {Kind.ENUM, Kind.ENUM_SHORT}
)
_MAY_NAME_SEVERAL: Final = frozenset({Kind.TITLE, Kind.STAFF})

# '010-1234-5678', '+82 10 1234 5678', '０１０．１２３４．５６７８', '010-****-5678'.
_GAP = r"[\s.\-‐–－·)]{0,2}"
_MOBILE = re.compile(
    rf"(?<![\d*])(?:[+＋]82{_GAP}\(?[0０]?\)?|[0０])([1１]\d){_GAP}([\d*]{{3,4}}){_GAP}([\d*]{{4}})"
    r"(?![\d*])"
)
_SHORTEST_MOBILE: Final = 10
_SHORTEST_NAMES: Final = 8  # '김*,이*,박*'

_PARTS = re.compile(r"\s*[,，、·ㆍ/;|&]\s*")
_HINT = re.compile(r"[,，、·ㆍ/;|&*○●◯〇＊]")
_MASKED = re.compile(r"[가-힣][*○●◯〇＊]{1,3}[가-힣]?(?![*○●◯〇＊])")
# A plain word is a name if it is spelled like most names: '신발장', '이어폰' and '정수기' begin
# with surnames too. The commonest fifty surnames and the syllables of given names leave out one
# name in four or so; three of four show that a list is one, and fewer than a name in two does not.
_PLAIN = re.compile(
    r"(?:남궁|황보|제갈|선우|독고"
    r"|[김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민나진지엄채원천방])"
    r"[가건경광규기나다도동라미민병보상서선성세소수승시신아연영예우유윤은이인재정종주준지진채태하한해현혜호희]"
    r"[경규균근기나란람루름리린라미민별빈빛서석선설성솔수숙순슬식아안연영예온옥완욱우운원윤은율이인일자재정주준지진"
    r"찬채철현협형혜호환후훈희]"
    r"\s?(?:님|씨)?"
)
_PLAIN_PERCENT: Final = 60


class LintFault(NamedTuple):
    """`at` is the value to look at; None if it is none alone."""

    code: Refusal
    at: int | None


class RowLint:
    """Looks at the values of row after row; `kinds` of the variables in the order of the values."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self._typed = [
            (at, kind not in _MAY_NAME_SEVERAL) for at, kind in enumerate(kinds) if kind in _TYPED
        ]

    def fault(self, values: Sequence[str]) -> tuple[Refusal, int] | None:
        """What is wrong with which value, or None. Most rows hold nothing that needs a look."""
        phones: set[tuple[str, ...]] | None = None
        for at, one_person in self._typed:
            value = values[at]
            if len(value) < _SHORTEST_NAMES:
                continue
            if one_person and _HINT.search(value) and _names(value) > NAMES_AT_MOST:
                return Refusal.VALUE_NAME_LIST, at
            if len(value) >= _SHORTEST_MOBILE and (found := _MOBILE.findall(value)):
                phones = (phones or set()) | {tuple(map(narrow, groups)) for groups in found}
                if len(phones) > 1:
                    return Refusal.VALUE_TWO_PHONES, at
        return None


def lint_body(body: str, values: Sequence[str], kinds: Iterable[Kind]) -> list[LintFault]:
    """All that is wrong with one finished message, as its reader would get it.

    `values` may have come any way, also past the checks of a list.
    """
    faults = []
    if fault := RowLint(kinds).fault(values):
        faults.append(LintFault(*fault))
    if holds_resident_number(body):
        at = next((i for i, value in enumerate(values) if holds_resident_number(value)), None)
        faults.append(LintFault(Refusal.VALUE_RESIDENT_NUMBER, at))
    return faults


def _names(value: str) -> int:
    """How many names of people stand in a list within the value; 0 if it is no list of names."""
    masked = len(_MASKED.findall(value))
    if masked > NAMES_AT_MOST:
        return masked
    parts = _PARTS.split(value)
    plain = sum(_PLAIN.fullmatch(part) is not None for part in parts)
    return plain if plain * 100 >= len(parts) * _PLAIN_PERCENT else 0
