"""The environment as settings: typed, and loud about odd values."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

READ = "import django; django.setup(); from django.conf import settings as s; print({})"


def read(home: Path, expression: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own and print an expression."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("ALIMNARU_")}
    clean.pop("DATABASE_URL", None)
    clean |= {"ALIMNARU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "alimnaru.settings", **env}
    command = [sys.executable, "-c", READ.format(expression)]
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=False)


def test_it_works_without_any_setting(tmp_path: Path) -> None:
    found = read(tmp_path / "new", "s.CHUNK_SIZE, s.LEASE_SECONDS, s.DEBUG, len(s.MASTER_KEY)")
    assert found.stdout.strip() == "2000 60 False 32", found.stderr


def test_the_first_start_makes_keys_that_only_we_can_read_and_keeps_them(tmp_path: Path) -> None:
    first = read(tmp_path, "s.MASTER_KEY.hex()").stdout
    assert first == read(tmp_path, "s.MASTER_KEY.hex()").stdout
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    read(tmp_path, "1")
    (tmp_path / "master.key").chmod(0o644)
    found = read(tmp_path, "1")
    assert found.returncode != 0
    assert "chmod 600" in found.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ALIMNARU_CHUNK_SIZE", "many", "must be a number"),
        ("ALIMNARU_CHUNK_SIZE", "0", "between 1 and 10000"),
        ("ALIMNARU_LEASE_SECONDS", "1e9", "between"),
        ("ALIMNARU_DEBUG", "maybe", "true or false"),
        ("ALIMNARU_MASTER_KEY", "%%", "not base64"),
        ("ALIMNARU_MASTER_KEY", base64.b64encode(b"short").decode(), "32 bytes"),
        ("DATABASE_URL", "mysql:nonsense", "DATABASE_URL"),
    ],
)
def test_an_odd_value_stops_with_the_settings_name(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    found = read(tmp_path, "1", **{name: value})
    assert found.returncode != 0
    assert name in found.stderr
    assert says in found.stderr


@pytest.mark.parametrize(
    ("url", "entry"),
    [
        ("postgresql://app:pw@db.example:5433/office", "office app db.example 5433"),
        ("postgresql:///alimnaru?host=/run/pg&user=postgres", "alimnaru postgres /run/pg"),
    ],
)
def test_a_database_address_is_read(tmp_path: Path, url: str, entry: str) -> None:
    want = "*(s.DATABASES['default'].get(k, '') for k in ('NAME', 'USER', 'HOST', 'PORT'))"
    assert read(tmp_path, want, DATABASE_URL=url).stdout.split() == entry.split()


def test_words_for_yes_and_no(tmp_path: Path) -> None:
    assert read(tmp_path, "s.DEBUG", ALIMNARU_DEBUG="yes").stdout.strip() == "True"
    assert read(tmp_path, "s.DEBUG", ALIMNARU_DEBUG="off").stdout.strip() == "False"
