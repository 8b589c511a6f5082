"""Workbooks that a clerk fills in: an empty list of a notice, and the rows to be mended."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, Final

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from alimnaru.rules.cell import Cell
from alimnaru.rules.roster_rows import as_text
from alimnaru.rules.variables import Kind, Variable
from alimnaru.store.models import Notice
from alimnaru.wording import sentence

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: '=HYPERLINK(…)' in somebody's list stays a text.
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def asked(variables: Sequence[Variable]) -> list[Variable]:
    """The variables that a list or a form has to give: what others feed is not asked for again."""
    fed = {v.name for v in variables if v.source is not None and not v.columns}
    return [v for v in variables if v.name not in fed]


def column_of(variable: Variable) -> str:
    """The title under which a list should have it."""
    return variable.name


def sample(notice: Notice, variables: Sequence[Variable]) -> bytes:
    """The workbook. The check reads it as a list: its second sheet has no column of phones."""
    wanted = asked(variables)
    person = any(v.kind is Kind.PERSON for v in wanted)
    titles = [_("휴대폰"), *([] if person else [_("성명")]), *map(column_of, wanted)]
    example = ["010-0000-0000", *([] if person else [_("홍길동")]), *map(_example, wanted)]
    with _book() as (book, out):
        head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("명단"))
        for at, title in enumerate(titles):
            # As text, or Excel takes the leading zero of a phone and makes a date of '3-1'.
            sheet.set_column(at, at, max(16, 2 * len(title) + 4), text)
            sheet.write_string(0, at, title, head)
            sheet.write_string(1, at, example[at], text)
        sheet.freeze_panes(1, 0)
        _explain(book, head, wanted, person=person)
    return out.getvalue()


def _explain(book: Any, head: Any, wanted: Sequence[Variable], *, person: bool) -> None:
    about = book.add_worksheet(_("열 설명"))
    about.set_column(0, 0, 20)
    about.set_column(1, 1, 10)
    about.set_column(2, 2, 70)
    rows = [(_("열 이름"), _("필수"), _("적는 방법"))]
    rows.append(
        (_("휴대폰 열"), _("필수"), _("010으로 시작하는 휴대전화 번호. 한 칸에 하나만 적습니다."))
    )
    if not person:
        rows.append(
            (_("성명 열"), _("선택"), _("받는 분의 이름. 화면과 결과에서 알아보는 데 씁니다."))
        )
    rows += [(_("%(name)s 열") % {"name": v.name}, must(v), how_to_write(v)) for v in wanted]
    rows.append(("", "", _("예시로 적힌 둘째 줄은 지우고 쓰십시오.")))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            about.write_string(at, column, value, head if at == 0 else None)


def must(variable: Variable) -> str:
    """Whether a list must give it."""
    return _("필수") if variable.required and variable.default is None else _("선택")


def how_to_write(variable: Variable) -> str:
    """What may stand in the column, for a person."""
    parts = [_KINDS.get(variable.kind, lambda: "")()]
    if variable.values:
        parts.append(_("다음 가운데 하나: %(values)s") % {"values": ", ".join(variable.values)})
    elif variable.short:
        parts.append(_("다음 가운데 하나: %(values)s") % {"values": ", ".join(variable.short)})
    if variable.max_length is not None:
        parts.append(_("%(count)s자까지") % {"count": variable.max_length})
    if variable.default:
        parts.append(_("비우면 ‘%(value)s’") % {"value": variable.default})
    return ". ".join(part for part in parts if part)


_KINDS: Final[Mapping[Kind, Any]] = {
    Kind.PERSON: lambda: _("받는 분의 이름. 가운데를 가려서 보냅니다"),
    Kind.DATE_LONG: lambda: _("날짜. 예: 2026-11-25"),
    Kind.DATE_SHORT: lambda: _("날짜. 예: 2026-11-25"),
    Kind.TIME: lambda: _("시각. 예: 14:30"),
    Kind.DATETIME: lambda: _("날짜와 시각. 예: 2026-11-25 14:30"),
    Kind.DATE_RANGE: lambda: _("기간. 예: 2026-11-25 ~ 2026-11-30"),
    Kind.INTEGER: lambda: _("숫자. 예: 3"),
    Kind.PHONE: lambda: _("기관 전화번호. 예: 02-000-0000"),
    Kind.CODE_TAIL: lambda: _("번호. 끝 네 자리만 보냅니다"),
    Kind.PLATE_TAIL: lambda: _("차량번호. 끝 네 자리만 보냅니다"),
}


def _example(variable: Variable) -> str:
    today = timezone.localdate()
    if variable.values:
        return variable.values[0]
    if variable.short:
        return next(iter(variable.short))
    if variable.default:
        return variable.default
    examples: dict[Kind, str] = {
        Kind.PERSON: _("홍길동"),
        Kind.DATE_LONG: f"{today:%Y-%m-%d}",
        Kind.DATE_SHORT: f"{today:%Y-%m-%d}",
        Kind.TIME: "14:30",
        Kind.DATETIME: f"{today:%Y-%m-%d} 14:30",
        Kind.DATE_RANGE: f"{today:%Y-%m-%d} ~ {today:%Y-%m-%d}",
        Kind.INTEGER: "3",
        Kind.PLATE_TAIL: "1234",
        Kind.CODE_TAIL: "1234",
    }
    return examples.get(variable.kind, variable.name)


def bad_rows(
    titles: Sequence[str],
    rows: Iterator[tuple[int, Sequence[Cell]]],
    why: Mapping[int, tuple[str, str]],
) -> bytes:
    """The refused rows as they stand in the file, each with what is wrong. `why` by row number:
    (code, column)."""
    with _book() as (book, out):
        head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("고칠 행"))
        names = [_("원본 행"), *titles, _("고칠 점")]
        for at, title in enumerate(names):
            sheet.set_column(at, at, 60 if at == len(names) - 1 else 16, text)
            sheet.write_string(0, at, title, head)
        for at, (number, cells) in enumerate(rows, 1):
            code, column = why[number]
            values = [_written(cell) for cell in cells[: len(titles)]]
            values += [""] * (len(titles) - len(values))
            for place, value in enumerate([str(number), *values, sentence(code, column=column)]):
                sheet.write_string(at, place, value, text)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _written(cell: Cell) -> str:
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, date) else as_text(cell)


@contextmanager
def _book() -> Iterator[tuple[Any, io.BytesIO]]:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        yield book, out
