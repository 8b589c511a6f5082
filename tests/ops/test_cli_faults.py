"""Whatever goes wrong, a command says one polite sentence and the right exit code."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import django.db
import psycopg
import pytest
import structlog
from django.core.exceptions import ImproperlyConfigured
from procrastinate.exceptions import ConnectorException

from alimnaru.carriers.kind import SettingsError
from alimnaru.flow.intake import IntakeRefused
from alimnaru.office.accounts import UnknownNotice
from alimnaru.office.lists import NoWording
from alimnaru.ops import logs
from alimnaru.ops.cli_faults import Ending, Refused, ending_of, tell
from alimnaru.ops.cluster import ClusterError
from alimnaru.ops.embedded_faults import EmbeddedError, EmbeddedFault
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import RosterRefused
from alimnaru.sources.upload import ListRefused
from alimnaru.store.catalogue import OfficeError
from alimnaru.store.catalogue.faults import OfficeFault
from alimnaru.store.crypto import Unreadable
from alimnaru.wording import Fault
from alimnaru.wording.commands import OUR_FAULTS


def statement_failed(cause: Exception) -> django.db.ProgrammingError:
    error = django.db.ProgrammingError("relation does not exist")
    error.__cause__ = cause
    return error


def connector_failed(cause: Exception) -> ConnectorException:
    error = ConnectorException()
    error.__cause__ = cause
    return error


BAD_INPUT = [
    (Refused(Fault.BATCH_UNKNOWN, code="7"), "batch_unknown", "7번 발송이"),
    (ListRefused(Refusal.FILE_PASSWORD), "file_password", "암호가 걸려"),
    (RosterRefused(Refusal.COLUMN_MISSING, columns="전화번호"), "column_missing", "전화번호"),
    (IntakeRefused(Refusal.NOTHING_TO_SEND), "nothing_to_send", "한 명도"),
    (NoWording("lib.x"), "no_wording", "lib.x"),
    (UnknownNotice("lib.x"), "notice_unknown", "lib.x"),
    (SettingsError("api_key", "missing"), "account_setting", "api_key"),
    (OfficeError(OfficeFault.FILE_NOT_FOUND, {"file": "a.toml"}), "file_not_found", "a.toml"),
]
OURS = [
    (EmbeddedError(EmbeddedFault.DISK_FULL, "x"), "disk_full", "남은 공간이 없어"),
    (ImproperlyConfigured("ALIMNARU_CHUNK_SIZE must be"), "settings_wrong", "CHUNK_SIZE"),
    (django.db.OperationalError("refused"), "database_down", "연결하지 못했습니다"),
    (django.db.InterfaceError("closed"), "database_down", "연결하지 못했습니다"),
    (statement_failed(psycopg.errors.UndefinedTable()), "database_old", "준비되어"),
    (connector_failed(psycopg.OperationalError()), "database_down", "연결하지 못했습니다"),
    (connector_failed(psycopg.errors.UndefinedFunction()), "database_old", "준비되어"),
    (Unreadable("key of batch 1"), "key_wrong", "마스터 키"),
    (ClusterError("web", 3, Path("web.log")), "service_failed", "web.log"),
]


@pytest.mark.parametrize(("error", "code", "words"), BAD_INPUT)
def test_bad_input_ends_with_2(error: Exception, code: str, words: str) -> None:
    ending = ending_of(error)
    assert (ending.code, ending.exit_code) == (code, 2)
    assert words in ending.message


@pytest.mark.parametrize(("error", "code", "words"), OURS)
def test_our_faults_end_with_1(error: Exception, code: str, words: str) -> None:
    ending = ending_of(error)
    assert (ending.code, ending.exit_code) == (code, 1)
    assert words in ending.message


def test_an_interruption_says_nothing() -> None:
    assert ending_of(KeyboardInterrupt()) == Ending("interrupted", "", 130)


@pytest.mark.parametrize("fault", Fault)
def test_whose_fault_it_is_decides_the_exit_code(fault: Fault) -> None:
    assert ending_of(Refused(fault)).exit_code == (1 if fault in OUR_FAULTS else 2)


# ---- what nobody expected ------------------------------------------------------------------------


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
    file = tmp_path / "log" / "alimnaru.log"
    logs.configure(file)
    yield file
    for ours in logging.getLogger().handlers[:]:
        logging.getLogger().removeHandler(ours)
        ours.close()
    for handler in handlers:
        logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "error", [ValueError("x"), statement_failed(psycopg.errors.SyntaxError("y"))]
)
def test_what_nobody_expected_goes_to_the_log(log_file: Path, error: Exception) -> None:
    ending = ending_of(error)
    assert (ending.code, ending.exit_code) == ("internal", 1)
    assert "Traceback" not in ending.message
    entry = json.loads(log_file.read_text().splitlines()[-1])
    assert entry["event"] == "command_failed"
    assert type(error).__name__ in entry["exception"]


def test_the_log_is_its_owners_alone(log_file: Path) -> None:
    assert log_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010****5678"),
        ("010 1234 5678", "010 **** 5678"),
        ("+82 10 1234 5678", "+82 10 **** 5678"),
        ("821012345678", "8210****5678"),
        ("016-123-4567", "016-****-4567"),
        ("02-555-0101", "02-555-0101"),
        ("batch 12", "batch 12"),
    ],
)
def test_no_phone_reaches_the_log(log_file: Path, said: str, kept: str) -> None:
    structlog.get_logger().info("told", to=said, nested={"to": [said]})
    logging.getLogger("some.library").warning("told %s", said)
    ours, theirs = (json.loads(line) for line in log_file.read_text().splitlines()[-2:])
    assert ours["to"] == kept
    assert ours["nested"] == {"to": [kept]}
    assert theirs["event"] == f"told {kept}"
    assert theirs["logger"] == "some.library"


def test_no_phone_reaches_the_log_by_way_of_a_traceback(log_file: Path) -> None:
    ending_of(ValueError("no such number: 010-1234-5678"))
    assert "1234" not in log_file.read_text()


# ---- where it is said ----------------------------------------------------------------------------


def test_people_are_told_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(Ending("x", "안 됩니다.", 2), as_json=False) == 2
    assert capsys.readouterr() == ("", "안 됩니다.\n")


def test_programs_are_told_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(Ending("x", "안 됩니다.", 2), as_json=True) == 2
    said = capsys.readouterr()
    assert json.loads(said.out) == {"error": {"code": "x", "message": "안 됩니다."}}
    assert said.err == ""


def test_an_interruption_keeps_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(Ending("interrupted", "", 130), as_json=False) == 130
    assert capsys.readouterr() == ("", "\n")
