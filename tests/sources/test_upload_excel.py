"""Lists as xlsx and xls: what the clerk sees, and a word about what the clerk does not see."""

from __future__ import annotations

import contextlib
import gc
import random
import struct
import tempfile
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

import openpyxl
import psutil
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from alimnaru.rules.cell import CellError
from alimnaru.rules.refusals import Refusal
from alimnaru.sources import upload_excel, upload_sheet
from alimnaru.sources.upload import ListRefused, OpenList, open_list
from alimnaru.sources.upload_sheet import Sheet, column_letters
from alimnaru.sources.upload_xls import XlsLook
from tests.sources.hostile import biff, ole, plain_xls, plain_xlsx, sheet_xml, with_sheet, xml_row


def _rows(source: OpenList) -> list[tuple[int, list[object]]]:
    return [(row.number, list(row.cells)) for row in source.rows()]


def _xlsx(path: Path) -> OpenList:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("가")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        day = book.add_format({"num_format": 'm"월" d"일"(aaa)'})
        clock = book.add_format({"num_format": "hh:mm"})
        sheet.write_row("B3", ["성명", "휴대폰", 3, 0, True])
        sheet.write_datetime("B5", datetime(2026, 11, 25, 14, 30), moment)
        sheet.write_datetime("C5", datetime(2026, 11, 25), day)
        sheet.write_number("D5", 0.6, clock)
        sheet.write_formula("E5", "=1+1", None, 2)
        sheet.write_formula("F5", "=A1/0", None, "#DIV/0!")
        sheet.write_row("B6", ["숨은 사람", 1012345678])
        sheet.set_row(5, None, None, {"hidden": True})
        sheet.set_row(8, 0)
        sheet.write("B9", "높이 없는 사람")
        sheet.set_row(9, None, None, {"hidden": True})  # nothing stands there
        sheet.set_column("C:C", None, None, {"hidden": True})
        sheet.set_column("Z:Z", None, None, {"hidden": True})
        book.add_worksheet("빈 시트")
        book.add_worksheet("나").write("A1", "다른 것")
        hidden = book.add_worksheet("숨김")
        hidden.write("A1", "비밀")
        hidden.hide()
    return open_list(path)


def test_values_of_an_xlsx(tmp_path: Path) -> None:
    assert _rows(_xlsx(tmp_path / "a.xlsx")) == [
        (3, ["", "성명", "휴대폰", 3, 0, True]),
        (
            5,
            [
                *("", datetime(2026, 11, 25, 14, 30), date(2026, 11, 25), time(14, 24), 2),
                CellError("#DIV/0!"),
            ],
        ),
    ]


def test_what_is_hidden_in_an_xlsx_is_told(tmp_path: Path) -> None:
    source = _xlsx(tmp_path / "a.xlsx")
    assert (source.format, source.sheet, source.encoding) == ("xlsx", "가", None)
    assert (source.hidden_rows, source.hidden_included) == (2, False)
    assert (source.hidden_columns, source.hidden_letters) == (1, ("C",))
    assert (source.sheets_left_out, source.hidden_sheets) == (("나", "숨김"), ("숨김",))


def test_hidden_rows_come_when_asked_for(tmp_path: Path) -> None:
    _xlsx(tmp_path / "a.xlsx")
    source = open_list(tmp_path / "a.xlsx", include_hidden=True)
    assert [number for number, _ in _rows(source)] == [3, 5, 6, 9]
    assert (source.hidden_rows, source.hidden_included) == (2, True)


def test_another_sheet_by_its_name(tmp_path: Path) -> None:
    _xlsx(tmp_path / "a.xlsx")
    assert _rows(open_list(tmp_path / "a.xlsx", sheet=" 나 ")) == [(1, ["다른 것"])]
    assert _rows(open_list(tmp_path / "a.xlsx", sheet="숨김")) == [(1, ["비밀"])]


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    _xlsx(tmp_path / "a.xlsx")
    with pytest.raises(ListRefused) as refused:
        open_list(tmp_path / "a.xlsx", sheet="다")
    assert refused.value.code is Refusal.SHEET_NOT_FOUND
    assert refused.value.facts == {"sheet": "다", "sheets": "가, 빈 시트, 나"}


def test_only_a_hidden_sheet_holds_something(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("빈 것")
        sheet = book.add_worksheet("숨김")
        sheet.write("A1", "비밀")
        sheet.hide()
    with pytest.raises(ListRefused) as refused:
        open_list(path)
    assert (refused.value.code, refused.value.facts) == (Refusal.FILE_EMPTY, {"hidden_sheets": 1})
    assert open_list(path, include_hidden=True).sheet == "숨김"


def test_a_formula_that_nobody_has_worked_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["=1+2", "=cmd|x", "=A1", '="0012"', "#N/A", "=" + "A1+" * 99 + "1"])
    book.save(tmp_path / "a.xlsx")
    (row,) = open_list(tmp_path / "a.xlsx").rows()
    assert row.cells[:5] == ["=1+2", "=(cmd|x)", "=A1", '="0012"', CellError("#N/A")]
    assert len(str(row.cells[5])) == 61


