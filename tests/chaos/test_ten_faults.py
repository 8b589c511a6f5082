"""The short chaos run: ten faults at SOLAPI. `make chaos` strikes sixty at each carrier."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "alimnaru.ops.cli", "chaos", "--carrier", "solapi", "--json"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_lost_and_nothing_is_repeated(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    env["ALIMNARU_HOME"] = str(tmp_path)
    ran = subprocess.run(
        [*COMMAND, "--faults", "10", "--rows", "4000"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:] + ran.stdout[-3000:]
    found = json.loads(ran.stdout)
    assert found["faults"] >= 10
    assert found["lost"] == 0
    assert found["repeated"] == 0
    assert found["balances"] is True
