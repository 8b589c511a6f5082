"""Lists as text: every encoding that Korean Excel writes, and what makes a text no list."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import resource
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alimnaru.rules.refusals import Refusal
from alimnaru.sources import upload_csv
from alimnaru.sources.upload import ListRefused, open_list

LINES = ["성명,휴대폰,책", "김나루,010-1234-5678,똠방각하 이야기", "이나루,010-1234-5679,"]


def _write(folder: Path, data: bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _cells(path: Path) -> list[list[object]]:
    return [list(row.cells) for row in open_list(path).rows()]


@pytest.mark.parametrize(
    ("python_name", "found"),
    [
        ("cp949", "cp949"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),  # what Excel calls 유니코드 텍스트
    ],
)
def test_the_encoding_is_found(python_name: str, found: str, tmp_path: Path) -> None:
    path = _write(tmp_path, "\r\n".join(LINES).encode(python_name))
    assert open_list(path).encoding == found
    assert _cells(path) == [line.split(",") for line in LINES]


def test_utf_16_with_the_high_byte_first(tmp_path: Path) -> None:
    path = _write(tmp_path, b"\xfe\xff" + "\n".join(LINES).encode("utf-16-be"))
    assert _cells(path)[0] == ["성명", "휴대폰", "책"]


def test_the_encoding_is_decided_over_the_whole_file(tmp_path: Path) -> None:
    """The first Hangul stands after 600 KB of plain digits."""
    rows = ["name,phone", *["x,010-1234-5678"] * 40_000, "김나루,010-1234-5678"]
    path = _write(tmp_path, "\r\n".join(rows).encode("cp949"))
    assert open_list(path).encoding == "cp949"
    assert _cells(path)[-1] == ["김나루", "010-1234-5678"]


def test_a_character_across_two_blocks_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_csv, "_BLOCK", 7)
    path = _write(tmp_path, "\n".join(LINES).encode("utf-8"))
    assert open_list(path).encoding == "utf-8"


def test_what_no_encoding_reads_is_refused_with_its_line(tmp_path: Path) -> None:
    data = "성명\n김나루\n이나루\n".encode("cp949") + b"\xff\n"
    with pytest.raises(ListRefused) as refused:
        open_list(_write(tmp_path, data))
    assert refused.value.code is Refusal.FILE_ENCODING
    assert refused.value.facts["line"] == 4


@pytest.mark.parametrize("cut", ["utf-8", "cp949", "utf-16"])
def test_a_file_that_ends_within_a_character(cut: str, tmp_path: Path) -> None:
    with pytest.raises(ListRefused) as refused:
        open_list(_write(tmp_path, "성명\n나루가".encode(cut)[:-1]))
    assert refused.value.code is Refusal.FILE_ENCODING


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found(separator: str, tmp_path: Path) -> None:
    rows = [["성명", "책", "권수"], ["김나루", "강, 숲", "1"], ["이나루", "빛; 집|문", "2"]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    title = "2026년 11월, 반납 안내 명단\r\n"
    path = _write(tmp_path, (title + out.getvalue()).encode("cp949"))
    assert _cells(path)[1:] == rows


def test_one_column_is_a_list_too(tmp_path: Path) -> None:
    path = _write(tmp_path, "휴대폰\n010-1234-5678\n".encode())
    assert _cells(path) == [["휴대폰"], ["010-1234-5678"]]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends(end: str, tmp_path: Path) -> None:
    assert len(_cells(_write(tmp_path, end.join(LINES).encode("cp949")))) == 3


def test_rows_are_numbered_as_excel_numbers_them(tmp_path: Path) -> None:
    text = 'a,b\r\n\r\n"두\r\n줄",x\r\n,\r\nz,y\r\n\x1a'
    source = open_list(_write(tmp_path, text.encode()))
    assert [(row.number, list(row.cells)) for row in source.rows()] == [
        (1, ["a", "b"]), (3, ["두\r\n줄", "x"]), (4, ["", ""]), (5, ["z", "y"]),
    ]  # fmt: skip


def test_a_list_may_be_read_twice(tmp_path: Path) -> None:
    source = open_list(_write(tmp_path, "\n".join(LINES).encode()))
    assert list(source.rows()) == list(source.rows())


def test_the_fingerprint_is_that_of_the_file(tmp_path: Path) -> None:
    data = "\n".join(LINES).encode()
    assert open_list(_write(tmp_path, data)).sha256 == hashlib.sha256(data).hexdigest()


def test_the_name_decides_nothing(tmp_path: Path) -> None:
    source = open_list(_write(tmp_path, "\n".join(LINES).encode("cp949"), "list.xls"))
    assert (source.format, source.encoding) == ("csv", "cp949")


def test_blank_columns_at_the_end_do_not_count(tmp_path: Path) -> None:
    path = _write(tmp_path, ("a,b" + "," * 300 + "\n").encode())
    assert _cells(path) == [["a", "b"]]


def test_a_hundred_columns_are_allowed_and_one_more_is_not(tmp_path: Path) -> None:
    assert len(_cells(_write(tmp_path, ",".join("x" * 100).encode()))[0]) == 100
    source = open_list(_write(tmp_path, ",".join("x" * 101).encode()))
    with pytest.raises(ListRefused) as refused:
        list(source.rows())
    assert refused.value.code is Refusal.FILE_TOO_MANY_COLUMNS
    assert refused.value.facts == {"count": 101, "limit": 100, "row": 1}


def test_a_million_lines_in_fewer_rows_are_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_csv, "MAX_ROWS", 4)
    three = b'a,b\n"1\n2\n3",x\n\ny,z\n'
    assert len(_cells(_write(tmp_path, three))) == 3
    with pytest.raises(ListRefused) as refused:
        open_list(_write(tmp_path, three + b"a,b\n" * 2))
    assert refused.value.facts == {"count": 5, "limit": 4}


def test_a_quote_left_open_over_too_many_letters(tmp_path: Path) -> None:
    data = b'a,b\n"' + b"x,y\n" * 40 + b"z" * 140_000 + b"\n"
    source = open_list(_write(tmp_path, data))
    with pytest.raises(ListRefused) as refused:
        list(source.rows())
    assert (refused.value.code, refused.value.facts["row"]) == (Refusal.FILE_DAMAGED, 2)


def test_a_quote_left_open_in_too_many_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_csv, "MAX_ROWS", 4)
    data = b"a,b\n" * 40 + b'"' + b"z" * 140_000 + b"\n"
    with pytest.raises(ListRefused) as refused:
        open_list(_write(tmp_path, data))
    assert refused.value.code is Refusal.FILE_DAMAGED


def test_a_monstrous_cell_among_the_first_lines(tmp_path: Path) -> None:
    source = open_list(_write(tmp_path, b"a,b\n" + b"z" * 140_000 + b"\n"))
    with pytest.raises(ListRefused):
        list(source.rows())


def test_memory_is_flat_in_the_size_of_the_list(tmp_path: Path) -> None:
    path = _write(tmp_path, ("\n".join(LINES[:2]) + "\n").encode("cp949") * 200_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in open_list(path).rows()) == 400_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024  # KiB


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = _write(Path(folder), data)
        with contextlib.suppress(ListRefused):
            for row in open_list(path).rows():
                assert all(isinstance(cell, str) for cell in row.cells)


_CELL = st.text(st.characters(codec="cp949", exclude_categories=["Cc", "Cs"]), max_size=12)


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=12),
    encoding=st.sampled_from(["cp949", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(rows: list[tuple[str, ...]], encoding: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("성명", "휴대폰", "책 이름"), *rows, ("끝", "끝", "끝")])
    with tempfile.TemporaryDirectory() as folder:
        path = _write(Path(folder), out.getvalue().encode(encoding))
        assert open_list(path).encoding == encoding
        read = [tuple(row.cells) for row in open_list(path).rows()]
    assert read[1:-1] == rows
