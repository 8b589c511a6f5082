"""The library's dirty list, from sign-in to the workbook of those whom it did not reach."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from alimnaru.store.models import AuditEntry
from tests.e2e.stack import Running
from tests.e2e.stories import acts

EXAMPLE = Path(__file__).parents[3] / "examples" / "loans.xlsx"


@pytest.mark.slow
def test_a_dirty_list_from_sign_in_to_the_unreached(work: Running, tmp_path: Path) -> None:
    clerk = acts.sign_in(work, work.office.staff.writer)
    acts.give_list(clerk, "반납예정일 안내", EXAMPLE)
    wrong = faulty(clerk)
    clerk.locator("#file").set_input_files(mended(clerk, tmp_path))
    acts.expect_other(clerk.locator("#errsum h2"), f"명단 {wrong}행")
    left = faulty(clerk)
    assert 0 < left < wrong
    clerk.get_by_role("link", name=f"{left}행 빼고 계속하기").click()
    checked = acts.figures(acts.card(clerk, "명단 확인 결과"))
    assert checked["올린 행"] == checked["보낼 사람"] + checked["중복 제외"] + checked["오류 제외"]
    assert left == checked["중복 제외"] + checked["오류 제외"]

    batch = acts.ask(clerk)
    expect(clerk.locator("#progress")).to_contain_text("이팀장")
    acts.agree(acts.sign_in(work, work.office.staff.approver), batch)
    clerk.reload()
    clerk.evaluate("window.stays = true")
    ended = acts.at_its_end(clerk)
    assert clerk.evaluate("window.stays")
    equation = acts.numbers_in(clerk.locator(".c-equation").inner_text())[:4]
    assert equation == [checked["올린 행"], left, checked["보낼 사람"], 0]
    reached = ended["알림톡으로 전달"] + ended["문자로 전달"]
    assert reached + ended["실패"] == checked["보낼 사람"] == ended["끝난 분"]

    phones = unreached(clerk, batch)
    assert len(phones) == left + ended["실패"]
    journal = work.journal(batch)
    missed = {m["to"] for m in journal} - {m["to"] for m in journal if m["statusCode"] == "4000"}
    assert missed < set(phones)
    noted = AuditEntry.objects.get(act="download.unreached", subject=f"batch:{batch}")
    assert noted.facts["reason"] == "call_resident"


def faulty(page: Page) -> int:
    return acts.number_in(page.locator("#errsum h2").inner_text())


def mended(page: Page, folder: Path) -> Path:
    """The same file with new phones for the rows whose phones were wrong."""
    acts.press(page, "오류 행만 엑셀로 받기")
    dialog = page.get_by_role("dialog", name="오류 행만 엑셀로 받기")
    dialog.get_by_label("사유").select_option("correct_list")
    head, *wrong = acts.workbook_by(page, dialog, "엑셀로 받기")
    book = openpyxl.load_workbook(EXAMPLE)
    for number, *_, why in wrong:
        if "번호" in why:
            cell = book.worksheets[0].cell(int(number), head.index("휴대폰"))
            cell.value = f"010-7777-{1000 + int(number)}"
    path = folder / "고친 명단.xlsx"
    book.save(path)
    return path


def unreached(page: Page, batch: int) -> list[str]:
    """The phones of the workbook, taken out for a reason."""
    acts.menu(page, "받지 못한 분")
    page.get_by_role("link", name=f"엑셀로 받기 ({batch}번)").click()
    page.get_by_label("사유").select_option("call_resident")
    acts.press(page, "사유를 남기고 계속")
    password = page.locator("main code").inner_text()
    _, *rows = acts.workbook_by(page, page, "잠긴 파일 받기", password=password)
    assert all(why and step for *_, why, step in rows)
    return [str(phone or "").replace("-", "") for _, _, phone, *_ in rows]
