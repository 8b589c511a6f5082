"""The editor of wordings in a browser: what is typed is on the phone, counted and checked."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.e2e.conftest import Open
from tests.staff import Staff


def opened(open_page: Open, cast: Cast, staff: Staff) -> Page:
    page = open_page(staff.manager)
    page.goto(f"/templates/{cast.notice.pk}/edit")
    return page


def drawn(page: Page, field: str) -> None:
    """Wait until the form is drawn anew and listens: htmx takes 20 ms for that."""
    expect(page.locator(f"#editor:not(.htmx-added) {field}")).to_be_visible()


def test_what_is_typed_is_on_the_phone(open_page: Open, cast: Cast, staff: Staff) -> None:
    page = opened(open_page, cast, staff)
    page.fill("#id_sms", "가" * 46)
    expect(page.locator("#id_sms_count")).to_have_text("92 / 90바이트 넘음")
    expect(page.locator("#preview .bytes-hint.bad")).to_have_text(
        "한도를 2바이트 넘습니다. 글을 줄여 주십시오."
    )
    # A variable goes to where the cursor stands.
    page.fill("#id_body", "안녕하세요 님")
    page.locator("#id_body").evaluate("field => field.setSelectionRange(6, 6)")
    page.get_by_role("button", name="성명", exact=True).click()
    expect(page.locator("#id_body")).to_have_value("안녕하세요 #{성명}님")
    expect(page.locator("#preview .kt-text")).to_have_text("안녕하세요 #{성명}님")
    # A fault leads to its field.
    page.locator("#checks a", has_text="본문").first.click()
    assert page.evaluate("location.hash") == "#id_body"


def test_choices_change_the_fields_and_keep_what_was_typed(
    open_page: Open, cast: Cast, staff: Staff
) -> None:
    page = opened(open_page, cast, staff)
    page.fill("#id_sms", "고치던 글")
    # At once, while the preview is still to come.
    page.get_by_role("button", name="버튼 더하기").click()
    expect(page.locator("#id_buttons-1-name")).to_be_focused()
    page.keyboard.type("전화 연결")
    page.select_option("#id_buttons-1-type", "TN")
    drawn(page, "#id_buttons-1-tel")
    page.fill("#id_buttons-1-tel", "02-555-0101")
    page.select_option("#id_emphasis", "TEXT")
    drawn(page, "#id_title")
    page.fill("#id_title", "#{기한}")
    expect(page.locator("#preview .kt-emph .ph")).to_have_text("#{기한}")
    expect(page.locator("#preview .kt-btn")).to_have_text(["대출 연장하기", "전화 연결"])
    expect(page.locator("#id_sms")).to_have_value("고치던 글")
    page.get_by_role("button", name="새 판으로 저장").click()
    page.wait_for_url(f"**/templates/{cast.notice.pk}")
    version = cast.notice.versions.latest("number")
    assert version.template["title"] == "#{기한}"
    assert [button["type"] for button in version.template["buttons"]] == ["WL", "TN"]