def test_an_empty_result_of_a_formula_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    cells = '<c r="A1" t="str"><f>IF(1,"")</f><v></v></c><c r="B1"><v>1</v></c>'
    with_sheet(sheet_xml(f'<row r="1">{cells}</row>'))(path)
    assert _rows(open_list(path)) == [(1, ["", 1])]


def test_rows_and_cells_may_come_without_their_places(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = '<row><c t="inlineStr"><is><t>성명</t></is></c><c><v>7</v></c></row>'
    with_sheet(sheet_xml(row, row.replace("<row", '<row hidden="true"')))(path)
    source = open_list(path)
    assert source.hidden_rows == 1
    assert _rows(source) == [(1, ["성명", 7])]


def test_an_error_right_of_all_values_has_a_place(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    cells = '<c r="A1"><v>1</v></c><c r="C1" t="e"><v>#REF!</v></c><c r="D1"><f>A1</f><v/></c>'
    with_sheet(sheet_xml(f'<row r="1">{cells}</row>'))(path)
    assert _rows(open_list(path)) == [(1, [1, "", CellError("#REF!"), "=A1"])]


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (sheet_xml(xml_row(1, "a"), '<row r="x"/>'), Refusal.FILE_DAMAGED),
        (sheet_xml(xml_row(1, "a"), '<row r="0"/>'), Refusal.FILE_DAMAGED),
        (sheet_xml(xml_row(1, "a"), '<row r="1048577"/>'), Refusal.FILE_DAMAGED),
        (sheet_xml(xml_row(1_000_000, "x")), None),
        (sheet_xml(xml_row(1_000_001, "x")), Refusal.FILE_TOO_MANY_ROWS),
        (sheet_xml('<row r="1"><c r="CV1"><v>1</v></c></row>'), None),
        (sheet_xml('<row r="1"><c r="CW1"><v>1</v></c></row>'), Refusal.FILE_TOO_MANY_COLUMNS),
        # A style alone is no column: Excel paints whole rows.
        (sheet_xml('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row>'), None),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + sheet_xml(), Refusal.FILE_BOMB),
    ],
)
def test_limits_of_a_sheet(xml: bytes, code: Refusal | None, tmp_path: Path) -> None:
    with_sheet(xml)(tmp_path / "a.xlsx")
    if code is None:
        assert open_list(tmp_path / "a.xlsx").sheet == "명단"
        return
    with pytest.raises(ListRefused) as refused:
        open_list(tmp_path / "a.xlsx")
    assert refused.value.code is code


def test_too_many_formulas_without_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_sheet, "_MAX_FIXES", 2)
    path = tmp_path / "a.xlsx"
    with_sheet(sheet_xml(*(xml_row(n, "x", "<f>A1</f><v/>") for n in (1, 2))))(path)
    assert len(_rows(open_list(path))) == 2
    with_sheet(sheet_xml(*(xml_row(n, "x", "<f>A1</f><v/>") for n in (1, 2, 3))))(path)
    with pytest.raises(ListRefused) as refused:
        open_list(path)
    assert refused.value.code is Refusal.FILE_TOO_LARGE


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_whose_parts_do_not_fit(part: str, tmp_path: Path) -> None:
    with_sheet(b"<nothing/>", part)(tmp_path / "a.xlsx")
    with pytest.raises(ListRefused) as refused:
        open_list(tmp_path / "a.xlsx")
    assert refused.value.code in {Refusal.FILE_DAMAGED, Refusal.FILE_EMPTY}


# ---- xls -------------------------------------------------------------------------------------


