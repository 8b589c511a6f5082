"""Drives one parser by coverage: `python -m tests.fuzz.coverage csv FOLDER RUNS [SEED]`.

It ends at the first fault, the first input that takes more than five seconds of the processor, and
once memory passes its limit, and leaves the input in FOLDER. `FOLDER/report.json` says how many
inputs were read, how long the slowest took, and what memory was held early and late. With `again`
for RUNS and a file for SEED that input alone is read.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import psutil

#: Seconds of the processor for one input, its children's too, and MiB for the process.
HANG = 5.0
MEMORY = 1_024
#: libFuzzer's own clock is the wall's, and a machine with other work to do is slow at times: it is
#: for what waits and does not compute.
STALLED = 60


class SlowError(Exception):
    """An input took too long."""


class Measured:
    """A target that counts what it reads."""

    def __init__(self, name: str, folder: Path, runs: int) -> None:
        from tests.fuzz.parsers import PARSERS

        self._read = PARSERS[name].read
        self._file = folder / "report.json"
        self._inputs, self._every, self._runs = 0, max(1, runs // 10), runs
        self._slowest, self._rss, self._process = 0.0, [0, 0], psutil.Process()

    def __call__(self, data: bytes) -> None:
        """Read one input."""
        began = seconds()
        try:
            self._read(data)
        except BaseException:
            self._tell()
            raise
        took = seconds() - began
        self._inputs += 1
        self._slowest = max(self._slowest, took)
        # The fuzzer reads what it knows and nothing at all beyond its number of runs.
        if self._inputs % self._every == 0 or self._inputs >= self._runs:
            self._tell()
        if took > HANG:
            self._tell()
            raise SlowError(f"{took:.1f} s")

    def _tell(self) -> None:
        self._rss[1] = self._process.memory_info().rss >> 20
        self._rss[0] = self._rss[0] or self._rss[1]
        told = {
            "inputs": self._inputs,
            "slowest_seconds": round(self._slowest, 3),
            "first_mib": self._rss[0],
            "last_mib": self._rss[1],
        }
        self._file.write_text(json.dumps(told))


def seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _spoil(data: bytes, longest: int, seed: int) -> bytes:
    """A part of the JSON made odd; now and then bytes, as elsewhere."""
    import atheris

    from tests.fuzz.odd import Odd

    odd = Odd(seed)
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        whole = None
    if whole is None or odd.random.random() < 0.1:
        return atheris.Mutate(data, longest)
    return json.dumps(odd.spoilt(whole)).encode()[:longest]


def _again(name: str, folder: Path, path: Path) -> None:
    Measured(name, folder / "again", 1)(path.read_bytes())


def _fuzz(name: str, folder: Path, runs: int, seed: str) -> None:
    import atheris

    with atheris.instrument_imports(include=["alimnaru"]):
        from tests.fuzz.parsers import PARSERS
    parser = PARSERS[name]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, known in enumerate(parser.known()):
        (corpus / f"known-{number}").write_bytes(known)
    options = [
        sys.argv[0],
        f"-runs={runs}",
        f"-timeout={STALLED}",
        f"-rss_limit_mb={MEMORY}",
        f"-max_len={parser.longest}",
        f"-artifact_prefix={folder}/failed-",
        f"-seed={seed}",
        "-print_final_stats=1",
        "-verbosity=0",
        str(corpus),
    ]
    measured = Measured(name, folder, runs)
    atheris.Setup(options, measured, **({"custom_mutator": _spoil} if parser.is_json else {}))
    atheris.Fuzz()


def main() -> None:
    """See the module's text."""
    name, folder, runs = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    (folder / "again").mkdir(parents=True, exist_ok=True)
    seed = sys.argv[4] if len(sys.argv) > 4 else "1"
    if runs == "again":
        _again(name, folder, Path(seed))
    else:
        _fuzz(name, folder, int(runs), seed)


if __name__ == "__main__":
    main()
