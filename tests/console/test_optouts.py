"""The page of what residents asked for: nothing on it names a phone that nobody typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.office.preferences import enter_choice, suspend
from alimnaru.rules.consent import Choice, Provenance
from alimnaru.store import crypto
from alimnaru.store.models import Absence, Notice, Preference, Suspension
from tests.cast import Cast, phone
from tests.console.conftest import SignIn
from tests.staff import Staff

MASKED = re.compile(r"010-\*{4}-\d{4}")


def find(browser: Client, number: str) -> str:
    """The address of what is on file for a number."""
    answer = browser.post("/opt-outs/find", {"phone": number})
    assert answer.status_code == 302
    assert number not in answer["Location"]
    return str(answer["Location"])


def page_of(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def choose(browser: Client, address: str, **data: str) -> str:
    given = {"choice": "stop", "notice": "", "provenance": "call", "note": "", **data}
    return browser.post(address, given, follow=True).content.decode()


def enter(
    cast: Cast, number: str, choice: Choice = Choice.STOP, notice: Notice | None = None
) -> Preference:
    enter_choice(
        actor=cast.librarian,
        phone=number,
        choice=choice,
        notice=notice,
        provenance=Provenance.CALL,
    )
    return Preference.objects.latest("pk")


@pytest.mark.parametrize("who", ["viewer", "system", "auditor"])
@pytest.mark.parametrize("address", ["/opt-outs", "/opt-outs/import", "/opt-outs/number/x"])
def test_who_does_not_send_has_nothing_to_do_here(
    who: str, address: str, staff: Staff, sign_in: SignIn
) -> None:
    assert sign_in(staff.by_name()[who]).get(address).status_code == 403


def test_empty(staff: Staff, sign_in: SignIn) -> None:
    page = page_of(sign_in(staff.writer), "/opt-outs")
    assert "적은 것이 없습니다" in page
    assert "<c-" not in page


@pytest.mark.parametrize("written", ["02-555-0101", "없음", "010-12", ""])
def test_what_is_no_mobile_number_is_told(written: str, staff: Staff, sign_in: SignIn) -> None:
    answer = sign_in(staff.writer).post("/opt-outs/find", {"phone": written})
    assert 'id="errors"' in answer.content.decode()


def test_a_choice_is_entered_and_ended(staff: Staff, sign_in: SignIn) -> None:
    browser, number = sign_in(staff.writer), phone()
    address = find(browser, number)
    page = page_of(browser, address)
    assert "정해 둔 것이 없습니다" in page
    assert MASKED.search(page)
    assert number not in page
    page = choose(browser, address, note="접수 12")
    assert "저장했습니다" in page
    assert "모든 알림: 받지 않음" in page
    assert "이미 그렇게" in choose(browser, address)
    entry = Preference.objects.get()
    no_reason = browser.post(f"{address}/{entry.pk}/end", {"note": ""}, follow=True)
    assert "필수" in no_reason.content.decode()
    done = browser.post(f"{address}/{entry.pk}/end", {"note": "다시 원함"}, follow=True)
    assert "끝냈습니다" in done.content.decode()
    entry.refresh_from_db()
    assert entry.until is not None


def test_the_laws_notice_is_not_refused(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    cast.notice.legal_effect = "service"
    cast.notice.save()
    browser = sign_in(staff.writer)
    page = choose(browser, find(browser, phone()), notice=cast.notice.code)
    assert "거부할 수 없습니다" in page
    assert not Preference.objects.exists()
    assert cast.notice.name in page_of(browser, "/opt-outs")


def test_a_number_of_somebody_elses_is_suspended_and_used_again(
    staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.writer)
    address = find(browser, phone())
    assert "쓰지 않는 번호" in choose(browser, address, choice="suspend")
    form = {"note": "본인 확인", "suspension": str(Suspension.objects.get().pk)}
    browser.post(f"{address}/lift", form)
    assert Suspension.objects.get().until is not None
    assert browser.post(f"{address}/lift", form).status_code == 404


def test_what_kakao_could_not_reach_is_told(staff: Staff, sign_in: SignIn) -> None:
    browser, number, now = sign_in(staff.writer), phone(), timezone.now()
    Absence.objects.create(
        to_hash=crypto.phone_hash(number),
        code="not_a_user",
        since=now,
        until=now + timedelta(days=9),
    )
    assert "알림톡을 건너뜀" in page_of(browser, find(browser, number))


def test_a_note_that_names_somebody_is_refused(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    page = choose(browser, find(browser, phone()), note="010-1234-5678")
    assert "번호를 빼고" in page
    assert not Preference.objects.exists()


def test_a_neighbours_notice_is_seen_and_not_ended(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    number = phone()
    own = enter(cast, number, Choice.SMS)
    theirs = enter(cast, number, Choice.STOP, cast.notice)
    browser = sign_in(staff.neighbour)
    address = find(browser, number)
    page = page_of(browser, address)
    assert "담당 부서만 끝낼 수 있습니다" in page
    assert browser.post(f"{address}/{theirs.pk}/end", {"note": "끝"}).status_code == 404
    assert browser.post(f"{address}/{own.pk}/end", {"note": "끝"}).status_code == 302
    assert "서식" not in choose(browser, address, notice=cast.notice.code, choice="sms")
    assert Preference.objects.filter(notice=cast.notice).count() == 1


def test_another_numbers_entry_is_not_ended_from_here(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.writer)
    entry = enter(cast, phone())
    address = find(browser, phone())
    assert browser.post(f"{address}/{entry.pk}/end", {"note": "끝"}).status_code == 404


def test_a_number_that_the_session_forgot_is_asked_for_again(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    for path in ("", "/5/end", "/lift"):
        ask = browser.post if path else browser.get
        answer = ask(f"/opt-outs/number/unknown{path}", follow=True)
        assert "번호를 다시 적어" in answer.content.decode()


def test_two_tabs_keep_their_own_numbers(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser, first, second = sign_in(staff.writer), phone(), phone()
    address = find(browser, first)
    find(browser, second)
    choose(browser, address)
    assert bytes(Preference.objects.get().to_hash) == crypto.phone_hash(first)


def test_the_session_keeps_no_number_in_the_clear(staff: Staff, sign_in: SignIn) -> None:
    browser, number = sign_in(staff.writer), phone()
    find(browser, number)
    kept = str(dict(browser.session))
    assert number not in kept
    assert number[-4:] not in re.findall(r"\d{4,}", kept)


# ---- the free number's list ----------------------------------------------------------------------


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("080.csv", text.encode())


def test_a_list_is_taken_in_and_told(staff: Staff, sign_in: SignIn) -> None:
    number = phone()
    file = upload(f"번호\n{number}\n{number}\n02-555-0101\n")
    answer = sign_in(staff.writer).post("/opt-outs/import", {"file": file}, follow=True)
    page = answer.content.decode()
    assert "080 목록을 적용했습니다" in page
    assert "일반전화" in page
    assert number not in page
    assert Preference.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (upload("이름\n김나루\n"), "열을 찾지 못했습니다"),
        (SimpleUploadedFile("a.xlsx", b"\x89PNG\r\n\x1a\n"), "읽을 수 있는 파일이 아닙니다"),
        (None, "필수"),
    ],
)
def test_a_list_that_cannot_be_used_is_told(
    file: SimpleUploadedFile | None, said: str, staff: Staff, sign_in: SignIn
) -> None:
    data = {"file": file} if file else {}
    page = sign_in(staff.writer).post("/opt-outs/import", data).content.decode()
    assert said in page
    assert not Preference.objects.exists()


def test_a_result_that_the_session_forgot(staff: Staff, sign_in: SignIn) -> None:
    answer = sign_in(staff.writer).get("/opt-outs/import/unknown")
    assert answer["Location"] == "/opt-outs"


# ---- lists ---------------------------------------------------------------------------------------


def test_the_list_costs_the_same_however_long_it_is(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.writer)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    number = phone()
    enter(cast, number, Choice.SMS)
    address = find(browser, number)
    few = queries("/opt-outs"), queries(address)
    for n in range(60):
        enter(cast, phone(), notice=cast.notice if n % 2 else None)
        enter(cast, number, Choice.KAKAO if n % 2 else Choice.SMS, cast.notice)
    suspend(actor=cast.librarian, phone=phone(), provenance=Provenance.DESK)
    assert (queries("/opt-outs"), queries(address)) == few
    more = re.search(r"\?after=\d+", page_of(browser, "/opt-outs"))
    assert more is not None
    assert "처음으로" in page_of(browser, f"/opt-outs{more[0]}")
