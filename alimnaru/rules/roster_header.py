"""Which column of a list means what: found by the words of its header, wherever that stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster_rows import RosterRefused, as_text, squeeze
from alimnaru.rules.variables import Kind, Variable

HEADER_WITHIN: Final = 20  # rows; offices put a title, a date, an approval box above the table

_Ranks = tuple[tuple[str, ...], ...]


def _ranks(*words: str) -> _Ranks:
    return tuple(tuple(rank.split()) for rank in words)


# Words of one line are one rank: a column called 휴대폰 beats one called 연락처, and two columns of
# one rank are a question for the clerk.
PHONE_WORDS: Final = _ranks(
    "수신번호 수신자번호 받는번호 수신자휴대폰 수신자연락처 받는사람번호",
    "휴대폰 휴대전화 핸드폰 휴대폰번호 휴대전화번호 핸드폰번호 휴대번호 "
    "휴대폰연락처 휴대전화연락처 손전화 폰번호 이동전화 이동전화번호 모바일 hp hp번호 cp "
    "mobile mobileno mobilephone cellphone handphone",
    "휴대폰1 핸드폰1 휴대전화1 연락처1 전화번호1",
    "연락처 전화번호 연락전화 연락번호 phone phoneno phonenumber tel telno",
    "전화 폰 contact",
)
NAME_WORDS: Final = _ranks(
    "성명 이름 성함 name 성명한글 한글성명 대상자성명 대상자명 수신자명",
    "이용자명 이용자 이용자성명 신청자명 신청자 신청자성명 신청인명 신청인 신청인성명 "
    "회원명 회원성명 대출자명 대출자 예약자명 예약자 예약자성명 대상자 민원인명 민원인 "
    "수신자 받는사람 받는분 주민명 고객명 "
    "참가자명 참가자 수강생명 수강생 납부자 대원명",
)
KEY_WORDS: Final = _ranks(
    "회원번호 이용자번호 대출자번호 회원id 이용자id 회원증번호 대출증번호",
    "대상자번호 접수번호 관리번호 신청번호 예약번호 민원번호 고유번호 군번",
    "수강번호 등록번호 사건번호 고지번호 납부번호 전자납부번호",
)
# What the law keeps out of a notice's list (개인정보 보호법 §24·24의2): the column must not even
# be uploaded.
_FORBIDDEN: Final = re.compile(
    r".*(?:주민(?:등록)?번호|외국인등록번호|여권번호|운전면허(?:증)?번호)"
    r"(?:앞자리|뒷자리|뒤자리|[0-9])*|주민no|passportno|passportnumber|ssn"
)
# A home or office phone is no mobile phone, whatever stands before the bracket.
_OTHER_PHONE: Final = re.compile(
    r"자택|집|회사|직장|사무실|팩스|fax|내선|보호자|비상|발신|회신|문의"
)
_OWNER: Final = re.compile(
    r"^(?:이용자|신청[자인]|회원|대출자|예약자|대상자|민원인|참가자|수강생|본인)(?=.)"
)
_BRACKETS: Final = re.compile(r"[(\[{<（［](.*?)[)\]}>）］]", re.DOTALL)
_PHONE: Final = "phone:"
_NAME: Final = "name:"
_KEY: Final = "key:"
_VARIABLE: Final = "variable:"
_NO_HEADER: Final = re.compile(r"[0-9]{4}")
_NONE: Final[Mapping[str, str]] = {}
#: How the columns are called that are no variable's, where somebody chooses them.
PHONE: Final = "phone"
NAME: Final = "name"


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Where what stands. Columns count from 0; `first` and `last` are row numbers of the header.

    `columns` holds the variables that have a column, and sources that are no variables themselves.
    """

    first: int
    last: int
    headers: tuple[str, ...]
    phone: int
    name: int | None
    key: int | None
    columns: dict[str, int]

    @property
    def mapped(self) -> frozenset[int]:
        """Every column that is read."""
        found = (self.phone, self.name, self.key, *self.columns.values())
        return frozenset(at for at in found if at is not None)

    @property
    def titles(self) -> dict[str, str]:
        """What is read from where: variable (or 휴대폰) → the column as the list calls it."""
        places = {PHONE_WORDS[1][0]: self.phone, **self.columns}
        return {name: self.headers[at] for name, at in places.items()}


