"""The page of guardians, and what the page of a message says of copies and of what was merged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.store import crypto
from alimnaru.store.models import Copy, Guardian, Message, Reference
from tests.cast import Cast, phone
from tests.console.conftest import SignIn
from tests.staff import Staff


def form(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "ward": "010-3000-1234",
        "phone": "010-3000-5678",
        "relation": "parent",
        "department": cast.library.code,
        "notice": "",
        "until": (timezone.localdate() + timedelta(days=100)).isoformat(),
        "evidence": "동의서 12호",
        **changes,
    }


@pytest.mark.parametrize("who", ["viewer", "system", "auditor"])
def test_who_does_not_send_has_nothing_to_do_here(who: str, staff: Staff, sign_in: SignIn) -> None:
    assert sign_in(staff.by_name()[who]).get("/guardians").status_code == 403


def test_a_guardian_is_entered_and_ended(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    assert "등록한 보호자가 없습니다" in browser.get("/guardians").content.decode()
    page = browser.post("/guardians", form(cast), follow=True).content.decode()
    made = Guardian.objects.get()
    assert "보호자를 등록했습니다" in page
    assert "적용 중" in page
    assert "010-****-5678" in page
    assert crypto.phone_hash("01030001234").hex()[:8] in page
    assert "3000-1234" not in page
    assert "30001234" not in page
    page = browser.post(f"/guardians/{made.pk}/end", {"note": "동의를 거둠"}, follow=True)
    assert "지금부터 사본을 보내지 않습니다" in page.content.decode()
    assert "적용 중" not in page.content.decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"phone": "010-3000-1234"}, "번호가 같습니다"),
        ({"until": "2020-01-01"}, "이미 지났습니다"),
        ({"until": "2099-01-01"}, "3년을 넘길 수 없습니다"),
        ({"until": ""}, "끝나는 날을 골라 주십시오"),
        ({"evidence": "010-3000-1234가 말함"}, "번호를 빼고"),
        ({"ward": "02-555-0101"}, 'id="id_ward_error"'),
    ],
    ids=["same", "past", "too long", "no end", "number in evidence", "landline"],
)
def test_what_is_wrong_is_told(
    change: dict[str, str], told: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    page = sign_in(staff.writer).post("/guardians", form(cast, **change)).content.decode()
    assert told in page
    assert not Guardian.objects.exists()


def test_an_end_wants_a_reason(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.writer)
    browser.post("/guardians", form(cast))
    made = Guardian.objects.get()
    page = browser.post(f"/guardians/{made.pk}/end", {"note": ""}, follow=True).content.decode()
    assert "끝내는 까닭을 적어 주십시오" in page
    assert Guardian.objects.get().until > timezone.now()


def test_a_message_names_its_copies_and_a_copy_its_message(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.writer)
    browser.post("/guardians", form(cast))
    cast.send(cast.rows(phone(), phone()))
    first, second = Message.objects.order_by("pk").values_list("pk", flat=True)
    assert "보호자 사본" not in browser.get(f"/messages/{first}").content.decode()
    Copy.objects.create(message_id=first, guardian=Guardian.objects.get(), copy_id=second)
    page = browser.get(f"/messages/{first}").content.decode()
    assert f'href="/messages/{second}"' in page
    page = browser.get(f"/messages/{second}").content.decode()
    assert f'href="/messages/{first}"' in page


def test_a_message_tells_how_many_it_speaks_for(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    cast.send(cast.rows(phone()))
    one = Message.objects.get().pk
    for number in (1, 2):
        Reference.objects.create(message_id=number, text="", merged_into=one, at=timezone.now())
    page = sign_in(staff.writer).get(f"/messages/{one}").content.decode()
    assert "이 밖에 2건을 함께 알렸습니다" in page
