"""What people of the office do in every story, each on their own screen."""

from __future__ import annotations

import itertools
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Locator, Page, expect

from alimnaru.store.models import Member
from tests.console.locked import opened
from tests.e2e.residents import name_of, phone_of
from tests.e2e.stack import Running, code_of, enrol
from tests.flow.lists import workbook
from tests.staff import PASSWORD

#: Milliseconds until a list is read, sent, or told about: workers share this machine with others.
PATIENCE = 45_000
COLUMNS = ("성명", "휴대폰", "도서관", "대표도서", "권수", "기한", "연체일")
_people = itertools.count(1)


def roster(folder: Path, people: int, *, ending: str = "") -> tuple[Path, list[str]]:
    """A clean list of so many new residents, and their phones. `ending` decides what the sandbox
    does with them (its patterns)."""
    at = list(itertools.islice(_people, people))
    phones = [f"010{3000 + n:04}{ending}" if ending else phone_of(n) for n in at]
    rest = ("나루중앙도서관", "골목을 따라 걷는 아침", 2, "2026-11-25", 3)
    rows = [(name_of(n), phone, *rest) for n, phone in zip(at, phones, strict=True)]
    path = folder / f"명단_{at[0]}.xlsx"
    path.write_bytes(workbook(명단=[COLUMNS, *rows]))
    return path, phones


def sign_in(work: Running, member: Member) -> Page:
    """With password and one-time code, as on every morning."""
    device = enrol(member)
    page = work.at_desk(None)
    page.goto("/")
    page.get_by_label("아이디").fill(member.login)
    page.get_by_label("비밀번호").fill(PASSWORD)
    press(page, "로그인")
    page.get_by_label("인증번호").fill(code_of(device))
    press(page, "확인")
    expect(page.get_by_role("heading", level=1)).to_have_text("대시보드")
    return page


def menu(page: Page, name: str) -> None:
    """Open a page of the menu. (A badge beside the name counts what waits there.)"""
    page.get_by_role("navigation", name="주 메뉴").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def card(page: Page, name: str) -> Locator:
    """A part of a page by its heading."""
    return page.get_by_role("region", name=name)


def press(page: Page | Locator, name: str | re.Pattern[str]) -> None:
    """Press a button by its words."""
    exact = isinstance(name, str)
    page.get_by_role("button", name=name, exact=exact).first.click()


def give_list(page: Page, notice: str, path: Path) -> None:
    """From any page: choose the notice and give the file; ends where the list has been read."""
    page.get_by_role("link", name="알림 보내기").first.click()
    page.get_by_role("link", name=f"명단으로 - {notice}").first.click()
    page.locator("#file").set_input_files(path)
    page.wait_for_url(re.compile(r"/uploads/\d+/(check|errors)$"), timeout=PATIENCE)


def ask(page: Page) -> int:
    """From the page of a checked list: send it, or ask for it. Returns the batch's number."""
    press(page, re.compile("명에게 (보내기|승인 요청)"))
    page.wait_for_url(re.compile(r"/batches/\d+$"))
    return int(page.url.rpartition("/")[2])


def agree(page: Page, batch: int) -> None:
    """As somebody else: find the request, look at it, and approve it."""
    menu(page, "승인 대기")
    row_of(page, batch).get_by_role("link").click()
    expect(page.get_by_role("heading", name="받는 분 화면")).to_be_visible()
    press(page, re.compile("보내도록 승인"))
    expect(page.locator("main")).to_contain_text("승인했습니다")


def expect_other(part: Locator, text: str) -> None:
    """Wait until the text stands there no more."""
    expect(part).not_to_contain_text(text, timeout=PATIENCE)


def row_of(page: Page, batch: int) -> Locator:
    """A batch's line of a table."""
    return page.locator("tr", has_text=re.compile(rf"(?<!\d){batch}번"))


def at_its_end(page: Page) -> dict[str, int]:
    """Watch a batch's page, without touching it, until all is known: its figures by their names."""
    expect(page.locator("#progress .c-state")).to_contain_text("완료", timeout=PATIENCE)
    return figures(page.locator("#progress"))


def workbook_by(
    page: Page, where: Page | Locator, button: str, *, password: str = ""
) -> list[tuple[Any, ...]]:
    """The rows of the workbook that a button brings, its heading first."""
    with page.expect_download() as taken:
        press(where, button)
    content = Path(taken.value.path()).read_bytes()
    content = opened(content, password) if password else content
    return list(openpyxl.load_workbook(BytesIO(content)).worksheets[0].values)


def figures(part: Page | Locator) -> dict[str, int]:
    """The numbers of a summary (`dl.c-sum`) by what is written above them."""
    names = part.locator(".c-sum dt").all_inner_texts()
    numbers = part.locator(".c-sum dd").all_inner_texts()
    return dict(zip(names, map(number_in, numbers), strict=True))


def number_in(text: str) -> int:
    """The first number of a text."""
    return numbers_in(text)[0]


def numbers_in(text: str) -> list[int]:
    """All numbers of a text."""
    return [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", text)]


def count_presses(page: Page) -> None:
    """Count every press of a pointer on any page of this window; moving on does not lose it."""
    page.add_init_script(
        """addEventListener("pointerdown", () => {
            sessionStorage.presses = 1 + Number(sessionStorage.presses ?? 0);
        }, true);"""
    )


def presses(page: Page) -> int:
    """How often a pointer was pressed since `count_presses`."""
    return int(page.evaluate("Number(sessionStorage.presses ?? 0)"))
