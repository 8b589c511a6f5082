"""Programs under one owner: they come back when they die and go when the owner goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from alimnaru.ops import processes
from alimnaru.ops.cluster import Cluster, ClusterError
from alimnaru.ops.ports import answers_on, free_port

ROOT = Path(__file__).parents[2]
SLEEP = ["sleep", "600"]
# Deaf to SIGTERM, with a child that is deaf too.
DEAF = ["sh", "-c", "trap '' TERM; sleep 600 & echo deaf; while :; do wait; done"]


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with Cluster(tmp_path, env={"TOLD": "by the cluster"}) as cluster:
        yield cluster


def test_output_goes_to_a_log_of_its_own(
    cluster: Cluster, capfd: pytest.CaptureFixture[str]
) -> None:
    program = ["sh", "-c", 'echo "out $TOLD $MORE $1"; echo err >&2; sleep 600', "sh", "a b"]
    cluster.add("talk", program, env={"MORE": "!"})
    cluster.start()
    log = cluster.home / "log" / "talk.log"
    wait_for(lambda: log.read_text() == "out by the cluster ! a b\nerr\n")
    cluster.stop()
    assert capfd.readouterr() == ("", "")


def test_start_waits_until_all_are_ready(cluster: Cluster) -> None:
    port = free_port()
    serve = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    cluster.add("web", serve, ready=answers_on(port))
    cluster.start()
    assert answers_on(port)()
    cluster.stop()
    assert not answers_on(port)()


def test_one_that_ends_before_it_is_ready_ends_the_start(cluster: Cluster) -> None:
    cluster.add("other", SLEEP)
    cluster.start()
    other = cluster.pids()["other"]
    cluster.add("web", ["sh", "-c", "exit 3"], ready=lambda: False)
    with pytest.raises(ClusterError, match=r"web ended with 3; see .*web\.log") as refused:
        cluster.start()
    assert (refused.value.name, refused.value.exit_code) == ("web", 3)
    assert gone(other)


def test_one_that_is_never_ready_ends_the_start(cluster: Cluster) -> None:
    cluster.add("web", SLEEP, ready=lambda: False)
    with pytest.raises(ClusterError, match="web was not ready in time"):
        cluster.start(timeout=0.05)
    assert cluster.pids() == {}


def test_a_program_that_is_not_there(cluster: Cluster) -> None:
    cluster.add("web", ["/nowhere/to/be/found"], ready=lambda: False)
    with pytest.raises(ClusterError, match="ended with 127"):
        cluster.start()
    assert "not found" in cluster.log_of("web").read_text()


def test_a_name_is_taken_once(cluster: Cluster) -> None:
    cluster.add("web", SLEEP)
    with pytest.raises(ValueError, match="web"):
        cluster.add("web", SLEEP)


def test_what_dies_comes_back_with_its_children_cleared_away(cluster: Cluster) -> None:
    cluster.add("worker", ["sh", "-c", "sleep 600 & sleep 600"])
    cluster.add("once", ["true"], restart=False)
    cluster.start()
    first = cluster.pids()["worker"]
    wait_for(lambda: len(processes.tree(first)) == 3)
    children = processes.tree(first)[1:]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: gone(first))
    assert "worker" in cluster.check()
    assert all(gone(child) for child in children)
    wait_for(lambda: cluster.check() == ["once"])
    assert cluster.pids()["worker"] != first
    (restart,) = cluster.restarts
    assert (restart.name, restart.exit_code) == ("worker", -signal.SIGKILL)
    assert "worker ended with -9" in cluster.log_of("worker").read_text()
    assert cluster.exit_code("once") == 0


def test_one_that_cannot_live_is_started_ever_more_rarely(cluster: Cluster) -> None:
    cluster.add("broken", ["false"])
    cluster.start()
    wait_for(lambda: bool(cluster.check()) and len(cluster.restarts) >= 3)
    one, two, three = (restart.at for restart in cluster.restarts[:3])
    assert three - two > (two - one) * 1.3


def test_watching_ends_when_told(cluster: Cluster) -> None:
    cluster.add("worker", SLEEP)
    cluster.start()
    first, stop = cluster.pids()["worker"], threading.Event()
    watch = threading.Thread(target=cluster.run_until, args=(stop,), kwargs={"every": 0.02})
    watch.start()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: cluster.pids().get("worker", first) != first)
    stop.set()
    watch.join(timeout=5)
    assert not watch.is_alive()
    assert not gone(cluster.pids()["worker"])


def test_stop_ends_the_deaf_and_the_stopped(cluster: Cluster) -> None:
    cluster.add("deaf", DEAF)
    cluster.add("stopped", SLEEP)
    cluster.start()
    deaf, stopped = cluster.pids()["deaf"], cluster.pids()["stopped"]
    wait_for(lambda: "deaf" in cluster.log_of("deaf").read_text())
    everyone = [*processes.tree(deaf), *processes.tree(stopped)]
    os.kill(stopped, signal.SIGSTOP)
    begun = time.monotonic()
    cluster.stop(timeout=0.3)
    assert time.monotonic() - begun < 2
    assert all(gone(pid) for pid in everyone)
    assert cluster.exit_code("stopped") == -signal.SIGTERM
    assert cluster.exit_code("deaf") == -signal.SIGKILL
    cluster.stop()


def test_the_latest_stage_is_stopped_first(cluster: Cluster) -> None:
    order = cluster.home / "order"
    for name in ("sandbox", "worker"):
        told = f"trap 'echo {name} >> {order}; exit 0' TERM; echo up; while :; do sleep 0.02; done"
        cluster.add(name, ["sh", "-c", told])
        cluster.start()
        wait_for(lambda name=name: "up" in cluster.log_of(name).read_text())  # type: ignore[misc]  # mypy does not infer defaults of a lambda
    cluster.stop()
    assert order.read_text().split() == ["worker", "sandbox"]


def test_accounts_include_children_restarts_and_the_dead(cluster: Cluster) -> None:
    work = "b = bytearray(40_000_000); sum(i * i for i in range(3_000_000))"
    twice = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}]); {work}"
    cluster.add("busy", [sys.executable, "-c", twice + "; import time; time.sleep(600)"])
    cluster.start()
    wait_for(lambda: cluster.cpu_seconds()["busy"] > 0.05, seconds=30)
    wait_for(lambda: cluster.peak_rss()["busy"] > 40_000_000, seconds=30)
    living = cluster.cpu_seconds()["busy"]
    os.kill(cluster.pids()["busy"], signal.SIGKILL)
    wait_for(lambda: cluster.check() == ["busy"])
    assert cluster.cpu_seconds()["busy"] >= living * 0.9
    cluster.stop()
    assert cluster.cpu_seconds()["busy"] >= living * 0.9
    assert cluster.peak_rss()["busy"] > 40_000_000


OWNER = f"""
import json, sys, time
from pathlib import Path
from alimnaru.ops import processes
from alimnaru.ops.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]))
cluster.add("sleep", {SLEEP!r})
cluster.add("deaf", {DEAF!r})
cluster.start()
while "deaf" not in cluster.log_of("deaf").read_text(): time.sleep(0.01)
print(json.dumps([pid for root in cluster.pids().values() for pid in processes.tree(root)]),
      flush=True)
time.sleep(600)
"""


def test_nothing_outlives_an_owner_that_was_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout
    everyone = json.loads(owner.stdout.readline())
    assert len(everyone) >= 3
    # One that is stopped could not even hear a SIGTERM.
    os.kill(everyone[0], signal.SIGSTOP)
    owner.kill()
    owner.communicate()
    wait_for(lambda: all(gone(pid) for pid in everyone))


def test_a_guard_that_was_ended_is_replaced(cluster: Cluster) -> None:
    cluster.add("worker", SLEEP)
    cluster.start()
    wait_for(lambda: psutil.Process(cluster.pids()["worker"]).name() == "sleep")
    guard = cluster._warden._shell
    assert guard
    guard.kill()
    guard.wait()
    cluster.check()
    replaced = cluster._warden._shell
    assert replaced
    assert replaced.poll() is None
    worker = cluster.pids()["worker"]
    # The new guard knows whom it guards: when the owner's end of the pipe closes, they die.
    cluster._warden.close()
    wait_for(lambda: gone(worker))
