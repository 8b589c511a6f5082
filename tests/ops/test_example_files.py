"""Files under `examples/` that run an office: they name what there is; systemd reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from alimnaru.ops.cli import app

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
UNITS = sorted((EXAMPLES / "systemd").glob("*.service"))
#: `systemd-analyze security`: 0 is shut, 10 is open. What a web process needs keeps it here.
MOST_EXPOSED = 3.0


def lines(unit: Path, name: str) -> list[str]:
    joined = unit.read_text().replace("\\\n", " ")
    return [line.partition("=")[2] for line in joined.splitlines() if line.startswith(f"{name}=")]


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_a_unit_starts_what_there_is(unit: Path) -> None:
    (start,) = lines(unit, "ExecStart")
    program, *arguments = start.split()
    assert program.startswith("/opt/alimnaru/bin/")
    if program.endswith("/alimnaru"):
        assert CliRunner().invoke(app, [arguments[0], "--help"]).exit_code == 0
    else:
        assert program.endswith("/gunicorn")
        assert "alimnaru.wsgi:application" in arguments


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.stem)
def test_a_unit_keeps_its_process_in(unit: Path) -> None:
    for name, wanted in {
        "User": "alimnaru",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "CapabilityBoundingSet": "",
        "UMask": "0077",
    }.items():
        assert lines(unit, name) == [wanted]


def test_settings_named_in_the_examples_exist() -> None:
    documented = (ROOT / "docs" / "reference" / "settings.md").read_text()
    for path in EXAMPLES.rglob("*"):
        if path.suffix in {".example", ".service", ".yml"} or path.name == "Containerfile":
            named = set(re.findall(r"\bALIMNARU_[A-Z_]+", path.read_text())) - {"ALIMNARU_LANES"}
            for name in named:
                assert f"`{name}`" in documented, (path.name, name)


def test_the_container_asks_what_the_web_process_answers() -> None:
    from django.urls import resolve

    text = (EXAMPLES / "container" / "Containerfile").read_text()
    (asked,) = re.findall(r"127\.0\.0\.1:8000(/\w+)", text)
    assert resolve(asked).url_name == "readyz"
    compose = yaml.safe_load((EXAMPLES / "container" / "compose.yml").read_text())
    assert compose["services"]["worker"]["command"][:2] == ["alimnaru", "worker"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_reads_them(tmp_path: Path) -> None:
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    for unit in (EXAMPLES / "systemd").iterdir():
        shutil.copy(unit, units)
    for program in ("opt/alimnaru/bin/gunicorn", "opt/alimnaru/bin/alimnaru", "bin/kill"):
        (tmp_path / program).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    for unit in UNITS:
        name = unit.name.replace("@.", "@1.")
        said = _analyze("verify", tmp_path, name)
        assert not re.search(r"Unknown|Invalid|Failed to parse|ignoring", said), said
        said = _analyze("security", tmp_path, name, "--offline=true")
        exposure = re.search(r"exposure level .*: ([\d.]+)", said)
        assert exposure, said
        assert float(exposure[1]) <= MOST_EXPOSED


def _analyze(verb: str, root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["systemd-analyze", f"--root={root}", verb, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout + done.stderr
