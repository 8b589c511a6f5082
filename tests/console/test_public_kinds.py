"""The public page of notice kinds: what stands on it, for whom, and at how many queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alimnaru.reads import public_kinds as reads
from alimnaru.rules.channel import Channel
from alimnaru.rules.retention import RetentionClass
from alimnaru.rules.topics import Topic
from alimnaru.store.catalogue.offices import Processor
from alimnaru.store.models import CarrierAccount, Department, Notice
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _page() -> str:
    answer = Client().get("/kinds")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_reads_kinds_with_their_department_and_term(cast: Cast) -> None:
    place = Department.objects.order_by("pk").first()
    Notice.objects.create(
        code="hc.made.up", name="검사 결과 안내", department=place, retention="RD"
    )
    Notice.objects.create(code="lib.inside", name="직원 소집", department=place, audience="staff")
    Notice.objects.create(code="lib.old", name="옛 안내", department=place, is_active=False)
    page = _page()
    assert "검사 결과 안내" in page
    assert "글과 전화번호 30일, 보낸 기록 1년" in page
    assert "직원 소집" not in page
    assert "옛 안내" not in page
    found = {one.topic: one.kinds for one in reads.topics()}
    assert [k.kept for k in found[Topic.HEALTH]] == [RetentionClass.SENSITIVE]


def test_carriers_in_use_are_named_and_sandboxes_are_not(cast: Cast) -> None:
    account = CarrierAccount.objects.create(
        name="알림톡 계약", kind="nhn", channels="alimtalk,sms", secret=b"", is_sandbox=True
    )
    assert reads.entrusted([]) == []
    account.is_sandbox = False
    account.save()
    dealer = Processor("나루메시지", "알림톡과 문자의 발송", "nhn", ("카카오",))
    keeper = Processor("나루전산", "서버 관리", "", ())
    (plain,) = reads.entrusted([])
    assert (plain.named, plain.kind) == (None, "nhn")
    assert set(plain.channels) == {Channel.ALIMTALK, Channel.SMS}
    assert [one.named for one in reads.entrusted([keeper, dealer])] == [dealer, keeper]
    page = _page()
    assert "NHN클라우드" in page
    assert "카카오(알림톡)" in page


def test_the_number_of_queries_does_not_grow(cast: Cast) -> None:
    _page()
    with CaptureQueriesContext(
        connection,
    ) as before:
        _page()
    place = Department.objects.order_by("pk").first()
    for n in range(20):
        Notice.objects.create(code=f"lib.more.{n}", name=f"안내 {n}", department=place)
    with CaptureQueriesContext(connection) as after:
        _page()
    assert len(after) == len(before)
