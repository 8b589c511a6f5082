"""The residents' own page: who opens it, what it tells, and what it never tells."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.office import residents as office
from alimnaru.reads.residents import told
from alimnaru.rules.resident_link import TAKE_BACK
from alimnaru.store import crypto
from alimnaru.store.models import (
    Batch,
    CarrierAccount,
    Message,
    Notice,
    Preference,
    Suspension,
    Task,
)
from tests.cast import VALUES, Cast, phone
from tests.staff import Staff, browser_of

WAYS = {"library": "sms"}


def link(cast: Cast, number: str, name: str = "김나루") -> str:
    """The address of a new message's page."""
    (row,) = cast.rows(number)
    batch = cast.send([row._replace(name=name)])
    message = Message.objects.get(batch=batch)
    return f"/r/{crypto.resident_signer().link(message.pk)}"


def text(address: str, browser: Client | None = None) -> str:
    answer = (browser or Client()).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


PAGES = ("", "/choices", "/saved", "/history", "/not-mine")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_it_is_kept_or_passed_on(cast: Cast, path: str) -> None:
    number = phone()
    answer = Client(enforce_csrf_checks=True).get(link(cast, number) + path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not answer.cookies
    page = answer.content.decode()
    assert "<script" not in page
    for personal in (number, number[-4:], "김나루", VALUES[1], VALUES[2]):
        assert personal not in page


@pytest.mark.parametrize("token", ["A" * 20, "x", "가" * 20, "A" * 200])
def test_a_wrong_link_and_an_old_one_look_alike(cast: Cast, token: str) -> None:
    address = link(cast, phone())
    Batch.objects.update(created_at=timezone.now() - timedelta(days=91))
    old, wrong = Client().get(address), Client().get(f"/r/{token}")
    assert old.status_code == wrong.status_code == 404
    assert old.content.replace(address.encode(), b"") == wrong.content.replace(
        f"/r/{token}".encode(), b""
    )
    assert Client().post(f"/r/{token}/not-mine").status_code == 404


def test_it_says_what_why_and_by_whom(cast: Cast) -> None:
    template = {**cast.version.template, "extra": "※ 책을 빌리신 분께 보내는 안내입니다."}
    cast.version.template = template
    cast.version.save()
    page = text(link(cast, phone()))
    for said in ("반납예정일 안내", "나루중앙도서관", "02-555-0101", "책을 빌리신 분께 보내는"):
        assert said in page


def test_of_health_only_that_is_said(cast: Cast) -> None:
    Notice.objects.update(sensitivity=3, name="금연 상담일")
    address = link(cast, phone())
    for path in ("", "/history", "/not-mine"):
        page = text(address + path)
        assert "금연" not in page
        assert "보건·복지 안내" in page
    message = Message.objects.get()
    answer = Client().post("/check", {"code": crypto.resident_signer().code(message.pk)})
    assert "금연" not in answer.content.decode()


def test_a_link_from_the_library_tells_of_no_clinic(cast: Cast) -> None:
    number = phone()
    clinic = Notice.objects.create(
        code="hc.mind", name="마음 상담일", department=cast.health, sensitivity=3
    )
    link(cast, number)
    Batch.objects.update(notice=clinic, department=cast.health)
    address = link(cast, number)
    for path in ("", "/history"):
        page = text(address + path)
        assert "보건·복지 안내" in page
        assert cast.health.name not in page


def test_a_trial_opens_nobodys_page(cast: Cast) -> None:
    CarrierAccount.objects.create(
        kind="solapi", name="계약", base_url="https://carrier.example", secret=b""
    )
    number = phone()
    trial = link(cast, number)
    message = Message.objects.get()
    for path in PAGES:
        assert Client().get(trial + path).status_code == 404
    assert Client().post(f"{trial}/not-mine").status_code == 404
    assert Client().post(f"{trial}/choices", {"all": "stop"}).status_code == 404
    answer = Client().post("/check", {"code": crypto.resident_signer().code(message.pk)})
    assert "찾지 못했습니다" in answer.content.decode()
    assert not Suspension.objects.exists()
    assert not Preference.objects.exists()
    (row,) = cast.rows(number)
    real = cast.send([row], hours_waived=False)
    lines, _ = told(bytes(message.to_hash), timezone.now())
    assert [line.number for line in lines] == [Message.objects.get(batch=real).pk]


def test_a_topic_is_chosen_without_script_or_token(cast: Cast) -> None:
    address = link(cast, phone())
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(f"{address}/choices", WAYS)
    assert answer.status_code == 302
    assert answer["Location"] == f"{address}/saved"
    assert re.search(r"도서관</dt><dd>문자", text(f"{address}/saved"))
    assert Preference.objects.get().choice == "sms"
    browser.post(f"{address}/choices", {"all": "stop", "library": "kakao"})
    assert Preference.objects.get(until=None).choice == "stop"


@pytest.mark.parametrize("form", [{}, {"library": "fax"}, {"nonsense": "sms"}, {"all": "\0"}])
def test_what_is_no_choice_changes_nothing(cast: Cast, form: dict[str, str]) -> None:
    assert Client().post(f"{link(cast, phone())}/choices", form).status_code == 302
    assert not Preference.objects.exists()


def test_opening_the_address_says_nothing_by_itself(cast: Cast) -> None:
    address = link(cast, phone())
    assert "네, 내 안내가 아닙니다" in text(f"{address}/not-mine")
    assert Client().get(f"{address}/mine").status_code == 405
    assert not Suspension.objects.exists()


def test_not_mine_and_back(cast: Cast) -> None:
    address = link(cast, phone())
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(f"{address}/not-mine").status_code == 302
    assert Suspension.objects.filter(until=None).count() == Task.objects.count() == 1
    said = text(f"{address}/not-mine")
    assert "더 보내지 않습니다" in said
    assert "되돌리기" in said
    assert "알려 주셨습니다" in text(address)
    assert browser.post(f"{address}/mine")["Location"] == address
    assert not Suspension.objects.filter(until=None).exists()


def test_too_late_to_take_back(cast: Cast) -> None:
    address = link(cast, phone())
    Client().post(f"{address}/not-mine")
    Suspension.objects.update(since=timezone.now() - TAKE_BACK)
    answer = Client().post(f"{address}/mine", follow=True)
    assert "시간이 지났습니다" in answer.content.decode()
    assert Suspension.objects.filter(until=None).exists()


def test_language_and_size_are_remembered_without_a_session(cast: Cast) -> None:
    browser, address = Client(), link(cast, phone())
    answer = browser.get(f"{address}?lang=en")
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert set(answer.cookies) == {"django_language"}
    page = text(address, browser)
    assert '<html lang="en"' in page
    browser.get(f"{address}?size=large")
    assert 'class="r-large"' in text(address, browser)
    assert browser.get(f"{address}?lang=xx&size=huge").status_code == 200


def test_the_history_is_of_this_phone_alone_and_paged(cast: Cast) -> None:
    number = phone()
    for _ in range(25):
        link(cast, number)
    Notice.objects.create(code="hc.x", name="남의 안내", department=cast.health)
    other = link(cast, phone())
    address = link(cast, number)
    first = text(f"{address}/history")
    assert first.count("반납예정일 안내") == 20
    older = re.search(r'href="(\?before=\d+)"', first)
    assert older is not None
    assert text(f"{address}/history{older[1]}").count("반납예정일 안내") == 6
    assert text(f"{other}/history").count("반납예정일 안내") == 1
    assert "더 보낸 것이 없습니다" in text(f"{other}/history?before=1")
    Batch.objects.update(created_at=timezone.now() - timedelta(days=366))
    Batch.objects.filter(pk=Batch.objects.latest("pk").pk).update(created_at=timezone.now())
    assert text(f"{address}/history").count("반납예정일 안내") == 1


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_more_because_more_was_sent(cast: Cast, path: str) -> None:
    number = phone()
    few = _queries(link(cast, number) + path)
    for _ in range(12):
        address = link(cast, number)
    Notice.objects.bulk_create(
        Notice(code=f"own.{at}", name="알림", department=cast.library) for at in range(20)
    )
    assert _queries(address + path) <= few


def _queries(address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(address).status_code == 200
    return len(asked)


# ---- /check --------------------------------------------------------------------------------------


def test_a_code_is_answered(cast: Cast) -> None:
    link(cast, phone())
    code = crypto.resident_signer().code(Message.objects.get().pk)
    browser = Client(enforce_csrf_checks=True)
    page = browser.post("/check", {"code": code.lower()}).content.decode()
    assert "네, 나루구청에서 보낸 안내입니다" in page
    assert "나루중앙도서관" in page
    assert "그런 안내를 찾지 못했습니다" in browser.post("/check", {"code": "a"}).content.decode()
    assert browser.get("/check").status_code == 200


def test_a_guesser_is_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "MOST_FROM_ONE", 1)
    Client().post("/check", {"code": "00000-00000"})
    assert "10분 뒤에" in Client().post("/check", {"code": "00000-00001"}).content.decode()


# ---- what the department has to do --------------------------------------------------------------


def test_a_task_stands_in_the_console_until_it_is_done(cast: Cast, staff: Staff) -> None:
    Client().post(f"{link(cast, phone())}/not-mine")
    writer, viewer = browser_of(staff.writer), browser_of(staff.viewer)
    task = Task.objects.get()
    page = text("/tasks", writer)
    assert "내 안내가 아니라고 함" in page
    assert f"/messages/{Message.objects.get().pk}" in page
    assert re.search(r'할 일<span class="c-count">.*?1', text("/", viewer))
    assert "처리함으로 표시" not in text("/tasks", viewer)
    assert "내 안내가 아니라고 함" not in text("/tasks", browser_of(staff.neighbour))
    answer = writer.post(f"/tasks/{task.pk}/done", {"note": "번호", "use_again": "on"})
    assert answer.status_code == 200
    assert Task.objects.filter(done_at=None).exists()
    writer.post(f"/tasks/{task.pk}/done", {"note": "본인 번호가 맞음", "use_again": "on"})
    assert not Suspension.objects.filter(until=None).exists()
    assert "할 일이 없습니다" in text("/tasks", writer)
    assert "본인 번호가 맞음" in text("/tasks?done=1", writer)


@pytest.mark.parametrize("kind", [kind.value for kind in Task.Kind])
def test_every_kind_of_task_has_words(cast: Cast, staff: Staff, kind: str) -> None:
    Task.objects.create(
        department=cast.library, kind=kind, subject="source:3", created_at=timezone.now()
    )
    assert '<section class="c-card"' in text("/tasks", browser_of(staff.writer))


def test_a_task_leads_to_what_it_is_about_for_who_may_see_it(cast: Cast, staff: Staff) -> None:
    root = cast.library.parent
    for kind, subject in (("source_failing", "source:3"), ("rule_surge", "batch:12")):
        Task.objects.create(department=root, kind=kind, subject=subject, created_at=timezone.now())
    page = text("/tasks", browser_of(staff.system))
    assert 'href="/connections/systems"' in page
    assert 'href="/batches/12"' in page
    Task.objects.update(department=cast.library)
    page = text("/tasks", browser_of(staff.viewer))
    assert 'href="/connections/systems"' not in page
    assert 'href="/batches/12"' in page


def test_the_tasks_page_asks_no_more_with_more_tasks(cast: Cast, staff: Staff) -> None:
    browser = browser_of(staff.writer)
    asked = []
    for first in (0, 1):
        Task.objects.bulk_create(
            Task(
                department=cast.library,
                kind="source_failing",
                subject=f"source:{first}{at}",
                created_at=timezone.now(),
            )
            for at in range(1 + 20 * first)
        )
        with CaptureQueriesContext(connection) as found:
            text("/tasks", browser)
        asked.append(len(found))
    assert asked[1] <= asked[0]
