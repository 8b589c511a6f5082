"""Invented lists of loans as a small library's system exports them, with the usual dirt."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any, Final

import xlsxwriter

from alimnaru.ops.example_words import (
    AWKWARD_TITLES,
    FOREIGN_NAMES,
    LIBRARIES,
    RARE_NAMES,
    SURNAMES,
    SURNAMES_OF_TWO,
    SYLLABLES,
    TITLES,
)

HEADER: Final = (
    *("연번", "회원번호", "이용자명", "휴대폰", "도서관", "대표도서", "대출권수", "반납예정일"),
    "비고",
)
DUE: Final = date(2026, 11, 25)
SEED: Final = 20261123

Cell = str | int | date | None
_FAILED_LOOKUP: Final = "#N/A"


@dataclass(frozen=True, slots=True)
class Loan:
    """One borrower's row."""

    member: str
    name: str
    phone: str | int
    library: str
    title: str
    count: str | int
    due: Cell
    remark: str = ""

    def cells(self, number: int) -> tuple[Cell, ...]:
        """The row with its running number, in the order of `HEADER`."""
        return (
            *(number, self.member, self.name, self.phone, self.library, self.title),
            *(self.count, self.due, self.remark),
        )


# ---- people ----------------------------------------------------------------------------------


def _phone(at: int) -> str:
    """The at-th of 63,000,000 numbers in an order that looks like none. No number comes twice.

    Their last four digits are 1000 or more: the sandbox gives smaller ones a fate of their own.
    """
    middle, last = divmod(at * 7919 % 63_000_000, 9_000)
    return f"010-{2_000 + middle:04}-{1_000 + last}"


def _name(rng: Random) -> str:
    surname = rng.choice(SURNAMES_OF_TWO) if rng.random() < 0.01 else rng.choice(SURNAMES)
    given = 1 if rng.random() < 0.03 else 2
    return surname + "".join(rng.choice(SYLLABLES) for _ in range(given))


def _loans(rng: Random, rows: int) -> list[Loan]:
    start = rng.randrange(60_000_000)
    loans = []
    for at in range(rows):
        due: Cell = DUE + timedelta(days=rng.choice((0, 0, 1)))
        loans.append(
            Loan(
                member=f"N{26_000_000 + start % 1_000 * 1_000 + at}",
                name=_name(rng),
                phone=_phone(start + at),
                library=rng.choices(LIBRARIES, weights=(5, 3, 1, 2))[0],
                title=rng.choice(TITLES),
                count=rng.choice((1, 1, 1, 2, 2, 3, 4, 5, 7)),
                due=due,
            )
        )
    return loans


# ---- dirt ------------------------------------------------------------------------------------

_Change = Callable[[Loan, int, Random], Loan]
_WIDE: Final = str.maketrans("0123456789-", "０１２３４５６７８９－")


def _digits(loan: Loan) -> str:
    return str(loan.phone).replace("-", "")


def _spelled(loan: Loan, at: int, rng: Random) -> Loan:
    digits = _digits(loan)
    a, b, c = digits[:3], digits[3:7], digits[7:]
    ways: tuple[str | int, ...] = (
        *(digits, f"{a}.{b}.{c}", f"{a} {b} {c}", f" {a}-{b}-{c} ", f"+82 10-{b}-{c}"),
        *(f"{a}){b}-{c}", f"{a}-{b}-{c}".translate(_WIDE), f"{a}-{b}-{c}(모)"),
        *(int(digits), digits[1:], f"82{digits[1:]}"),
    )
    return replace(loan, phone=ways[at % len(ways)])


def _lost_zero(loan: Loan, at: int, rng: Random) -> Loan:
    return replace(loan, phone=int(_digits(loan)))


def _day(loan: Loan) -> date:
    return loan.due if isinstance(loan.due, date) else DUE


