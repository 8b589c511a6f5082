"""Commands as programs: what they load, what they leave behind, and how they end."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alimnaru.ops.embedded import Embedded
from tests.ops.commands import write_list

CLI = (sys.executable, "-m", "alimnaru.ops.cli")


def run(*args: object, **env: str) -> subprocess.CompletedProcess[str]:
    """A command as somebody types it, to its end."""
    return subprocess.run(
        [*CLI, *map(str, args)],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def answer(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ran.stdout.count("\n") == 1, ran.stdout + ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


# ---- quick ---------------------------------------------------------------------------------------

HEAVY = ("django", "structlog", "httpx", "procrastinate", "xlsxwriter", "cryptography")
LOADED = f"""
import sys
from alimnaru.ops import cli
cli.run(sys.argv[1:])
sys.stderr.write(" ".join(name for name in {HEAVY} if name in sys.modules))
"""


@pytest.mark.parametrize("args", [("--help",), ("send", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(args: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *args], capture_output=True, text=True, check=True
    )
    assert ran.stdout
    assert ran.stderr == ""


# ---- nothing of Django before Django is set up ---------------------------------------------------

NOTICE = "lib.due.soon"


def test_every_command_sets_itself_up(office_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on an office's machine, where nobody has named the settings."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    for args in (
        ("accounts", "--json"),
        (*("accounts", "add", "naru", "--kind", "nhn", "--api-key", "KEY", "--set", "sms_key=SMS"),
         *("--profile", "P" * 40, "--per-second", "50", "--channels", "alimtalk,sms", "--json")),
        ("accounts", "price", "naru", "sms", "7.5", "--since", "2026-12-01", "--json"),
        ("accounts", "off", "naru", "--json"),
        ("accounts", "reset", "naru", "--json"),
        ("templates", "status", "--json"),
        ("templates", "draft", NOTICE, "--json"),
        ("templates", "diff", NOTICE, "--json"),
        ("catalogue", "fallback", NOTICE, "none", "--json"),
        ("channel", "off", "alimtalk", "--ceiling", "1000", "--json"),
        ("channel", "status", "--json"),
        ("channel", "on", "alimtalk", "--json"),
        ("unknown", "--json"),
        ("unknown", "list", "--json"),
    ):  # fmt: skip
        secrets = {"NHN_API_SECRET": "SECRET", "NHN_SMS_SECRET": "SECRET"}
        ran = run(*args, DATABASE_URL=office_url, **secrets)
        assert (ran.returncode, "error" in answer(ran)) == (0, False), (args, ran.stdout)


# ---- a database of its own -----------------------------------------------------------------------


def test_a_first_command_prepares_an_empty_database(database_url: str, tmp_path: Path) -> None:
    path = write_list(tmp_path / "loans.csv", [("M1", "김나루", "01012349001", "2026-11-25")])
    ran = run("check", path, "-n", "lib.due.soon", "--json", DATABASE_URL=database_url)
    found = answer(ran)
    assert ran.stderr == ""
    # The catalogue's own wording names a book, which this list does not.
    assert found["error"]["code"] == "column_missing"
    assert ran.returncode == 2
    with psycopg.connect(database_url) as connection:
        count = connection.execute("SELECT count(*) FROM store_notice").fetchone()
        assert count == (40,)


def test_two_first_commands_at_once(database_url: str) -> None:
    env = {**os.environ, "DATABASE_URL": database_url}
    command = [*CLI, "report", "--json"]
    both = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    ends = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM store_member").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM store_notice").fetchone() == (40,)


def test_a_database_that_is_not_there() -> None:
    url = "postgresql://nobody@127.0.0.1:9/none"
    ran = run("status", "1", "--json", DATABASE_URL=url)
    assert (ran.returncode, answer(ran)["error"]["code"]) == (1, "database_down")
    ran = run("status", "1", DATABASE_URL=url)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Traceback" not in ran.stderr
    assert run("doctor", DATABASE_URL=url).returncode == 1


def test_a_worker_does_not_prepare_a_database(database_url: str) -> None:
    ran = run("worker", "--lanes", "urgent", DATABASE_URL=database_url)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "‘alimnaru up’" in ran.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALIMNARU_CHUNK_SIZE", "many"), ("ALIMNARU_MASTER_KEY", "short"), ("DATABASE_URL", "a b c")],
)
def test_odd_settings(database_url: str, name: str, value: str) -> None:
    ran = run("report", "--json", **{"DATABASE_URL": database_url, name: value})
    found = answer(ran)["error"]
    assert (ran.returncode, found["code"]) == (1, "settings_wrong")
    assert name in found["message"]


@pytest.mark.slow
def test_an_embedded_database_comes_and_goes(tmp_path: Path) -> None:
    server = Embedded(tmp_path / "postgres")
    ran = run("report", "--json", ALIMNARU_HOME=str(tmp_path))
    assert (ran.returncode, answer(ran)["rows"]) == (0, [])
    assert server.major() is not None
    assert not server.is_running()


# ---- a person at a terminal ----------------------------------------------------------------------


def at_a_terminal(url: str, *args: object, reply: str, meanwhile: Any = None) -> tuple[int, str]:
    """Type a command at a terminal and answer its question; return exit code and all it said."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*CLI, *map(str, args)],
        env={**os.environ, "DATABASE_URL": url, "TERM": "dumb", "NO_COLOR": "1"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    )
    os.close(theirs)
    said, replied, deadline = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux: the other end was closed
                break
            if not more:
                break
            said += more
        if not replied and "보내시겠습니까?".encode() in said:
            replied = True
            if meanwhile:
                meanwhile()
            os.write(ours, f"{reply}\n".encode())
    os.close(ours)
    return process.wait(10), said.decode()


