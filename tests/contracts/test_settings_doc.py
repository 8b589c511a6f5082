"""Every setting is documented, and nothing is documented that is not read."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def names_in(path: str) -> set[str]:
    text = (ROOT / path).read_text()
    return set(re.findall(r"\b(?:ALIMNARU_[A-Z_]+|DATABASE_URL)\b", text))


def test_the_page_and_the_code_name_the_same_settings() -> None:
    code = names_in("alimnaru/settings.py") | names_in("alimnaru/home.py")
    documented = names_in("docs/reference/settings.md")
    assert documented == code
