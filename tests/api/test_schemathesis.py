"""The running server does what its description says, whatever it is sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from alimnaru.api.schemas import MOST_ROWS
from tests.api.conftest import Served
from tests.cast import phone

#: For each operation and phase; more by hand: `SCHEMATHESIS_EXAMPLES=100 pytest tests/api/…`.
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "3")

#: What the description allows and the office refuses: no such notice, a phone that is none, rows
#: that went lately. Its own defaults know 409 for these; RFC 9110 has 422.
CONFIG = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422", "429"]
"""


def fuzz(served: Served, folder: Path, document: str, *options: str) -> str:
    """Run schemathesis with every check there is; what it says if it found something."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG)
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"),
            *(document, "--header", f"Authorization: Bearer {served.key}", "--checks", "all"),
            # One worker: two that parse Python source at once break CPython before 3.11.8 ("AST
            # constructor recursion depth mismatch", gh-106905).
            *("--no-color", "--continue-on-failure", "--workers", "1", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if report := os.environ.get("SCHEMATHESIS_REPORT"):
        with Path(report).open("a") as file:
            file.write(ran.stdout)
    return "" if ran.returncode == 0 else ran.stdout[-20_000:] + ran.stderr[-2_000:]


@pytest.mark.slow
def test_the_server_keeps_to_its_description(served: Served, tmp_path: Path) -> None:
    url = f"{served.url}/openapi.json"
    assert fuzz(served, tmp_path, url, "--max-examples", EXAMPLES, "--seed", "7") == ""


@pytest.mark.slow
def test_it_does_so_behind_the_first_refusal(served: Served, tmp_path: Path) -> None:
    """With phones that can be called, a notice that there is and ids that may be somebody's."""
    served.cast.send(served.cast.rows(*(phone() for _ in range(9))))
    document = httpx.get(f"{served.url}/openapi.json", trust_env=False).json()
    for path in document["paths"].values():
        for operation in path.values():
            narrow(operation.get("requestBody", {}))
            narrow(operation["parameters"])
    for name, shape in document["components"]["schemas"].items():
        if name.endswith("In"):
            narrow(shape)
    narrowed = tmp_path / "narrowed.json"
    narrowed.write_text(json.dumps(document))
    base = served.url.removesuffix("/api/v1")
    # What is sent is narrower than what is allowed, so the rest is not wrong.
    assert (
        fuzz(
            served,
            tmp_path,
            str(narrowed),
            *("--url", base, "--max-examples", EXAMPLES, "--seed", "7", "--mode", "positive"),
        )
        == ""
    )


def narrow(shape: Any) -> None:
    """Have a part of the description allow what comes past the first check."""
    for part in shape.values() if isinstance(shape, dict) else shape:
        if isinstance(part, dict | list):
            narrow(part)
    if not isinstance(shape, dict):
        return
    match shape.get("examples"):
        case ["lib.due.soon"]:
            shape["enum"] = ["lib.due.soon"]
        case ["010-0000-0001"]:
            shape |= {"pattern": "^010[2-9][0-9]{7}$", "maxLength": 11}
        case ["120000345"]:
            shape["pattern"] = "^[1-9][0-9]?$"
        case [{"성명": _}]:
            names, days = ["김나루", "이가람", "=1+1"], ["2026-12-01", "12/3", "x"]
            shape["properties"] = {"성명": {"enum": names}, "기한": {"enum": days}}
            shape |= {"required": ["성명", "기한"], "additionalProperties": False}
    for moment in ("send_at", "expires_at"):
        # Nearly every date that there is lies too far off.
        shape.get("properties", {}).pop(moment, None)
    if shape.get("maxItems") == MOST_ROWS:
        shape["maxItems"] = 5
