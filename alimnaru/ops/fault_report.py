"""The fault report: runs of chaos and stories, as the table of docs/reliability.md.

`python -m alimnaru.ops.fault_report CHAOS.json [STORIES.ndjson]` prints it. CHAOS is the JSON of
`alimnaru chaos --json`; STORIES has a line for each story that ran: `{"kind", "lost", "repeated"}`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CHAOS: Final = "make chaos"
FAULTS: Final = "make faults"
_STORY: Final = "make test ARGS=tests/{}"

#: Kind → what happens, and by which command it is repeated. In the order of the table.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "kill worker": ("a worker is killed (SIGKILL)", CHAOS),
    "kill web": ("the web process is killed", CHAOS),
    "kill database": ("PostgreSQL is killed, and recovers", CHAOS),
    "kill sandbox": ("the carrier's own process is killed", CHAOS),
    "kill send": ("the sending command is killed; the clerk sends again", CHAOS),
    "end worker": ("a worker is told to end (SIGTERM)", CHAOS),
    "end web": ("the web process is told to end", CHAOS),
    "end database": ("PostgreSQL is restarted in order (fast shutdown)", CHAOS),
    "end sandbox": ("the carrier's own process is told to end", CHAOS),
    "stop worker": ("a worker sleeps for less than its lease, and wakes (SIGSTOP)", CHAOS),
    "oversleep worker": ("a worker sleeps for up to twice its lease, and wakes", CHAOS),
    "stop web": ("the web process sleeps", CHAOS),
    "stop database": ("PostgreSQL sleeps", CHAOS),
    "stop sandbox": ("the carrier sleeps", CHAOS),
    "stop send": ("the sending command sleeps", CHAOS),
    "cut_before wire": ("the connection is cut before the carrier has accepted", CHAOS),
    "cut_after wire": ("it is cut after it has accepted, before it answers", CHAOS),
    "cut_middle wire": ("it is cut in the middle of the answer", CHAOS),
    "slow wire": ("the carrier begins later than the time-out", CHAOS),
    "slow_after wire": ("it has done all, and answers later than the time-out", CHAOS),
    "error_500 wire": ("it answers 500", CHAOS),
    "error_503 wire": ("it answers 503", CHAOS),
    "too_many wire": ("it answers 429", CHAOS),
    "restore to the end": (
        "all is killed and the disk is gone; restored from a synchronous archive, under load",
        _STORY.format("stories/test_disaster.py"),
    ),
    "restore to a moment": (
        "the same, and the last stretch of the log is gone too",
        _STORY.format("stories/test_disaster.py"),
    ),
    "upgrade": (
        "workers and web are replaced one by one by a version with one more migration, under load",
        _STORY.format("stories/test_upgrade.py"),
    ),
    "full disk": ("the database's disk is full for a while, under load", FAULTS),
    "clock jumps": (
        "the machine's clock is ten minutes slow, put right, ten minutes fast, set back by five s",
        FAULTS,
    ),
    "host lost": (
        "of two hosts one loses link and power, under load",
        _STORY.format("chaos/test_either_host.py"),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    tried: int
    lost: int
    repeated: int


def rows(chaos: Mapping[str, Any], stories: Iterable[Mapping[str, Any]] = ()) -> list[Row]:
    """A row for each kind that was tried. What a run of chaos lost counts for each kind in it:
    which of its faults did it nobody can say."""
    tried = Counter(chaos["kinds"])
    lost = dict.fromkeys(tried, int(chaos["lost"]))
    repeated = dict.fromkeys(tried, int(chaos["repeated"]))
    for story in stories:
        kind = story["kind"]
        tried[kind] += 1
        lost[kind] = lost.get(kind, 0) + story["lost"]
        repeated[kind] = repeated.get(kind, 0) + story["repeated"]
    order = [*KINDS, *sorted(set(tried) - set(KINDS))]
    return [Row(k, tried[k], lost[k], repeated[k]) for k in order if tried[k]]


def table(found: Iterable[Row]) -> str:
    """As Markdown."""
    lines = ["| what goes wrong | tried | lost | repeated | again with |", "|---|--:|--:|--:|---|"]
    for row in found:
        what, command = KINDS.get(row.kind, (row.kind, CHAOS))
        lines.append(f"| {what} | {row.tried} | {row.lost} | {row.repeated} | `{command}` |")
    return "\n".join(lines)


def main(chaos: str, stories: str = "") -> None:
    """Print the table of these files."""
    told = Path(stories).read_text().splitlines() if stories else []
    found = rows(json.loads(Path(chaos).read_text()), [json.loads(line) for line in told])
    sys.stdout.write(table(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