def _dated(loan: Loan, at: int, rng: Random) -> Loan:
    day = _day(loan)
    ways: tuple[Cell, ...] = (
        *((day - date(1899, 12, 30)).days, f"{day:%Y.%m.%d}", f"{day:%Y}. {day.month}. {day.day}."),
        *(f"{day:%Y%m%d}", f"{day:%y.%m.%d}", f"{day.year}년 {day.month}월 {day.day}일"),
        *(f"{day:%Y/%m/%d}", f"{day.month}/{day.day}", f"{day:%Y-%m-%d} 00:00:00"),
    )
    return replace(loan, due=ways[at % len(ways)])


def _set(**changes: Any) -> _Change:
    return lambda loan, at, rng: replace(loan, **changes)


def _two(loan: Loan, at: int, rng: Random) -> Loan:
    return replace(loan, phone=f"{loan.phone} / {_phone(rng.randrange(10**6))}")


def _cut(loan: Loan, at: int, rng: Random) -> Loan:
    return replace(loan, phone=str(loan.phone)[:-1])


def _old(loan: Loan, at: int, rng: Random) -> Loan:
    return replace(loan, phone=f"01{'1679'[at % 4]}-{rng.randrange(200, 999)}-{_digits(loan)[7:]}")


def _landline(loan: Loan, at: int, rng: Random) -> Loan:
    return replace(loan, phone=f"02-555-{_digits(loan)[7:]}")


# Rows in a thousand. What the check refuses comes to about 4 in 100, as in real lists.
_DIRT: Final[tuple[tuple[float, _Change], ...]] = (
    (40, _spelled),
    (30, _lost_zero),
    (60, _dated),
    (8, lambda loan, at, rng: replace(loan, title=AWKWARD_TITLES[at % len(AWKWARD_TITLES)])),
    (3, lambda loan, at, rng: replace(loan, name=RARE_NAMES[at % len(RARE_NAMES)])),
    (4, lambda loan, at, rng: replace(loan, name=FOREIGN_NAMES[at % len(FOREIGN_NAMES)])),
    (4, lambda loan, at, rng: replace(loan, name=" ".join(loan.name))),
    (3, lambda loan, at, rng: replace(loan, library=loan.library.replace("도서관", " 도서관"))),
    (5, lambda loan, at, rng: replace(loan, count=f"{loan.count}권")),
    (5, _landline),
    (4, _old),
    (3, _two),
    (3, _cut),
    (7, _set(phone="", remark="번호 확인 필요")),
    (1, _set(phone="없음")),
    (1, _set(phone="010-0000-0000")),
    (3, _set(due=_FAILED_LOOKUP)),
    (1, _set(due="미정")),
    (1, _set(library="강변도서관", remark="상호대차")),
    (1, _set(title='=HYPERLINK("http://example.invalid","책")')),
)
_DUPLICATES: Final = 6


def _soil(loans: list[Loan], rng: Random) -> None:
    """Change some rows in place; every kind of dirt shows up if the list is long enough."""
    free = iter(rng.sample(range(len(loans)), len(loans)))
    for per_thousand, change in _DIRT:
        for at, place in enumerate(islice(free, _share(len(loans), per_thousand))):
            loans[place] = change(loans[place], at, rng)
    # The system exports a borrower once for every counter that the books were taken from.
    clean = sorted(islice(free, 2 * _share(len(loans), _DUPLICATES)))
    for first, second in zip(clean[::2], clean[1::2], strict=False):
        loans[second] = replace(loans[first], title=loans[second].title)


def _share(rows: int, per_thousand: float) -> int:
    return max(1, round(rows * per_thousand / 1000))


# ---- files -----------------------------------------------------------------------------------


def write_example_csv(
    path: Path, rows: int, *, encoding: str = "cp949", dirt: bool = True, seed: int = SEED
) -> None:
    """Write `rows` rows of people. Without dirt: nothing but a header and good rows, and fast.

    With dirt also two titles above the header, a header repeated as by a page break, and a total.
    """
    rng = Random(seed)  # noqa: S311 - invented people, no secrets
    with path.open("w", encoding=encoding, newline="") as file:
        if not dirt:
            file.writelines(_clean_lines(rng, rows))
            return
        loans = _loans(rng, rows)
        _soil(loans, rng)
        writer = csv.writer(file)
        writer.writerow(["반납예정 대출자 명단"])
        writer.writerow([f"출력일: {DUE - timedelta(days=2):%Y.%m.%d}", "", "나루구립도서관"])
        writer.writerow([])
        writer.writerow(HEADER)
        for number, loan in enumerate(loans, 1):
            writer.writerow([_as_text(cell) for cell in loan.cells(number)])
            if number == rows // 2:
                writer.writerow(HEADER)
        writer.writerow(["합계", "", f"{rows:,}명", "", "", "", _books(loans)])


