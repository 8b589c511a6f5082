"""The running server does what its description says, whatever it is sent."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import Served

#: What the description allows and the office refuses: no such notice, a phone that is none, rows
#: that went lately. Its own defaults know 409 for these; RFC 9110 has 422.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429"]
"""


def fuzz(served: Served, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run schemathesis with every check there is."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"),
            f"{served.url}/openapi.json",
            *("--header", f"Authorization: Bearer {served.key}", "--checks", "all"),
            *("--no-color", "--continue-on-failure", "--request-timeout", "20", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_server_keeps_to_its_description(served: Served, tmp_path: Path) -> None:
    ran = fuzz(served, tmp_path, "--max-examples", "4", "--seed", "7", "--workers", "2")
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2_000:]
