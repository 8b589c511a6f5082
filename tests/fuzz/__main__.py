"""`make fuzz`: a million odd inputs, and what became of them.

    python -m tests.fuzz [--inputs 1000000] [--from 1] [--only csv,form] [--part FILE]

Parsers are driven by coverage, each in a process of its own; surfaces by numbers, in slices, each
over a database of its own. Prints the table of `docs/reliability.md` and one JSON object; the exit
code is 1 if anything failed. What broke a parser is left in `out/fuzz/`. What each slice came to is
added to `out/fuzz/done.ndjson` as it ends, so that a run that was cut off has its figures too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.fuzz.parsers import PARSERS
from tests.fuzz.table import table_of, totals

ROOT = Path(__file__).parents[2]
OUT = ROOT / "out" / "fuzz"
#: Of every thousand inputs. What is slow gets less: a page costs a hundred times what a value does.
SHARES: Mapping[str, int] = {
    "csv": 70, "xls": 40, "xlsx": 40, "book": 3,
    "statement": 40, "consents": 50, "office": 50, "picture": 40,
    "solapi": 50, "nhn": 50, "bizgo": 50, "sens": 50,
    "values": 50, "templates": 50, "specs": 50, "tables": 50, "tokens": 50, "entrances": 50,
    "query": 20, "form": 15, "story": 10, "file": 3, "odd": 24, "link": 20, "api": 45,
    "schema": 10, "callback": 20,
}  # fmt: skip
#: Inputs of a surface in one process: its office is made in a quarter of a minute.
SLICE = 20_000
#: schemathesis against a running server, by its own description of itself. So many are made of one
#: example asked for: operations, phases and both tests.
SCHEMA, MADE = "schema", 65
_lock = threading.Lock()


def main() -> int:
    """See the module's text."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--inputs", type=int, default=1_000_000)
    asked.add_argument("--from", dest="start", type=int, default=1)
    asked.add_argument("--only", default=",".join(SHARES))
    asked.add_argument("--part", type=Path, default=OUT / "done.ndjson")
    given = asked.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    wanted = {n: max(1, given.inputs * SHARES[n] // 1000) for n in given.only.split(",")}
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as two:
        found = list(two.map(lambda one: _run(given.part, *one), _work(wanted, given.start)))
    print(table_of(found))
    failed = sorted({said["target"] for said in found if said["failed"]})
    answer = {
        "inputs": sum(said["inputs"] for said in found),
        "failed": failed,
        "seconds": round(time.monotonic() - began),
        "targets": totals(found),
    }
    print(json.dumps(answer))
    return 1 if failed else 0


def _work(wanted: Mapping[str, int], start: int) -> Iterator[tuple[str, int, int]]:
    """(target, how many, from which number), the slow ones first."""
    for name, inputs in wanted.items():
        if name == SCHEMA:
            yield name, inputs, start
        elif name not in PARSERS:
            for done in range(0, inputs, SLICE):
                yield name, min(SLICE, inputs - done), start + done
    for name, inputs in wanted.items():
        if name in PARSERS:
            yield name, inputs, start


def _run(part: Path, name: str, inputs: int, start: int) -> dict[str, Any]:
    if name == SCHEMA:
        said = _schema(inputs)
    else:
        said = (_parser if name in PARSERS else _surface)(name, inputs, start)
    line = json.dumps({"target": name, **said})
    with _lock:
        print(f"  {line}", file=sys.stderr, flush=True)
        with part.open("a") as file:
            file.write(line + "\n")
    return {"target": name, **said}


def _parser(name: str, inputs: int, start: int) -> dict[str, Any]:
    folder, report = OUT / name, OUT / name / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.coverage", name, str(folder), str(inputs)]
    done = subprocess.run(
        [*command, str(start)], cwd=ROOT, capture_output=True, text=True, errors="replace",
        check=False,
    )  # fmt: skip
    (OUT / f"{name}.log").write_text(done.stderr)
    said = json.loads(report.read_text()) if report.exists() else {"inputs": 0}
    return {**said, "failed": done.returncode != 0}


def _surface(name: str, inputs: int, start: int) -> dict[str, Any]:
    report = OUT / f"{name}-{start}.json"
    report.unlink(missing_ok=True)
    env = {**os.environ, "FUZZ_INPUTS": str(inputs), "FUZZ_FROM": str(start)}
    test = f"tests/fuzz/test_surfaces.py::test_nothing_breaks[{name}]"
    done = subprocess.run(
        # pytest keeps what is logged, to show it beside a failure: all of it, here.
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:logging", test],
        cwd=ROOT, env=env | {"FUZZ_REPORT": str(report)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    (OUT / f"{name}-{start}.log").write_text(done.stdout)
    said = json.loads(report.read_text()) if report.exists() else {"inputs": 0}
    return {**said, "failed": done.returncode != 0}


def _schema(inputs: int) -> dict[str, Any]:
    report = OUT / "schema.txt"
    report.unlink(missing_ok=True)
    env = {**os.environ, "SCHEMATHESIS_EXAMPLES": str(max(3, inputs // MADE))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "0",
         "tests/api/test_schemathesis.py"],
        cwd=ROOT, env=env | {"SCHEMATHESIS_REPORT": str(report)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    (OUT / "schema.log").write_text(done.stdout)
    text = report.read_text() if report.exists() else ""
    made = re.findall(r"([\d,]+) generated", text)
    return {"inputs": sum(int(n.replace(",", "")) for n in made), "failed": done.returncode != 0}


if __name__ == "__main__":
    sys.exit(main())