def _as_text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _books(loans: list[Loan]) -> int:
    return sum(loan.count for loan in loans if isinstance(loan.count, int))


def _clean_lines(rng: Random, rows: int) -> Iterator[str]:
    """470,000 rows in two seconds: the parts that repeat are put together beforehand."""
    start = rng.randrange(60_000_000)
    names = cycle([_name(rng) for _ in range(4_999)])
    tails = cycle(
        [
            f"{rng.choice(LIBRARIES)},{rng.choice(TITLES)},{rng.randint(1, 7)},"
            f"{DUE + timedelta(days=rng.randint(0, 2))},\r\n"
            for _ in range(1_009)
        ]
    )
    yield ",".join(HEADER) + "\r\n"
    people = zip(range(1, rows + 1), names, tails, strict=False)
    for number, name, tail in people:
        yield f"{number},N{26_000_000 + number},{name},{_phone(start + number)},{tail}"


def write_example_xlsx(path: Path, rows: int = 1_000, *, seed: int = SEED) -> None:
    """Write `rows` rows of people with the usual dirt; a hidden row and a hidden sheet beside."""
    rng = Random(seed)  # noqa: S311 - invented people, no secrets
    loans = _loans(rng, rows)
    _soil(loans, rng)
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    # The same seed makes the same file, byte for byte.
    book.set_properties({"created": datetime(2026, 11, 23, 9, 0), "author": "나루구립도서관"})  # noqa: DTZ001
    sheet = book.add_worksheet("반납예정")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    head = book.add_format({"bold": True, "bg_color": "#E7ECF5", "border": 1, "align": "center"})
    title = book.add_format({"bold": True, "font_size": 14})
    for column, width in enumerate((6, 12, 14, 18, 20, 36, 8, 14, 16)):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 8, "반납예정 대출자 명단", title)
    sheet.write_string(1, 0, f"출력일: {DUE - timedelta(days=2):%Y. %m. %d.}")
    sheet.write_row(3, 0, HEADER, head)
    left = rng.randrange(rows // 2, rows)
    at = 4
    for number, loan in enumerate(loans, 1):
        if number - 1 == left:
            # Filtered out by the librarian: has paid a visit meanwhile.
            gone = replace(loan, member="N99000001", phone=_phone(62_000_001), remark="반납함")
            _write_row(sheet, at, gone.cells(0), day)
            sheet.set_row(at, None, None, {"hidden": True})
            at += 1
        _write_row(sheet, at, loan.cells(number), day)
        at += 1
    sheet.write_row(at, 0, ["합계", "", f"{rows:,}명", "", "", "", _books(loans)])
    sheet.write_string(at + 1, 0, "※ 개인정보가 있으므로 쓰고 나서 지워 주십시오.")
    _hidden_sheet(book)
    book.close()


def _write_row(sheet: Any, at: int, cells: tuple[Cell, ...], day: Any) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, date):
            sheet.write_datetime(at, column, cell, day)
        elif cell == _FAILED_LOOKUP:
            sheet.write_formula(at, column, "=VLOOKUP(B1,코드!A:B,2,0)", None, cell)
        elif isinstance(cell, int):
            sheet.write_number(at, column, cell)
        elif cell:
            sheet.write_string(at, column, cell)


def _hidden_sheet(book: Any) -> None:
    codes = book.add_worksheet("코드")
    codes.write_row(0, 0, ["코드", "도서관"])
    for at, library in enumerate(LIBRARIES, 1):
        codes.write_row(at, 0, [f"NR{at:03}", library])
    codes.hide()