def _xls(path: Path) -> OpenList:
    book = xlwt.Workbook()
    sheet = book.add_sheet("가")
    book.add_sheet("빈 시트")
    hidden = book.add_sheet("hidden")
    hidden.write(0, 0, "비밀")
    hidden.visibility = 1
    sheet.write(1, 1, "성명")
    sheet.write(1, 2, 1012345678)
    sheet.write(2, 1, "숨은 사람")
    sheet.row(2).hidden = True
    sheet.col(2).hidden = True
    sheet.write(3, 1, date(2026, 11, 25), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.row(3).set_cell_error(2, 0x2A)
    sheet.row(3).set_cell_error(3, 0x17)
    sheet.row(4).set_cell_boolean(1, True)
    sheet.write(5, 1, 1)
    sheet.write(5, 2, 2)
    book.save(str(path))
    return open_list(path)


def test_values_of_an_xls(tmp_path: Path) -> None:
    assert _rows(_xls(tmp_path / "a.xls")) == [
        (2, ["", "성명", 1012345678, ""]),
        (4, ["", date(2026, 11, 25), CellError("#N/A"), CellError("#REF!")]),
        (5, ["", True, "", ""]),
        (6, ["", 1, 2, ""]),
    ]


def test_what_is_hidden_in_an_xls_is_told(tmp_path: Path) -> None:
    source = _xls(tmp_path / "a.xls")
    assert (source.format, source.sheet) == ("xls", "가")
    assert (source.hidden_rows, source.hidden_letters) == (1, ("C",))
    assert (source.sheets_left_out, source.hidden_sheets) == (("hidden",), ("hidden",))


def _bound(start: int, name: bytes, length: int) -> tuple[int, bytes]:
    return 0x85, start.to_bytes(4, "little") + b"\0\0" + bytes([length]) + name


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (b"", Refusal.FILE_DAMAGED),
        (biff((0x85, b"\0")), Refusal.FILE_DAMAGED),
        (biff()[:-4], Refusal.FILE_DAMAGED),
        (biff((0x42, b"\xb5\3"))[:21], Refusal.FILE_DAMAGED),
        (biff((0x2F, b"\0" * 6)), Refusal.FILE_PASSWORD),
        (biff(), Refusal.FILE_EMPTY),
        (biff(_bound(0, "가나".encode("cp949"), 4)), Refusal.FILE_EMPTY),
    ],
    ids=range(7),
)
def test_a_torn_xls(stream: bytes, code: Refusal, tmp_path: Path) -> None:
    ole("Book", stream.ljust(4096, b"\0") if stream.endswith(b"\x0a\0\0\0") else stream)(
        tmp_path / "a.xls"
    )
    with pytest.raises(ListRefused) as refused:
        open_list(tmp_path / "a.xls")
    assert refused.value.code is code


def _sheet_of(path: Path, *records: tuple[int, bytes]) -> XlsLook:
    """A workbook of one sheet with these records."""
    bound = _bound(0, b"\1" + "가".encode("utf-16-le"), 1)
    start = len(biff(bound))
    globals_ = biff((0x85, start.to_bytes(4, "little") + bound[1][4:]))
    ole("Workbook", (globals_ + biff(*records)).ljust(4096, b"\0"))(path)
    return XlsLook(path)


def _formula(row: int, result: bytes) -> tuple[int, bytes]:
    return 0x06, struct.pack("<HHH", row, 0, 0) + result + b"\0" * 8


def test_records_of_a_sheet(tmp_path: Path) -> None:
    look = _sheet_of(
        tmp_path / "a.xls",
        _formula(0, b"\2\0\x07\0\0\0\xff\xff"),  # an error
        _formula(1, b"\0\0\0\0\0\0\xff\xff"),  # a text
        _formula(2, struct.pack("<d", 3.5)),
        (0x205, struct.pack("<HHHBB", 3, 1, 0, 1, 0)),  # TRUE
        (0x205, struct.pack("<HHHBB", 4, 1, 0, 0x99, 1)),  # an error that has no name
        (0xBD, struct.pack("<HH", 5, 2) + b"\0" * 12 + struct.pack("<H", 3)),
        (0x809, b"\0" * 16),  # a chart within the sheet
        (0x203, struct.pack("<HHHd", 60, 60, 0, 1.0)),
        (0x0A, b""),
        (0x203, struct.pack("<HHHd", 6, 0, 0, 1.0)),
        (0x208, struct.pack("<7H", 6, 0, 1, 0, 0, 0, 0)),  # no height
        (0x7D, struct.pack("<5H", 1, 256, 0, 0, 0)),  # no width
    )
    assert look.sheets == [Sheet("가", hidden=False)]
    found = look.look(0)
    assert (found.rows, found.columns) == (7, 4)
    assert found.fixes == {1: [(1, CellError("#DIV/0!"))], 5: [(2, CellError("#N/A"))]}
    assert found.hidden_rows == {7}
    assert found.hidden_columns == set(range(2, 257))


def test_a_record_too_short_for_its_kind(tmp_path: Path) -> None:
    looks = _sheet_of(tmp_path / "a.xls")
    looks._data = biff()[:20] + struct.pack("<HH", 0x208, 2) + b"\0\0"
    looks._starts = [0]
    with pytest.raises(ListRefused) as refused:
        looks.look(0)
    assert refused.value.code is Refusal.FILE_DAMAGED


