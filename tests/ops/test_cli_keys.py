"""Keys and webhooks from the command line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office import keys as office
from alimnaru.rules.api_keys import parse_key, secret_hash
from alimnaru.store.models import ApiKey, AuditEntry, Delivery, Webhook
from tests.cast import make_cast
from tests.ops.commands import Commands
from tests.staff import Staff, hire

URL = "https://booking.example/alimnaru?token=word"


@pytest.fixture
def staff(db: None) -> Staff:
    """An office with people."""
    return hire(make_cast())


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


# ---- keys ----------------------------------------------------------------------------------------


def test_a_key_is_issued_and_listed(staff: Staff, commands: Commands) -> None:
    args = ("key", "issue", "예약 시스템", "--department", "lib", "--from", "10.20.0.0/16")
    said = commands.json(*args, "--per-day", "500", "--days", "30")
    assert said.code == 0
    parsed = parse_key(said.json["key"])
    assert parsed is not None
    key = ApiKey.objects.get(public=parsed[0])
    assert bytes(key.secret_sha256) == secret_hash(parsed[1])
    assert (key.is_sandbox, key.waits, key.addresses) == (True, False, ["10.20.0.0/16"])
    [listed] = commands.json("key", "list").json["keys"]
    assert (listed["state"], listed["per_day"]) == ("works", 500)
    assert "key" not in listed
    assert "예약 시스템" in commands.run("key").out


def test_a_live_key_waits_for_a_manager(staff: Staff, commands: Commands) -> None:
    said = commands.run("key", "issue", "예약 시스템", "--department", "lib", "--live")
    assert "확인해야" in said.out
    key = ApiKey.objects.get()
    assert key.waits
    confirmed = office.confirm(key, actor=staff.manager, seen=office.limits_of(key).digest())
    assert not confirmed.waits


def test_a_key_is_replaced_and_revoked(staff: Staff, commands: Commands) -> None:
    old = commands.json("key", "issue", "예약 시스템").json["public"]
    new = commands.json("key", "rotate", old, "--overlap-days", "0").json
    assert new["public"] != old
    assert [k["public"] for k in commands.json("key", "list", "--over").json["keys"]] == [old]
    assert commands.json("key", "revoke", new["public"]).json["revoked"]
    assert commands.json("key", "list").json["keys"] == []
    assert "key issue" in commands.run("key", "list").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("key", "issue", "x", "--scopes", "everything"), "scopes_missing"),
        (("key", "issue", "x", "--from", "somewhere"), "address_unreadable"),
        (("key", "issue", "x", "--per-minute", "0"), "per_minute_out_of_range"),
        (("key", "issue", "x", "--days", "731"), "life_out_of_range"),
        (("key", "issue", "x", "--department", "nowhere"), "department_unknown"),
        (("key", "revoke", "k7mqx2np9rtd"), "api_key_unknown"),
        (("key", "rotate", "k7mqx2np9rtd"), "api_key_unknown"),
        (("webhook", "add", "http://booking.example/", "--name", "x"), "url_not_https"),
        (("webhook", "add", "https://10.0.0.1/", "--name", "x"), "url_not_allowed"),
        (("webhook", "add", URL, "--name", "x", "--events", "all"), "event_unknown"),
        (("webhook", "pause", "7"), "webhook_unknown"),
        (("webhook", "resume", "99999999999999999999"), "webhook_unknown"),
    ],
)
def test_what_is_refused(
    staff: Staff, commands: Commands, args: tuple[str, ...], code: str
) -> None:
    said = commands.json(*args)
    assert (said.code, said.error) == (2, code)


def test_a_whole_key_by_mistake_is_not_repeated(staff: Staff, commands: Commands) -> None:
    text = commands.json("key", "issue", "예약 시스템").json["key"]
    said = commands.run("key", "revoke", text)
    assert said.code == 2
    assert text[-20:] not in said.out + said.err
    assert ApiKey.objects.get().revoked_at is None


# ---- webhooks ------------------------------------------------------------------------------------


def test_a_webhook(staff: Staff, commands: Commands) -> None:
    said = commands.json("webhook", "add", URL, "--name", "예약", "--events", "message.failed")
    assert said.json["secret"].startswith("whsec_")
    number = said.json["webhook"]
    assert commands.json("webhook", "pause", number).json["is_active"] is False
    assert "멈춤" in commands.run("webhook", "list").out
    assert commands.json("webhook", "redrive", number).error == "webhook_paused"
    assert "다시 보냅니다" in commands.run("webhook", "resume", number).out
    assert commands.json("webhook", "redrive", number).error == "nothing_failed"
    now = timezone.now()
    for back in (0, 3):
        Delivery.objects.create(
            webhook=Webhook.objects.get(),
            event_id=f"evt_{back}",
            type="message.failed",
            subject=f"message:{back}",
            body="{}",
            created_at=now - timedelta(days=back),
            give_up_at=now,
            state="failed",
        )
    [listed] = commands.json("webhook", "list").json["webhooks"]
    assert (listed["host"], listed["failed"]) == ("booking.example", 2)
    today = timezone.localdate().isoformat()
    assert commands.json("webhook", "redrive", number, "--since", today).json["redriven"] == 1
    assert "1건" in commands.run("webhook", "redrive", number).out
    Webhook.objects.update(failing_since=now)
    assert "부터 실패" in commands.run("webhook").out


def test_none_yet(staff: Staff, commands: Commands) -> None:
    assert "webhook add" in commands.run("webhook").out


def test_no_secret_is_in_the_audit(staff: Staff, commands: Commands) -> None:
    key = commands.json("key", "issue", "예약 시스템").json["key"]
    hook = commands.json("webhook", "add", URL, "--name", "예약").json["secret"]
    written = " ".join(str(entry.facts) for entry in AuditEntry.objects.all())
    assert "key.issue" in set(AuditEntry.objects.values_list("act", flat=True))
    for secret in (key[-47:], hook.removeprefix("whsec_"), "token"):
        assert secret not in written
