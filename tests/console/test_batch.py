"""One batch: its phases, its figures, its rows, and what may be done with it."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from alimnaru.console.pages.batch import MOST_LOOKS
from alimnaru.office.batches import NotAllowed, resume_batch, stop_batch
from alimnaru.reads.batch_rows import batch_rows, place_from
from alimnaru.reads.what_next import REFUSED
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.store.models import AuditEntry, Batch, Stage, Vote
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.console.deliveries import (
    REASON,
    by_both,
    finished,
    in_doubt,
    in_undo,
    requested,
    statements_of,
    text_of,
)
from tests.console.locked import opened, shown_once, take
from tests.reads.fates import bad, hand_over, list_of, tell, tell_late
from tests.staff import Staff


def test_it_works(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}")
    assert "명단 4행 = 고칠 행 1 + 끝난 분 3 + 남은 분 0" in html
    assert "완료 · 못 받음 33.3%" in html
    assert "김*루" in html
    assert "김나루" not in html
    assert re.search(r"010-\*{4}-\d{4}", html)
    assert "data-poll" not in html


@pytest.mark.parametrize("tail", ["", "/progress", "/reasons"])
def test_a_neighbour_finds_nothing(tail: str, cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    assert sign_in(staff.neighbour).get(f"/batches/{batch.pk}{tail}").status_code == 404


def test_reasons_are_grouped_in_words(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 3, [bad(900), bad(901)])
    hand_over(batch)
    tell(batch, {0: Result.NUMBER_WRONG, 1: Result.NUMBER_WRONG, 2: Result.DELIVERED})
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}/reasons")
    assert html.count("<li>") == 2
    assert "없는 번호입니다" in html
    assert html.count("<b>2명</b>") == 2


def test_reasons_follow_the_counters(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast)
    browser = sign_in(staff.viewer)
    assert "알 수 없습니다" in text_of(browser, f"/batches/{batch.pk}/reasons")
    tell(batch, {0: Result.DELIVERED, 1: Result.DELIVERED})
    assert "모든 분이 받았습니다" in text_of(browser, f"/batches/{batch.pk}/reasons")


def test_what_runs_is_looked_at_ever_more_rarely(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 3)
    hand_over(batch)
    browser = sign_in(staff.viewer)
    at = f"/batches/{batch.pk}/progress"
    assert "load delay:1s" in text_of(browser, at)
    assert "load delay:8s" in text_of(browser, f"{at}?look=7&seen=0")
    assert "load delay:20s" in text_of(browser, f"{at}?look=30&seen=0")
    tell(batch, {0: Result.DELIVERED})
    moved = text_of(browser, f"{at}?look=30&seen=0")
    assert "load delay:3s" in moved
    assert "seen=1" in moved
    assert "X-Alimnaru-Poll" in moved


def test_looking_stops(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 1)
    hand_over(batch)
    browser = sign_in(staff.viewer)
    at = f"/batches/{batch.pk}/progress"
    tired = text_of(browser, f"{at}?look={MOST_LOOKS}&seen=0")
    assert "data-poll" not in tired
    assert "새로 고침" in tired
    assert "data-poll" not in text_of(browser, f"/batches/{batch.pk}?still=1")
    tell(batch, {0: Result.DELIVERED})
    answer = browser.get(f"{at}?look=3&seen=0")
    assert "data-poll" not in answer.content.decode()
    assert answer["HX-Trigger"] == "settled"


def test_what_goes_tomorrow_is_not_watched(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = cast.send(cast.rows("01012345678"), at=timezone.now() + timedelta(days=1))
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}")
    assert "에 나갑니다" in html
    assert "data-poll" not in html


def test_never_a_hundred_percent_before_the_end(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 201)
    hand_over(batch)
    tell(batch, dict.fromkeys(range(200), Result.DELIVERED))
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}/progress")
    assert 'max="100" value="99"' in html


def test_pause_and_resume(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 3)
    browser = sign_in(staff.writer)
    assert "잠시 멈춤" in text_of(browser, f"/batches/{batch.pk}")
    assert browser.post(f"/batches/{batch.pk}/pause").status_code == 302
    html = text_of(browser, f"/batches/{batch.pk}")
    assert "발송을 멈추었습니다" in html
    assert "이어서 보내기" in html
    assert "data-poll" not in html
    browser.post(f"/batches/{batch.pk}/resume")
    assert "이어서 보냅니다" in text_of(browser, f"/batches/{batch.pk}")
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {"batch.stop", "batch.resume"} <= acts


def test_pausing_too_late_says_so(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.writer)
    browser.post(f"/batches/{batch.pk}/pause")
    assert "멈출 것이 남아 있지 않았습니다" in text_of(browser, f"/batches/{batch.pk}")


def test_resuming_what_is_not_held_says_so(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.writer)
    browser.post(f"/batches/{batch.pk}/resume")
    assert "멈추어 있는 것이 없습니다" in text_of(browser, f"/batches/{batch.pk}")


@pytest.mark.parametrize("act", ["pause", "resume", "undo"])
def test_who_may_not(act: str, cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    at = f"/batches/{list_of(cast, 1).pk}/{act}"
    assert sign_in(staff.viewer).post(at).status_code == 403
    assert sign_in(staff.system).post(at).status_code == 403
    assert sign_in(staff.neighbour).post(at).status_code == 404
    assert sign_in(staff.writer).get(at).status_code == 405


def test_the_acts_themselves_ask_who_it_is(cast: Cast, staff: Staff) -> None:
    batch = list_of(cast, 1)
    for act in (stop_batch, resume_batch):
        with pytest.raises(NotAllowed):
            act(batch, actor=staff.neighbour)


def test_undo_takes_it_back(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_undo(cast)
    browser = sign_in(staff.writer)
    html = text_of(browser, f"/batches/{batch.pk}")
    assert "data-countdown" in html
    assert "되돌리기" in html
    browser.post(f"/batches/{batch.pk}/undo")
    batch.refresh_from_db()
    assert batch.stage == Stage.DRAFT
    assert "발송을 되돌렸습니다" in text_of(browser, f"/batches/{batch.pk}")


def test_undo_too_late_says_so(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.writer)
    browser.post(f"/batches/{batch.pk}/undo")
    batch.refresh_from_db()
    assert batch.stage == Stage.RELEASED
    assert 'class="c-notice error"' in text_of(browser, f"/batches/{batch.pk}")


def test_who_is_awaited_is_named(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}")
    assert "1명의 승인이 필요하고, 1명이 남았습니다" in html
    assert "이팀장, 정과장, 최관장" in html
    assert "data-poll" not in html
    Vote.objects.create(
        batch=batch,
        member=staff.approver,
        at=timezone.now(),
        decision=Vote.Decision.APPROVE,
        hash=batch.release_hash,
    )
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}")
    assert "이팀장 님이" in html
    assert "정과장, 최관장" in html


def test_why_it_was_sent_back(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = requested(cast)
    batch.stage = Stage.RETURNED
    batch.save()
    Vote.objects.create(
        batch=batch,
        member=staff.approver,
        at=timezone.now(),
        decision=Vote.Decision.RETURN,
        hash=batch.release_hash,
        reason="기한이 다릅니다",
    )
    assert "이팀장 님이 돌려보낸 까닭: 기한이 다릅니다" in text_of(
        sign_in(staff.writer), f"/batches/{batch.pk}"
    )


def test_what_holds_it_up_is_said(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = list_of(cast, 3)
    batch.chunks.update(state="held", hold_code="balance_empty")
    html = text_of(sign_in(staff.writer), f"/batches/{batch.pk}")
    assert "할 일 있음" in html
    assert "3명에게 보낼 것이 기다립니다" in html
    assert "이어서 보내기" in html
    # A channel that is switched off lets it go by itself, and a person does on another screen.
    assert "data-poll" in html


def test_a_first_slice_that_failed_says_why_it_stopped(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    batch = list_of(cast, 3)
    stop_batch(batch, actor=staff.writer)
    Batch.objects.filter(pk=batch.pk).update(slice_state="failed", slice_size=1)
    assert "저절로 멈추었습니다" in text_of(sign_in(staff.viewer), f"/batches/{batch.pk}")


def test_who_was_reached_twice_is_counted(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = by_both(cast)
    tell_late(batch, 0, 1)
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}")
    assert "두 가지 방법으로 모두 받은 분 1명" in html


# ---- rows ----------------------------------------------------------------------------------------


def test_rows_come_in_pages_and_miss_nobody(cast: Cast) -> None:
    batch = cast.send(cast.rows(*(f"0101234{n:04d}" for n in range(23))), chunk_size=4)
    hand_over(batch)
    tell(batch, dict.fromkeys(range(0, 23, 3), Result.DELIVERED))
    for state, wanted in (("", 23), (MessageState.DELIVERED, 8), (MessageState.PENDING, 15)):
        seen: list[int] = []
        after = None
        while True:
            page = batch_rows(batch, state, after, 5)
            seen += [row.row_no for row in page.rows]
            if page.next is None:
                break
            after = place_from(str(page.next))
        assert len(seen) == len(set(seen)) == wanted


def test_refused_rows_come_in_pages(cast: Cast) -> None:
    batch = list_of(cast, 1, [bad(900 + n) for n in range(7)])
    first = batch_rows(batch, REFUSED, None, 5)
    rest = batch_rows(batch, REFUSED, first.next, 5)
    assert [len(first.rows), len(rest.rows), rest.next] == [5, 2, None]
    assert first.rows[0].name == "박*람"


@pytest.mark.parametrize("text", ["", "1", "1-", "a-1", "1-2-3", "-1-2", "9" * 30 + "-1"])
def test_an_odd_place_is_none(text: str) -> None:
    assert place_from(text) is None


def test_rows_by_state_on_the_page(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.viewer)
    failed = text_of(browser, f"/batches/{batch.pk}?state=failed")
    assert failed.count('<th scope="row"') == 1
    assert "없는 번호입니다" in failed
    refused = text_of(browser, f"/batches/{batch.pk}?state=refused")
    assert refused.count('<th scope="row"') == 1
    odd = text_of(browser, f"/batches/{batch.pk}?state=nonsense&after=x")
    assert odd.count('<th scope="row"') == 3


def test_rows_of_an_erased_batch_name_nobody(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    Batch.objects.filter(pk=batch.pk).update(wrapped_key=None)
    html = text_of(sign_in(staff.viewer), f"/batches/{batch.pk}")
    assert "김*루" not in html
    assert "전달" in html


def test_statements_do_not_grow_with_rows(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    small, large = finished(cast), list_of(cast, 60, [bad(900 + n) for n in range(9)])
    hand_over(large)
    tell(large, dict.fromkeys(range(60), Result.NUMBER_WRONG))
    browser = sign_in(staff.viewer)
    text_of(browser, f"/batches/{small.pk}")
    few = statements_of(lambda: text_of(browser, f"/batches/{small.pk}"))
    assert statements_of(lambda: text_of(browser, f"/batches/{large.pk}")) == few
    assert few < 24


# ---- the unreached list --------------------------------------------------------------------------


def test_the_unreached_list_is_taken_for_a_reason(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    batch = finished(cast)
    browser, address = sign_in(staff.writer), f"/batches/{batch.pk}/unreached"
    answer, content = take(browser, address, REASON)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "attachment" in answer["Content-Disposition"]
    assert b"xl/worksheets" not in answer.content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert len(rows) == 3
    assert any("김나루" in row for row in rows)
    entry = AuditEntry.objects.get(act="download.unreached")
    assert entry.facts == {**REASON, "people": 2}
    assert entry.actor == staff.writer
    # Its password was good for one file.
    again = browser.post(address, {**REASON, "ready": "1"})
    assert "Content-Disposition" not in again
    assert AuditEntry.objects.filter(act="download.unreached").count() == 1


def test_the_file_opens_under_the_password_of_its_own_page(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    """Two pages are open: the older one gives no file under the newer one's password."""
    browser, address = sign_in(staff.writer), f"/batches/{finished(cast).pk}/unreached"
    (_, older), (password, newer) = (shown_once(browser, address, REASON) for _ in range(2))
    answer = browser.post(address, {**REASON, "ready": newer})
    assert opened(answer.content, password).startswith(b"PK")
    shown_once(browser, address, REASON)
    assert "Content-Disposition" not in browser.post(address, {**REASON, "ready": older})


def test_without_a_reason_no_file(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    answer = sign_in(staff.writer).post(f"/batches/{batch.pk}/unreached", {"reason": ""})
    assert "사유를 골라 주십시오" in answer.content.decode()
    assert "Content-Disposition" not in answer
    assert not AuditEntry.objects.filter(act="download.unreached").exists()


@pytest.mark.parametrize("who", ["viewer", "system", "neighbour"])
def test_who_may_not_take_it(who: str, cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    browser = sign_in(staff.by_name()[who])
    assert browser.post(f"/batches/{batch.pk}/unreached", REASON).status_code == 404
    assert not AuditEntry.objects.filter(act="download.unreached").exists()


def test_without_a_dialog_a_page_asks(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = finished(cast)
    html = text_of(sign_in(staff.writer), f"/batches/{batch.pk}/unreached")
    assert "사유를 남기고 계속" in html
    assert not AuditEntry.objects.filter(act="download.unreached").exists()
