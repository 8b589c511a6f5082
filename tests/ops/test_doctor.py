"""The doctor finds what keeps notices from going out, and says what to do."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from alimnaru.carriers import registry
from alimnaru.flow import wire
from alimnaru.flow.wordings import wording
from alimnaru.office.accounts import add_account
from alimnaru.ops import doctor, doctor_keys
from alimnaru.ops.doctor import Finding
from alimnaru.rules.channel import Lane
from alimnaru.store import audit, crypto, keyring
from alimnaru.store.ledger import beats
from alimnaru.store.models import (
    Beat,
    CarrierAccount,
    Chunk,
    Department,
    Destruction,
    Kept,
    LegalHold,
    Notice,
    ReceiptInbox,
    RootKey,
    Verification,
)
from sandbox.process import Handle, start
from tests.cast import Cast, make_cast, phone, with_sandbox
from tests.flow.accounts import break_
from tests.flow.books import lose_jobs
from tests.ops.commands import Commands


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Handle]:
    running = start(arguments=[])
    yield running
    running.stop()


@pytest.fixture
def office(db: None) -> Iterator[Cast]:
    wording.cache_clear()
    yield make_cast()
    wire.hang_up()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def account(office: Cast, url: str) -> CarrierAccount:
    return add_account(
        actor=office.librarian,
        kind="sandbox",
        name="main",
        base_url=url,
        api_key="NCSKEY0000000001",
        secret="SECRET0000000001",
        profile="KA01PF1",
        is_sandbox=True,
    )


def a_worker(seconds_ago: float = 0, lanes: Sequence[str] = tuple(Lane)) -> None:
    beats.beat("a" * 32, "host-1", "0.5.0", list(lanes))
    Beat.objects.update(at=timezone.now() - timedelta(seconds=seconds_ago))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (clock_timestamp() - make_interval(secs => %s))",
            [seconds_ago],
        )


def found(check: Callable[[], Iterator[Finding]]) -> list[tuple[str, bool]]:
    findings = list(check())
    for finding in findings:
        # Advice exactly where something is wrong.
        assert bool(finding.advice) != finding.ok
    return [(finding.code, finding.ok) for finding in findings]


# ---- the command ---------------------------------------------------------------------------------


def test_an_office_that_is_ready(office: Cast, sandbox_process: Handle, commands: Commands) -> None:
    with_sandbox(office, sandbox_process)
    a_worker()
    said = commands.json("doctor")
    assert [c["code"] for c in said.json["checks"] if not c["ok"]] == []
    assert (said.code, said.json["ok"]) == (0, True)
    said = commands.run("doctor")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("문제가 없습니다.\n")


def test_an_office_that_is_not(office: Cast, commands: Commands) -> None:
    said = commands.json("doctor")
    assert said.code == 1
    assert [c["code"] for c in said.json["checks"] if not c["ok"]] == ["account", "workers"]
    said = commands.run("doctor")
    assert said.code == 1
    assert "발송 일꾼: ‘alimnaru up’이나" in said.out


# ---- one by one ----------------------------------------------------------------------------------


def test_python() -> None:
    assert doctor.python().ok


@pytest.mark.parametrize(("needed", "ok"), [((3, 0), True), ((9, 9), False)])
def test_an_old_python(monkeypatch: pytest.MonkeyPatch, needed: tuple[int, int], ok: bool) -> None:
    monkeypatch.setattr(doctor, "PYTHON", needed)
    assert found(lambda: iter([doctor.python()])) == [("python", ok)]


@pytest.mark.parametrize(("needed", "ok"), [(1, True), (2**60, False)])
def test_room_on_the_disk(
    *, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, needed: int, ok: bool
) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES", needed)
    where = tmp_path / "not" / "there" / "yet"
    assert found(lambda: iter([doctor.disk(where)])) == [("disk", ok)]


@pytest.mark.parametrize(("mode", "ok"), [(0o600, True), (0o400, True), (0o640, False)])
def test_a_master_key_that_others_can_read(tmp_path: Path, mode: int, ok: bool) -> None:
    (tmp_path / "master.key").write_text("x")
    (tmp_path / "master.key").chmod(mode)
    assert found(lambda: doctor.master_key(tmp_path)) == [("master_key", ok)]


def test_a_master_key_from_the_environment_has_no_file(tmp_path: Path) -> None:
    assert found(lambda: doctor.master_key(tmp_path)) == []


@pytest.mark.parametrize(("needed", "ok"), [(15, True), (99, False)])
def test_an_old_database(
    *, db: None, monkeypatch: pytest.MonkeyPatch, needed: int, ok: bool
) -> None:
    monkeypatch.setattr(doctor, "POSTGRESQL", needed)
    assert found(lambda: iter([doctor.database()])) == [("database", ok)]


def test_a_migration_that_was_not_applied(db: None) -> None:
    assert doctor.migrations().ok
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'store'")
    assert found(lambda: iter([doctor.migrations()])) == [("migrations", False)]


@pytest.mark.parametrize(("allowed", "ok"), [(60, True), (-1, False)])
def test_clocks_apart(*, db: None, monkeypatch: pytest.MonkeyPatch, allowed: int, ok: bool) -> None:
    monkeypatch.setattr(doctor, "CLOCK_SECONDS", allowed)
    assert found(doctor.clock) == [("clock", ok)]


def test_the_office_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "OFFICE_FILE", "")
    assert "나루구청" in next(doctor.office_file()).detail
    monkeypatch.setattr(settings, "OFFICE_FILE", str(tmp_path / "missing.toml"))
    finding = next(doctor.office_file())
    assert not finding.ok
    assert "missing.toml" in finding.advice


def test_no_notices(office: Cast) -> None:
    Notice.objects.update(is_active=False)
    assert found(doctor.catalogue) == [("catalogue", False), ("sender_number", True)]


def test_no_sender_number(office: Cast) -> None:
    assert found(doctor.catalogue) == [("catalogue", True), ("sender_number", True)]
    Department.objects.update(sender_number="")
    assert found(doctor.catalogue) == [("catalogue", True), ("sender_number", False)]
    Department.objects.filter(code="gu").update(sender_number="025550100")
    assert found(doctor.catalogue) == [("catalogue", True), ("sender_number", True)]


def test_a_carrier_that_does_not_answer(office: Cast) -> None:
    account(office, "http://127.0.0.1:9")
    assert found(doctor.accounts) == [("account", False)]
    CarrierAccount.objects.update(is_sandbox=False)
    assert "인증 키" in next(doctor.accounts()).advice


def test_a_carrier_that_cannot_be_opened(office: Cast) -> None:
    account(office, "http://127.0.0.1:9")
    CarrierAccount.objects.update(kind="pigeon")
    assert found(doctor.accounts) == [("account", False)]


def test_a_carrier_that_is_switched_off_is_not_asked(office: Cast) -> None:
    account(office, "http://127.0.0.1:9")
    CarrierAccount.objects.update(is_active=False)
    assert "등록된 계정 없음" in next(doctor.accounts()).detail


KINDS = [kind for kind in registry.KINDS if kind != "sandbox"]


def entered(office: Cast, handle: Handle, kind: str, **changes: str) -> CarrierAccount:
    """A contract of that kind with the sandbox."""
    given = {**handle.protocols[kind], **changes}
    sealed = {s.name for s in registry.kind_called(kind).settings if s.secret}
    return add_account(
        actor=office.librarian,
        kind=kind,
        name="main",
        base_url=handle.url,
        api_key=given.pop("api_key", ""),
        secret=given.pop("api_secret", ""),
        profile=given.pop("profile"),
        is_sandbox=True,
        options={name: value for name, value in given.items() if name not in sealed},
        secrets_={name: value for name, value in given.items() if name in sealed},
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_carrier_is_asked(office: Cast, sandbox_process: Handle, kind: str) -> None:
    entered(office, sandbox_process, kind)
    assert found(doctor.accounts) == [("account", True)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_key_is_found_at_every_kind(
    office: Cast, sandbox_process: Handle, kind: str
) -> None:
    name = "api_secret" if kind == "bizgo" else "api_key"  # Bizgo has one key
    entered(office, sandbox_process, kind, **{name: "NOBODYSKEY000000"})
    assert found(doctor.accounts) == [("account", False)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_profile_that_nobody_knows(office: Cast, sandbox_process: Handle, kind: str) -> None:
    account = entered(office, sandbox_process, kind, profile="@nobody")
    assert ("profile", False) in found(doctor.accounts)
    account.channels = "sms,lms"  # needs none
    account.save()
    assert found(doctor.accounts) == [("account", True)]


def test_an_account_that_rests(office: Cast) -> None:
    assert found(doctor.breakers) == []
    resting = account(office, "http://127.0.0.1:9")
    break_(resting)
    assert found(doctor.breakers) == [("breaker", False)]
    assert "알림톡" in next(doctor.breakers()).name
    CarrierAccount.objects.update(is_active=False)
    assert found(doctor.breakers) == []


@pytest.mark.parametrize(("seconds_ago", "alive"), [(5, 1), (120, 0)])
def test_workers_are_alive_while_they_beat(db: None, seconds_ago: float, alive: int) -> None:
    a_worker(seconds_ago)
    assert doctor.live_workers() == alive
    assert found(doctor.workers) == [("workers", alive == 1)]


def test_a_lane_that_nobody_serves(db: None) -> None:
    a_worker(lanes=["normal", "bulk"])
    assert found(doctor.workers) == [("workers", True), ("lanes", False)]
    assert [f.detail for f in doctor.workers()][1] == "긴급"


def test_work_that_lies_still(office: Cast) -> None:
    assert found(doctor.backlog) == [("chunks", True), ("inbox", True)]
    batch = office.send(office.rows(phone()))
    long_ago = timezone.now() - timedelta(hours=1)
    Chunk.objects.filter(batch=batch).update(not_before=long_ago)
    assert found(doctor.backlog) == [("chunks", True), ("inbox", True)]  # somebody rings for it
    lose_jobs()
    carrier = account(office, "http://127.0.0.1:9")
    ReceiptInbox.objects.create(account=carrier, received_at=long_ago, body=b"x")
    assert found(doctor.backlog) == [("chunks", False), ("inbox", False)]


# ---- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "place"),
    [(None, []), ("key.txt", ["백업 폴더에 있음"]), ("a/b", ["백업 폴더에 있음"])],
)
def test_no_backup_holds_the_key(
    office: Cast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str | None,
    place: list[str],
) -> None:
    monkeypatch.setattr(settings, "BACKUP", str(tmp_path))
    (tmp_path / "base.tar").write_bytes(b"x" * 9000)
    if written:
        (tmp_path / written).parent.mkdir(exist_ok=True)
        (tmp_path / written).write_bytes(b"KEY=" + base64.b64encode(settings.MASTER_KEY))
    assert [f.detail for f in doctor_keys.key_place()] == place


def test_keys_that_were_replaced_are_not_forgotten(
    office: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.begin(timezone.now())
    office.send(office.rows(phone("4321")))
    assert found(doctor_keys.old_keys) == []
    keyring.new_generation(timezone.now())
    assert found(doctor_keys.old_keys) == []  # workers have a day for it
    RootKey.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert found(doctor_keys.old_keys) == [("generation_old", False)]
    monkeypatch.setattr(settings, "OLD_MASTER_KEYS", [settings.MASTER_KEY])
    assert ("master_key_old", False) in found(doctor_keys.old_keys)
    monkeypatch.setattr(settings, "MASTER_KEY", bytes(32))
    assert ("master_key_new", False) in found(doctor_keys.old_keys)
    crypto.use(None)


def test_the_last_verification_is_told(office: Cast) -> None:
    assert found(doctor_keys.verified) == [("verified", True)]
    night = Verification.objects.create(
        asked_by=audit.own_member(), asked_at=timezone.now(), state="done", ended_at=timezone.now()
    )
    assert found(doctor_keys.verified) == [("verified", True)]
    for changed in (
        {"asked_at": timezone.now() - timedelta(days=3)},
        {"wrong": 2},
        {"wrong": 0, "state": "failed", "asked_at": timezone.now()},
    ):
        Verification.objects.filter(pk=night.pk).update(**changed)
        assert found(doctor_keys.verified) == [("verified", False)]


def test_destruction_is_told_when_it_is_late(office: Cast) -> None:
    assert found(doctor_keys.late_destruction) == [("destruction", True)]
    Destruction.objects.create(
        basis="term_over", department=office.library, done_at=timezone.now() - timedelta(days=4)
    )
    assert ("destruction_files", False) in found(doctor_keys.late_destruction)
    batch = office.send(office.rows(phone("4321")))
    long_ago = timezone.now() - timedelta(days=9)
    Kept.objects.create(
        batch=batch, retention="RA", through_at=long_ago, text_until=long_ago, hash_until=long_ago
    )
    assert ("destruction", False) in found(doctor_keys.late_destruction)


def test_holds_are_told_when_they_hang(office: Cast) -> None:
    assert found(doctor_keys.late_holds) == [("holds", True)]
    today, now = timezone.localdate(), timezone.now()
    hold = LegalHold.objects.create(
        department=office.library, batch=1, basis="법", reason="소송", state="hold_kept",
        until=today - timedelta(days=1), asked_by=office.librarian, asked_at=now,
    )  # fmt: skip
    assert found(doctor_keys.late_holds) == [("holds", True)]
    LegalHold.objects.filter(pk=hold.pk).update(until=today - timedelta(days=3))
    assert found(doctor_keys.late_holds) == [("holds", False)]
    LegalHold.objects.filter(pk=hold.pk).update(
        until=today + timedelta(days=9), state="hold_copying", agreed_at=now - timedelta(days=2)
    )
    assert found(doctor_keys.late_holds) == [("holds", False)]
