"""What commands print: one JSON object for programs, plain Korean for people, never both."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="결과를 JSON 하나로 출력합니다.")]


def answer(data: Mapping[str, object]) -> None:
    """The one JSON object of a command, on stdout."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def screen() -> Console:
    """For people, on stdout."""
    from rich.console import Console

    from alimnaru.ops.screens import WIDTH

    width = None if sys.stdout.isatty() else WIDTH
    return Console(highlight=False, markup=False, emoji=False, width=width)


def side_screen() -> Console:
    """For people, on stderr: progress, questions and faults, which no program reads."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def facts(rows: Sequence[tuple[str, str]]) -> Table:
    """Names at the left, values at the right, no lines."""
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 1))
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    return table


def listing(columns: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: str = "") -> Table:
    """A table with a header; columns named in `numbers` (comma-separated) stand to the right."""
    from rich import box
    from rich.table import Table

    right = set(numbers.split(","))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=column in right,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*row)
    return table


def count(number: int, unit: str = "명") -> str:
    """1,234명"""
    return f"{number:,}{unit}"


def money(won: Decimal) -> str:
    """12,345원; of small sums a decimal is kept, or three messages would cost nothing."""
    return f"{won:,.0f}원" if won >= 1000 else f"{won:,.1f}".removesuffix(".0") + "원"


def moment(at: datetime) -> str:
    """'11월 25일(수) 10:00' by the office's clock."""
    from django.utils import timezone

    local = timezone.localtime(at)
    weekday = "월화수목금토일"[local.weekday()]
    year = "" if local.year == timezone.localtime().year else f"{local.year}년 "
    return f"{year}{local.month}월 {local.day}일({weekday}) {local:%H:%M}"


def period(seconds: float) -> str:
    """'42초', '3분 5초', '1시간 2분'"""
    whole = round(seconds)
    if whole < 1:
        return f"{seconds:.1f}초"
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = [(hours, "시간"), (minutes, "분"), (0 if hours else rest, "초")]
    return " ".join(f"{n}{unit}" for n, unit in parts if n)


def row_counter(*, quiet: bool, what: str) -> Any:
    """A context manager whose value is told how many rows have passed; shown on a terminal only."""
    from contextlib import nullcontext

    console = side_screen()
    if quiet or not console.is_terminal:
        return nullcontext(None)
    return _RowCounter(console, what)


class _RowCounter:
    def __init__(self, console: Console, what: str) -> None:
        self._status = console.status(what)
        self._what = what

    def __enter__(self) -> _RowCounter:
        self._status.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._status.stop()

    def __call__(self, rows: int) -> None:
        self._status.update(f"{self._what} {rows:,}행")
