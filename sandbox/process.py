"""Starting a sandbox as a process of its own, for tests and for other programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

_END_SECONDS = 5.0


@dataclass(slots=True)
class Handle:
    """A running sandbox. `port` can be given to the next `start` to take its place.

    `api_key`, `api_secret` and `profile` are SOLAPI's; `protocols` has everybody's, by name.
    """

    url: str
    api_key: str
    api_secret: str
    profile: str
    phones: str
    process: subprocess.Popen[bytes]
    protocols: dict[str, dict[str, str]]

    @property
    def pid(self) -> int:
        """Process id."""
        return self.process.pid

    @property
    def port(self) -> int:
        """Port on 127.0.0.1."""
        return int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self._reap()

    def stop(self) -> int:
        """End it cleanly and return its exit code."""
        self.process.terminate()
        return self._reap()

    def _reap(self) -> int:
        try:
            code = self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def start(
    *,
    port: int = 0,
    journal: Path | None = None,
    arguments: Sequence[str] = (),
    log: int | IO[Any] | None = None,
) -> Handle:
    """Start a sandbox and wait until it answers. `log` takes its standard error.

    Raises `RuntimeError` if it ends before it is ready.
    """
    command = [sys.executable, "-m", "sandbox", "--json", "--port", str(port), *arguments]
    if journal is not None:
        command += ["--journal", str(journal)]
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdout=subprocess.PIPE, stderr=log, env={**os.environ, "PYTHONPATH": path}
    )
    output = process.stdout
    line = output.readline() if output is not None else b""
    if not line:
        if output is not None:
            output.close()
        raise RuntimeError(f"the sandbox ended with exit code {process.wait()}")
    return Handle(process=process, **msgspec.json.decode(line))