@pytest.fixture
def loans(tmp_path: Path) -> Path:
    header = "이용자명,휴대폰,도서관,대표도서,대출권수,반납예정일\n"
    rows = [f"김나루,0101234900{n},나루중앙도서관,강을 건너는 법,{n},2026-11-25\n" for n in (1, 2)]
    path = tmp_path / "loans.csv"
    path.write_text(header + "".join(rows))
    return path


def batches(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM store_batch").fetchone()
    assert found
    return int(found[0])


def test_a_clerk_is_shown_the_list_and_asked(office_url: str, loans: Path) -> None:
    send = ("send", loans, "-n", "lib.due.soon")
    code, said = at_a_terminal(office_url, *send, reply="n")
    assert code == 0, said
    assert "2명에게 보내시겠습니까?" in said
    assert "김*루님" in said
    assert "보내지 않았습니다." in said
    assert batches(office_url) == 0
    code, said = at_a_terminal(office_url, *send, reply="y")
    assert code == 0, said
    assert "발송 번호는 1번입니다." in said
    assert batches(office_url) == 1


def test_a_list_that_changes_under_the_question_is_not_sent(office_url: str, loans: Path) -> None:
    def change() -> None:
        loans.write_text(loans.read_text().replace("01012349001", "01012349009"))

    code, said = at_a_terminal(
        office_url, "send", loans, "-n", "lib.due.soon", reply="y", meanwhile=change
    )
    assert code == 2
    assert "명단 파일이 바뀌어" in said
    assert batches(office_url) == 0


# ---- programs that stay --------------------------------------------------------------------------


def test_a_worker_ends_when_it_is_asked(office_url: str) -> None:
    assert run("report", "--json", DATABASE_URL=office_url).returncode == 0
    worker = subprocess.Popen(
        [*CLI, "worker", "--lanes", "bulk,urgent", "--json"],
        env={**os.environ, "DATABASE_URL": office_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout
    said = json.loads(worker.stdout.readline())
    assert said == {"pid": worker.pid, "lanes": ["bulk", "urgent"]}
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with psycopg.connect(office_url) as connection:
            sql = "SELECT count(*) FROM procrastinate_workers"
            if connection.execute(sql).fetchone() == (1,):
                break
        time.sleep(0.05)
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=30)
    assert (worker.returncode, out) == (0, ""), err


def test_the_sandbox_takes_the_place_of_its_command() -> None:
    sandbox = subprocess.Popen(
        [*CLI, "sandbox", "--port", "0", "--json", "--seed", "7"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert sandbox.stdout
    said = json.loads(sandbox.stdout.readline())
    assert set(said) == {"url", "api_key", "api_secret", "profile", "phones", "protocols"}
    command = Path(f"/proc/{sandbox.pid}/cmdline")
    if command.exists():
        assert b"alimnaru" not in command.read_bytes().split(b"\0")[2]
    sandbox.terminate()
    sandbox.communicate(timeout=20)
    assert sandbox.returncode in {0, -signal.SIGTERM}
