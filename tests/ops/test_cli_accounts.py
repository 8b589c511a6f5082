"""`accounts`: entered with their terms, watched, switched off, on and back to work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alimnaru.carriers.registry import KINDS
from alimnaru.flow import wire
from alimnaru.flow.wire import settings_of
from alimnaru.ops.cli_accounts import _settings
from alimnaru.reads import money
from alimnaru.rules.channel import Channel
from alimnaru.store.models import (
    AuditEntry,
    Breaker,
    CarrierAccount,
    Chunk,
    MonthClose,
    Pulse,
    Quota,
    Tariff,
)
from sandbox.process import Handle, start
from tests.cast import Cast, make_cast, phone, with_sandbox
from tests.flow.accounts import break_
from tests.ops.commands import Commands

SECRET = "SECRETSECRETSECRETSECRETSECRET12"
ADD = ("accounts", "add", "main", "--api-key", "NCSKEY0000000001", "--profile", "KA01PF1")


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SOLAPI_API_SECRET", SECRET)
    return SECRET


def main() -> CarrierAccount:
    return CarrierAccount.objects.get(name="main")


# ---- entered -------------------------------------------------------------------------------------


def test_an_account_is_entered(office: Cast, commands: Commands, secret: str) -> None:
    said = commands.json(*ADD)
    account = main()
    assert said.code == 0
    assert said.json["callback_path"] == f"/callbacks/{account.callback_token}"
    assert (account.kind, account.profile, account.is_sandbox) == ("solapi", "KA01PF1", False)
    assert (account.priority, account.per_second, account.per_day) == (10, None, None)
    assert account.channels == "alimtalk,sms,lms,mms"
    assert settings_of(account)["api_secret"] == secret


def test_its_terms_are_entered_and_changed(office: Cast, commands: Commands, secret: str) -> None:
    terms = ("--priority", "20", "--per-second", "100", "--per-day", "9000")
    commands.run(*ADD, *terms, "--channels", "sms, lms,sms")
    assert (main().priority, main().per_second, main().per_day) == (20, 100, 9000)
    assert main().channels == "sms,lms"
    commands.run(*ADD, "--per-second", "0")  # what is not named stays
    assert (main().priority, main().per_second, main().per_day) == (20, None, 9000)


def test_an_account_of_the_same_name_is_changed(
    office: Cast, commands: Commands, secret: str
) -> None:
    commands.run(*ADD)
    said = commands.run(*ADD[:-1], "KA01PF2")
    assert main().profile == "KA01PF2"
    assert "계정을 저장했습니다" in said.out


def test_a_sandbox_is_known_as_one(
    office: Cast, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_API_SECRET", SECRET)
    commands.run(*ADD, "--kind", "sandbox", "--base-url", "http://127.0.0.1:8025")
    assert main().is_sandbox


KIND_SETTINGS = {
    "nhn": ({"sms_key": "SMSAPPKEY"}, {"api_secret": "one", "sms_secret": "two"}),
    "bizgo": ({}, {"api_secret": "five", "callback_secret": "three"}),
    "sens": (
        {"service_id": "ncp:kkobizmsg:kr:1:a", "sms_service_id": "ncp:sms:kr:1:a"},
        {"api_secret": "four"},
    ),
}


@pytest.mark.parametrize("kind", KIND_SETTINGS)
def test_every_kind_is_entered_with_what_it_needs(
    office: Cast, commands: Commands, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    plain, secrets = KIND_SETTINGS[kind]
    for name, value in secrets.items():
        monkeypatch.setenv(f"{kind}_{name}".upper(), value)
    more = [part for name, value in plain.items() for part in ("--set", f"{name}={value}")]
    said = commands.json(*ADD, "--kind", kind, *more)
    assert said.code == 0
    told = commands.run(*ADD, "--kind", kind, *more).out
    assert ("웹훅" in told) is (kind != "sens")
    known = settings_of(main())
    assert {**plain, **secrets}.items() <= known.items()
    assert not any(value in str(main().options) for value in secrets.values())


def test_secrets_cannot_be_set_as_options() -> None:
    for kind, carrier in KINDS.items():
        for setting in carrier.settings:
            if setting.secret:
                with pytest.raises(ValueError, match="known settings"):
                    _settings(kind, [f"{setting.name}=x"])


def test_a_secret_is_never_shown(office: Cast, commands: Commands, secret: str) -> None:
    said = [
        commands.run(*ADD),
        commands.json(*ADD),
        commands.run("accounts"),
        commands.json("accounts", "list"),
    ]
    assert not any(secret in one.out + one.err for one in said)
    assert secret.encode() not in bytes(main().secret)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--kind", "pigeon"), "account_setting"),
        (("--base-url", "http://api.example.com"), "account_setting"),
        (("--api-key", "열쇠"), "account_setting"),
        (("--set", "colour=red"), "account_setting"),
        (("--set", "api_secret=x"), "account_setting"),
        (("--set", "nothing"), "account_setting"),
        (("--channels", "pigeon"), "channel_unknown"),
        (("--channels", ""), "channel_unknown"),
        (("--priority", "-1"), "account_number"),
        (("--per-second", str(2**40)), "account_number"),
    ],
)
def test_an_account_that_cannot_be_used_is_refused(
    *, office: Cast, commands: Commands, secret: str, more: tuple[str, ...], code: str
) -> None:
    said = commands.json(*ADD, *more)
    assert (said.code, said.error) == (2, code)
    assert not CarrierAccount.objects.exists()


def test_a_secret_that_nobody_can_be_asked_for_is_missing(office: Cast, commands: Commands) -> None:
    assert commands.json(*ADD).error == "secret_missing"
    assert "SOLAPI_API_SECRET" in commands.run(*ADD).err
    assert "NHN_API_SECRET" in commands.run(*ADD, "--kind", "nhn").err


# ---- watched -------------------------------------------------------------------------------------


@pytest.fixture
def busy(office: Cast, commands: Commands, secret: str) -> CarrierAccount:
    """An account with everything that can be seen of one."""
    commands.run(*ADD, "--per-second", "100", "--per-day", "9000", "--channels", "alimtalk,sms")
    account, now = main(), timezone.now()
    Tariff.objects.create(account=account, channel="sms", won="7.5", since=date(2022, 1, 1))
    Quota.objects.create(account=account, free_at=now, day=timezone.localdate(now), used=1234)
    for age, cuts in ((10, 2), (900, 99)):
        Pulse.objects.create(
            account=account, channel="alimtalk", at=now - timedelta(seconds=age), calls=3, cuts=cuts
        )
    break_(account)
    return account


def test_no_account_yet(office: Cast, commands: Commands) -> None:
    assert "등록된 계정이 없습니다" in commands.run("accounts").out
    assert commands.json("accounts").json == {"accounts": []}


@pytest.mark.parametrize("args", [("accounts",), ("accounts", "list")])
def test_accounts_for_programs(
    busy: CarrierAccount, commands: Commands, args: tuple[str, ...]
) -> None:
    (found,) = commands.json(*args).json["accounts"]
    alimtalk, sms = found.pop("channels")
    assert found == {
        "name": "main",
        "kind": "solapi",
        "base_url": "",
        "profile": "KA01PF1",
        "profile_state": "active",
        "priority": 10,
        "per_second": 100,
        "per_day": 9000,
        "is_sandbox": False,
        "is_active": True,
        "used_today": 1234,
    }
    assert (alimtalk["channel"], alimtalk["won"]) == ("alimtalk", 5.0)
    assert (alimtalk["state"], alimtalk["reason"]) == ("open", "cuts")
    assert (alimtalk["calls"], alimtalk["cuts"]) == (3, 2)
    assert alimtalk["probe_at"] > alimtalk["since"]
    assert (sms["channel"], sms["won"], sms["state"], sms["since"]) == ("sms", 7.5, "closed", None)


def test_accounts_for_people(busy: CarrierAccount, commands: Commands) -> None:
    out = " ".join(commands.run("accounts").out.split())
    for words in ("main", "하루", "7.5원", "알림톡 쉬는 중"):
        assert words in out
    assert "잇달아 답하지 않았거나" in out
    busy.is_active = False
    busy.save()
    assert "꺼 둠" in commands.run("accounts").out


def test_a_channel_without_a_price(office: Cast, commands: Commands, secret: str) -> None:
    commands.run(*ADD, "--channels", "mms")
    Tariff.objects.all().delete()
    (found,) = commands.json("accounts").json["accounts"]
    assert found["channels"][0]["won"] is None
    assert "그림 문자" in commands.run("accounts").out


@pytest.fixture
def sandbox() -> Iterator[Handle]:
    running = start()
    yield running
    running.stop()


def test_balances(office: Cast, sandbox: Handle, commands: Commands, secret: str) -> None:
    with_sandbox(office, sandbox)
    commands.run(*ADD, "--base-url", "http://127.0.0.1:9")
    said = commands.json("accounts", "--balance").json["accounts"]
    found = {account["name"]: account["balance"] for account in said}
    assert found == {"sandbox": 1_000_000_000, "main": "ConnectError"}
    out = commands.run("accounts", "--balance").out
    assert "1,000,000,000원" in out
    assert "balance" not in commands.json("accounts").json["accounts"][0]
    wire.hang_up()


# ---- switched ------------------------------------------------------------------------------------


def test_an_account_is_switched_off_and_on(office: Cast, commands: Commands, secret: str) -> None:
    commands.run(*ADD)
    assert commands.json("accounts", "off", "main").json == {"account": "main", "is_active": False}
    assert not main().is_active
    assert "켰습니다" in commands.run("accounts", "on", "main").out
    assert main().is_active
    assert "resume" in commands.run("accounts", "off", "main").out
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-3:] == ["account.off", "account.on", "account.off"]


def test_what_stands_in_its_line_goes_by_another_way(
    office: Cast, commands: Commands, secret: str
) -> None:
    commands.run(*ADD)
    office.send(office.rows(phone(), phone()), chunk_size=1)
    later = timezone.now() + timedelta(hours=1)
    in_line, in_doubt = Chunk.objects.order_by("pk")
    Chunk.objects.update(not_before=later, account=main())
    Chunk.objects.filter(pk=in_doubt.pk).update(token="T")
    commands.run("accounts", "off", "main")
    in_line.refresh_from_db()
    in_doubt.refresh_from_db()
    assert in_line.not_before <= timezone.now()
    assert in_line.account is None
    assert (in_doubt.not_before, in_doubt.account) == (later, main())


def test_a_pause_is_ended_by_hand(busy: CarrierAccount, commands: Commands) -> None:
    break_(busy, "sms")
    assert commands.json("accounts", "reset", "main").json == {
        "account": "main",
        "channels": ["alimtalk", "sms"],
    }
    assert set(Breaker.objects.values_list("state", "reason")) == {("closed", "person")}
    entry = AuditEntry.objects.get(act="account.reset")
    assert entry.facts["channels"] == ["alimtalk", "sms"]
    assert "쉬고 있지 않습니다" in commands.run("accounts", "reset", "main").out
    Breaker.objects.filter(channel="sms").update(state="half")
    assert "다시 보냅니다: 문자" in commands.run("accounts", "reset", "main").out


@pytest.mark.parametrize("act", ["on", "off", "reset"])
def test_an_unknown_account_is_named(office: Cast, commands: Commands, act: str) -> None:
    assert commands.json("accounts", act, "mian").error == "account_unknown"


# ---- prices --------------------------------------------------------------------------------------


def test_a_contract_has_prices_of_its_own(office: Cast, commands: Commands, secret: str) -> None:
    commands.run(*ADD)
    today = timezone.localdate()
    said = commands.json("accounts", "price", "main", "sms", "7.5")
    assert said.json == {
        "account": "main",
        "channel": "sms",
        "won": 7.5,
        "since": today.isoformat(),
        "department": None,
    }
    assert money.won(Channel.SMS, today, main().pk) == Decimal("7.5")
    assert money.won(Channel.SMS, today) == Decimal("8.063")
    # Corrected on the same day.
    commands.run("accounts", "price", "main", "sms", "7")
    assert money.won(Channel.SMS, today, main().pk) == 7
    assert (
        "2030-01-01부터 6원"
        in commands.run("accounts", "price", "main", "sms", "6", "--since", "2030-01-01").out
    )
    assert money.won(Channel.SMS, today, main().pk) == 7
    assert AuditEntry.objects.filter(act="account.price").count() == 3
    of = commands.json("accounts", "price", "main", "sms", "6.5", "--department", "lib").json
    assert of["department"] == "lib"
    assert money.won(Channel.SMS, today, main().pk, "/gu/lib/") == Decimal("6.5")
    assert money.won(Channel.SMS, today, main().pk, "/gu/health/") == 7


@pytest.mark.usefixtures("office", "secret")
@pytest.mark.parametrize(
    ("won", "since", "code"),
    [
        ("cheap", "", "price_unreadable"),
        ("-1", "", "price_unreadable"),
        ("nan", "", "price_unreadable"),
        ("1.2345", "", "price_unreadable"),
        ("7.5", "soon", "day_unreadable"),
    ],
)
def test_an_odd_price(commands: Commands, won: str, since: str, code: str) -> None:
    commands.run(*ADD)
    said = commands.run("accounts", "price", "--json", "--since", since, "--", "main", "sms", won)
    assert said.error == code


@pytest.mark.usefixtures("secret")
def test_a_closed_month_keeps_its_prices(office: Cast, commands: Commands) -> None:
    commands.run(*ADD)
    month = timezone.localdate().replace(day=1)
    MonthClose.objects.create(month=month, closed_at=timezone.now(), closed_by=office.librarian)
    said = commands.run("accounts", "price", "main", "sms", "7", "--json")
    assert said.error == "month_closed"
