"""Checking a list and sending it; and a notice to one person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from alimnaru.flow.wordings import wording
from alimnaru.office.projects import ProjectRefused, choose_project
from alimnaru.office.release import ask
from alimnaru.office.single import MOBILE
from alimnaru.store import crypto
from alimnaru.store.models import (
    Batch,
    ListUpload,
    Member,
    Message,
    Notice,
    Preference,
    Project,
    SavedList,
    Stage,
    Tally,
)
from tests.cast import Cast, phone, ring
from tests.console.conftest import SignIn
from tests.flow.lists import DAY, people, table, taken
from tests.staff import Staff

BAD = ("박하늘", "02-123-4567", "나루중앙도서관", DAY)


@pytest.fixture
def clerk(staff: Staff, sign_in: SignIn) -> Client:
    return sign_in(staff.writer)


@pytest.fixture
def always(cast: Cast) -> Notice:
    """The notice without hours, and one that asks nobody at night: tests run at any time."""
    cast.notice.opens = cast.notice.closes
    cast.notice.approvals = 0
    cast.notice.save()
    return cast.notice


def _text(answer: Any) -> str:
    text = answer.content.decode()
    assert "<c-" not in text
    assert "style=" not in text
    return str(text)


def _check(clerk: Client, upload: ListUpload) -> str:
    return _text(clerk.get(f"/uploads/{upload.pk}/check"))


def _send(clerk: Client, upload: ListUpload, **form: str) -> Any:
    return clerk.post(f"/uploads/{upload.pk}/check", {"when": "now", **form})


def _in_hours(days: int) -> str:
    at = timezone.localtime() + timedelta(days=days)
    return f"{at:%Y-%m-%d}T10:00"


# ---- what is shown -------------------------------------------------------------------------------


def test_the_counts_add_up(clerk: Client, cast: Cast) -> None:
    rows = people(5)
    Preference.objects.create(
        to_hash=crypto.phone_hash(rows[0][1]), choice="stop", provenance="x",
        since=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    upload = taken(cast, table(*rows, rows[1], BAD))
    text = _check(clerk, upload)
    figures = [part.split("<")[0] for part in text.split("<dd>")[1:6]]
    assert figures == ["7", "4", "1", "1", "1"]
    assert "4명에게" in text


def test_people_are_masked(clerk: Client, cast: Cast) -> None:
    rows = people(6)
    text = _check(clerk, taken(cast, table(*rows)))
    assert not any(row[0] in text or row[1] in text for row in rows)
    assert "김*가" in text
    assert text.count('scope="row"') == 4


def test_both_phones_and_the_columns_are_shown(clerk: Client, cast: Cast) -> None:
    text = _check(clerk, taken(cast, table(*people(2))))
    assert "김*가님, 반납예정일은 2026. 11. 25.(수)입니다." in text
    assert "[나루구] 반납일 2026. 11. 25.(수)" in text
    assert "‘이용자명’ 열" in text
    assert "02-555-0101" in text


def test_rows_are_walked_through(clerk: Client, cast: Cast) -> None:
    rows = people(5)
    rows[3] = (*rows[3][:2], "나루중앙도서관 분관", DAY)
    upload = taken(cast, table(*rows))
    ids = list(Message.objects.order_by("row_no").values_list("pk", flat=True))
    address = f"/uploads/{upload.pk}/row"
    middle = _text(clerk.get(address, {"row": ids[1]}))
    assert "명단 3행" in middle
    assert f"row={ids[0]}" in middle
    assert f"row={ids[2]}" in middle
    assert f"row={ids[3]}" in middle  # the longest
    assert "명단 5행" in _text(clerk.get(address, {"number": "5"}))
    assert "명단 6행" in _text(clerk.get(address, {"number": "99999"}))
    assert clerk.get(address, {"row": ids[-1] + 1}).status_code == 404
    assert clerk.get(address, {"row": "x"}).status_code == 404


def test_the_cost_is_told_with_where_it_comes_from(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(10)))
    assert "열에 아홉" in _check(clerk, upload)
    for channel, messages in (("alimtalk", 80), ("sms", 20)):
        Tally.objects.create(
            day=timezone.localdate(), department=cast.library, notice=cast.notice,
            channel=channel, outcome="delivered", messages=messages, won=messages,
        )  # fmt: skip
    cast.library.monthly_cap_won = Decimal(120)
    cast.library.save()
    text = _check(clerk, upload)
    assert "최근 30일" in text
    assert "(80%)" in text
    assert "8건 × 5원" in text
    assert "나루중앙도서관 이달 한도" in text
    assert "120원 가운데 20원 남음" in text
    assert "36원 모자람" in text
    assert "이달 한도에서 36원이 모자라 도중에 멈추고" in text


def test_another_line_may_pay(clerk: Client, cast: Cast) -> None:
    today = timezone.localdate()
    facts = {"department": cast.library, "starts_on": today}
    own = Project.objects.create(code="own", name="우리 사업", monthly_cap_won=10, **facts)
    shut = Project.objects.create(code="shut", name="닫은 사업", is_active=False, **facts)
    upload = taken(cast, table(*people(10)))
    text = _check(clerk, upload)
    assert "우리 사업" in text
    assert "닫은 사업" not in text
    assert "모자라" not in text
    address = f"/uploads/{upload.pk}/project"
    assert clerk.post(address, {"project": own.pk}).status_code == 302
    upload.refresh_from_db()
    assert upload.batch is not None
    assert upload.batch.project == own
    assert "우리 사업의 이달 한도에서" in _check(clerk, upload)
    assert clerk.post(address, {"project": shut.pk}).status_code == 404
    clerk.post(address, {"project": ""})
    assert Batch.objects.get(pk=upload.batch.pk).project is None
    Batch.objects.filter(pk=upload.batch.pk).update(stage="requested")
    with pytest.raises(ProjectRefused):
        choose_project(upload.batch, own, actor=cast.librarian)


def test_a_notice_without_a_fallback_costs_alimtalks_alone(clerk: Client, cast: Cast) -> None:
    cast.notice.fallback = ""
    cast.notice.save()
    text = _check(clerk, taken(cast, table(*people(2))))
    assert "(100%)" in text
    assert "다시 보내지 않습니다" in text


def test_who_must_agree_stands_there(clerk: Client, cast: Cast, always: Notice) -> None:
    text = _check(clerk, taken(cast, table(*people(30))))
    assert "30명에게 승인 요청" in text
    assert "처음 쓰는 문안" in text
    assert "이팀장" in text


def test_another_time_is_another_plan(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    at = timezone.localtime() + timedelta(days=1)
    night = {"when": "later", "at": f"{at:%Y-%m-%d}T23:30"}
    text = _text(clerk.get(f"/uploads/{upload.pk}/plan", night))
    assert "보낼 수 있는 시간이 아니어서" in text
    assert 'hx-swap-oob="true"' in text


# ---- sending -------------------------------------------------------------------------------------


def test_a_short_list_is_sent_by_one_click(clerk: Client, cast: Cast, always: Notice) -> None:
    upload = taken(cast, table(*people(2)))
    assert "2명에게 보내기" in _check(clerk, upload)
    assert _send(clerk, upload).status_code == 302
    batch = Batch.objects.get()
    assert batch.stage in {Stage.RELEASED, Stage.REQUESTED}
    # The page is left behind: a second click meets the batch.
    assert _send(clerk, upload).status_code == 302
    assert clerk.get(f"/uploads/{upload.pk}/check").status_code == 302
    assert Batch.objects.count() == 1


def test_a_list_is_scheduled(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(30)))
    _send(clerk, upload, when="later", at=_in_hours(3))
    batch = Batch.objects.get()
    assert batch.stage == Stage.REQUESTED
    assert f"{timezone.localtime(batch.not_before):%H:%M}" == "10:00"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"when": "later", "at": ""}, "언제 보낼지 골라"),
        ({"when": "later", "at": "내일"}, "날짜와 시각을"),
        ({"when": "later", "at": "2026-01-02T10:00"}, ""),
        ({"when": "sometime"}, ""),
    ],
)
def test_a_time_that_does_not_do_is_told(
    clerk: Client, cast: Cast, form: dict[str, str], said: str
) -> None:
    upload = taken(cast, table(*people(2)))
    text = _text(_send(clerk, upload, **form))
    assert 'id="errors"' in text
    assert said in text
    assert Batch.objects.get().stage == Stage.DRAFT


def test_a_time_outside_the_hours_is_told_with_when_it_would_go(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    at = timezone.localtime() + timedelta(days=1)
    text = _text(_send(clerk, upload, when="later", at=f"{at:%Y-%m-%d}T23:30"))
    assert "이대로 보내면" in text
    assert "08:00에 나갑니다" in text
    assert f'value="{at:%Y-%m-%d}T23:30"' in text
    assert Batch.objects.get().stage == Stage.DRAFT


def test_the_same_list_again_asks_for_a_tick(clerk: Client, cast: Cast, always: Notice) -> None:
    rows = people(2)
    first = taken(cast, table(*rows))
    assert first.batch is not None
    ask(first.batch, actor=cast.librarian)
    second = taken(cast, table(*rows))
    assert "이미 보냈습니다" in _check(clerk, second)
    assert 'id="errors"' in _text(_send(clerk, second))
    assert _send(clerk, second, confirmed="on").status_code == 302


def test_a_list_that_slid_cannot_be_sent(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    doubt = ("column_slid", {"column": "이용자명", "rows": 1, "known": 9, "agree": 0})
    findings = upload.findings | {"shift": {"suspicious": True, "doubts": [doubt], **doubt[1]}}
    ListUpload.objects.update(findings=findings)
    text = _check(clerk, upload)
    assert "‘이용자명’ 열이 1행 밀려 있는 것 같습니다" in text
    assert "이대로 보낼 수 없습니다" in text
    assert 'disabled aria-describedby="stops"' in text
    assert 'id="errors"' in _text(_send(clerk, upload))
    assert Batch.objects.get().stage == Stage.DRAFT


def test_staff_among_residents_stop_a_list(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(10)))
    ListUpload.objects.update(findings=upload.findings | {"staff": 8})
    assert "직원 번호가 많이" in _check(clerk, upload)


# ---- beside it -----------------------------------------------------------------------------------


def test_a_test_goes_to_oneself(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    text = _check(clerk, upload)
    assert "휴대전화를 등록하면" in text
    own = phone()
    Member.objects.filter(pk=cast.librarian.pk).update(
        mobile=crypto.seal(own.encode(), purpose=MOBILE), mobile_hash=crypto.phone_hash(own)
    )
    row = Message.objects.order_by("pk").values_list("pk", flat=True)[0]
    answer = clerk.post(f"/uploads/{upload.pk}/test", {"row": row}, follow=True)
    assert "시험 알림을 보냈습니다" in _text(answer)
    assert Batch.objects.filter(origin="test").count() == 1
    assert clerk.post(f"/uploads/{upload.pk}/test", {"row": "0"}).status_code == 404


def test_a_test_without_a_phone_is_refused_in_words(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(1)))
    row = Message.objects.values_list("pk", flat=True)[0]
    answer = clerk.post(f"/uploads/{upload.pk}/test", {"row": row}, follow=True)
    assert "본인 휴대전화가 등록되어 있지 않습니다" in _text(answer)


def test_a_list_is_kept_for_another_time(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(2)))
    form = {"name": "단골", "audience": "staff"}
    text = _text(clerk.post(f"/uploads/{upload.pk}/save", form, follow=True))
    assert "명단을 저장했습니다" in text
    assert SavedList.objects.get().audience == "staff"
    again = _text(clerk.post(f"/uploads/{upload.pk}/save", form, follow=True))
    assert "같은 이름의 명단이 이미 있습니다" in again


def test_a_draft_that_is_gone_shows_nothing(clerk: Client, cast: Cast) -> None:
    upload = taken(cast, table(*people(1)))
    Batch.objects.update(wrapped_key=None, stage=Stage.DISCARDED)
    assert clerk.get(f"/uploads/{upload.pk}/row").status_code == 404
    assert clerk.get(f"/uploads/{upload.pk}/check").status_code == 302


# ---- one person ----------------------------------------------------------------------------------


def _one(clerk: Client, cast: Cast, **other: str) -> Any:
    page = _text(clerk.get(f"/send/{cast.notice.pk}/one"))
    token = page.split('name="token" value="')[1].split('"')[0]
    form = {"token": token, "phone": "010-2345-6789", "v0": "", "v1": "김나루", "v2": DAY}
    return clerk.post(f"/send/{cast.notice.pk}/one", form | other)


def test_one_person_is_told_by_one_form(clerk: Client, cast: Cast, always: Notice) -> None:
    page = _text(clerk.get(f"/send/{cast.notice.pk}/one"))
    assert 'type="date"' in page
    assert _one(clerk, cast).status_code == 302
    batch = Batch.objects.get()
    assert (batch.origin, batch.rows) == ("one", 1)
    assert batch.stage in {Stage.RELEASED, Stage.REQUESTED}


def test_what_was_typed_is_kept_beside_its_errors(clerk: Client, cast: Cast) -> None:
    text = _text(_one(clerk, cast, phone="02-123-4567", v2=""))
    assert "일반전화 번호라" in text
    assert "칸이 비어 있습니다" in text
    assert 'value="02-123-4567"' in text
    assert 'value="김나루"' in text
    assert not Batch.objects.exists()


def test_a_text_too_long_is_told_at_its_field(clerk: Client, cast: Cast) -> None:
    text = _text(_one(clerk, cast, v0="나루중앙도서관 어린이자료실"))
    assert "글이 너무 깁니다(한도 12자)" in text


def test_what_is_typed_is_shown_as_it_will_arrive(clerk: Client, cast: Cast) -> None:
    address = f"/send/{cast.notice.pk}/one/preview"
    text = _text(clerk.post(address, {"phone": "010-2", "v1": "김나루", "v2": ""}))
    assert "김*루" in text
    assert "#{기한}" in text
    assert "<html" not in text


def test_who_said_stop_is_told_of_before(clerk: Client, cast: Cast) -> None:
    Preference.objects.create(
        to_hash=crypto.phone_hash("01023456789"), choice="stop", provenance="x",
        since=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    address = f"/send/{cast.notice.pk}/one/preview"
    text = _text(clerk.post(address, {"phone": "010-2345-6789", "v1": "", "v2": ""}))
    assert "받지 않겠다고" in text


def test_a_notice_that_cannot_be_sent_has_no_form(clerk: Client, cast: Cast) -> None:
    cast.notice.hand_typed = False
    cast.notice.save()
    text = _text(clerk.get(f"/send/{cast.notice.pk}/one"))
    assert "지금은 이 알림을 보낼 수 없습니다" in text
    assert "<form id" not in text
    cast.version.status = "draft"
    cast.version.save()
    text = _text(clerk.get(f"/send/{cast.notice.pk}/one"))
    assert "보낼 수 없습니다" in text
    assert clerk.post(f"/send/{cast.notice.pk}/one/preview").status_code == 404


def test_the_same_again_to_one_person_asks_for_a_tick(
    clerk: Client, cast: Cast, always: Notice
) -> None:
    _one(clerk, cast)
    ring()
    text = _text(_one(clerk, cast))
    assert 'name="confirmed"' in text
    assert _one(clerk, cast, confirmed="on").status_code == 302


def test_a_notice_without_a_name_asks_for_one_of_its_own(clerk: Client, cast: Cast) -> None:
    cast.version.variables = [v for v in cast.version.variables if v["kind"] != "person"]
    cast.version.template = cast.version.template | {"body": "#{도서관} #{기한}"}
    cast.version.save()
    wording.cache_clear()
    assert 'name="name"' in _text(clerk.get(f"/send/{cast.notice.pk}/one"))
