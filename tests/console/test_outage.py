"""The switch: who may turn it, what it asks before, and what every page says while it is off."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.office.channels import switch_off, switch_on
from alimnaru.rules.channel import Channel
from alimnaru.store.models import (
    AuditEntry,
    Breaker,
    CarrierAccount,
    Chunk,
    Outage,
    TemplateRegistration,
)
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.reads.fates import list_of
from tests.staff import Staff

OFF = {
    "alimtalk-ceiling": "500000",
    "alimtalk-reason": "카카오 점검 공지",
    "alimtalk-typed": "알림톡",
}


@pytest.mark.parametrize("who", ["viewer", "writer", "manager", "auditor", "neighbour"])
@pytest.mark.parametrize("address", ["", "/alimtalk/off", "/alimtalk/on"])
def test_only_the_system_manager_turns_it(
    who: str, address: str, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.by_name()[who])
    ask = browser.post if address else browser.get
    assert ask(f"/outage{address}", OFF).status_code == 403
    assert not Outage.objects.exists()


def test_off_and_on(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    batch = list_of(cast, 3)
    page = browser.post("/outage/alimtalk/off", OFF, follow=True).content.decode()
    assert "알림톡 발송을 껐습니다" in page
    outage = Outage.objects.get()
    assert (outage.ceiling_won, outage.member) == (500_000, staff.system)
    entry = AuditEntry.objects.get(act="channel.off")
    assert entry.facts["reason"] == "카카오 점검 공지"
    Chunk.objects.filter(batch=batch).update(state="held", hold_code="channel_off")
    page = browser.get("/outage").content.decode()
    for words in ("카카오 점검 공지", "500,000원", "3명", "한정보", "알림톡 다시 켜기", "24원"):
        assert words in page, words
    page = browser.post("/outage/alimtalk/on", follow=True).content.decode()
    assert "다시 켰습니다" in page
    assert "카카오 점검 공지" in page  # in the history
    assert "이미 켜져" in browser.post("/outage/alimtalk/on", follow=True).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"alimtalk-ceiling": ""}, "쓸 금액을 적거나"),
        ({"alimtalk-ceiling": "-1"}, "0"),
        ({"alimtalk-typed": "알림"}, "적은 말이 다릅니다"),
        ({"alimtalk-reason": ""}, "필수"),
        ({"alimtalk-reason": "010-1234-5678 민원"}, "번호를 빼고"),
    ],
)
def test_what_it_asks_before(
    change: dict[str, str], said: str, staff: Staff, sign_in: SignIn
) -> None:
    answer = sign_in(staff.system).post("/outage/alimtalk/off", {**OFF, **change})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert said in page
    assert 'id="errors"' in page
    assert '<details class="sw-more" open>' in page
    assert not Outage.objects.exists()


def test_without_a_ceiling_on_purpose(staff: Staff, sign_in: SignIn) -> None:
    sign_in(staff.system).post(
        "/outage/alimtalk/off", {**OFF, "alimtalk-ceiling": "5", "alimtalk-unlimited": "on"}
    )
    assert Outage.objects.get().ceiling_won is None


def test_what_no_text_stands_in_for_has_no_ceiling(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    browser.post("/outage/sms/off", {"sms-reason": "통신사 점검", "sms-typed": "문자"})
    assert Outage.objects.get().channel == "sms"
    assert "sms-ceiling" not in browser.get("/outage").content.decode()


def test_a_channel_that_there_is_not(staff: Staff, sign_in: SignIn) -> None:
    assert sign_in(staff.system).post("/outage/fax/off", OFF).status_code == 404


def test_what_the_breakers_hold_cannot_be_switched_on(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    account = CarrierAccount.objects.create(name="a", kind="solapi", callback_token="t", secret=b"")
    TemplateRegistration.objects.create(
        version=cast.version, account=account, code="c", state="approved"
    )
    now = timezone.now()
    Breaker.objects.create(account=account, channel="alimtalk", state="open", since=now)
    Outage.objects.create(channel="alimtalk", since=now, reason="breaker", ceiling_won=500_000)
    browser = sign_in(staff.system)
    page = browser.post("/outage/alimtalk/on", follow=True).content.decode()
    assert "장애가 있어 켤 수 없습니다" in page
    assert "저절로 꺼졌습니다" in page
    assert Outage.objects.get().until is None


@pytest.mark.parametrize(("who", "has_link"), [("viewer", False), ("system", True)])
def test_every_page_says_that_a_channel_is_off(
    who: str, has_link: bool, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.by_name()[who])
    assert "꺼져 있습니다" not in browser.get("/").content.decode()
    switch_off(Channel.ALIMTALK, actor=staff.system, ceiling=1)
    page = browser.get("/").content.decode()
    assert "알림톡 발송이 오늘" in page
    assert "담당자가 껐습니다" in page
    assert ('class="krds-btn small tertiary" href="/outage"' in page) is has_link


def test_the_history_costs_the_same_however_long_it_is(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get("/outage")
        return len(seen)

    def once() -> None:
        switch_off(Channel.SMS, actor=staff.system, reason="점검")
        switch_on(Channel.SMS, actor=staff.system)

    once()
    few = queries()
    for _ in range(8):
        once()
    assert queries() == few


def test_nothing_was_ever_off(staff: Staff, sign_in: SignIn) -> None:
    page = sign_in(staff.system).get("/outage").content.decode()
    assert "꺼진 적이 없습니다" in page
    assert "지금 나갈 차례인 알림톡은 없습니다" in page
    assert "<c-" not in page
