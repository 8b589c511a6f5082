"""Asking, approving, scheduling, stopping and correcting, in a browser and by its keyboard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office.release import ask, send_back
from alimnaru.store.models import Batch, Chunk, Stage
from tests.apology import apology
from tests.cast import Cast, phone
from tests.console.test_stop import under_way
from tests.e2e.axe import violations
from tests.e2e.checks import overflow, problems
from tests.e2e.conftest import WIDTHS, Open
from tests.staff import Staff

#: Address → who looks.
Pages = dict[str, str]


def requested(cast: Cast, people: int = 120, days: int = 0) -> Batch:
    at = timezone.now() + timedelta(days=days) if days else None
    rows = cast.rows(*(phone() for _ in range(people)))
    return ask(cast.send(rows, draft=True), actor=cast.librarian, at=at)


@pytest.fixture
def pages(cast: Cast, staff: Staff) -> Pages:
    """Every page of a release in each of its states."""
    apology(cast)
    empty = {"/approvals": "neighbour", "/scheduled": "neighbour"}
    full = {"/approvals?": "approver", "/scheduled?": "writer"}
    waits, later, back = requested(cast), requested(cast, days=2), requested(cast)
    send_back(back, actor=staff.approver, hash=back.release_hash, reason="날짜가 다릅니다")
    running, stopped = under_way(cast), under_way(cast)
    Batch.objects.filter(pk=stopped.pk).update(stopped_at=timezone.now())
    Chunk.objects.filter(batch=stopped, state="ready").update(state="held")
    return {
        **empty,
        **full,
        f"/approvals/{waits.pk}": "approver",
        f"/approvals/{back.pk}": "approver",
        f"/scheduled/{later.pk}": "writer",
        f"/batches/{running.pk}/stop": "writer",
        f"/batches/{stopped.pk}/stop": "writer",
        f"/batches/{stopped.pk}/correct": "writer",
    }


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_can_be_read_by_everybody(
    pages: Pages, staff: Staff, open_page: Open, width: int
) -> None:
    for address, who in pages.items():
        page = open_page(staff.by_name()[who], width=width, measured=True)
        page.goto(address)
        assert violations(page) == [], address
        assert problems(page) == [], address
        assert overflow(page) == [], address
        page.context.close()


def test_approved_by_the_keyboard_alone(cast: Cast, staff: Staff, open_page: Open) -> None:
    batch = requested(cast)
    page = open_page(staff.approver)
    page.goto("/approvals")
    page.get_by_role("link", name="반납예정일 안내").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/approvals/{batch.pk}")
    page.get_by_role("button", name="120명에게 보내도록 승인").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/approvals")
    assert page.get_by_text("승인했습니다").is_visible()
    batch.refresh_from_db()
    assert batch.stage == Stage.RELEASED


def test_stopped_and_corrected_with_what_is_typed_shown_beside(
    cast: Cast, staff: Staff, open_page: Open
) -> None:
    apology(cast)
    batch = under_way(cast)
    page = open_page(staff.writer)
    page.goto(f"/batches/{batch.pk}/stop")
    page.get_by_role("button", name="지금 멈추기").click()
    page.get_by_role("link", name="정정 안내 쓰기").click()
    page.get_by_label("변경내용").fill("반납일은 12월 2일입니다")
    page.locator("#preview .kt-text", has_text="반납일은 12월 2일입니다").wait_for()
    page.get_by_role("button", name="정정 안내 보내기").click()
    page.get_by_text("3명에게 정정 안내를 보냅니다").wait_for()
    assert Batch.objects.get(corrects=batch).people == 3
