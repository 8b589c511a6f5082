"""Known faults of what we are built from: asks the advisory services about both lock files.

Three verdicts, because there are three: clean, faults found, and *not checked*. A machine without a
way to the services has learnt nothing, and says so in capitals instead of passing for clean.

    python supply/audit.py            # ends with 1 for faults; not checked is told, and passes
    python supply/audit.py --strict   # ends with 2 where something was not checked: for a release
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Seconds for one service: it is asked about 100 packages.
PATIENCE = 120
LOUD = "\n*** NOT EVERYTHING WAS CHECKED. This says nothing about known faults. ***\n"


class Verdict(StrEnum):
    """What is known about one lock file."""

    CLEAN = "clean"
    FAULTS = "FAULTS FOUND"
    NOT_CHECKED = "NOT CHECKED"


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict about one lock file, with a line for each fault or for what went wrong."""

    verdict: Verdict
    lines: tuple[str, ...] = field(default=())


def of_python(said: str, trouble: str) -> Finding:
    """Read what pip-audit wrote: JSON when it could ask, anything else when it could not."""
    data = _read(said)
    if "dependencies" not in data:
        return _unknown(trouble)
    found = [
        f"{one['name']} {one.get('version', '')}: {fault['id']}"
        f" (mended in {', '.join(fault.get('fix_versions', [])) or 'no version'})"
        for one in data["dependencies"]
        for fault in one.get("vulns", [])
    ]
    skipped = [one["name"] for one in data["dependencies"] if "skip_reason" in one]
    if not found and (skipped or not data["dependencies"]):
        return _unknown(f"the service knew nothing about {len(skipped) or 'any'} of our packages")
    return Finding(Verdict.FAULTS if found else Verdict.CLEAN, tuple(found))


def of_node(said: str, trouble: str) -> Finding:
    """The same for `npm audit --json`."""
    data = _read(said)
    if "vulnerabilities" not in data or "error" in data:
        return _unknown(trouble or str(data.get("message", "")))
    found = [f"{name}: {one.get('severity', '')}" for name, one in data["vulnerabilities"].items()]
    return Finding(Verdict.FAULTS if found else Verdict.CLEAN, tuple(found))


def _read(said: str) -> dict[str, Any]:
    try:
        data = json.loads(said)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _unknown(trouble: str) -> Finding:
    last = [line.strip() for line in trouble.splitlines() if line.strip()][-1:]
    return Finding(Verdict.NOT_CHECKED, tuple(line[:200] for line in last))


def _ask(command: list[str], read: Callable[[str, str], Finding], where: Path) -> Finding:
    if shutil.which(command[0]) is None:
        return Finding(Verdict.NOT_CHECKED, (f"{Path(command[0]).name} is not installed",))
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands
            command, cwd=where, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding(Verdict.NOT_CHECKED, ("no answer in time",))
    return read(done.stdout, done.stderr)


def main(strict: bool) -> int:
    """Ask about both lock files and tell. Returns the exit code."""
    pip = str(Path(sys.executable).with_name("pip-audit"))
    options = ["--disable-pip", "--require-hashes", "--format", "json", "--timeout", "20"]
    asked = {
        "requirements.lock": _ask(
            [pip, "--requirement", "requirements.lock", "--progress-spinner", "off", *options],
            of_python,
            ROOT,
        ),
        "frontend/package-lock.json": _ask(
            ["npm", "audit", "--json", "--package-lock-only"], of_node, ROOT / "frontend"
        ),
    }
    for name, finding in asked.items():
        sys.stdout.write(f"{name}: {finding.verdict}\n")
        for line in finding.lines:
            sys.stdout.write(f"    {line}\n")
    verdicts = {finding.verdict for finding in asked.values()}
    if Verdict.NOT_CHECKED in verdicts:
        sys.stdout.write(LOUD)
    if Verdict.FAULTS in verdicts:
        return 1
    return 2 if strict and Verdict.NOT_CHECKED in verdicts else 0


if __name__ == "__main__":
    raise SystemExit(main("--strict" in sys.argv[1:]))