@dataclass(frozen=True, slots=True)
class _Try:
    """One row, or two together, read as if it were the header."""

    at: int
    rows: int
    titles: tuple[str, ...]
    found: dict[str, list[int]]  # role → columns of its best rank

    @property
    def is_header(self) -> bool:
        """One word alone may stand in any title."""
        return _PHONE in self.found or len({at for at, *_ in self.found.values()}) > 1

    @property
    def rank(self) -> tuple[bool, int, int]:
        """One row beats two that say the same: the upper one is then a title."""
        return _PHONE in self.found, len(self.found), -self.rows


def _spellings(title: str) -> tuple[str, ...]:
    """'연락처(휴대폰)' is 연락처휴대폰, 연락처 and 휴대폰, tried in this order."""
    inside = _BRACKETS.findall(title)
    outside = _BRACKETS.sub(" ", title)
    found = (squeeze(title), squeeze(outside), *(squeeze(text) for text in inside))
    return tuple(text for text in dict.fromkeys(found) if text)


def _phone_spellings(spellings: tuple[str, ...]) -> tuple[str, ...]:
    """'이용자 휴대폰' is a 휴대폰; '연락처(자택)' is none."""
    if not spellings or _OTHER_PHONE.search(spellings[0]):
        return ()
    return tuple(dict.fromkeys((*spellings, *(_OWNER.sub("", text) for text in spellings))))


