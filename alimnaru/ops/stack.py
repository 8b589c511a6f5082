"""Everything that runs: database, web, workers and, unless real carriers are used, the sandbox.

`up`, `demo`, `bench` and `chaos` differ only in what they do with a running stack.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from alimnaru.ops import ports
from alimnaru.ops.cluster import Cluster
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.sandbox_account import SandboxLine, credentials_in, open_account

#: Threads of the web process: callbacks are short, and each thread holds a connection.
WEB_THREADS = 4


@dataclass(slots=True)
class Stack:
    """A running office in `home`. A context manager: leaving it stops everything it started.

    `env` are settings for every process. `worker_lanes` has one entry per worker process.
    `carrier` is the protocol that the sandbox is spoken to in, `account_options` further settings
    of its account.
    """

    home: Path
    env: dict[str, str] = field(default_factory=dict)
    worker_lanes: Sequence[str] = ("urgent,normal,bulk", "urgent,normal,bulk")
    sandbox_args: Sequence[str] | None = ()
    carrier: str = "solapi"
    account_options: Mapping[str, str] = field(default_factory=dict)
    web_port: int | None = None
    sandbox_port: int | None = None
    database: Embedded | None = field(default=None, init=False)
    cluster: Cluster = field(init=False)
    sandbox: SandboxLine | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bring everything up; Django is set up in this process on the way."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.web_port = self.web_port or ports.free_port()
        os.environ |= {"ALIMNARU_HOME": str(self.home), **self.env}
        if self.sandbox_args is not None:
            # A button of a message on the phones page leads to the page of this very office.
            here = f"http://127.0.0.1:{self.web_port}"
            os.environ.setdefault("ALIMNARU_PUBLIC_URL", here)
        self.cluster = Cluster(self.home)
        if not os.environ.get("DATABASE_URL"):
            self.database = Embedded(self.home / "postgres")
            os.environ["DATABASE_URL"] = self.database.start()
        self._set_up_django()
        if self.sandbox_args is not None:
            self._start_sandbox(self.sandbox_args)
        self._start_office()

    def watch(self) -> None:
        """Start again what has ended, the embedded database included."""
        if self.database is not None and not self.database.is_running():
            self.database.start()
        self.cluster.check()

    def watch_until(self, done: threading.Event, *, every: float = 0.2) -> None:
        """Watch until `done` is set."""
        while not done.wait(every):
            self.watch()

    def stop(self) -> None:
        """Stop every process of ours, the database last."""
        from django.db import connections

        if hasattr(self, "cluster"):
            self.cluster.stop()
        if self.database is not None:
            if "DJANGO_SETTINGS_MODULE" in os.environ:
                connections.close_all()
            self.database.stop()
            os.environ.pop("DATABASE_URL", None)

    def send(self, path: Path, notice: str) -> subprocess.Popen[bytes]:
        """Start `alimnaru send` for a list, as a clerk at the command line would; hours waived.

        Its standard output is the command's one JSON object.
        """
        command = self.python(
            *("-m", "alimnaru.ops.cli", "send", str(path), "--notice", notice),
            *("--yes", "--json", "--waive-hours"),
        )
        log = (self.home / "log" / "send.log").open("ab")
        with log:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)

    def python(self, *args: str) -> list[str]:
        """The command line of a Python module of ours."""
        return [sys.executable, *args]

    def _set_up_django(self) -> None:
        from alimnaru.ops.boot import boot

        boot(migrate=True)

    def _start_sandbox(self, args: Sequence[str]) -> None:
        port = self.sandbox_port or ports.free_port()
        self.sandbox_port = port
        self.cluster.add(
            "sandbox",
            self.python("-m", "sandbox", "--port", str(port), "--json", *args),
            ready=lambda: _answers(f"http://127.0.0.1:{port}/_sandbox/health"),
        )
        self.cluster.start()
        credentials = credentials_in(self.cluster.log_of("sandbox"))
        self.sandbox = open_account(
            credentials,
            web_port=self.web_port or 0,
            kind=self.carrier,
            options=self.account_options,
        )

    def _start_office(self) -> None:
        from django.conf import settings

        if settings.BACKUP and self.database is not None:
            waits = ["--synchronous"] if settings.BACKUP_WAITS else []
            self.cluster.add(
                "archive",
                self.python(
                    *("-m", "alimnaru.ops.cli", "backup", "archive", "--into", settings.BACKUP),
                    *waits,
                ),
            )
        web = f"127.0.0.1:{self.web_port}"
        self.cluster.add(
            "web",
            self.python(
                *("-m", "gunicorn", "alimnaru.wsgi:application", "--bind", web),
                *("--workers", "1", "--threads", str(WEB_THREADS), "--worker-class", "gthread"),
                *("--keep-alive", "75", "--graceful-timeout", "10", "--log-level", "warning"),
            ),
            ready=lambda: _answers(f"http://{web}/readyz"),
        )
        for number, lanes in enumerate(self.worker_lanes, 1):
            self.cluster.add(
                f"worker-{number}",
                self.python("-m", "alimnaru.ops.cli", "worker", "--lanes", lanes),
            )
        self.cluster.start()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback, ours
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
