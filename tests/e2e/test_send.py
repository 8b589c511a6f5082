"""A list from the dashboard to its batch, and one person, as a clerk clicks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from alimnaru.store.models import Batch
from tests.cast import Cast, ring
from tests.e2e.conftest import WIDTHS, Open
from tests.flow.lists import DAY, people, table
from tests.staff import Staff

BAD = ("박하늘", "02-123-4567", "나루중앙도서관", DAY)


@pytest.fixture
def always(cast: Cast) -> Cast:
    """A notice that goes at any hour and asks nobody at night."""
    cast.notice.opens = cast.notice.closes
    cast.notice.approvals = 0
    cast.notice.save()
    return cast


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "반납 안내.csv"
    path.write_bytes(content)
    return path


def _chosen(page: Page, path: Path) -> None:
    """Choose a file: it is sent by itself, a worker reads it, the page follows."""
    page.wait_for_load_state()  # the script that sends it has to be there
    page.set_input_files("#file", path)
    page.wait_for_url("**/uploads/*")
    expect(page.get_by_role("heading", name="명단을 읽고 있습니다")).to_be_visible()
    ring()


def test_a_list_in_four_clicks(open_page: Open, always: Cast, staff: Staff, tmp_path: Path) -> None:
    page = open_page(staff.writer)
    page.goto("/")
    page.get_by_role("link", name="알림 보내기").click()  # 1
    page.get_by_role("link", name="명단으로 - 반납예정일 안내").click()  # 2
    _chosen(page, _file(tmp_path, table(*people(5))))  # 3
    page.wait_for_url("**/check")
    page.get_by_role("button", name="5명에게 보내기").click()  # 4
    page.wait_for_url(f"**/batches/{Batch.objects.get().pk}")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_with_errors_is_mended_and_looked_at(
    open_page: Open, cast: Cast, staff: Staff, tmp_path: Path, width: int
) -> None:
    page = open_page(staff.writer, width=width)
    page.goto(f"/send/{cast.notice.pk}/list")
    _chosen(page, _file(tmp_path, table(*people(30), BAD)))
    page.wait_for_url("**/errors")
    assert page.evaluate("document.activeElement.id") == "errsum"
    page.get_by_role("button", name="오류 행만 엑셀로 받기").click()
    page.get_by_label("사유").first.select_option("correct_list")
    with page.expect_download() as download:
        page.get_by_role("button", name="엑셀로 받기", exact=True).click()
    assert download.value.suggested_filename == "반납예정일 안내_고칠행.xlsx"
    page.get_by_role("link", name="1행 빼고 계속하기").click()
    page.get_by_role("button", name="다음").click()
    expect(page.get_by_text("명단 3행")).to_be_visible()
    page.get_by_label("볼 행 번호").fill("9")
    page.keyboard.press("Enter")
    expect(page.get_by_text("명단 9행")).to_be_visible()
    page.locator("label[for=w2]").click()
    night = timezone.localtime() + timedelta(days=30)
    page.fill("#id_at", f"{night:%Y-%m-%d}T23:30")
    expect(page.get_by_text("보낼 수 있는 시간이 아니어서")).to_be_visible()
    page.get_by_role("button", name="30명에게 승인 요청").click()
    expect(page.locator("#errors")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_file_that_is_too_large_is_not_sent(
    open_page: Open, cast: Cast, staff: Staff, tmp_path: Path
) -> None:
    page = open_page(staff.writer)
    page.goto(f"/send/{cast.notice.pk}/list")
    page.wait_for_load_state()
    page.evaluate("document.getElementById('file').dataset.most = '10'")
    page.set_input_files("#file", _file(tmp_path, table(*people(1))))
    expect(page.locator("#file-wrong")).to_contain_text("파일이 너무 큽니다")
    assert page.url.endswith("/list")


def test_one_person_sees_what_will_arrive(open_page: Open, always: Cast, staff: Staff) -> None:
    page = open_page(staff.writer)
    page.goto("/send?mode=one")
    page.get_by_role("link", name="한 사람에게 - 반납예정일 안내").click()
    page.get_by_role("textbox", name="휴대전화").fill("010-2345-6789")
    page.get_by_label("성명").fill("김나루")
    page.get_by_label("기한").fill(DAY)
    expect(page.locator("#preview .kt-text")).to_contain_text("김*루님")
    page.get_by_role("button", name="보내기", exact=True).click()
    page.wait_for_url(f"**/batches/{Batch.objects.get().pk}")


def test_a_notice_is_found_while_its_name_is_typed(
    open_page: Open, cast: Cast, staff: Staff
) -> None:
    page = open_page(staff.writer)
    page.goto("/send")
    page.get_by_role("searchbox", name="알림 찾기").fill("없는 이름")
    expect(page.get_by_text("찾는 알림이 없습니다")).to_be_visible()
    page.get_by_role("searchbox", name="알림 찾기").fill("반납")
    expect(page.get_by_role("link", name="명단으로 - 반납예정일 안내")).to_be_visible()
