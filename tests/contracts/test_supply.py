"""What we are built from, and that nothing of ours that is secret lies in the repository."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supply_audit", ROOT / "supply" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    import sys

    module = importlib.util.module_from_spec(spec)
    sys.modules["supply_audit"] = module
    spec.loader.exec_module(module)
    return module


_CLEAN = {"dependencies": [{"name": "a", "version": "1", "vulns": []}]}
_FAULT = {
    "dependencies": [
        {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
    ]
}
_SKIPPED = {"dependencies": [{"name": "a", "skip_reason": "no answer"}]}


@pytest.mark.parametrize(
    ("reader", "said", "verdict"),
    [
        ("of_python", json.dumps(_CLEAN), "clean"),
        ("of_python", json.dumps(_FAULT), "FAULTS FOUND"),
        ("of_python", json.dumps(_SKIPPED), "NOT CHECKED"),
        ("of_python", json.dumps({"dependencies": []}), "NOT CHECKED"),
        ("of_python", "", "NOT CHECKED"),
        ("of_python", "[1]", "NOT CHECKED"),
        ("of_node", json.dumps({"vulnerabilities": {}}), "clean"),
        ("of_node", json.dumps({"vulnerabilities": {"a": {"severity": "high"}}}), "FAULTS FOUND"),
        ("of_node", json.dumps({"message": "away", "error": {}}), "NOT CHECKED"),
        ("of_node", "<html>", "NOT CHECKED"),
    ],
)
def test_silence_is_not_clean(audit: ModuleType, reader: str, said: str, verdict: str) -> None:
    assert getattr(audit, reader)(said, "ConnectionError: away").verdict == verdict


def test_a_fault_is_named(audit: ModuleType) -> None:
    finding = audit.of_python(json.dumps(_FAULT), "")
    assert finding.lines == ("a 1: PYSEC-1 (mended in 2)",)


def test_make_check_asks() -> None:
    assert "supply/audit.py" in (ROOT / "Makefile").read_text()


# ---- secrets -------------------------------------------------------------------------------------

#: What secrets look like that are worth stealing. Ours for tests are words, or made on the spot.
_SECRETS = re.compile(
    "|".join(
        [
            "-----BEGIN" + r" (?:[A-Z]+ )*PRIVATE KEY-----",
            r"\bAKIA" + r"[0-9A-Z]{16}\b",
            r"\bgh[pousr]_" + r"[A-Za-z0-9]{36}\b",
            r"\bxox[abpr]-" + r"[A-Za-z0-9-]{20,}",
            r"\bnpm_" + r"[A-Za-z0-9]{36}\b",
            r"\ban_live_" + r"[A-Za-z0-9]{12}_[A-Za-z0-9]{40,}\b",
            r"eyJ[A-Za-z0-9_-]{20,}" + r"\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
            r"postgres(?:ql)?://[^\s:@/'\"]+:(?!PASSWORD|a-long-)[^\s@'\"{<$]{6,}@(?!127\.0\.0\.1|localhost)",
        ]
    )
)


def test_no_secret_is_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.stat().st_size < 4_000_000:
            text = path.read_bytes().decode("utf-8", "replace")
            found += [f"{name}: {match[0][:24]}" for match in _SECRETS.finditer(text)]
    assert found == []
    assert not [name for name in listed.stdout.decode().split("\0") if name.endswith(_KEY_FILES)]


_KEY_FILES = (".key", ".pem", ".p12", ".pfx", ".jks", ".env")


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN" + " RSA PRIVATE KEY-----",
        "AKIA" + "A" * 16,
        "an_live_" + "a" * 12 + "_" + "b" * 47,
    ],
)
def test_it_would_be_seen(text: str) -> None:
    assert _SECRETS.search(text)
