"""axe-core over a page: what it finds, in lines that a person can act on."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
only => axe.run(document, {runOnly: only, resultTypes: ['violations'], elementRef: false})
"""
EVERYTHING = {"type": "tag", "values": TAGS}
#: All that another set of colours can change.
COLOURS = {"type": "rule", "values": ["color-contrast"]}


@lru_cache(maxsize=1)
def source() -> str:
    """The library's text. It is installed by `make`, and a run without it proves nothing."""
    assert SOURCE.exists(), "axe-core is missing: run `make test`, or frontend/install.py"
    return SOURCE.read_text("utf-8")


def violations(page: Page, only: dict[str, Any] | None = None) -> list[str]:
    """Everything that axe objects to: rule, place, and what to do about it."""
    page.evaluate(source())
    found: dict[str, Any] = page.evaluate(_RUN, only or EVERYTHING)
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {_why(node)}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())[:300]