class HeaderFinder:
    """Looks for the header that a notice needs. Built once per list.

    `chosen` says which column a person chose: 'phone', 'name' or a variable → the column's title,
    '' for none. A title that the list does not have counts for nothing: it was another list's.
    """

    def __init__(self, variables: Sequence[Variable], chosen: Mapping[str, str] = _NONE) -> None:
        self._variables = tuple(variables)
        own = {PHONE: _PHONE, NAME: _NAME}
        self._chosen = {own.get(to, _VARIABLE + to): title for to, title in chosen.items()}
        names = {variable.name for variable in variables}
        self._words: dict[str, _Ranks] = {
            _PHONE: PHONE_WORDS,
            _NAME: NAME_WORDS,
            _KEY: KEY_WORDS,
        }
        for variable in variables:
            words = (variable.name, *variable.columns)
            if variable.kind is Kind.PHONE and variable.default is not None:
                # '전화' in a list is the resident's own: only a column named for the purpose may
                # replace the office's number.
                words = variable.columns
            ranks: _Ranks = tuple((squeeze(word),) for word in words)
            if variable.kind is Kind.PERSON:
                ranks += NAME_WORDS
            self._words[_VARIABLE + variable.name] = ranks
            if variable.source is not None and variable.source not in names:
                self._words[_VARIABLE + variable.source] = ((squeeze(variable.source),),)

    def find(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[HeaderMap, int]:
        """The header among the first rows (number, cells), and how many rows it and all above it
        take. Raises `RosterRefused`: HEADER_NOT_FOUND, COLUMN_MISSING, COLUMN_TWICE,
        COLUMN_FORBIDDEN.
        """
        best: _Try | None = None
        for attempt in self._tries(rows[:HEADER_WITHIN]):
            if best is None or attempt.rank > best.rank:
                best = attempt
        if best is None or not best.is_header:
            raise RosterRefused(Refusal.HEADER_NOT_FOUND, rows=min(len(rows), HEADER_WITHIN))
        for _, cells in rows[: best.at + best.rows]:
            _refuse_forbidden(cells, row=rows[best.at + best.rows - 1][0])
        first, last = rows[best.at][0], rows[best.at + best.rows - 1][0]
        return self._map(best, first, last), best.at + best.rows

    def _tries(self, rows: Sequence[tuple[int, Sequence[Cell]]]) -> Iterator[_Try]:
        texts = [tuple(as_text(cell) for cell in cells) for _, cells in rows]
        for at, upper in enumerate(texts):
            yield self._try(at, 1, upper)
            if at + 1 < len(texts) and _may_be_header(texts[at + 1]):
                yield self._try(at, 2, tuple(_joined(upper, texts[at + 1])))

    def _try(self, at: int, rows: int, titles: tuple[str, ...]) -> _Try:
        spelled = [_spellings(title) for title in titles]
        phones = [_phone_spellings(spellings) for spellings in spelled]
        found: dict[str, list[int]] = {}
        for role, ranks in self._words.items():
            columns = _best_columns(phones if role == _PHONE else spelled, ranks)
            chosen = self._chosen_columns(role, titles)
            if chosen is not None:
                columns = chosen
            if columns:
                found[role] = columns
        return _Try(at, rows, titles, found)

    def _chosen_columns(self, role: str, titles: Sequence[str]) -> list[int] | None:
        """The column that a person chose for a role, [] for none; None where nobody did."""
        title = self._chosen.get(role)
        if title is None or not title:
            return None if title is None else []
        # Two columns of one name cannot be told apart by it.
        return [titles.index(title)] if titles.count(title) == 1 else None

    def _map(self, best: _Try, first: int, last: int) -> HeaderMap:
        columns = {
            role.removeprefix(_VARIABLE): _only(best, role)
            for role in best.found
            if role.startswith(_VARIABLE)
        }
        phone = _only(best, _PHONE) if _PHONE in best.found else None
        for variable in self._variables:
            # The office's own number and the resident's must never be taken for one another.
            if variable.kind is Kind.PHONE and columns.get(variable.name) == phone:
                columns.pop(variable.name, None)
        missing = [*self._missing(columns)]
        if phone is None or missing:
            raise RosterRefused(
                Refusal.COLUMN_MISSING,
                columns=", ".join(dict.fromkeys([PHONE_WORDS[1][0]] * (phone is None) + missing)),
                present=", ".join(title for title in best.titles if title),
                row=last,
                titles=best.titles,
            )
        return HeaderMap(
            first=first,
            last=last,
            headers=best.titles,
            phone=phone,
            name=self._name(best, columns),
            key=best.found[_KEY][0] if _KEY in best.found else None,
            columns=columns,
        )

    def _name(self, best: _Try, columns: dict[str, int]) -> int | None:
        """The column of the person that the notice speaks of, else any that holds names."""
        for variable in self._variables:
            if variable.kind is Kind.PERSON and variable.name in columns:
                return columns[variable.name]
        return best.found[_NAME][0] if _NAME in best.found else None

    def _missing(self, columns: dict[str, int]) -> Iterator[str]:
        """The columns that the notice cannot do without, as a clerk would call them."""
        defaults = {variable.name: variable.default for variable in self._variables}
        for variable in self._variables:
            fed = variable.name in columns or variable.source in columns
            kept = variable.default or defaults.get(variable.source or "")
            if variable.required and not fed and not kept:
                yield (variable.columns or (variable.source or variable.name,))[0]


def _only(best: _Try, role: str) -> int:
    columns = best.found[role]
    if len(columns) > 1:
        titles = ", ".join(dict.fromkeys(best.titles[at] for at in columns))
        raise RosterRefused(
            Refusal.COLUMN_TWICE, column=titles, count=len(columns), titles=best.titles
        )
    return columns[0]


def _refuse_forbidden(cells: Sequence[Cell], *, row: int) -> None:
    for cell in cells:
        if _FORBIDDEN.fullmatch(squeeze(as_text(cell))):
            raise RosterRefused(Refusal.COLUMN_FORBIDDEN, column=as_text(cell)[:40], row=row)


def _best_columns(spelled: Sequence[tuple[str, ...]], ranks: _Ranks) -> list[int]:
    """The columns that go by a word of the first rank that any column goes by."""
    for words in ranks:
        found = [
            at
            for at, spellings in enumerate(spelled)
            if any(spelling in words for spelling in spellings)
        ]
        if found:
            # '연락처(휴대폰)' beside '휴대폰': the one called so outright is meant.
            outright = [at for at in found if spelled[at][0] in words]
            return outright or found
    return []


def _may_be_header(texts: Sequence[str]) -> bool:
    """Whether a row could be the lower half of a header: words, and no data such as a phone."""
    filled = [text for text in texts if text]
    return bool(filled) and not any(_NO_HEADER.search(squeeze(text)) for text in filled)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> Iterator[str]:
    """A header of two rows as one: the lower word where there is one, else the upper one.

    The upper word of merged cells stands in their first column; '이용자 | · ' over '성명 | 휴대폰'.
    """
    for at in range(max(len(upper), len(lower))):
        above = upper[at] if at < len(upper) else ""
        below = lower[at] if at < len(lower) else ""
        yield below or above
