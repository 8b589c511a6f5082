"""What a check says, to people and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alimnaru.ops.cli_output import count, facts, listing
from alimnaru.ops.cli_templates_screen import show_warnings, warnings_as_json
from alimnaru.rules.names import mask_name
from alimnaru.rules.phone import mask
from alimnaru.wording import FORMATS, LEFT_OUT, note, sentence, why

if TYPE_CHECKING:
    from rich.console import Console

    from alimnaru.office.lists import ListCheck
    from alimnaru.rules.roster import BadRow
    from alimnaru.store.models import Department, Notice

#: Bad rows shown unless all are asked for: what fits a screen.
SHOWN = 20


def check_as_json(found: ListCheck, notice: Notice, department: Department) -> dict[str, object]:
    """The check as one object. Names and phones are masked here too: row numbers find them."""
    return {
        "list": found.name,
        "format": found.format,
        "encoding": found.encoding,
        "sheet": found.sheet,
        "notice": notice.code,
        "department": department.code,
        "rows": found.rows,
        "good": found.good,
        "bad": found.bad_count,
        "unserved": found.unserved,
        "by_code": dict(found.by_code.most_common()),
        "left_out": {kind: n for kind, n in found.left_out.items() if n},
        "columns": dict(found.header),
        "notes": [
            {"code": code, "message": note(code, **about), **about} for code, about in found.notes
        ],
        "warnings": warnings_as_json(found.warnings),
        "bad_rows": [_bad_as_json(row) for row in found.bad],
        "samples": list(found.samples),
    }


def _bad_as_json(row: BadRow) -> dict[str, object]:
    return {
        "row": row.number,
        "column": row.column,
        "code": row.code.value,
        "message": sentence(row.code, column=row.column),
        "name": mask_name(row.name),
        "phone": mask(row.phone) if row.phone else "",
        "shown": row.shown,
    }


def show_check(
    out: Console, found: ListCheck, notice: Notice, department: Department, *, limit: int
) -> None:
    """The check as a clerk reads it: the sums, what is wrong and where, what residents will see."""
    where = [FORMATS.get(found.format, found.format), found.encoding or ""]
    where.append(f"‘{found.sheet}’ 시트" if found.sheet else "")
    out.print(f"{found.name} ({', '.join(part for part in where if part)})\n")
    sums = [
        ("알림 업무", f"{notice.name}({notice.code})"),
        ("보내는 부서", department.name),
        ("", ""),
        ("명단의 사람", count(found.rows)),
        ("보낼 수 있음", count(found.good)),
        ("보낼 수 없음", count(found.bad_count)),
    ]
    left_out = [f"{LEFT_OUT.get(kind, kind)} {n:,}" for kind, n in found.left_out.items() if n]
    if left_out:
        sums.append(("세지 않은 행", ", ".join(left_out)))
    out.print(facts(sums))
    if found.header:
        read = ", ".join(_read_as(name, title) for name, title in found.header.items())
        out.print(f"\n읽은 열: {read}")
    for code, about in found.notes:
        out.print(f"알림: {note(code, **about)}")
    show_warnings(out, found.warnings)
    if found.unserved:
        out.print(
            f"알림: {count(found.unserved)}은 전자 송달에 동의한 기록이 없어 보내지 않습니다. 종이 "
            "문서나 등기우편으로 송달하시고, 동의서를 받으셨다면 ‘alimnaru consent import’로 먼저 "
            "기록해 주십시오."
        )
    if found.bad_count:
        _show_bad(out, found, limit)
    for number, text in enumerate(found.samples):
        title = "첫 번째 사람이 받을 글" if number == 0 else "가장 긴 글"
        out.print(f"\n{title}")
        out.print(_bubble(text))


def _read_as(name: str, title: str) -> str:
    return name if name == title else f"{name}←{title}"


def _show_bad(out: Console, found: ListCheck, limit: int) -> None:
    from alimnaru.rules.refusals import Refusal

    out.print("\n보낼 수 없는 까닭")
    kinds = [(f"{n:,}", sentence(Refusal(code))) for code, n in found.by_code.most_common()]
    out.print(listing(("행 수", "까닭과 할 일"), kinds, numbers="행 수"))
    rows = [
        (f"{row.number:,}", mask_name(row.name), row.column, row.shown, why(row.code))
        for row in found.bad[:limit]
    ]
    out.print("보낼 수 없는 행")
    columns = ("행", "이름", "열", "적힌 내용", "까닭")
    out.print(listing(columns, rows, numbers="행"))
    if found.bad_count > len(rows):
        out.print(
            f"이 밖에 {found.bad_count - len(rows):,}행이 더 있습니다. "
            "모두 보려면 --all을 붙이십시오."
        )


def _bubble(text: str) -> object:
    from rich import box
    from rich.panel import Panel
    from rich.text import Text

    return Panel(Text(text), box=box.ROUNDED, expand=False, padding=(0, 1))
