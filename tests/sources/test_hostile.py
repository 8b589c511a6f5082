"""Every file of the hostile set gets its code and no other end."""

from __future__ import annotations

import resource
import time
from datetime import date
from pathlib import Path

import pytest

from alimnaru.rules.roster import BadRow, Roster, RosterRefused, RosterSpec
from alimnaru.rules.variables import Kind, Variable
from alimnaru.sources.upload import ListRefused, open_list
from tests.sources import hostile

SPEC = RosterSpec(
    variables=(
        Variable("성명", Kind.PERSON),
        Variable("도서관", Kind.ENUM),
        Variable("대표도서", Kind.TITLE, max_length=20),
        Variable("권수", Kind.INTEGER, columns=("대출권수",)),
        Variable("기한", Kind.DATE_LONG, columns=("반납예정일",)),
    ),
    today=date(2026, 11, 23),
)


def _end(path: Path) -> tuple[str, str]:
    """Where the file was refused, and why; the first refused row if it was not."""
    try:
        source = open_list(path)
    except ListRefused as refused:
        return "file", refused.code
    try:
        rows = list(Roster(SPEC).read(source.rows()))
    except (ListRefused, RosterRefused) as refused:
        return "list", refused.code
    return "row", next((row.code for row in rows if isinstance(row, BadRow)), "none")


@pytest.mark.parametrize("name", hostile.NAMES)
def test_a_hostile_file_is_refused_for_what_it_is(name: str, tmp_path: Path) -> None:
    file = hostile.make_one(tmp_path, name)
    assert _end(file.path) == (file.stage, file.expected)


def test_the_whole_set_is_refused_fast_and_in_little_memory(tmp_path: Path) -> None:
    files = hostile.make_hostile(tmp_path)
    assert len(files) == len({file.path for file in files}) > 40
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    for file in files:
        _end(file.path)
    assert time.process_time() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # KiB


def test_the_line_of_two_gigabytes_takes_no_space(tmp_path: Path) -> None:
    path = hostile.make_one(tmp_path, "line-2gb.csv").path
    assert path.stat().st_size > 2 * hostile.GIB
    assert hostile.disk_used(path) < 1 << 20


@pytest.mark.parametrize("name", hostile.NAMES)
def test_a_refusal_tells_nobodys_data(name: str, tmp_path: Path) -> None:
    path = hostile.make_one(tmp_path, name).path
    try:
        list(Roster(SPEC).read(open_list(path).rows()))
    except (ListRefused, RosterRefused) as refused:
        told = f"{refused} {refused!r} {refused.facts}"
        assert "나루" not in told
        assert "1234" not in told
