"""A channel switched off and on from the command line."""

from __future__ import annotations

import pytest
from django.utils import timezone

from alimnaru.ops import boot
from alimnaru.store.models import (
    AuditEntry,
    Breaker,
    CarrierAccount,
    Chunk,
    Outage,
    TemplateRegistration,
)
from tests.cast import Cast, make_cast
from tests.ops.commands import Commands
from tests.reads.fates import list_of


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def held(office: Cast, people: int, fallback: str = "sms") -> None:
    """People whose Alimtalk waits because it is off."""
    office.notice.fallback = fallback
    office.notice.save()
    batch = list_of(office, people)
    Chunk.objects.filter(batch=batch).update(state="held", hold_code="channel_off")


def test_it_works(office: Cast, commands: Commands) -> None:
    said = commands.json("channel", "off", "alimtalk", "--ceiling", 500_000)
    assert said.code == 0
    assert {k: said.json[k] for k in ("channel", "off", "reason", "ceiling_won", "spent_won")} == {
        "channel": "alimtalk",
        "off": True,
        "reason": "person",
        "ceiling_won": 500_000,
        "spent_won": 0.0,
    }
    held(office, 3)
    assert commands.json("channel", "status").json["channels"][0]["held_messages"] == 3
    Outage.objects.update(spent_won=80)
    said = commands.json("channel", "on", "alimtalk")
    assert (said.json["was_off"], said.json["freed_chunks"], said.json["off"]) == (True, 1, False)
    told = AuditEntry.objects.filter(subject="channel:alimtalk").order_by("id")
    acts = told.values_list("act", "actor__login")
    assert list(acts) == [("channel.off", boot.CLI_LOGIN), ("channel.on", boot.CLI_LOGIN)]


def test_for_people(office: Cast, commands: Commands) -> None:
    said = commands.run("channel", "off", "알림톡", "--ceiling", 500_000)
    assert said.code == 0
    assert "알림톡 발송을 껐습니다." in said.out
    assert "500,000원 안에서" in said.out
    held(office, 3, fallback="")
    Outage.objects.update(spent_won=80)
    said = commands.run("channel", "status")
    for words in ("꺼짐", "명령줄", "80원 / 500,000원", "3명", "3명에게는 문자를 보내지 않기로"):
        assert words in said.out.replace("\n", "")
    said = commands.run("channel", "on", "alimtalk")
    assert "3명에게 이어서 보냅니다" in said.out
    assert "80원" in said.out
    assert "이미 켜져 있습니다" in commands.run("channel", "on", "alimtalk").out


def test_without_a_ceiling(office: Cast, commands: Commands) -> None:
    assert "한도 없이" in commands.run("channel", "off", "alimtalk").out
    again = commands.run("channel", "off", "alimtalk").out
    assert "이미 꺼져 있습니다" in again
    assert "껐습니다" not in again
    assert "80" not in commands.run("channel", "status").out


def test_a_text_that_is_off_waits(office: Cast, commands: Commands) -> None:
    assert "기다립니다" in commands.run("channel", "off", "sms").out


def test_what_the_breakers_switched_off_comes_back_by_itself(
    office: Cast, commands: Commands
) -> None:
    account = CarrierAccount.objects.create(
        name="a", kind="sandbox", base_url="http://127.0.0.1:9", secret=b"", callback_token="a"
    )
    now = timezone.now()
    TemplateRegistration.objects.create(
        version=office.version, account=account, code="T", state="approved"
    )
    Breaker.objects.create(account=account, channel="alimtalk", state="open", since=now)
    Outage.objects.create(channel="alimtalk", since=now, reason="breaker")
    assert "장애로 저절로" in commands.run("channel", "status").out
    said = commands.json("channel", "on", "alimtalk")
    assert (said.code, said.error) == (2, "channel_still_out")
    assert "회복되면 저절로" in said.json["error"]["message"]
