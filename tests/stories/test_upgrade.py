"""A new version takes over while an office sends: workers and web one by one, beside the old."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from alimnaru.ops.embedded import Embedded
from alimnaru.ops.ports import free_port
from sandbox.process import Handle, start
from tests.stories.houses import (
    ROOT,
    House,
    accepted_by_us,
    credentials_of,
    errors_of_ours,
    note,
    nothing_lost_or_repeated,
    refused_connections,
)
from tests.stories.houses import ground as ground

MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "{before}")]
    operations = [
        migrations.AddField(
            "batch", "mood", models.CharField(max_length=9, default="", db_default="")
        ),
    ]
"""


@pytest.fixture
def carrier() -> Iterator[Handle]:
    handle = start(arguments=["--report-delay-ms", "200", "--no-patterns", "--latency-ms", "40"])
    yield handle
    handle.stop()


def next_version(folder: Path) -> Path:
    """This version with one column more."""
    left_out = shutil.ignore_patterns("__pycache__", "vendor", "collected")
    shutil.copytree(ROOT / "alimnaru", folder / "alimnaru", ignore=left_out)
    migrations = folder / "alimnaru/store/migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    new = migrations / f"{int(last[:4]) + 1:04d}_mood.py"
    new.write_text(MIGRATION.format(before=last))
    health = folder / "alimnaru/api/running.py"
    health.write_text(health.read_text().replace('HttpResponse("ok"', 'HttpResponse("ok, next"'))
    model = folder / "alimnaru/store/models/batches.py"
    text = model.read_text()
    mark = "    class Meta:"
    field = '    mood = models.CharField(max_length=9, default="", db_default="")\n\n'
    model.write_text(text.replace(mark, field + mark, 1))
    return folder


def accepted(carrier: Handle) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(
        f"{carrier.url}/_sandbox/accepted", timeout=30, trust_env=False
    ).json()
    return found


def gunicorn(house: House) -> list[str]:
    """The web as the how-to starts it. Nothing of ours is in the master's way, but for its file."""
    return house.python("-m", "gunicorn", "-c", str(ROOT / "examples/gunicorn.conf.py"))


def web_workers(house: House) -> set[int]:
    """Process ids of the web's workers: children of its master."""
    master = house.cluster.pids()["web"]
    found = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return {int(pid) for pid in found}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_new_version_takes_over_while_an_office_sends(ground: Path, carrier: Handle) -> None:
    current, calls, port = ground / "current", ground / "calls", free_port()
    current.symlink_to(ROOT)
    with Embedded(ground / "pg", durable=False) as server:
        env = {
            "DATABASE_URL": server.url(),
            "ALIMNARU_CODE": str(current),
            "ALIMNARU_BIND": f"127.0.0.1:{port}",
            # Nothing dies here: a claim that is given up would be the busy machine's doing.
            "ALIMNARU_LEASE_SECONDS": "120",
            "ALIMNARU_CARRIER_TIMEOUT": "60",
        }
        old = House(ground / "home", port, env)
        new = House(ground / "home", port, env, code=next_version(ground / "next"))
        try:
            key = old.set_up(credentials_of(carrier))
            old.open(web=gunicorn(old))
            program = old.start_program(calls, key)
            old.send_list(2_500, seed=1)
            old.until(lambda: len(accepted(carrier)) > 300)
            replace_all(old, new, current)
            # The new version writes what only it knows.
            new.send_list(500, seed=2)
            told = len(accepted_by_us(calls))
            new.until(lambda: len(accepted_by_us(calls)) > told + 20)
            program.send_signal(signal.SIGTERM)
            program.wait(60)
            new.until_through()
            nothing_lost_or_repeated(new, accepted(carrier), accepted_by_us(calls))
            assert errors_of_ours(calls) == []
            assert refused_connections(calls) == []
            left = "SELECT count(*) FROM store_chunk WHERE claim > 1"
            assert new.asked(left)[0][0] == 0, "a worker was asked to end, and finished its chunk"
            note("upgrade")
        finally:
            old.close()
            new.close()


def replace_all(old: House, new: House, current: Path) -> None:
    """As docs/how-to/upgrade.md says: look, expand, the workers one by one, the web."""
    assert new.run("migrate", "--check")["contract"] == []
    (applied,) = new.run("migrate")["applied"]
    assert applied.endswith("_mood")
    for number in range(2):
        new.cluster.add(f"worker-{number}", new.worker_command())
        new.cluster.start()
        old.cluster.retire(f"worker-{number}", 120)
    old_web = web_workers(old)
    current.unlink()
    current.symlink_to(new.code)
    os.kill(old.cluster.pids()["web"], signal.SIGHUP)
    old.until(lambda: not web_workers(old) & old_web)
    assert httpx.get(f"{old.url}/readyz", trust_env=False, timeout=30).text == "ok, next"
