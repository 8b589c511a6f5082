"""Asking, approving, scheduling, stopping and correcting, in a browser and by its keyboard."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from alimnaru.office.release import ask
from alimnaru.store.models import Batch, Stage
from tests.apology import apology
from tests.cast import Cast, phone
from tests.console.test_stop import under_way
from tests.e2e.conftest import Open
from tests.staff import Staff


def requested(cast: Cast, people: int = 120, days: int = 0) -> Batch:
    at = timezone.now() + timedelta(days=days) if days else None
    rows = cast.rows(*(phone() for _ in range(people)))
    return ask(cast.send(rows, draft=True), actor=cast.librarian, at=at)


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
