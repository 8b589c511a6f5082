"""Canaries go the way of all messages, and the status page says what they found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alimnaru.flow.canary import NOTICE, sing
from alimnaru.office.canary import CanaryRefused, switch_off, switch_on
from alimnaru.reads.canary import service
from alimnaru.rules.canary import Song, Stand
from alimnaru.rules.channel import Channel, Lane
from alimnaru.store import crypto
from alimnaru.store.ledger import beats
from alimnaru.store.models import (
    AuditEntry,
    Batch,
    Breaker,
    CanaryPlan,
    CanaryRun,
    Chunk,
    Department,
    Notice,
    Outage,
    TemplateRegistration,
)
from tests.cast import TEMPLATE, Cast, bring_results, phone, ring
from tests.flow.moment import Moment

LANES = tuple(lane.value for lane in Lane)


def on(cast: Cast, number: str = "", minutes: int = 30) -> CanaryPlan:
    beats.beat("a" * 32, "host-1", "0.5.0", LANES)
    Department.objects.filter(parent=None).update(sender_number="025550100")
    return switch_on(number or phone(), minutes, actor=cast.librarian)


def arrive() -> None:
    """Everything that is on its way arrives, and it is noted."""
    for batch in Batch.objects.filter(notice__code=NOTICE):
        bring_results(batch)
    sing()


def runs() -> Mapping[str, str]:
    return dict(CanaryRun.objects.order_by("pk").values_list("lane", "state"))


def stands() -> dict[str, Stand]:
    found = service(timezone.now())
    each = {one.channel.value: one.stand for one in found.channels}
    return each | {one.lane.value: one.stand for one in found.lanes}


def test_it_works(cast: Cast) -> None:
    on(cast)
    assert sing() == 3
    assert set(Chunk.objects.values_list("lane", "channel")) == {(lane, "sms") for lane in LANES}
    arrive()
    assert runs() == dict.fromkeys(LANES, Song.ARRIVED)
    assert [kind for _, kind in cast.accepted()] == ["SMS"] * 3
    assert stands() == dict.fromkeys(("sms", *LANES), Stand.WELL) | {"alimtalk": Stand.UNMEASURED}


def test_nothing_goes_while_they_are_off(cast: Cast) -> None:
    assert sing() == 0
    on(cast)
    assert switch_off(actor=cast.librarian)
    assert CanaryPlan.objects.get().phone is None
    assert sing() == 0
    assert not switch_off(actor=cast.librarian)
    assert list(AuditEntry.objects.filter(subject="canary").values_list("act", flat=True)) == [
        "canary.on",
        "canary.off",
    ]
    assert not service(timezone.now()).canaries


def test_they_go_again_when_it_is_time(cast: Cast, moment: Moment) -> None:
    on(cast, minutes=30)
    assert sing() == 3
    assert sing() == 0
    moment.passes(minutes=29)
    assert sing() == 0
    moment.passes(minutes=1)
    assert sing() == 3


def test_kakao_once_it_has_approved(cast: Cast) -> None:
    on(cast)
    version = Notice.objects.get(code=NOTICE).versions.get(number=2)
    code = f"KA01TP{version.pk}"
    assert cast.account is not None
    spec = {**TEMPLATE, **version.template, "template_id": code, "pf_id": cast.account.profile}
    cast.control("PUT", "templates", {"templates": [spec], "protocol": "solapi"})
    TemplateRegistration.objects.create(
        version=version,
        account=cast.account,
        code=code,
        state=TemplateRegistration.State.APPROVED,
        checked_at=timezone.now() + timedelta(days=30),
    )
    sing()
    arrive()
    assert [kind for _, kind in cast.accepted()] == ["ATA"] * 3
    assert stands()[Channel.ALIMTALK] is Stand.WELL


def test_a_dead_phone_is_a_failure_and_is_said(cast: Cast) -> None:
    on(cast, phone("0004"))
    sing()
    arrive()
    assert runs() == dict.fromkeys(LANES, Song.FAILED)
    assert stands()["sms"] is Stand.DOWN
    found = service(timezone.now())
    assert (found.days[-1].sent, found.days[-1].bad, found.days[-1].stand) == (3, 3, Stand.DOWN)
    assert found.troubled == [found.days[-1]]


def test_a_canary_goes_by_its_own_contract_alone(cast: Cast) -> None:
    """Another account would hide what the canary is to find."""
    on(cast)
    sing()
    assert cast.account is not None
    cast.account.is_active = False
    cast.account.save()
    ring()
    assert set(Chunk.objects.values_list("state", "hold_code")) == {("held", "no_account")}


def test_what_takes_too_long_is_said_before_it_ends(cast: Cast, moment: Moment) -> None:
    on(cast, minutes=60)
    sing()
    moment.passes(minutes=3)
    assert stands()["urgent"] is Stand.DOWN
    assert stands()["normal"] is Stand.UNMEASURED


def test_a_lane_without_a_worker_is_down(cast: Cast) -> None:
    beats.beat("a" * 32, "host-1", "0.5.0", ["normal", "bulk"])
    assert stands()["urgent"] is Stand.DOWN


def test_breakers_and_outages_are_said_without_canaries(cast: Cast) -> None:
    now = timezone.now()
    assert cast.account is not None
    Breaker.objects.create(account=cast.account, channel="sms", state="open", since=now)
    Outage.objects.create(channel="alimtalk", since=now - timedelta(minutes=90), reason="person")
    assert (stands()["sms"], stands()["alimtalk"]) == (Stand.DOWN, Stand.DOWN)
    assert sum(day.minutes_off for day in service(now).days) in {90, 91}


def test_an_outage_over_midnight_counts_on_both_days(cast: Cast) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Outage.objects.create(
        channel="alimtalk",
        since=midnight - timedelta(minutes=30),
        until=midnight + timedelta(minutes=10),
        reason="person",
    )
    days = service(midnight + timedelta(hours=1)).days
    assert [day.minutes_off for day in days[-2:]] == [30, 10]


def test_an_office_that_has_no_number_to_send_from(cast: Cast) -> None:
    with pytest.raises(CanaryRefused, match="canary_no_sender"):
        switch_on(phone(), 30, actor=cast.librarian)


@pytest.mark.parametrize(("number", "minutes"), [("02-12", 30), ("", 4), ("", 121)])
def test_what_cannot_be(cast: Cast, number: str, minutes: int) -> None:
    with pytest.raises(CanaryRefused):
        switch_on(number or phone(), minutes, actor=cast.librarian)
    assert not CanaryPlan.objects.exists()


def test_the_phone_is_sealed(cast: Cast) -> None:
    number = phone()
    plan = on(cast, number)
    assert number.encode() not in bytes(plan.phone or b"")
    assert crypto.unseal(bytes(plan.phone or b""), purpose="canary").decode() == number


def test_the_page_for_everybody(cast: Cast) -> None:
    on(cast)
    sing()
    arrive()
    page = Client().get("/status").content.decode()
    assert "30분마다 점검 메시지를 실제로 보내 확인합니다." in page
    assert "잰 1일 동안 늦거나 멈춘 날이 없었습니다." in page
