"""What a process and its descendants cost: CPU seconds and peak memory, read from /proc."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """The process and every living descendant, parents first; empty if it is gone."""
    if not Path(f"/proc/{pid}").exists():
        return []
    found = [pid]
    for parent in found:
        found.extend(_children(parent))
    return found


def _children(parent: int) -> list[int]:
    # Asks the kernel for the children; walking all of /proc each second would itself be load.
    folder = Path(f"/proc/{parent}/task")
    try:
        threads = [entry.name for entry in folder.iterdir()]
    except OSError:
        return []  # it has ended since it was found
    return [
        int(child) for thread in threads for child in _read(folder / thread / "children").split()
    ]


def runs_in_group(group: int) -> bool:
    """Somebody of the process group is still running; a zombie holds nothing and does not count."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        fields = _read(path).rpartition(")")[2].split()
        if len(fields) > 2 and fields[2] == str(group) and fields[0] not in {"Z", "X"}:
            return True
    return False


def cpu_seconds(pid: int) -> float:
    """User and system time of the tree, with descendants that have ended and were waited for."""
    return sum(_ticks(member) for member in tree(pid)) / _TICKS


def peak_rss(pid: int) -> int:
    """Bytes: the sum of what each living member of the tree held at its most.

    An upper bound: pages that forked children share with their parent count in each of them."""
    return sum(_high_water(member) for member in tree(pid))


def _ticks(pid: int) -> int:
    # The name, in brackets, may hold spaces and brackets: what follows the last one is regular.
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15])


def _high_water(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
