"""The table of a fuzz run, of the lines that its slices left: `-m tests.fuzz.table FILE…`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_HEAD = (
    "| target | inputs | failed | slowest, s of CPU | memory early → late, MiB | answers |\n"
    "|---|--:|--:|--:|--:|---|"
)


def totals(lines: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """By target: inputs and statuses add up; of time and of growth the worst stands."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        total = found.setdefault(
            line["target"],
            {"inputs": 0, "failed": 0, "slowest_seconds": 0.0, "first_mib": 0, "last_mib": 0},
        )
        total["inputs"] += line["inputs"]
        total["failed"] += bool(line["failed"])
        total["slowest_seconds"] = max(total["slowest_seconds"], line.get("slowest_seconds", 0.0))
        grown = line.get("last_mib", 0) - line.get("first_mib", 0)
        if not total["last_mib"] or grown > total["last_mib"] - total["first_mib"]:
            total["first_mib"] = line.get("first_mib", 0)
            total["last_mib"] = line.get("last_mib", 0)
        statuses = Counter(total.get("statuses", {})) + Counter(line.get("statuses", {}))
        if statuses:
            total["statuses"] = dict(sorted(statuses.items()))
    return found


def table_of(lines: Iterable[Mapping[str, Any]]) -> str:
    """As `docs/reliability.md` shows it."""
    found = totals(lines)
    rows = [_HEAD]
    for name, one in found.items():
        answers = ", ".join(f"{code}: {count:,}" for code, count in one.get("statuses", {}).items())
        rows.append(
            f"| `{name}` | {one['inputs']:,} | {one['failed']} | {one['slowest_seconds']:.2f} "
            f"| {one['first_mib'] or '-'} → {one['last_mib']} | {answers or '-'} |"
        )
    made = sum(one["inputs"] for one in found.values())
    failed = sum(one["failed"] for one in found.values())
    return "\n".join([*rows, f"| **together** | **{made:,}** | **{failed}** | | | |"])


if __name__ == "__main__":
    given = [line for name in sys.argv[1:] for line in Path(name).read_text().splitlines()]
    print(table_of([json.loads(line) for line in given]))
