"""In which order xdist hands out the tests, and in what portions.

A file's tests stay together, because many share what they set up. The files that take long come
first: xdist begins with those of many tests, and a story is one test of a minute, with which one
process would be alone at the end.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadFileScheduling

#: The longest first, roughly; what is not here takes seconds.
LONG = (
    "tests/e2e/test_axe_rest.py",
    "tests/e2e/test_axe_full.py",
    "tests/carriers/test_suite.py",
    "tests/stories/test_second_account.py",
    "tests/e2e/stories/",
    "tests/chaos/",
    "tests/stories/",
    "tests/console/test_every_url.py",
    "tests/carriers/",
    "tests/client/",
    "tests/ops/test_cli_process.py",
    "tests/ops/test_embedded.py",
    "tests/api/",
    "tests/contracts/",
    "tests/e2e/",
    "tests/console/",
    "tests/flow/",
    "tests/fuzz/",
)
#: Files whose first parameter stands for a world of its own: the carrier, the state of the office.
_PARTED = re.compile(r"(tests/carriers/test_suite\.py|tests/e2e/test_axe_rest\.py)::.*\[([^\]]*)\]")
#: Files that share one office at work, which takes ten seconds to start.
_TOGETHER = "tests/e2e/stories/"


def rank(nodeid: str) -> int:
    """The place of a test's file in `LONG`."""
    return next((n for n, prefix in enumerate(LONG) if nodeid.startswith(prefix)), len(LONG))


def portion(nodeid: str) -> str:
    """What one process runs by itself: a file, part of one, or several."""
    if nodeid.startswith(_TOGETHER):
        return _TOGETHER
    if found := _PARTED.match(nodeid):
        part = found[2].removeprefix("chromium-").partition("-")[0]
        return f"{found[1]}[{part}]"
    return nodeid.partition("::")[0]


class ByPortion(LoadFileScheduling):
    """As `--dist loadfile`, with our portions."""

    def _split_scope(self, nodeid: str) -> str:
        return portion(nodeid)
