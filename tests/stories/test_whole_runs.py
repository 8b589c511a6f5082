"""The commands that run everything: demo and bench, each as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

OUTCOMES = ("refused", "failed", "suppressed", "cancelled", "expired", "unknown", "pending")


def run(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run `alimnaru` in a home of its own."""
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    env["ALIMNARU_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "alimnaru.ops.cli", *args],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def answer(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.slow
def test_the_demo_accounts_for_every_row(tmp_path: Path) -> None:
    found = answer(run(tmp_path, "demo", "--rows", "500", "--json"))
    assert found["rows"] >= 490  # totals, blank and hidden rows are nobody's
    assert found["rows"] == sum(found["delivered"].values()) + sum(found[o] for o in OUTCOMES)
    assert found["pending"] == 0
    assert found["refused"] > 0  # the example list has its dirt
    assert found["delivered"]["alimtalk"] > found["delivered"]["sms"] > 0
    assert 0 < found["won"]["spent"] < found["won"]["all_sms"] < found["won"]["all_lms"]
    assert found["seconds"] > 0


@pytest.mark.slow
@pytest.mark.timeout(300)  # 15 s alone; beside three others on two cores it has passed 120
def test_the_demo_tells_a_clerk_what_happened(tmp_path: Path) -> None:
    ran = run(tmp_path, "demo", "--rows", "200")
    assert ran.returncode == 0, ran.stderr[-3000:]
    for words in ("명단 확인", "알림톡으로 받음", "빠짐없이 맞습니다", "unreached.xlsx", "/phones"):
        assert words in ran.stdout
    assert (tmp_path / "demo" / "unreached.xlsx").stat().st_size > 0


@pytest.mark.slow
def test_the_bench_measures_a_whole_run(tmp_path: Path) -> None:
    found = answer(run(tmp_path, "bench", "--rows", "3000", "--json"))
    assert found["rows"] == 3000
    assert found["pending"] == 0
    assert found["rows_per_second"] > 0
    assert found["cpu_ms_per_message"] > 0
    assert 0 < found["raw_limit_share"] < 1
    assert {"send", "web", "worker-1", "worker-2", "sandbox"} <= set(found["peak_mib"])
    assert all(mib > 0 for mib in found["peak_mib"].values())