@pytest.mark.parametrize(
    ("dimensions", "code"),
    [
        (struct.pack("<IIHHH", 0, 65_536, 0, 256, 0), Refusal.FILE_EMPTY),
        (struct.pack("<HHHHH", 0, 9, 0, 9, 0), Refusal.FILE_EMPTY),
        (struct.pack("<IIHHH", 0, 65_537, 0, 1, 0), Refusal.FILE_DAMAGED),
        (struct.pack("<IIHHH", 9, 8, 0, 1, 0), Refusal.FILE_DAMAGED),
        (struct.pack("<IIHHH", 0, 1, 0, 257, 0), Refusal.FILE_DAMAGED),
    ],
)
def test_the_size_that_a_sheet_claims(dimensions: bytes, code: Refusal, tmp_path: Path) -> None:
    _sheet_of(tmp_path / "a.xls", (0x200, dimensions))
    with pytest.raises(ListRefused) as refused:
        open_list(tmp_path / "a.xls")
    assert refused.value.code is code


def test_a_grid_that_no_memory_holds(tmp_path: Path) -> None:
    looks = _sheet_of(tmp_path / "a.xls", (0x203, struct.pack("<HHHd", 65_535, 255, 0, 1.0)))
    with pytest.raises(ListRefused) as refused:
        looks.has_values(0)
    assert refused.value.code is Refusal.FILE_TOO_LARGE


def test_a_wide_sheet_beside_the_list_does_not_matter(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("명단").write(0, 0, "성명")
    book.add_sheet("넓은 것").write(0, 200, "값")
    book.save(str(tmp_path / "a.xls"))
    assert open_list(tmp_path / "a.xls").sheets_left_out == ("넓은 것",)


# ---- both ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (100, "CV"), (16_384, "XFD")]
)
def test_letters_of_columns(column: int, letters: str) -> None:
    assert column_letters(column) == letters


@pytest.mark.parametrize("script", ["import os; os.abort()", "print('x' * 99)", ""])
def test_a_reader_that_dies_is_a_damaged_file(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_xlsx(tmp_path / "a.xlsx")
    (tmp_path / "reader.py").write_text(script)
    monkeypatch.setattr(upload_excel, "_READER", tmp_path / "reader.py")
    with pytest.raises(ListRefused) as refused:
        open_list(tmp_path / "a.xlsx")
    assert refused.value.code is Refusal.FILE_DAMAGED


def test_a_table_of_texts_that_claims_to_be_endless(tmp_path: Path) -> None:
    """The reader asks for 100 GB unseen, and the system ends it."""
    table = '<sst xmlns="x" count="4294967295" uniqueCount="4294967295"><si><t>a</t></si></sst>'
    with_sheet(table.encode(), "xl/sharedStrings.xml")(tmp_path / "a.xlsx")
    with pytest.raises(ListRefused) as refused:
        open_list(tmp_path / "a.xlsx")
    assert refused.value.code is Refusal.FILE_DAMAGED


def test_a_list_may_be_read_twice(tmp_path: Path) -> None:
    plain_xlsx(tmp_path / "a.xlsx")
    source = open_list(tmp_path / "a.xlsx")
    assert len(_rows(source)) == 2
    assert _rows(source) == _rows(source)


def _children() -> int:
    return len(psutil.Process().children())


@pytest.mark.parametrize("rows_read", [0, 1, 9])
def test_no_process_is_left_behind(rows_read: int, tmp_path: Path) -> None:
    before = _children()
    plain_xlsx(tmp_path / "a.xlsx", [["x"] * 50] * 5_000)
    source = open_list(tmp_path / "a.xlsx")
    rows = source.rows()
    assert len(list(islice(rows, rows_read))) == rows_read
    assert _children() == before + 1
    del source, rows
    gc.collect()
    assert _children() == before


def _good(write: object, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"good{suffix}"
        write(path)  # type: ignore[operator]
        return path.read_bytes()


GOOD = {".xlsx": _good(plain_xlsx, ".xlsx"), ".xls": _good(plain_xls, ".xls")}


@settings(deadline=None, max_examples=60)
@given(suffix=st.sampled_from(sorted(GOOD)), seed=st.integers(0, 10**9), cut=st.booleans())
def test_a_damaged_workbook_is_read_or_refused(suffix: str, seed: int, cut: bool) -> None:
    rng = random.Random(seed)
    data = bytearray(GOOD[suffix])
    if cut:
        del data[rng.randrange(len(data)) :]
    for _ in range(rng.randrange(1, 6) * bool(data)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bad{suffix}"
        path.write_bytes(data)
        with contextlib.suppress(ListRefused):
            assert len(list(open_list(path).rows())) < 1_000
