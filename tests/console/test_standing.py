"""The main switch: paused by a person, or as a restored copy; said on every page."""

from __future__ import annotations

import pytest
from django.utils import timezone

from alimnaru.office import standing
from alimnaru.store.ledger import standing as ledger
from alimnaru.store.models import AuditEntry, OfficeState
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.staff import Staff

WHY = {"reason": "정기 점검"}


@pytest.fixture(autouse=True)
def _ours(db: None) -> None:
    """The row as the migration writes it: a test that commits has emptied the table."""
    OfficeState.objects.all().delete()
    ledger.adopt(timezone.now())


@pytest.mark.parametrize("who", ["viewer", "writer", "manager", "auditor", "neighbour"])
@pytest.mark.parametrize("address", ["", "/pause", "/resume"])
def test_only_the_system_manager_turns_it(
    who: str, address: str, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.by_name()[who])
    ask = browser.post if address else browser.get
    assert ask(f"/standing{address}", WHY).status_code == 403
    assert OfficeState.objects.get().pause == ""


def test_paused_and_resumed(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    assert "보내고 있습니다" in browser.get("/standing").content.decode()
    refused = browser.post("/standing/pause", {"reason": ""}).content.decode()
    assert OfficeState.objects.get().pause == "", refused[:100]
    page = browser.post("/standing/pause", WHY, follow=True).content.decode()
    for words in ("모든 발송을 멈추었습니다", "정기 점검", "한정보", "발송 다시 시작하기"):
        assert words in page, words
    clerk = sign_in(staff.writer).get("/").content.decode()
    assert "접수한 것은 다시 시작하면 나갑니다" in clerk
    again = browser.post("/standing/pause", WHY, follow=True).content.decode()
    assert "이미 멈추어" in again
    page = browser.post("/standing/resume", WHY, follow=True).content.decode()
    assert "발송을 다시 시작했습니다" in page
    acts = AuditEntry.objects.filter(subject="office").order_by("pk")
    assert [(a.act, a.facts["reason"]) for a in acts] == [
        ("office.pause", "정기 점검"),
        ("office.resume", "정기 점검"),
    ]
    page = browser.post("/standing/resume", WHY, follow=True).content.decode()
    assert "멈추어 있지 않습니다" in page


def test_a_copy_is_reconciled_first(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    OfficeState.objects.update(timeline=99)
    page = browser.post("/standing/resume", WHY, follow=True).content.decode()
    assert "먼저 ‘alimnaru office reconcile’" in page
    assert "alimnaru office reconcile" in browser.get("/standing").content.decode()
    clerk = sign_in(staff.writer).get("/").content.decode()
    assert "되살린 자료여서" in clerk
    standing.reconcile(actor=staff.system)
    silent = {"account": 1, "name": "느린 계정", "asked": False, "recalled": 0, "strange": 0}
    told = {"account": 2, "name": "아는 계정", "asked": True, "recalled": 7, "strange": 3}
    OfficeState.objects.update(found=[silent, told | {"listed": 1234}])
    cast.send(cast.rows("01022229001"))
    page = browser.get("/standing").content.decode()
    for words in ("느린 계정", "알려 주지 않았습니다", "1,234건", "메시지 1건은"):
        assert words in page, words
    refused = browser.post("/standing/resume", WHY).content.decode()
    assert "어떻게 할지 골라" in refused
    page = browser.post("/standing/resume", WHY | {"unsure": "unknown"}, follow=True)
    assert "다시 시작했습니다" in page.content.decode()
    assert OfficeState.objects.get().pause == ""
