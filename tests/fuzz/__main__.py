"""`make fuzz`: a million odd inputs, and what became of them.

    python -m tests.fuzz [--inputs 1000000] [--from 1] [--only csv,form]

Parsers are driven by coverage, each in a process of its own; surfaces by numbers, in slices, so
that rows of what was undone do not pile up. Prints a line for each target and one JSON object;
the exit code is 1 if anything failed. What broke a parser is left in `out/fuzz/`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.fuzz.parsers import PARSERS

ROOT = Path(__file__).parents[2]
OUT = ROOT / "out" / "fuzz"
#: Of every thousand inputs. What is slow gets less: a page costs a hundred times what a value does.
SHARES: Mapping[str, int] = {
    "csv": 90, "xls": 60, "xlsx": 60, "book": 5,
    "solapi": 80, "nhn": 80, "bizgo": 80, "sens": 80,
    "values": 60, "templates": 80, "specs": 80, "tokens": 85,
    "query": 25, "form": 15, "file": 10, "api": 70, "callback": 40,
}  # fmt: skip
SLICE = 5_000


def main() -> int:
    """See the module's text."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--inputs", type=int, default=1_000_000)
    asked.add_argument("--from", dest="start", type=int, default=1)
    asked.add_argument("--only", default=",".join(SHARES))
    given = asked.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = {n: max(1, given.inputs * SHARES[n] // 1000) for n in given.only.split(",")}
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as two:
        found = list(two.map(lambda one: _run(*one), _work(wanted, given.start)))
    total: dict[str, dict[str, Any]] = {}
    for name, said in found:
        _add(total.setdefault(name, {}), said)
    for name, said in total.items():
        print(f"{name:10} {said['inputs']:>9,} inputs  {'failed' if said['failed'] else 'ok'}")
    failed = sorted(name for name, said in total.items() if said["failed"])
    answer = {
        "inputs": sum(said["inputs"] for said in total.values()),
        "failed": failed,
        "seconds": round(time.monotonic() - began),
        "targets": total,
    }
    print(json.dumps(answer))
    return 1 if failed else 0


def _work(wanted: Mapping[str, int], start: int) -> Iterator[tuple[str, int, int]]:
    """(target, how many, from which number), the slow ones first."""
    for name, inputs in wanted.items():
        if name not in PARSERS:
            for done in range(0, inputs, SLICE):
                yield name, min(SLICE, inputs - done), start + done
    for name, inputs in wanted.items():
        if name in PARSERS:
            yield name, inputs, start


def _run(name: str, inputs: int, start: int) -> tuple[str, dict[str, Any]]:
    said = _parser(name, inputs, start) if name in PARSERS else _surface(name, inputs, start)
    print(f"  {name} {said}", file=sys.stderr, flush=True)
    return name, said


def _parser(name: str, inputs: int, start: int) -> dict[str, Any]:
    folder = OUT / name
    command = [sys.executable, "-m", "tests.fuzz.coverage", name, str(folder), str(inputs)]
    done = subprocess.run(
        [*command, str(start)], cwd=ROOT, capture_output=True, text=True, errors="replace",
        check=False,
    )  # fmt: skip
    (OUT / f"{name}.log").write_text(done.stderr)
    ran, peak = (_stat(done.stderr, of) for of in ("number_of_executed_units", "peak_rss_mb"))
    return {"inputs": ran, "failed": done.returncode != 0, "peak_mib": peak}


def _stat(text: str, name: str) -> int:
    found = re.search(rf"stat::{name}:\s+(\d+)", text)
    return int(found[1]) if found else 0


def _surface(name: str, inputs: int, start: int) -> dict[str, Any]:
    report = OUT / f"{name}-{start}.json"
    report.unlink(missing_ok=True)
    env = {**os.environ, "FUZZ_INPUTS": str(inputs), "FUZZ_FROM": str(start)}
    test = f"tests/fuzz/test_surfaces.py::test_nothing_breaks[{name}]"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=ROOT, env=env | {"FUZZ_REPORT": str(report)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    (OUT / f"{name}-{start}.log").write_text(done.stdout)
    said = json.loads(report.read_text()) if report.exists() else {"inputs": 0}
    said.pop("target", None)
    return {**said, "failed": done.returncode != 0}


def _add(total: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Inputs and statuses add up; of the rest the worst stands."""
    for key, value in said.items():
        if key == "inputs":
            total[key] = total.get(key, 0) + value
        elif key == "statuses":
            for status, count in value.items():
                total.setdefault(key, {}).setdefault(status, 0)
                total[key][status] += count
        else:
            total[key] = max(total.get(key, value), value)


if __name__ == "__main__":
    sys.exit(main())
