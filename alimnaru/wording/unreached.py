"""The unreached list as the clerk reads it, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

from alimnaru.rules.phone import display
from alimnaru.wording import label, step_for, why_not
from alimnaru.wording.filling import fill
from alimnaru.wording.language import said

TITLE = "못 받은 분"
#: Title, width in characters, whether it runs over several lines.
COLUMNS: Sequence[tuple[str, int, bool]] = (
    ("번호(원본 행)", 14, False),
    ("이름", 14, False),
    ("전화번호", 16, False),
    ("시도한 방법", 20, False),
    ("못 받은 까닭", 52, True),
    ("다음에 할 일", 62, True),
)
NOT_SENT = "보내지 않음"
#: A way that was tried more than once.
TIMES = "{name} {times}회"


def title() -> str:
    """The sheet's name in the reader's language."""
    return said(TITLE)


def columns() -> list[tuple[str, int, bool]]:
    """`COLUMNS` in the reader's language."""
    return [(said(name), width, long) for name, width, long in COLUMNS]


class Row(Protocol):
    """What is read of `reads.unreached.UnreachedRow`: words know no tables."""

    @property
    def row_no(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def tried(self) -> Sequence[str]: ...


def cells_of(row: Row) -> tuple[str, ...]:
    """The cells of `COLUMNS`."""
    return (
        str(row.row_no),
        row.name,
        display(row.phone) if row.phone else "",
        tried_words(row.tried),
        why_not(row.state, row.code, row.column),
        step_for(row.state, row.code, row.column),
    )


def tried_words(channels: Sequence[str]) -> str:
    """'알림톡 → 문자 2회', or that nothing went out."""
    if not channels:
        return said(NOT_SENT)
    runs = [(label(channel), len(list(run))) for channel, run in groupby(channels)]
    return " → ".join(
        name if times == 1 else fill(said(TIMES), {"name": name, "times": times})
        for name, times in runs
    )
