"""Which names in a watched folder are lists, and for which notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alimnaru.rules.drops import RECEIPT_JSON, RECEIPT_TEXT, is_watched, notice_code, receipt_path


@pytest.mark.parametrize(
    ("name", "watched"),
    [
        ("list.xlsx", True),
        ("명단 (최종).csv", True),
        ("noextension", True),
        ("list.xlsx.part", False),
        ("LIST.XLSX.TMP", False),
        ("list.xlsx.filepart", False),
        ("list.crdownload", False),
        (".hidden.csv", False),
        (".done", False),
        ("~$list.xlsx", False),
        ("Thumbs.db", False),
        ("list.xlsx.receipt.txt", False),
        ("list.xlsx.receipt.json", False),
    ],
)
def test_what_may_be_a_list(name: str, watched: bool) -> None:
    assert is_watched(name) is watched


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("lib.due.soon/list.xlsx", "lib.due.soon"),
        ("lib.due.soon/hc.visit__list.xlsx", "lib.due.soon"),
        ("lib.due.soon__2026-10-04.csv", "lib.due.soon"),
        ("lib.due.soon__a__b.csv", "lib.due.soon"),
        ("list.xlsx", ""),
        ("__list.xlsx", ""),
        ("lib.due.soon_list.xlsx", ""),
    ],
)
def test_the_notice_of_a_path(path: str, code: str) -> None:
    assert notice_code(path) == code


@given(st.text(min_size=1, max_size=200).filter(lambda name: "/" not in name and "\0" not in name))
def test_a_receipt_fits_any_file_system_and_is_no_list(name: str) -> None:
    name = name.encode(errors="replace").decode()
    for suffix in (RECEIPT_TEXT, RECEIPT_JSON):
        folder, _, made = receipt_path(f"lib.due.soon/{name}", suffix).rpartition("/")
        assert folder == "lib.due.soon"
        assert len(made.encode()) <= 255
        assert not is_watched(made)
        assert made == name + suffix or made.endswith(f"~{suffix}")


def test_a_receipt_of_a_file_in_the_folder_itself() -> None:
    assert receipt_path("a__b.csv", RECEIPT_TEXT) == "a__b.csv.receipt.txt"


def test_a_long_name_is_cut_for_its_receipt() -> None:
    made = receipt_path("a/" + "명" * 85, RECEIPT_JSON)
    assert made == "a/" + "명" * 80 + "~" + RECEIPT_JSON
