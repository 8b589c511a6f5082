"""What is read of processes that may end at any moment."""

from __future__ import annotations

import os
import subprocess
import sys

from alimnaru.ops.processes import _children, cpu_seconds, peak_rss, tree


def test_it_works() -> None:
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        assert child.pid in tree(os.getpid())
        assert peak_rss(child.pid) > 0
        child.communicate(b"\n")
    assert child.pid not in tree(os.getpid())


def test_one_that_has_ended_is_nobody() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert (tree(child.pid), cpu_seconds(child.pid), peak_rss(child.pid)) == ([], 0, 0)
    # Seen a moment ago, gone when its children are asked for.
    assert _children(child.pid) == []
