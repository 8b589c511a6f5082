"""Choosing a notice, giving a list, and mending it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from alimnaru.console.sizes import MOST_BODY
from alimnaru.office.saved_lists import save_content
from alimnaru.rules.audience import Audience
from alimnaru.store.models import (
    AuditEntry,
    FavouriteNotice,
    ListUpload,
    Notice,
    SavedList,
    Stage,
    TemplateVersion,
)
from tests.cast import Cast, ring
from tests.console.conftest import SignIn
from tests.flow.lists import DAY, HEADER, people, table, taken, workbook
from tests.staff import Staff

BAD = ("박하늘", "02-123-4567", "나루중앙도서관", DAY)


@pytest.fixture
def clerk(staff: Staff, sign_in: SignIn) -> Client:
    return sign_in(staff.writer)


def _text(answer: Any) -> str:
    text = answer.content.decode()
    assert "<c-" not in text
    assert "style=" not in text
    return str(text)


def _give(clerk: Client, cast: Cast, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("11월 명단.csv", content)
    return clerk.post(f"/send/{cast.notice.pk}/list", {"file": file, **more})


# ---- choosing ------------------------------------------------------------------------------------


def test_notices_are_listed_with_why_the_others_cannot_be_sent(clerk: Client, cast: Cast) -> None:
    Notice.objects.create(code="a", name="부고 알림", department=cast.library, hand_typed=False)
    Notice.objects.create(code="b", name="새 알림", department=cast.library)
    text = _text(clerk.get("/send"))
    assert f'href="/send/{cast.notice.pk}/list"' in text
    assert "가족관계 업무 시스템" in text
    assert "아직 문안이 없습니다" in text
    assert text.index("반납예정일 안내") < text.index("부고 알림")


def test_nobody_chooses_a_neighbours_notice(clerk: Client, cast: Cast) -> None:
    other = Notice.objects.create(code="hc", name="검진 안내", department=cast.health)
    assert "검진 안내" not in _text(clerk.get("/send"))
    for address in ("list", "one", "sample.xlsx"):
        assert clerk.get(f"/send/{other.pk}/{address}").status_code == 404
    assert clerk.post(f"/send/{other.pk}/favourite").status_code == 404


def test_an_office_without_notices_is_told_what_to_do(clerk: Client, cast: Cast) -> None:
    Notice.objects.all().update(department=cast.health)
    assert "보낼 수 있는 알림이 아직 없습니다" in _text(clerk.get("/send"))


def test_a_notice_is_found_by_name_and_department(clerk: Client, cast: Cast) -> None:
    Notice.objects.create(code="b", name="희망도서 도착", department=cast.library)
    found = clerk.get("/send", {"q": "반납 예정"}, headers={"HX-Request": "true"})
    text = _text(found)
    assert "<html" not in text
    assert "반납예정일 안내" in text
    assert "희망도서" not in text
    assert "찾는 알림이 없습니다" in _text(clerk.get("/send", {"q": "없는 것"}))
    assert "반납예정일" not in _text(clerk.get("/send", {"department": "health"}))


def test_favourites_and_what_was_sent_last_stand_at_the_top(clerk: Client, cast: Cast) -> None:
    assert "즐겨찾는 알림" not in _text(clerk.get("/send"))
    assert clerk.post(f"/send/{cast.notice.pk}/favourite")["Location"] == "/send"
    assert "즐겨찾는 알림" in _text(clerk.get("/send"))
    clerk.post(f"/send/{cast.notice.pk}/favourite")
    assert not FavouriteNotice.objects.exists()
    taken(cast, table(*people(1)))
    assert "최근에 보낸 알림" in _text(clerk.get("/send"))


def test_choosing_asks_as_often_for_many_notices(
    clerk: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20) as few:
        clerk.get("/send")
    for at in range(30):
        notice = Notice.objects.create(code=f"n{at}", name=f"알림 {at}", department=cast.library)
        TemplateVersion.objects.create(
            notice=notice, number=1, template={}, variables=[], sha256="", status="approved"
        )
        FavouriteNotice.objects.create(member=cast.librarian, notice=notice)
    with django_assert_max_num_queries(len(few)):
        clerk.get("/send")


def test_an_empty_list_can_be_filled_in_and_read(clerk: Client, cast: Cast) -> None:
    answer = clerk.get(f"/send/{cast.notice.pk}/sample.xlsx")
    assert answer["Cache-Control"] == "no-store"
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["휴대폰", "도서관", "성명", "기한"]
    assert [row[0].value for row in book.worksheets[1]][1:3] == ["휴대폰 열", "도서관 열"]
    sheet["A2"] = "010-2345-6789"
    out = io.BytesIO()
    book.save(out)
    upload = taken(cast, out.getvalue(), "a.xlsx")
    assert upload.batch is not None
    assert upload.batch.rows == 1


# ---- giving a list -------------------------------------------------------------------------------


def test_a_file_is_watched_until_it_is_read(clerk: Client, cast: Cast) -> None:
    page = _text(clerk.get(f"/send/{cast.notice.pk}/list"))
    assert 'type="file"' in page
    answer = _give(clerk, cast, table(*people(2)))
    upload = ListUpload.objects.get()
    address = answer["Location"]
    assert address == f"/uploads/{upload.pk}"
    assert "차례를 기다리고" in _text(clerk.get(address))
    ListUpload.objects.update(state="reading", rows_read=12_000)
    fragment = clerk.get(address, {"look": "3"}, headers={"HX-Request": "true"})
    assert "12,000행까지" in _text(fragment)
    assert "look=4" in _text(fragment)
    assert "delay:2s" in _text(fragment)
    ListUpload.objects.update(state="waiting")
    ring()
    assert clerk.get(address)["Location"] == f"/uploads/{upload.pk}/check"
    swapped = clerk.get(address, headers={"HX-Request": "true"})
    assert swapped["HX-Redirect"] == f"/uploads/{upload.pk}/check"


def test_a_list_with_bad_rows_goes_to_its_errors_first(clerk: Client, cast: Cast) -> None:
    address = _give(clerk, cast, table(*people(2), BAD))["Location"]
    ring()
    assert clerk.get(address)["Location"].endswith("/errors")


def test_somebody_elses_list_is_not_there(
    clerk: Client, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    upload = taken(cast, table(*people(2), BAD))
    other = sign_in(staff.manager)
    for page in ("", "/errors", "/check", "/row", "/plan"):
        assert other.get(f"/uploads/{upload.pk}{page}").status_code == 404
    for act in ("/read-again", "/check", "/test", "/save", "/errors.xlsx"):
        assert other.post(f"/uploads/{upload.pk}{act}").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "고르십시오"),
        (b"%PDF-1.7", "명단으로 읽을 수 있는 파일이 아닙니다"),
        ("이름,메모\r\n김나루,안녕".encode(), "제목 줄"),
    ],
)
def test_a_file_of_no_use_is_told_on_the_same_page(
    clerk: Client, cast: Cast, content: bytes, said: str
) -> None:
    answer = _give(clerk, cast, content)
    ring()
    text = _text(clerk.get(answer["Location"]) if answer.status_code == 302 else answer)
    assert said in text
    assert 'type="file"' in text


def test_a_body_that_is_too_large_is_not_read(clerk: Client, cast: Cast) -> None:
    address = f"/send/{cast.notice.pk}/list"
    answer = clerk.post(address, CONTENT_LENGTH=str(MOST_BODY + 1))
    assert answer["Location"] == f"{address}?too-large"
    assert "파일이 너무 큽니다" in _text(clerk.get(answer["Location"]))
    evil = clerk.post("//evil.example/x", CONTENT_LENGTH=str(MOST_BODY + 1))
    assert evil.status_code == 404


def test_a_list_of_nobody_shows_the_rows(clerk: Client, cast: Cast) -> None:
    address = _give(clerk, cast, table(BAD))["Location"]
    ring()
    text = _text(clerk.get(address))
    assert "한 명도 없습니다" in text
    assert "일반전화 번호라" in text


def test_sheets_are_asked_for(clerk: Client, cast: Cast) -> None:
    content = workbook(십일월=[HEADER, *people(2)], 십이월=[HEADER, *people(3)])
    address = _give(clerk, cast, content)["Location"]
    ring()
    assert "<option>십이월</option>" in _text(clerk.get(address))
    clerk.post(f"{address}/read-again", {"sheet": "십이월"})
    ring()
    text = _text(clerk.get(f"{address}/check"))
    assert "시트 ‘십이월’" in text
    assert "<option>십일월</option>" in text


def test_columns_can_be_told(clerk: Client, cast: Cast) -> None:
    address = _give(clerk, cast, "이름,번호,기한\r\n김나루,01022223333,2026-11-25".encode())[
        "Location"
    ]
    ring()
    assert "어느 열이 무엇인지" in _text(clerk.get(address))
    columns = {"columns": "1", "column:phone": "번호", "column:기한": "auto:", "column:도서관": ""}
    clerk.post(f"{address}/read-again", columns)
    ring()
    text = _text(clerk.get(f"{address}/check"))
    assert "‘번호’ 열" in text
    assert "직접 고름" in text
    assert ListUpload.objects.get().mapping == {"phone": "번호", "도서관": ""}


def test_a_list_that_is_gone_is_asked_for_again(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(1)))
    ListUpload.objects.update(state="gone", content=None)
    again = f"/send/{cast.notice.pk}/list"
    assert clerk.get(f"/uploads/{upload.pk}")["Location"] == again
    refused = clerk.post(f"/uploads/{upload.pk}/read-again", {"hidden": "1"})
    assert "하루만 보관합니다" in _text(refused)


def test_a_better_file_takes_the_place_of_the_last(clerk: Client, cast: Cast) -> None:
    first = taken(cast, table(*people(2), BAD))
    _give(clerk, cast, table(*people(3)), instead=str(first.pk))
    first.refresh_from_db()
    assert first.state == "gone"
    assert first.batch is not None
    assert first.batch.stage == Stage.DISCARDED


# ---- bad rows ------------------------------------------------------------------------------------


def test_bad_rows_are_shown_masked_with_what_to_do(clerk: Client, cast: Cast) -> None:
    late = ("이바다", "010-2345-6789", "나루중앙도서관", "언젠가")
    upload = taken(cast, table(*people(2), BAD, late))
    text = _text(clerk.get(f"/uploads/{upload.pk}/errors"))
    assert "명단 2행에 고칠 곳이 있습니다" in text
    assert "2명에게 보낼 수 있습니다" in text
    assert "박*늘" in text
    assert "박하늘" not in text
    assert "02-123-4567" not in text
    assert "010-****-6789" in text
    assert 'id="e5"' in text
    assert "2026-11-25처럼" in text


def test_no_more_than_fifty_bad_rows_are_shown(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(1), *[BAD] * 60))
    text = _text(clerk.get(f"/uploads/{upload.pk}/errors"))
    assert text.count('class="err"') == 50
    assert "60개 가운데 앞의 50개" in text


def test_a_list_without_bad_rows_has_no_errors(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(1)))
    answer = clerk.get(f"/uploads/{upload.pk}/errors")
    assert answer["Location"] == f"/uploads/{upload.pk}/check"


def test_bad_rows_can_be_taken_out_for_a_reason(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(2), BAD))
    address = f"/uploads/{upload.pk}/errors.xlsx"
    clerk.post(address, {"reason": ""})
    assert not AuditEntry.objects.filter(act="download.errors").exists()
    answer = clerk.post(address, {"reason": "correct_list"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet]
    assert rows[0] == ["원본 행", *HEADER, "고칠 점"]
    assert rows[1][:4] == ["4", "박하늘", "02-123-4567", "나루중앙도서관"]
    assert len(rows) == 2
    entry = AuditEntry.objects.get(act="download.errors")
    assert entry.facts == {"rows": 1, "reason": "correct_list"}
    assert answer["Cache-Control"] == "no-store"


# ---- saved lists ---------------------------------------------------------------------------------


def _kept(cast: Cast, name: str = "단골", audience: Audience = Audience.RESIDENTS) -> SavedList:
    return save_content(
        table(*people(2)),
        actor=cast.librarian,
        department=cast.library,
        name=name,
        file="a.csv",
        audience=audience,
    )


def test_a_list_is_kept_sent_and_deleted(clerk: Client, cast: Cast) -> None:
    assert "저장한 명단이 없습니다" in _text(clerk.get("/saved-lists"))
    form = {"name": "단골", "audience": "residents", "department": cast.library.pk}
    file = SimpleUploadedFile("a.csv", table(*people(2)))
    assert clerk.post("/saved-lists", {**form, "file": file}).status_code == 302
    saved = SavedList.objects.get()
    text = _text(clerk.get("/saved-lists"))
    assert "단골" in text
    assert f"/send?saved={saved.pk}" in text
    assert f"list?saved={saved.pk}" in _text(clerk.get("/send", {"saved": saved.pk}))
    page = _text(clerk.get(f"/send/{cast.notice.pk}/list", {"saved": saved.pk}))
    assert "이 명단으로" in page
    answer = clerk.post(f"/send/{cast.notice.pk}/list", {"saved": saved.pk})
    ring()
    assert clerk.get(answer["Location"])["Location"].endswith("/check")
    clerk.post(f"/saved-lists/{saved.pk}/delete")
    assert not SavedList.objects.exists()


@pytest.mark.parametrize(
    ("change", "content", "said"),
    [
        ({"name": ""}, table(), "이름을 적어"),
        ({}, b"%PDF-1.7", "명단으로 읽을 수 있는 파일이 아닙니다"),
        ({}, table(BAD), "받을 수 있는 번호가"),
        ({"department": "0"}, table(), ""),
    ],
)
def test_what_cannot_be_kept_is_told_beside_the_field(
    clerk: Client, cast: Cast, change: dict[str, str], content: bytes, said: str
) -> None:
    form = {"name": "단골", "audience": "residents", "department": cast.library.pk} | change
    file = SimpleUploadedFile("a.csv", content)
    text = _text(clerk.post("/saved-lists", {**form, "file": file}))
    assert said in text
    assert 'id="errors"' in text
    assert not SavedList.objects.exists()


def test_a_name_is_taken_once(clerk: Client, cast: Cast) -> None:
    _kept(cast)
    form = {"name": "단골", "audience": "residents", "department": cast.library.pk}
    file = SimpleUploadedFile("a.csv", table(*people(2)))
    assert "같은 이름의 명단" in _text(clerk.post("/saved-lists", {**form, "file": file}))


def test_a_staff_list_is_offered_to_no_notice_for_residents(clerk: Client, cast: Cast) -> None:
    saved = _kept(cast, audience=Audience.STAFF)
    assert "반납예정일" not in _text(clerk.get("/send", {"saved": saved.pk}))
    assert "이 명단으로" not in _text(clerk.get(f"/send/{cast.notice.pk}/list"))
    answer = clerk.post(f"/send/{cast.notice.pk}/list", {"saved": saved.pk})
    assert answer.status_code == 404


def test_a_neighbours_list_is_not_there(
    clerk: Client, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    saved = _kept(cast)
    other = sign_in(staff.neighbour)
    assert "단골" not in _text(other.get("/saved-lists"))
    assert other.post(f"/saved-lists/{saved.pk}/delete").status_code == 404


def test_an_expired_list_is_shown_as_gone(clerk: Client, cast: Cast) -> None:
    saved = _kept(cast)
    SavedList.objects.update(expires_at=timezone.now() - timedelta(days=1))
    text = _text(clerk.get("/saved-lists"))
    assert "기한이 지나" in text
    assert f"/send?saved={saved.pk}" not in text


def test_saved_lists_are_asked_for_at_once(
    clerk: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    _kept(cast)
    with django_assert_max_num_queries(20) as few:
        clerk.get("/saved-lists")
    for at in range(12):
        _kept(cast, f"명단 {at}")
    with django_assert_max_num_queries(len(few)):
        clerk.get("/saved-lists")


@pytest.mark.parametrize("who", ["viewer", "auditor", "system"])
def test_who_may_not_send_sees_none_of_it(
    cast: Cast, staff: Staff, sign_in: SignIn, who: str
) -> None:
    clerk = sign_in(staff.by_name()[who])
    for address in ("/send", "/saved-lists", f"/send/{cast.notice.pk}/list"):
        assert clerk.get(address).status_code == 403
