"""Names, views and folders of connected systems, as people write them."""

from __future__ import annotations

import pytest

from alimnaru.rules.source_refusals import overlap, read_code, read_view


@pytest.mark.parametrize("code", ["loans", "a", "lib-2", "a" * 40])
def test_codes(code: str) -> None:
    assert read_code(code) == code


@pytest.mark.parametrize("code", ["", "Loans", "2lib", "a" * 41, "lib_x", "대출", "a\n", "a b"])
def test_what_is_no_code(code: str) -> None:
    assert read_code(code) is None


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("loans=v_loans,loan_no", ("loans", {"table": "v_loans", "key": "loan_no"})),
        (
            " 대출 = lib.v_loans , 번호 , changed_at ",
            ("대출", {"table": "lib.v_loans", "key": "번호", "mark": "changed_at"}),
        ),
        ("loans", None),
        ("loans=v_loans", None),
        ("=v_loans,no", None),
        ("loans=v_loans,", None),
        ("loans=v_loans,no,at,more", None),
        ("a" * 61 + "=v,no", None),
    ],
)
def test_views(text: str, view: object) -> None:
    assert read_view(text) == view


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ("/srv/drop", "/srv/drop", True),
        ("/srv/drop", "/srv/drop/lib", True),
        ("/srv/drop/lib", "/srv/drop", True),
        ("/srv/drop", "/srv/drop2", False),
        ("/srv/a", "/srv/b", False),
    ],
)
def test_folders_in_each_other(one: str, other: str, is_so: bool) -> None:
    assert overlap(one, other) is is_so
