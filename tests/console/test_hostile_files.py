"""Files, bodies and numbers that no browser of ours would send."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from alimnaru.console.sizes import MOST_BODY
from alimnaru.office.month_work import MIB
from alimnaru.office.month_work import MOST_BYTES as STATEMENT
from tests.console.conftest import SignIn
from tests.staff import Staff

HUGE = "9" * 5_000


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400", "0x10", "1_0"])
def test_no_number_of_a_policy(staff: Staff, sign_in: SignIn, value: str) -> None:
    browser = sign_in(staff.system)
    for field in ("slice_share", "undo_seconds"):
        assert browser.post(f"/policies/{field}", {"value": value}).status_code in {200, 302}
    assert browser.get("/policies").status_code == 200


@pytest.mark.parametrize(
    "name", ["😀" * 100 + ".xlsx", "..", ".", "a/../b.csv", "\\x\\y.csv", "가" * 300]
)
def test_odd_file_names(staff: Staff, sign_in: SignIn, name: str) -> None:
    file = SimpleUploadedFile("x", "휴대폰,성명\n010-0000-1234,김나루\n".encode())
    file._name = name  # type: ignore[attr-defined]  # as it is, without Django's own care
    given = {"name": "회원", "audience": "members", "file": file}
    given["department"] = str(staff.writer.memberships.get().department_id)
    assert sign_in(staff.writer).post("/saved-lists", given).status_code in {200, 302}


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_odd_bodies(staff: Staff, sign_in: SignIn, kind: str) -> None:
    browser = sign_in(staff.writer)
    for address in ("/find-by-phone", "/saved-lists", "/account/mobile", "/sign-in"):
        answer = browser.post(address, b"\xff\x00{", content_type=kind)
        assert answer.status_code in {200, 302, 400}


def test_a_body_that_is_too_large_is_not_read(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    for length in (str(MOST_BODY + 1), HUGE):
        answer = browser.post("/saved-lists", b"", content_type="text/plain", CONTENT_LENGTH=length)
        assert answer.headers["Location"] == "/saved-lists?too-large"


def test_a_statement_may_be_larger_than_a_list(staff: Staff, sign_in: SignIn) -> None:
    """A million lines are 70 MB: taken from whoever closes months, and from nobody else."""
    there, page = "/months/2026-01/upload", "/months/2026-01?too-large"

    def says(browser: Client, length: int) -> str:
        kind = "multipart/form-data; boundary=x"
        return browser.post(there, b"", content_type=kind, CONTENT_LENGTH=str(length)).headers[
            "Location"
        ]

    system = sign_in(staff.system)
    file = SimpleUploadedFile("a.csv", b"x" * (MOST_BODY + 1))
    assert system.post(there, {"file": file}).status_code == 422  # read: it does not say of whom
    assert says(system, STATEMENT + MIB + 1) == page
    assert "512 MiB" in system.get(page).content.decode()
    for other in (sign_in(staff.writer), Client()):
        assert says(other, MOST_BODY + 1) == page


def test_a_field_of_ten_megabytes(staff: Staff, sign_in: SignIn) -> None:
    browser, long = sign_in(staff.manager), "가" * 3_500_000
    browser.raise_request_exception = False
    for address, name in (
        ("/find-by-phone", "phone"),
        ("/saved-lists", "name"),
        ("/opt-outs/find", "phone"),
        ("/account/mobile", "mobile"),
    ):
        assert browser.post(address, {name: long}).status_code in {200, 302, 400}
