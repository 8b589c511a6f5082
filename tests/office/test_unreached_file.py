"""The unreached list as the file that a clerk opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alimnaru.office import unreached_file, workbook
from alimnaru.office.disclosure import DisclosureRefused
from alimnaru.office.unreached_file import Sheet, take_unreached
from alimnaru.rules.disclosure import Purpose, Reason
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.store.models import AuditEntry, Batch
from alimnaru.store.scoping import Scope, whole_office
from alimnaru.wording.unreached import COLUMNS, TITLE, cells_of, tried_words
from tests.cast import Cast, make_cast
from tests.reads.fates import bad, fall_back, hand_over, list_of, tell
from tests.staff import hire

SHEET = Sheet(TITLE, COLUMNS, cells_of)
TITLES = tuple(title for title, _, _ in COLUMNS)


@pytest.fixture
def office(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def batch(office: Cast) -> Batch:
    """One refused, one wrong number after two channels, one reached."""
    batch = list_of(office, 2, [bad(90, Refusal.PHONE_EMPTY, name='=HYPERLINK("http://x")')])
    hand_over(batch)
    tell(batch, {0: Result.BLOCKED, 1: Result.DELIVERED})
    fall_back(batch)
    tell(batch, {0: Result.NUMBER_WRONG})
    return batch


def write_unreached(scope: Scope, batch_id: int, path: Path, sheet: Sheet = SHEET) -> int:
    return unreached_file.write_unreached(scope, batch_id, path, sheet)


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def test_it_works(batch: Batch, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_unreached(whole_office(), batch.pk, path) == 2
    rows = list(opened(path).active.values)
    assert rows[0] == TITLES
    number, name, phone, tried, why, step = rows[1]
    assert (name, tried, why) == ("김나루", "알림톡 → 문자", "없는 번호입니다(결번).")
    assert phone.startswith("010-")
    assert number.isdecimal()
    assert step.startswith("지금 쓰는 휴대전화 번호를 확인해")


def test_every_cell_is_a_text(batch: Batch, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_unreached(whole_office(), batch.pk, path)
    cells = [cell for row in opened(path).active.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    formula = next(cell for cell in cells if "HYPERLINK" in cell.value)
    assert formula.hyperlink is None
    assert formula.value == '=HYPERLINK("http://x")'


def test_the_header_stays_and_phones_are_text(batch: Batch, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_unreached(whole_office(), batch.pk, path)
    sheet = opened(path).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F3"
    assert sheet["C2"].number_format == "@"
    assert sheet.column_dimensions["E"].width > 40


def test_the_file_is_its_owners_alone(batch: Batch, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_unreached(whole_office(), batch.pk, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_batch_of_another_department_leaves_an_empty_list(batch: Batch, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_unreached(Scope(("/gu/health/",)), batch.pk, path) == 0
    assert list(opened(path).active.values) == [TITLES]


def test_a_list_longer_than_a_sheet_goes_on_to_the_next(
    office: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 3)
    batch = list_of(office, 1, [bad(90 + n) for n in range(7)])
    path = tmp_path / "a.xlsx"
    assert write_unreached(whole_office(), batch.pk, path) == 7
    book = opened(path)
    assert book.sheetnames == ["못 받은 분", "못 받은 분 2", "못 받은 분 3"]
    assert [sheet.max_row - 1 for sheet in book] == [3, 3, 1]
    assert all(next(sheet.values) == TITLES for sheet in book)


def test_a_file_half_written_never_replaces_one(batch: Batch, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("mine")
    # XlsxWriter writes texts only.
    broken = Sheet(TITLE, SHEET.columns, lambda row: (row.row_no,))  # type: ignore[arg-type,return-value]  # the fault
    with pytest.raises(TypeError):
        write_unreached(whole_office(), batch.pk, path, broken)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_os_error(batch: Batch, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        write_unreached(whole_office(), batch.pk, tmp_path / "missing" / "a.xlsx")


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        ((), "보내지 않음"),
        (("alimtalk",), "알림톡"),
        (("alimtalk", "sms"), "알림톡 → 문자"),
        (("alimtalk", "sms", "sms", "sms"), "알림톡 → 문자 3회"),
        (("alimtalk", "lms"), "알림톡 → 장문 문자"),
    ],
)
def test_what_was_tried(channels: tuple[str, ...], words: str) -> None:
    assert tried_words(channels) == words


def test_who_takes_it_says_why(batch: Batch, office: Cast, tmp_path: Path) -> None:
    staff = hire(office)
    path, why = tmp_path / "a.xlsx", Purpose(Reason.CALL_RESIDENT)
    rows = take_unreached(
        batch, path, actor=staff.writer, scope=whole_office(), sheet=SHEET, reason=why
    )
    assert rows == 2
    entry = AuditEntry.objects.get(act="download.unreached")
    assert entry.subject == f"batch:{batch.pk}"
    assert entry.facts == {"reason": "call_resident", "people": 2}


def test_who_may_not_gets_no_file(batch: Batch, office: Cast, tmp_path: Path) -> None:
    staff = hire(office)
    path, why = tmp_path / "a.xlsx", Purpose(Reason.CALL_RESIDENT)
    with pytest.raises(DisclosureRefused):
        take_unreached(
            batch, path, actor=staff.viewer, scope=whole_office(), sheet=SHEET, reason=why
        )
    assert not path.exists()
