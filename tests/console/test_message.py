"""One message: its course, what the resident saw, and who may see it in the clear."""

from __future__ import annotations

import pytest

from alimnaru.office.unknowns import decide
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.unknowns import Choice
from alimnaru.store import crypto
from alimnaru.store.models import AuditEntry, Batch, Message, Notice
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.console.deliveries import (
    REASON,
    by_both,
    finished,
    in_doubt,
    message_of,
    statements_of,
    text_of,
)
from tests.reads.fates import end_unsent, hand_over, list_of, tell_late
from tests.staff import Staff


def test_it_works(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    message = message_of(by_both(cast))
    html = text_of(sign_in(staff.viewer), f"/messages/{message.pk}")
    course = html[html.index("c-course") :]
    assert (
        course.index("알림톡")
        < course.index("카카오톡을 쓰지 않습니다")
        < course.index("전달되었습니다")
    )
    assert "[나루구] 반납일 2***. **. **.(○)" in html
    assert "2026. 11. 25." not in html
    assert "김나루" not in html


def test_a_neighbour_finds_nothing(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    message = message_of(finished(cast))
    browser = sign_in(staff.neighbour)
    assert browser.get(f"/messages/{message.pk}").status_code == 404
    assert browser.post(f"/messages/{message.pk}/unmask", REASON).status_code == 404
    assert browser.get("/messages/999999999").status_code == 404


def test_unmasked_once_for_a_reason(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    message = message_of(finished(cast))
    browser = sign_in(staff.writer)
    answer = browser.post(f"/messages/{message.pk}/unmask", REASON)
    html = answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "김나루" in html
    assert "2026. 11. 25.(수)" in html
    entry = AuditEntry.objects.get(act="person.unmask")
    assert entry.subject == f"message:{message.pk}"
    assert entry.facts == {**REASON, "batch": message.batch_id}
    assert "김나루" not in text_of(browser, f"/messages/{message.pk}")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "사유를 골라 주십시오"),
        ({"reason": "other_reason", "note": "확인"}, "5자 이상"),
        ({"reason": "complaint", "note": "010-1234-5678"}, "숫자를 빼고"),
    ],
)
def test_a_reason_that_does_not_do(
    given: dict[str, str], said: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    message = message_of(finished(cast))
    html = sign_in(staff.writer).post(f"/messages/{message.pk}/unmask", given).content.decode()
    assert said in html
    assert "김나루" not in html
    assert not AuditEntry.objects.filter(act="person.unmask").exists()


@pytest.mark.parametrize(("who", "may"), [("viewer", False), ("system", False), ("auditor", True)])
def test_who_may_unmask(who: str, may: bool, cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    message = message_of(finished(cast))
    browser = sign_in(staff.by_name()[who])
    assert ("가린 정보 보기" in text_of(browser, f"/messages/{message.pk}")) is may
    answer = browser.post(f"/messages/{message.pk}/unmask", REASON)
    assert answer.status_code == (200 if may else 404)


def test_without_a_dialog_a_page_asks(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    message = message_of(finished(cast))
    html = text_of(sign_in(staff.writer), f"/messages/{message.pk}/unmask")
    assert "사유를 남기고 계속" in html
    assert "김나루" not in html
    assert 'role="alert"' not in html


def test_past_retention_only_the_course_is_left(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    message = message_of(finished(cast))
    Batch.objects.update(wrapped_key=None)
    html = text_of(sign_in(staff.writer), f"/messages/{message.pk}")
    assert "보관 기간이 지나" in html
    assert "전달되었습니다" in html
    assert "가린 정보 보기" not in html
    assert "김*루" not in html


def test_a_sensitive_notice_hides_its_choices_too(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    Notice.objects.update(sensitivity=3)
    version = cast.version
    version.variables = [
        {**v, "default": None} if v["name"] == "도서관" else v for v in version.variables
    ]
    version.save()
    message = message_of(finished(cast))
    assert "나○○○○○○" in text_of(sign_in(staff.viewer), f"/messages/{message.pk}")


@pytest.mark.parametrize(
    ("sensitivity", "who", "named"),
    [(3, "writer", False), (3, "manager", True), (2, "writer", True)],
)
def test_past_retention_a_sensitive_notice_is_named_by_its_topic(  # noqa: PLR0917 - fixtures
    sensitivity: int, who: str, named: bool, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    Notice.objects.update(sensitivity=sensitivity)
    batch = finished(cast)
    browser, message = sign_in(staff.by_name()[who]), message_of(batch)
    number = {"phone": "010-1234-5678", **REASON}
    Message.objects.filter(pk=message.pk).update(to_hash=crypto.phone_hash("01012345678"))

    def named_on() -> list[bool]:
        told = [
            text_of(browser, f"/messages/{message.pk}"),
            text_of(browser, f"/batches/{batch.pk}"),
            browser.post("/find-by-phone", number).content.decode(),
            text_of(browser, "/batches?period=all").split("<tbody")[1],
        ]
        return [cast.notice.name in html for html in told]

    assert named_on() == [True] * 4
    Batch.objects.update(wrapped_key=None)
    assert named_on() == [named] * 4


def test_a_late_success_is_told(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = by_both(cast)
    tell_late(batch, 0, 1)
    html = text_of(sign_in(staff.viewer), f"/messages/{message_of(batch).pk}")
    assert "뒤늦게 이 방법으로도 전달되었습니다" in html
    assert html.count("전달됨") == 2


def test_what_waits_and_what_was_never_handed_over(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    batch = list_of(cast, 3)
    end_unsent(batch, {0: (MessageState.SUPPRESSED, Refusal.OPTED_OUT)})
    browser = sign_in(staff.viewer)
    refused = text_of(browser, f"/messages/{message_of(batch).pk}")
    assert "받지 않겠다고" in refused
    assert "넘기지 않음" in refused
    at = f"/messages/{message_of(batch, 1).pk}"
    assert "보낼 차례를 기다리고" in text_of(browser, at)
    batch.chunks.update(state="held", hold_code="balance_empty")
    assert "남은 금액" in text_of(browser, at)
    batch.chunks.update(state="ready", hold_code="")
    hand_over(batch)
    assert "결과를 기다리고 있습니다" in text_of(browser, at)


def test_what_was_decided_is_told(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = in_doubt(cast, 1)
    decide(batch, Choice.SENT, actor=staff.writer)
    html = text_of(sign_in(staff.viewer), f"/messages/{message_of(batch).pk}")
    assert "보낸 것으로 셈" in html
    assert "김사서" in html


def test_statements_do_not_grow_with_tries(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    one, two = message_of(finished(cast)), message_of(by_both(cast))
    browser = sign_in(staff.viewer)
    text_of(browser, f"/messages/{one.pk}")
    few = statements_of(lambda: text_of(browser, f"/messages/{one.pk}"))
    assert statements_of(lambda: text_of(browser, f"/messages/{two.pk}")) == few


# ---- by phone ------------------------------------------------------------------------------------


def test_a_phone_is_found_for_a_reason(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    batch = cast.send(cast.rows("01012345678"))
    browser = sign_in(staff.writer)
    assert "휴대전화 번호" in text_of(browser, "/find-by-phone")
    answer = browser.post("/find-by-phone", {"phone": "010-1234-5678", **REASON})
    html = answer.content.decode()
    assert f"/messages/{message_of(batch).pk}" in html
    assert "010-****-5678" in html
    assert answer["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(act="person.find")
    assert entry.facts == {**REASON, "found": 1}
    assert entry.department == cast.library
    assert "1234" not in str(entry.facts) + entry.subject


def test_another_department_s_messages_are_not_found(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    cast.send(cast.rows("01012345678"))
    answer = sign_in(staff.neighbour).post("/find-by-phone", {"phone": "01012345678", **REASON})
    assert "이 번호로 보낸 메시지가 없습니다" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"phone": "", **REASON}, "휴대전화 번호"),
        ({"phone": "02-555-0101", **REASON}, "일반전화"),
        ({"phone": "01012345678"}, "사유를 골라"),
    ],
)
def test_an_odd_search(
    given: dict[str, str], said: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    batch = cast.send(cast.rows("01012345678"))
    html = sign_in(staff.writer).post("/find-by-phone", given).content.decode()
    assert said in html
    assert f"/messages/{message_of(batch).pk}" not in html
    assert not AuditEntry.objects.filter(act="person.find").exists()


def test_a_viewer_cannot_search(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.viewer)
    assert browser.get("/find-by-phone").status_code == 403
    assert browser.post("/find-by-phone", {"phone": "01012345678", **REASON}).status_code == 403
    assert "/find-by-phone" not in text_of(browser, "/batches")


def test_a_search_asks_the_same_for_many(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    given = {"phone": "01012345678", **REASON}
    cast.send(cast.rows("01012345678"))
    browser.post("/find-by-phone", given)
    few = statements_of(lambda: browser.post("/find-by-phone", given))
    for _ in range(5):
        cast.send(cast.rows("01012345678"))
    assert statements_of(lambda: browser.post("/find-by-phone", given)) == few
