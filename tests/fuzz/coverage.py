"""Drives one parser by coverage: `python -m tests.fuzz.coverage csv FOLDER RUNS [SEED]`.

libFuzzer ends the process at the first fault, the first input that takes more than five seconds,
and once memory passes its limit; it leaves the input in FOLDER.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import atheris

#: Seconds for one input, and MiB for the process, whatever number of inputs it was given.
HANG = 5
MEMORY = 1_024


def _spoil(data: bytes, longest: int, seed: int) -> bytes:
    """A part of the JSON made odd; now and then bytes, as elsewhere."""
    from tests.fuzz.odd import Odd

    odd = Odd(seed)
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        whole = None
    if whole is None or odd.random.random() < 0.1:
        return atheris.Mutate(data, longest)
    return json.dumps(odd.spoilt(whole)).encode()[:longest]


def main() -> None:
    """See the module's text."""
    name, folder, runs = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    seed = sys.argv[4] if len(sys.argv) > 4 else "1"
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
        f"-timeout={HANG}",
        f"-rss_limit_mb={MEMORY}",
        f"-max_len={parser.longest}",
        f"-artifact_prefix={folder}/failed-",
        f"-seed={seed}",
        "-print_final_stats=1",
        "-verbosity=0",
        str(corpus),
    ]
    atheris.Setup(options, parser.read, **({"custom_mutator": _spoil} if parser.is_json else {}))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
