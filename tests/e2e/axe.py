"""axe-core over a page: what it finds, in lines that a person can act on."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: `preload`: no rule of ours reads style sheets, which axe would fetch and parse for each run, and
#: `checks` objects to whatever sounds by itself. Where nothing is found, nobody reads where it is:
#: finding a selector for every element is a quarter of the work.
_RUN = """
async only => {
  const options = {runOnly: only, resultTypes: ['violations'], elementRef: false, preload: false};
  const quick = await axe.run(document, {...options, selectors: false});
  if (!quick.violations.length) return quick;
  return axe.run(document, options);
}
"""
_IS_THERE = "() => 'axe' in window"
EVERYTHING = {"type": "tag", "values": TAGS}
#: All that another set of colours can change.
COLOURS = {"type": "rule", "values": ["color-contrast"]}
#: What another width can change in a part that passes at this one: colours over each other, places.
LAYOUT = {
    "type": "rule",
    "values": [
        *("color-contrast", "link-in-text-block", "target-size"),
        *("scrollable-region-focusable", "heading-order", "page-has-heading-one", "skip-link"),
    ],
}


@lru_cache(maxsize=1)
def source() -> str:
    """The library's text. It is installed by `make`, and a run without it proves nothing."""
    assert SOURCE.exists(), "axe-core is missing: run `make test`, or frontend/install.py"
    return SOURCE.read_text("utf-8")


def violations(page: Page, only: dict[str, Any] | None = None) -> list[str]:
    """Everything that axe objects to: rule, place, and what to do about it."""
    if not page.evaluate(_IS_THERE):
        # Half of what handing it to `evaluate` costs: that looks whether it is a function first.
        page.add_script_tag(content=source())
    found: dict[str, Any] = page.evaluate(_RUN, only or EVERYTHING)
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))} {_why(node)}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return " ".join(str(node.get("failureSummary", "")).split())[:300]
