"""Which column of a stranger's statement is which, before a person has looked at it.

A guess only: a clerk sees it over the first lines of the file, and it is kept for the account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from alimnaru.rules.statement import HEADER_WITHIN, Columns

#: What carriers call a column, folded; the first that a header has is taken.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "ref": ("messageid", "msgkey", "메시지id", "메시지아이디", "메시지번호", "requestid", "요청id",
            "발송id", "관리번호"),
    "channel": ("type", "contenttype", "상품", "서비스", "메시지유형", "메시지타입", "발송유형",
                "채널", "유형", "구분"),
    "day": ("datecompleted", "completetime", "reportdt", "결과일시", "리포트일시", "완료일시",
            "수신일시", "전송일시", "발송일시", "일시", "날짜"),
    "won": ("price", "unitprice", "단가", "금액", "요금", "이용금액", "과금액"),
    "result": ("statuscode", "status", "resultcode", "결과", "상태", "결과코드", "상태코드",
               "과금"),
}  # fmt: skip
#: Columns whose cells name somebody.
_PEOPLE: Final = (
    "이름", "성명", "성함", "고객", "수신자", "받는", "이용자", "신청자", "대상자", "회원", "주소",
    "생년", "username", "receivername", "recipientname", "customer",
)  # fmt: skip
_DIGITS: Final = re.compile(
    r"(?<!\d)(?:\+?82[- .]?)?0?(1[016789]|[2-6]\d?|70)([- .]?)\d{3,4}\2\d{4}(?!\d)"
)
HIDDEN: Final = "***"
_LONGEST: Final = 30
#: Rows that are shown under the titles.
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """The titles of a file, which of them are ours, and its first lines without people."""

    titles: tuple[str, ...]
    columns: Columns
    lines: tuple[tuple[str, ...], ...]


def guess(top: Sequence[Sequence[object]], known: Columns) -> Guess:
    """Read the first rows of a file. `known`: how the account's last one was read, or its kind's
    are. Columns that cannot be told are '' (of `ref`: none). No titles: no row has any.

    A row with somebody's number in it is none of titles, whatever its place: they are kept in the
    clear, and shown.
    """
    rows = [[_text(cell) for cell in row] for row in top]
    may_be = [n for n, row in enumerate(rows[:HEADER_WITHIN]) if not any(map(_DIGITS.search, row))]
    at = max(may_be, key=lambda n: _score(rows[n], known), default=None)
    if at is None or not any(rows[at]):
        return Guess((), _columns((), known), ())
    titles = tuple(rows[at])
    # A list of residents taken for a statement has its titles in another row than we think.
    people = {n for row in rows for n, cell in enumerate(row) if _is_of_people(cell)}
    lines = tuple(_shown(len(titles), people, row) for row in rows[at + 1 : at + 1 + SHOWN])
    return Guess(titles, _columns(titles, known), lines)


def _score(row: Sequence[str], known: Columns) -> tuple[int, int]:
    """How much of a header it is, then how many titles it has; of equals `max` takes the first."""
    folded = {_fold(cell) for cell in row if cell}
    ours = {*known.ref, known.channel, known.day, known.won, known.result} - {""}
    named = sum(not folded.isdisjoint(names) for names in _NAMES.values())
    return 10 * sum(name in row for name in ours) + named, sum(map(bool, row))


def _columns(titles: Sequence[str], known: Columns) -> Columns:
    ref = known.ref if all(name in titles for name in known.ref) else ()
    if not ref and (called := _called(titles, "ref")):
        ref = (called,)
    return replace(
        known,
        ref=ref,
        channel=_kept(titles, known.channel, "channel"),
        day=_kept(titles, known.day, "day"),
        won=_kept(titles, known.won, "won"),
        result=_kept(titles, known.result, "result"),
        number=known.number if known.number in titles else "",
    )


def _kept(titles: Sequence[str], known: str, name: str) -> str:
    return known if known in titles else _called(titles, name)


def _called(titles: Sequence[str], name: str) -> str:
    folded = {_fold(title): title for title in titles if title}
    return next((folded[word] for word in _NAMES[name] if word in folded), "")


def _shown(width: int, people: Set[int], row: Sequence[str]) -> tuple[str, ...]:
    cells = [*row, *[""] * width][: max(width, 1)]
    return tuple(HIDDEN if cell and n in people else hidden(cell) for n, cell in enumerate(cells))


def _is_of_people(title: str) -> bool:
    return any(word in _fold(title) for word in _PEOPLE)


def hidden(text: str) -> str:
    """A cell as it may be shown: no phone, and no more of a long text than its beginning."""
    text = _DIGITS.sub(HIDDEN, text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _fold(title: str) -> str:
    return re.sub(r"[\s_\-()\[\].]", "", title).casefold()


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
