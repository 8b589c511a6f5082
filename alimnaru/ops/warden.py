"""Ends process groups when their owner is gone, even by SIGKILL, even if they are stopped.

A shell of 1 MB reads group ids from a pipe whose other end only the owner holds. End of file
means that the owner is gone; then the shell kills what is still listed. (The kernel's own
PR_SET_PDEATHSIG ends only direct children, and does so already when the *thread* that started
them ends.)
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

_WATCH = """
trap '' INT TERM HUP QUIT
groups=' '
while read -r sign group; do
    case $sign in
        +) groups="$groups$group " ;;
        -) case $groups in
               *" $group "*) groups="${groups%% $group *} ${groups#* $group }" ;;
           esac ;;
    esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
exit 0
"""

# The child puts itself on the list before it becomes the program: no moment is unguarded.
_ENLIST = 'echo "+ $$"; exec "$@" >&2'


class Warden:
    """One per owner. Not for use after a fork without exec: the fork would be an owner too."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._shell: subprocess.Popen[bytes] | None = None
        self._pipe = -1

    def spawn(self, argv: list[str], *, log: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Starts the program in a process group of its own; output is appended to `log`."""
        self.stand_guard()
        with log.open("ab") as output:
            child = subprocess.Popen(
                ["/bin/sh", "-c", _ENLIST, "sh", *argv],
                stdin=subprocess.DEVNULL,
                stdout=self._pipe,
                stderr=output,
                env=env,
                process_group=0,
            )
        self._groups.add(child.pid)
        return child

    def forget(self, group: int) -> None:
        """The group is empty; its number may soon be somebody else's."""
        self._groups.discard(group)
        if self._shell is not None:
            self._tell(f"- {group}\n")

    def close(self) -> None:
        """Ends the guard; what is still listed dies."""
        if self._shell is not None:
            os.close(self._pipe)
            self._shell.wait()
            self._shell = None
            self._groups.clear()

    def stand_guard(self) -> None:
        """Sets up the guard, or another one if somebody ended it."""
        if self._shell is not None and self._shell.poll() is None:
            return
        if self._shell is not None:
            os.close(self._pipe)
        read_end, self._pipe = os.pipe()
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH],
            stdin=read_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(read_end)
        for group in self._groups:
            self._tell(f"+ {group}\n")

    def _tell(self, line: str) -> None:
        # Without a reader somebody has ended the guard; `stand_guard` sets up another.
        with contextlib.suppress(BrokenPipeError):
            os.write(self._pipe, line.encode())
