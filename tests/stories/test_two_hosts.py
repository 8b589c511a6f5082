"""One office on two hosts, made of network namespaces; each dies once, and the other goes on."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stories.houses import ROOT, House, accepted_by_us, note, nothing_lost_or_repeated
from tests.stories.houses import ground as ground

DATA = "10.77.0.1"


def ip(*args: str) -> str:
    done = subprocess.run(["ip", *args], check=True, capture_output=True, text=True)
    return done.stdout


def may_make_namespaces() -> str:
    """Why not; empty if one can be made and used here."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "network namespaces need root and iproute2"
    name = f"alm-try-{secrets.token_hex(3)}"
    try:
        ip("netns", "add", name)
        ip("netns", "exec", name, "true")
    except subprocess.CalledProcessError as error:
        return f"no network namespaces here: {error.stderr.strip()[:100]}"
    finally:
        with suppress(subprocess.CalledProcessError):
            ip("netns", "del", name)
    return ""


WHY_NOT = may_make_namespaces()


@dataclass
class Net:
    """A host with the data and two more, each with a link of its own to it."""

    tag: str

    def inside(self, host: str) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name(host))

    def name(self, host: str) -> str:
        return f"alm-{self.tag}-{host}"

    def build(self) -> None:
        for host in ("d", "1", "2"):
            ip("netns", "add", self.name(host))
            ip("-n", self.name(host), "link", "set", "lo", "up")
        ip("-n", self.name("d"), "addr", "add", f"{DATA}/32", "dev", "lo")
        for host in ("1", "2"):
            ours, theirs = f"a{self.tag}{host}", f"b{self.tag}{host}"
            ip("-n", self.name("d"), "link", "add", ours, "type", "veth", "peer", "name", theirs)
            ip("-n", self.name("d"), "link", "set", theirs, "netns", self.name(host))
            for where, link, last in (("d", ours, 1), (host, theirs, 2)):
                ip("-n", self.name(where), "addr", "add", f"10.77.{host}.{last}/24", "dev", link)
                ip("-n", self.name(where), "link", "set", link, "up")
            ip("-n", self.name(host), "route", "add", DATA, "via", f"10.77.{host}.1")

    def cut(self, host: str) -> None:
        ip("-n", self.name(host), "link", "set", f"b{self.tag}{host}", "down")

    def mend(self, host: str) -> None:
        ip("-n", self.name(host), "link", "set", f"b{self.tag}{host}", "up")
        with suppress(subprocess.CalledProcessError):
            ip("-n", self.name(host), "route", "add", DATA, "via", f"10.77.{host}.1")

    def kill_all(self, host: str) -> None:
        for pid in ip("netns", "pids", self.name(host)).split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)

    def remove(self) -> None:
        for host in ("1", "2", "d"):
            with suppress(subprocess.CalledProcessError):
                self.kill_all(host)
                ip("netns", "del", self.name(host))


@pytest.fixture
def net() -> Iterator[Net]:
    made = Net(secrets.token_hex(2))
    try:
        made.build()
        yield made
    finally:
        made.remove()


@dataclass
class Data:
    database: str
    credentials: str
    sandbox: str
    inside: tuple[str, ...]

    def accepted(self) -> list[dict[str, Any]]:
        code = (
            "import sys,urllib.request as u;"
            "sys.stdout.write(u.urlopen(sys.argv[1], timeout=30).read().decode())"
        )
        url = f"{self.sandbox}/_sandbox/accepted"
        done = subprocess.run(
            [*self.inside, sys.executable, "-c", code, url],
            check=True,
            capture_output=True,
            text=True,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


@pytest.fixture
def data(net: Net, ground: Path) -> Iterator[Data]:
    command = [*net.inside("d"), sys.executable, "-m", "tests.stories.data_host"]
    process = subprocess.Popen(
        [*command, str(ground / "data"), DATA],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the host with the data did not start"
    yield Data(inside=net.inside("d"), **json.loads(line))
    process.terminate()
    process.wait(30)
    process.stdout.close()


@pytest.mark.slow
@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
@pytest.mark.timeout(240)
def test_an_office_survives_the_loss_of_a_host(net: Net, data: Data, ground: Path) -> None:
    lose(net, data, ground, "2")


def lose(net: Net, data: Data, ground: Path, *turns: str) -> None:
    """Two hosts under load; each of `turns` dies, the other finishes, and it comes back."""
    env = {"DATABASE_URL": data.database, "ALIMNARU_HOSTS": "*"}
    hosts = [_host(net, ground, n, env) for n in ("1", "2")]
    calls = ground / "calls"
    # From where it reaches both: a program next door, or the balancer before the two.
    outside = House(ground / "program", 8000, env, inside=data.inside)
    try:
        for host in hosts:
            host.connect()
        key = hosts[0].set_up(data.credentials)
        for name in ("master.key", "secret.key"):
            shutil.copy2(hosts[0].home / name, hosts[1].home / name)
        for host in hosts:
            host.open()
        outside.start_program(calls, key, hosts[0].url, hosts[1].url)
        for n in turns:
            dies, lives = hosts if n == "1" else hosts[::-1]
            _one_dies(net, data, calls, dies=dies, lives=lives)
            if n != turns[-1]:
                net.mend(n)
                dies.reopen()
        outside.close()
        lives.until_through()
        nothing_lost_or_repeated(lives, data.accepted(), accepted_by_us(calls))
        for _ in turns:
            note("host lost")
    finally:
        for host in (*hosts, outside):
            host.close()


def _host(net: Net, folder: Path, n: str, env: dict[str, str]) -> House:
    return House(
        *(folder / f"host-{n}", 8000, env),
        inside=net.inside(n),
        address=f"10.77.{n}.2",
        carrier=(DATA, "8100"),
    )


def _one_dies(net: Net, data: Data, calls: Path, *, dies: House, lives: House) -> None:
    """A host dies with a list half out; the other finishes it, and takes what programs ask."""
    n = dies.home.name[-1]
    before = len(data.accepted())
    dies.send_list(900, seed=int(n))
    lives.send_list(300, seed=int(n) + 10)
    lives.until(lambda: len(data.accepted()) > before + 400)
    # The link first: nobody hears the processes die, as with a power supply.
    net.cut(n)
    net.kill_all(n)
    dies.cluster.stop()
    promised = len(accepted_by_us(calls))
    lives.until(lambda: len(accepted_by_us(calls)) > promised + 20)
    lives.until(partial(_lists_done, lives), 90)


def _lists_done(house: House) -> bool:
    """All messages of lists are through; single ones go on coming."""
    sql = """
        SELECT count(*) FROM store_message m JOIN store_batch b ON b.id = m.batch_id
        WHERE m.state = 'pending' AND b.api_key_id IS NULL
    """
    return bool(house.asked(sql)[0][0] == 0)
