"""The work list of the unreached."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office.unreached import NoteRefused, deal_with
from alimnaru.rules.disclosure import DisclosureFault
from alimnaru.rules.outcomes import Result
from alimnaru.store.models import AuditEntry, Batch
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.console.deliveries import finished, statements_of, text_of
from tests.reads.fates import hand_over, list_of, tell
from tests.staff import Staff

NOTE = "모두 전화로 안내함"


def test_it_works(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    html = text_of(sign_in(staff.writer), "/unreached")
    assert f"/batches/{batch.pk}" in html
    assert "지금 쓰는 휴대전화 번호를 확인해" in html
    assert ">2명</b>" in html
    assert "처리함으로 표시" in html


def test_who_only_looks_on_gets_no_buttons(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.viewer)
    assert "처리함으로 표시" not in text_of(browser, "/unreached")
    assert browser.post(f"/unreached/{batch.pk}/done", {"note": NOTE}).status_code == 403


def test_a_neighbour_sees_nothing(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.neighbour)
    assert "처리할 것이 없습니다" in text_of(browser, "/unreached")
    assert browser.post(f"/unreached/{batch.pk}/done", {"note": NOTE}).status_code == 404


def test_everybody_told_is_no_work(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 2)
    hand_over(batch)
    tell(batch, {0: Result.DELIVERED, 1: Result.DELIVERED})
    assert "처리할 것이 없습니다" in text_of(sign_in(staff.writer), "/unreached")


def test_what_is_a_month_old_is_left_out(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    finished(cast)
    Batch.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert "처리할 것이 없습니다" in text_of(sign_in(staff.writer), "/unreached")


def test_the_oldest_comes_first(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    young, old = finished(cast), finished(cast)
    Batch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3))
    html = text_of(sign_in(staff.writer), "/unreached")
    assert html.index(f'id="u{old.pk}"') < html.index(f'id="u{young.pk}"')


def test_dealt_with_until_more_turn_up(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 3)
    hand_over(batch)
    tell(batch, {0: Result.NUMBER_WRONG})
    browser = sign_in(staff.writer)
    answer = browser.post(f"/unreached/{batch.pk}/done", {"note": NOTE})
    assert answer["Location"] == "/unreached"
    html = text_of(browser, "/unreached")
    assert "1명을 처리한 것으로" in html
    assert f'id="u{batch.pk}"' not in html
    assert "처리함</span>" in text_of(browser, "/unreached?done=1")
    entry = AuditEntry.objects.get(act="unreached.done")
    assert entry.facts == {"people": 1, "note": NOTE}
    tell(batch, {1: Result.NUMBER_WRONG})
    assert "1명 처리한 뒤 늘어남" in text_of(browser, "/unreached")


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("끝", DisclosureFault.NOTE_MISSING),
        ("가" * 201, DisclosureFault.NOTE_TOO_LONG),
        ("010-1234-5678에 전화함", DisclosureFault.NOTE_PERSONAL),
    ],
)
def test_a_note_that_may_not_be_kept(
    note: str, code: DisclosureFault, cast: Cast, staff: Staff
) -> None:
    batch = finished(cast)
    with pytest.raises(NoteRefused) as refused:
        deal_with(batch, actor=staff.writer, note=note)
    assert refused.value.code is code
    assert not AuditEntry.objects.filter(act="unreached.done").exists()


def test_an_odd_note_is_told(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.writer)
    at = f"/unreached/{batch.pk}/done"
    assert "처리한 내용" in text_of(browser, at)
    assert "5자 이상" in browser.post(at, {"note": "끝"}).content.decode()


def test_statements_do_not_grow_with_rows(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    finished(cast)
    browser = sign_in(staff.writer)
    few = statements_of(lambda: text_of(browser, "/unreached"))
    for _ in range(9):
        finished(cast)
    assert statements_of(lambda: text_of(browser, "/unreached")) == few
    assert few < 24
