"""The page of laws names code and tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compliance.md").read_text()


def test_what_is_named_exists() -> None:
    named = re.findall(r"`((?:tests|[a-z]+)/[\w/]+(?:\.py)?)`", PAGE)
    assert len(named) > 50
    missing = [
        path
        for path in named
        if not (ROOT / path).exists() and not (ROOT / "alimnaru" / path).exists()
    ]
    assert missing == []


def test_every_line_says_what_shows_it() -> None:
    """A cell is a test, or says that there is none."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if cells[-1] != "shown by":
            assert re.search(r"`tests/|\*\*(partly|not done)\*\*", cells[-1]), row
