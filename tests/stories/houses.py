"""A whole office of real processes that a story may kill, move, replace and lose."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from alimnaru.ops.cluster import Cluster
from alimnaru.ops.embedded import Embedded
from alimnaru.ops.example_list import write_example_csv
from sandbox.process import Handle

ROOT = Path(__file__).parents[2]
#: As quick as chaos: a story is over before a real lease would be.
QUICK = {
    "ALIMNARU_CHUNK_SIZE": "200",
    "ALIMNARU_LEASE_SECONDS": "3",
    "ALIMNARU_CARRIER_TIMEOUT": "2",
    "ALIMNARU_SWEEP_SECONDS": "0.5",
    "ALIMNARU_POLL_SECONDS": "1",
    "ALIMNARU_BREAKER_SECONDS": "0.5",
}
NOTICE = "lib.due.soon"


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder that the database's account can reach. pytest's own is closed to others whenever
    another run of pytest begins."""
    made = Path(tempfile.mkdtemp(prefix="alimnaru-story-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@dataclass
class House:
    """Web, workers and commands of one office on one machine, all with the same environment.

    `code` is the checkout that they run; `inside` what stands before each command (a namespace).
    """

    home: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    code: Path = ROOT
    inside: tuple[str, ...] = ()
    address: str = "127.0.0.1"
    #: Where its carrier is, if it is not on this machine: address and port.
    carrier: tuple[str, ...] = ()
    database: Embedded | None = None
    programs: list[subprocess.Popen[bytes]] = field(default_factory=list)
    cluster: Cluster = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.cluster = Cluster(self.home, env=self.environment(self.code))

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}"

    def environment(self, code: Path) -> dict[str, str]:
        clean = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("ALIMNARU_", "DJANGO_", "PG")) and k != "DATABASE_URL"
        }
        # `Cluster` adds to the environment of this process: what is left out must be emptied.
        return (
            clean
            | QUICK
            | {
                "NO_PROXY": "*",
                "no_proxy": "*",
                "ALIMNARU_HOME": str(self.home),
                "ALIMNARU_RECEIPT_PAUSE": "0.1",
                "ALIMNARU_COLLECT": "0",
                "DJANGO_SETTINGS_MODULE": "alimnaru.settings",
                "PYTHONPATH": str(code),
                **self.env,
            }
        )

    def python(self, *args: str) -> list[str]:
        return [*self.inside, sys.executable, *args]

    def web_command(self) -> list[str]:
        return self.python(
            *(
                "-m",
                "gunicorn",
                "alimnaru.wsgi:application",
                "--bind",
                f"{self.address}:{self.port}",
            ),
            *("--workers", "1", "--threads", "4", "--worker-class", "gthread", "--reuse-port"),
            *("--graceful-timeout", "10", "--log-level", "warning"),
        )

    def worker_command(self) -> list[str]:
        return self.python("-m", "alimnaru.ops.cli", "worker")

    def connect(self) -> None:
        """A way to a carrier on another machine."""
        if self.carrier:
            self.cluster.add(
                "line",
                self.python("-m", "tests.stories.passing", "127.0.0.1", "8100", *self.carrier),
                env={"PYTHONPATH": str(ROOT)},
            )
        self.cluster.start()

    def open(self, workers: int = 2, *, web: list[str] | None = None) -> None:
        """Start web and workers."""
        self.cluster.add("web", web or self.web_command(), ready=self.answers)
        for number in range(workers):
            self.cluster.add(f"worker-{number}", self.worker_command())
        self.cluster.start()

    def reopen(self, workers: int = 2) -> None:
        """Start anew what was killed with its whole machine."""
        self.cluster = Cluster(self.home, env=self.environment(self.code))
        self.connect()
        self.open(workers)

    def answers(self) -> bool:
        code = f"import urllib.request as u; u.urlopen('{self.url}/readyz', timeout=2)"
        if not self.inside:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as found:
                    return bool(found.status == 200)
            except OSError:
                return False
        ran = subprocess.run(self.python("-c", code), capture_output=True, check=False)
        return ran.returncode == 0

    def run(self, *args: str, code: int = 0) -> dict[str, Any]:
        """Run `alimnaru … --json`; its answer."""
        ran = subprocess.run(
            [*self.python("-m", "alimnaru.ops.cli"), *args, "--json"],
            env=self.environment(self.code),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.code,
        )
        assert ran.returncode == code, (args, ran.stdout[-2000:], ran.stderr[-3000:])
        found: dict[str, Any] = json.loads(ran.stdout)
        return found

    def set_up(self, credentials: str) -> str:
        """Account, wordings, key; returns the key."""
        ran = subprocess.run(
            self.python("-m", "tests.stories.setting_up", credentials, str(self.port)),
            env=self.environment(self.code) | {"PYTHONPATH": f"{self.code}:{ROOT}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-3000:]
        key: str = json.loads(ran.stdout)["key"]
        return key

    def send_list(self, rows: int, seed: int) -> int:
        """A list goes; its batch."""
        path = self.home / f"list-{seed}.csv"
        write_example_csv(path, rows, dirt=False, seed=seed)
        return int(
            self.run("send", str(path), "--notice", NOTICE, "--yes", "--waive-hours")["batch"]
        )

    def start_program(self, file: Path, key: str, *urls: str) -> subprocess.Popen[bytes]:
        """A program that calls the API until it is ended."""
        program = subprocess.Popen(
            self.python("-m", "tests.stories.program", str(file), key, *(urls or (self.url,))),
            env=self.environment(self.code) | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )
        self.programs.append(program)
        return program

    def close(self) -> None:
        """End whatever still runs."""
        for program in self.programs:
            program.kill()
            program.wait()
        self.cluster.stop()
        if self.database is not None:
            self.database.stop()

    def asked(self, sql: str) -> list[list[Any]]:
        """What the office's own database says, asked from where the office is."""
        code = (
            "import json,os,sys,psycopg\n"
            "c=psycopg.connect(os.environ['DATABASE_URL'])\n"
            "print(json.dumps(c.execute(sys.argv[1]).fetchall(), default=str))"
        )
        ran = subprocess.run(
            self.python("-c", code, sql),
            env=self.environment(self.code),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-1000:]
        found: list[list[Any]] = json.loads(ran.stdout)
        return found

    def until(self, done: Callable[[], bool], seconds: float = 120) -> None:
        """Look until `done`. The time is for a machine that does other things as well."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, "it never came about"
            self.cluster.check()
            time.sleep(0.2)

    def until_through(self) -> None:
        """Until nothing is on its way any more; AssertionError when nothing has ended for long."""
        least, deadline = math.inf, 0.0
        while left := self.left():
            if left < least:
                least, deadline = left, time.monotonic() + 120
            assert time.monotonic() < deadline, f"{left} are left"
            self.cluster.check()
            time.sleep(0.2)

    def left(self) -> int:
        """Messages that are on their way."""
        sql = """
            SELECT (SELECT count(*) FROM store_message WHERE state = 'pending')
                 + (SELECT count(*) FROM store_accepted)
        """
        return int(self.asked(sql)[0][0])


def accepted_by_us(file: Path) -> dict[str, str]:
    """Key → message id of everything that the program was told is accepted."""
    lines = [line.split() for line in file.read_text().splitlines()]
    return {one: said for one, said in lines if said[0] not in "!-"}


def errors_of_ours(file: Path) -> list[str]:
    """Answers 5xx that the program got."""
    return [
        said
        for _, said in (line.split() for line in file.read_text().splitlines())
        if said.startswith("!5")
    ]


def refused_connections(file: Path) -> list[str]:
    """Calls that nobody took."""
    return [
        said
        for _, said in (line.split() for line in file.read_text().splitlines())
        if said.startswith("-Connect")
    ]


def witness(accepted: list[dict[str, Any]]) -> Counter[str]:
    """How often the carrier accepted each try of ours."""
    return Counter(one["ref"] for one in accepted)


def note(kind: str) -> None:
    """For the fault report: a story of this kind came to its end, with nothing lost or repeated."""
    if path := os.environ.get("FAULT_REPORT"):
        with Path(path).open("a") as file:
            file.write(json.dumps({"kind": kind, "lost": 0, "repeated": 0}) + "\n")


def nothing_lost_or_repeated(
    house: House, accepted: list[dict[str, Any]], promised: dict[str, str]
) -> None:
    """Every message of the office reached the carrier exactly once on each way that it went."""
    tries = witness(accepted)
    assert [ref for ref, times in tries.items() if times > 1] == []
    ours = {
        str(number): state for number, state in house.asked("SELECT id, state FROM store_message")
    }
    told = {ref.partition("-")[0] for ref in tries}
    assert set(ours) - told == set(), "never handed over"
    assert told - set(ours) == set(), "handed over, and not ours"
    assert set(ours.values()) <= {"delivered", "failed"}, Counter(ours.values())
    known = {str(i) for (i,) in house.asked("SELECT id FROM store_message")}
    numbers = {str(read_id(one)) for one in promised.values()}
    assert numbers - known == set(), "accepted, and lost"


def read_id(text: str) -> int:
    """The number in a message's id as the API writes it."""
    return int("".join(c for c in text if c.isdigit()))


def credentials_of(handle: Handle) -> str:
    return json.dumps(
        {
            "url": handle.url,
            "api_key": handle.api_key,
            "api_secret": handle.api_secret,
            "profile": handle.profile,
            "protocols": handle.protocols,
        }
    )
