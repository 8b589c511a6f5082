"""The house's own rules for its files, so that nobody has to remember them in a review."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
NAMES_THAT_SAY_NOTHING = {"util", "helper", "common", "manager", "service"}

# Written in pieces, so that this file does not hold what it looks for.
PLACES_OF_ONE_MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/wo" + r"rk/",
            r"(?<![\w.])/ro" + r"ot/",
            r"(?<![\w.])/ho" + r"me/\w",
            r"/op" + r"t/py",
            r"py" + r"pi\.org",
            r"python" + r"hosted\.org",
            r"registry\.npm" + r"js",
        ]
    )
)


def _files() -> list[Path]:
    """What is, or would be, in the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found = {ROOT / name for name in listing.stdout.split("\0") if name}
    return sorted(path for path in found if path.is_file())


FILES = _files()
CODE = [path for path in FILES if path.suffix == ".py" and "migrations" not in path.parts]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_lists_are_not_empty() -> None:
    assert len(CODE) > 50
    assert ROOT / "pyproject.toml" in FILES


def test_a_file_fits_in_one_head() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in CODE}
    limits = {path: 600 if path.is_relative_to(ROOT / "tests") else 400 for path in CODE}
    assert {_name(path): n for path, n in lengths.items() if n > limits[path]} == {}


def test_a_function_fits_on_one_screen() -> None:
    found = {_name(path): list(_long_functions(path.read_text())) for path in CODE}
    assert {name: long for name, long in found.items() if long} == {}


def _long_functions(source: str, limit: int = 40) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > limit:
                yield f"{node.name}: {lines} lines"


def test_a_long_function_is_noticed() -> None:
    body = "\n".join(["    x = 1"] * 40)
    assert list(_long_functions(f"def f():\n{body}\n")) == ["f: 41 lines"]


def test_a_name_says_what_is_inside() -> None:
    stems = {path: [Path(part).stem for part in path.relative_to(ROOT).parts] for path in FILES}
    assert [
        _name(path)
        for path, parts in stems.items()
        if NAMES_THAT_SAY_NOTHING & {part.removesuffix("s") for part in parts}
    ] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    knowing = []
    for path in FILES:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # lists in CP949, pictures, workbooks
        knowing += [f"{_name(path)}: {found}" for found in PLACES_OF_ONE_MACHINE.findall(text)]
    assert knowing == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_versions_and_hashes_only(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert (
        re.search(r"://|^\s*-[if]\b|--(extra-)?index|--find-links|\s@\s", text, re.MULTILINE)
        is None
    )
    pins = re.findall(r"^(\S[^=\n]*)==(\S+)", text, re.MULTILINE)
    blocks = re.split(r"^(?=\S[^=\n]*==)", text, flags=re.MULTILINE)[1:]
    assert len(pins) == len(blocks)
    assert all("--hash=sha256:" in block for block in blocks)


def _pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", text, re.MULTILINE)
    }


def _wanted() -> Iterator[tuple[str, Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run = project["build-system"]["requires"] + project["project"]["dependencies"]
    dev = project["project"]["optional-dependencies"]["dev"]
    yield from ((LOCKS[0], Requirement(line)) for line in run)
    yield from ((LOCKS[1], Requirement(line)) for line in run + dev)


@pytest.mark.parametrize(("lock", "wanted"), list(_wanted()), ids=str)
def test_what_the_project_asks_for_is_locked(lock: str, wanted: Requirement) -> None:
    assert wanted.specifier.contains(_pins(lock)[canonicalize_name(wanted.name)])


def test_both_locks_agree() -> None:
    run, dev = (_pins(lock) for lock in LOCKS)
    assert run.items() <= dev.items()
