"""A carrier's monthly statement: which column says what, and what becomes of each line.

Carriers agree on nothing but that a line is a message: columns, words for channels and results, and
whether a price holds VAT differ by contract. A mapping says it; a phone column is never mapped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from alimnaru.rules.channel import Channel
from alimnaru.rules.dates import KST
from alimnaru.rules.periods import after
from alimnaru.rules.workdays import holidays_around

#: A carrier's statement and ours may differ by so much of the money before anybody is alarmed. A
#: figure only: every line that differs is on the list.
TOLERANCE: Final = Decimal("0.001")
#: 부가가치세법 30조.
VAT: Final = Decimal("0.1")
#: Results come up to three days late; the month is closed on the fifth working day.
CLOSES_ON: Final = 5
#: Titles and periods stand above the header, in some files ten rows of them.
HEADER_WITHIN: Final = 15
_PLACES: Final = Decimal("0.001")
_LONGEST_REF: Final = 100
#: First lines that are looked at for numbers of people in the place of references: whoever picks
#: the wrong column would have a million of them kept in the clear, and sent to the carrier.
_LOOKED_AT: Final = 50
_PHONE: Final = re.compile(r"(?:\+?82[- .]?0?|0)1[016789][- .]?\d{3,4}[- .]?\d{4}")
#: As Excel has it without its zero: a number of a message may look alike, so the title decides.
_BARE_PHONE: Final = re.compile(r"1[016789]\d{7,8}")
_TITLE_OF_PHONES: Final = re.compile(
    "전화|휴대|수신번호|받는번호|phone|mobile|recipientno", re.IGNORECASE
)
_NOTHING: Final = frozenset({"", "0", "0.0", "0.00", "0원", "-"})
_DEAREST: Final = Decimal(100_000)


class Verdict(StrEnum):
    """What the comparison says of a line."""

    MATCHED = "matched"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    PRICE = "price"
    TWICE = "twice"
    OTHER_MONTH = "other_month"


class StatementFault(StrEnum):
    """Why a statement, or the closing of a month, is refused."""

    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    REF_BAD = "ref_bad"
    REF_IS_PHONE = "ref_is_phone"
    CHANNEL_UNKNOWN = "channel_unknown"
    DAY_BAD = "day_bad"
    PRICE_BAD = "price_bad"
    RESULT_UNKNOWN = "result_unknown"
    NO_LINES = "no_lines"
    MONTH_CLOSED = "month_closed"
    MONTH_RUNS = "month_runs"
    TOO_EARLY = "too_early"
    NOT_COMPARED = "not_compared"
    UNDECIDED = "undecided"
    TAKEN_BEFORE = "taken_before"
    NOT_CHARGED = "not_charged"
    TALLIES_DIFFER = "tallies_differ"
    NOT_CLOSED = "not_closed"
    NO_REASON = "no_reason"
    COLUMN_UNSAID = "column_unsaid"
    FILE_GONE = "file_gone"
    TITLES_MISSING = "titles_missing"
    GAVE_UP = "gave_up"


class StatementRefused(Exception):  # noqa: N818
    """Nothing was kept. `facts`: row and column where there are any, never a cell's value."""

    def __init__(self, code: StatementFault, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Columns:
    """How a statement is read. Several `ref` columns are joined by a colon, as NHN names messages.

    `number` is the column of the receiver's number where a carrier that takes a text names it to us
    by nothing else (SENS): a keyed digest of it makes a second reference, and it is not kept.
    `channels` maps their words to ours; `billed` are the words of a billed result (empty: every
    line is billed), `unbilled` those of a line that costs nothing. A word of neither is refused
    where there is a price.
    """

    ref: tuple[str, ...]
    channel: str
    day: str
    won: str
    result: str = ""
    vat_included: bool = False
    channels: Mapping[str, str] = field(default_factory=dict)
    billed: tuple[str, ...] = ()
    unbilled: tuple[str, ...] = ()
    number: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a statement keeps it."""
        return asdict(self) | {
            "ref": [*self.ref],
            "billed": [*self.billed],
            "unbilled": [*self.unbilled],
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Columns:
        """The way back from `as_json`."""
        lists = {name: tuple(kept[name]) for name in ("ref", "billed", "unbilled")}
        return cls(**{**kept, **lists})


_WORDS: Final = {
    "ATA": "alimtalk",
    "알림톡": "alimtalk",
    "AT": "alimtalk",
    "KAKAO": "alimtalk",
    "SMS": "sms",
    "단문": "sms",
    "LMS": "lms",
    "장문": "lms",
    "MMS": "mms",
    "포토": "mms",
}

#: By kind of carrier: the columns of the sandbox's statements. Which of them a carrier documents
#: and which are guesses stands in `sandbox/README.md`.
PRESETS: Final[Mapping[str, Columns]] = {
    "solapi": Columns(
        ("messageId",), "type", "dateCompleted", "price", "statusCode",
        channels=_WORDS, billed=("4000",), unbilled=("3000", "실패"),
    ),
    "nhn": Columns(
        ("requestId", "recipientSeq"), "상품", "결과일시", "단가", "결과",
        channels=_WORDS, billed=("성공",), unbilled=("실패",),
    ),
    "bizgo": Columns(
        ("msgKey",), "서비스", "리포트일시", "금액", "과금",
        vat_included=True, channels=_WORDS, billed=("Y",), unbilled=("N",),
    ),
    "sens": Columns(
        ("requestId", "messageId"), "contentType", "completeTime", "unitPrice", "status",
        channels=_WORDS, billed=("success",), unbilled=("fail",), number="to",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One billed message by the carrier's words; `won` without VAT."""

    line_no: int
    ref: str
    channel: str
    day: date
    won: Decimal
    #: Another reference under which we may know it; '' for none.
    alias: str = ""


#: Makes a second reference of a request's id and the receiver's number.
ByNumber = Callable[[str, str], str]


class LineReader:
    """Reads rows by the places of the mapped columns; no other cell is looked at."""

    def __init__(
        self, header: Sequence[object], columns: Columns, by_number: ByNumber | None = None
    ) -> None:
        self._columns = columns
        names = [_text(cell) for cell in header]
        # A file of Alimtalks alone may do without.
        self._by_number = by_number if columns.number in names else None
        self._ref = [_place(names, name) for name in columns.ref]
        self._channel = _place(names, columns.channel)
        self._day = _place(names, columns.day)
        self._won = _place(names, columns.won)
        self._result = _place(names, columns.result) if columns.result else None
        self._number = _place(names, columns.number) if self._by_number is not None else 0
        titled = any(_TITLE_OF_PHONES.search(name) for name in columns.ref)
        self._is_phone = re.compile(f"{_PHONE.pattern}|{_BARE_PHONE.pattern}") if titled else _PHONE
        self._looked_at = 0
        self._channels = {w.casefold(): Channel(c).value for w, c in columns.channels.items()}
        # A million lines hold a few hundred different days and prices.
        self._days: dict[str, date] = {}
        self._prices: dict[str, Decimal] = {}

    def line(self, number: int, cells: Sequence[object]) -> Line | None:
        """A billed line; None: it costs nothing, or sums others up. Raises `StatementRefused`."""
        ref = ":".join(_at(cells, place) for place in self._ref)
        if not ref.strip(":"):
            if any("합계" in _text(c) or "총계" in _text(c) for c in cells):
                return None
            raise self._bad(StatementFault.REF_BAD, number, self._columns.ref[0])
        if len(ref) > _LONGEST_REF or not ref.isprintable():
            raise self._bad(StatementFault.REF_BAD, number, self._columns.ref[0])
        self._refuse_phones(ref, number)
        if not self._is_billed(number, cells):
            return None
        channel = self._channels.get(_at(cells, self._channel).casefold())
        if channel is None:
            raise self._bad(StatementFault.CHANNEL_UNKNOWN, number, self._columns.channel)
        day, won = self._day_of(number, cells), self._price(number, cells)
        return Line(number, ref, channel, day, won, self._alias(cells))

    def _refuse_phones(self, ref: str, number: int) -> None:
        if self._looked_at < _LOOKED_AT:
            self._looked_at += 1
            for part, column in zip(ref.split(":"), self._columns.ref, strict=False):
                if self._is_phone.fullmatch(part):
                    raise self._bad(StatementFault.REF_IS_PHONE, number, column)

    def _alias(self, cells: Sequence[object]) -> str:
        if self._by_number is None:
            return ""
        alias = self._by_number(_at(cells, self._ref[0]), _at(cells, self._number))
        return alias if len(alias) <= _LONGEST_REF else ""

    def _is_billed(self, number: int, cells: Sequence[object]) -> bool:
        if self._result is None or not self._columns.billed:
            return True
        word = _at(cells, self._result)
        if word in self._columns.billed:
            return True
        # A carrier has a code for each way to fail: what costs nothing need not be known by it.
        if word in self._columns.unbilled or _at(cells, self._won) in _NOTHING:
            return False
        raise self._bad(StatementFault.RESULT_UNKNOWN, number, self._columns.result)

    def _day_of(self, number: int, cells: Sequence[object]) -> date:
        text = _at(cells, self._day)
        text = _in_seoul(text) if _has_zone(text) else text[:10]
        if text not in self._days:
            found = _day(text)
            if found is None:
                raise self._bad(StatementFault.DAY_BAD, number, self._columns.day)
            self._days[text] = found
        return self._days[text]

    def _price(self, number: int, cells: Sequence[object]) -> Decimal:
        text = _at(cells, self._won)
        if text not in self._prices:
            found = _price(text, vat_included=self._columns.vat_included)
            if found is None:
                raise self._bad(StatementFault.PRICE_BAD, number, self._columns.won)
            self._prices[text] = found
        return self._prices[text]

    @staticmethod
    def _bad(code: StatementFault, number: int, column: str) -> StatementRefused:
        return StatementRefused(code, row=number, column=column)


def missing(header: Sequence[object], columns: Columns) -> list[str]:
    """Mapped columns that a header does not have."""
    names = {_text(cell) for cell in header}
    wanted = [*columns.ref, columns.channel, columns.day, columns.won, columns.result]
    return [name for name in wanted if name and name not in names]


def _place(names: Sequence[str], wanted: str) -> int:
    found = names.count(wanted)
    if found != 1:
        code = StatementFault.COLUMN_TWICE if found else StatementFault.COLUMN_MISSING
        raise StatementRefused(code, column=wanted)
    return names.index(wanted)


def _at(cells: Sequence[object], place: int) -> str:
    return _text(cells[place]) if place < len(cells) else ""


def _text(cell: object) -> str:
    """As it would be read aloud: Excel keeps 4000 as 4000.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


_DAY = re.compile(r"(\d{4})[-./]?(\d{2})[-./]?(\d{2})")


def _day(text: str) -> date | None:
    found = _DAY.match(text)
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


#: "2026-10-01 00:00" is shorter than any moment with a zone.
_SHORTEST_ZONED = 17


def _has_zone(text: str) -> bool:
    return len(text) >= _SHORTEST_ZONED and (text[-1] == "Z" or text[-6] in "+-")


def _in_seoul(text: str) -> str:
    """The day of a moment as machines write it (SOLAPI: in UTC): nine hours of a month would else
    be the month's before. '' for none."""
    try:
        return datetime.fromisoformat(text).astimezone(KST).date().isoformat()
    except (ValueError, OverflowError):
        return ""


def _price(text: str, *, vat_included: bool) -> Decimal | None:
    try:
        won = Decimal(text.removesuffix("원").replace(",", "").strip())
    except InvalidOperation:
        return None
    if not won.is_finite() or not 0 <= won < _DEAREST:
        return None
    return (won / (1 + VAT) if vat_included else won).quantize(_PLACES)


def closes_on(month: date) -> date:
    """The fifth working day after a month's end: from then on it may be closed."""
    day = after(month, 1) - timedelta(days=1)
    left = CLOSES_ON
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays_around(day)
    return day


def within_tolerance(ours: Decimal, theirs: Decimal) -> bool:
    """Whether the sums differ by no more than a thousandth of ours."""
    return abs(ours - theirs) <= ours * TOLERANCE


def vat_of(amounts: Iterable[Decimal]) -> Decimal:
    """VAT of a sum, cut to whole won as a tax invoice has it."""
    return (sum(amounts, Decimal(0)) * VAT).quantize(Decimal(1), rounding="ROUND_DOWN")
