"""The fault report is made of runs."""

from __future__ import annotations

import re
from pathlib import Path

from alimnaru.ops.chaos_faults import WIRE_FAULTS
from alimnaru.ops.fault_report import KINDS, Row, rows, table

PAGE = Path(__file__).parents[2] / "docs/reliability.md"


def test_a_row_for_each_kind_that_was_tried() -> None:
    chaos = {"kinds": {"kill web": 3, "melt web": 1}, "lost": 0, "repeated": 2}
    stories = [{"kind": "upgrade", "lost": 1, "repeated": 0}] * 2
    assert rows(chaos, stories) == [
        Row("kill web", 3, 0, 2),
        Row("upgrade", 2, 2, 0),
        Row("melt web", 1, 0, 2),
    ]


def test_every_fault_on_the_wire_has_words() -> None:
    assert {f"{fault} wire" for fault in WIRE_FAULTS} <= KINDS.keys()


def test_the_published_report_is_such_a_table() -> None:
    """Each kind, tried at least once, with nothing lost and nothing repeated."""
    text = PAGE.read_text()
    head = table([]).splitlines()[0]
    assert head in text
    for what, command in KINDS.values():
        row = rf"^\| {re.escape(what)} \| [1-9]\d* \| 0 \| 0 \| `{re.escape(command)}` \|$"
        assert re.search(row, text, re.MULTILINE), what
