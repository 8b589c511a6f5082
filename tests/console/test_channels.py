"""Contracts and sender numbers: entered, changed and watched by the system manager alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.carriers.registry import KINDS
from alimnaru.flow import wire
from alimnaru.flow.wire import settings_of
from alimnaru.office.accounts import add_account
from alimnaru.office.catalogue import load_catalogue
from alimnaru.office.senders import set_sender_number
from alimnaru.store.models import (
    AuditEntry,
    Breaker,
    CarrierAccount,
    Chunk,
    Department,
    Pulse,
    Tariff,
)
from alimnaru.wording import kind_hint, kind_name, setting_hint, setting_name
from sandbox.process import Handle, start
from tests.cast import Cast, with_sandbox
from tests.console.conftest import SignIn
from tests.reads.fates import list_of
from tests.staff import Staff

SECRET = "SECRETSECRETSECRETSECRETSECRET12"
NEW = {"name": "본계약", "api_key": "KEY1", "api_secret": SECRET, "profile": "PF1"}


def account(cast: Cast, name: str = "본계약", **more: Any) -> CarrierAccount:
    given = {"kind": "nhn", "api_key": "KEY1", "secret": SECRET, "profile": "PF1", **more}
    return add_account(actor=cast.librarian, name=name, base_url="", is_sandbox=False, **given)


@pytest.mark.parametrize("who", ["viewer", "writer", "manager", "auditor", "neighbour"])
@pytest.mark.parametrize(
    "way",
    [
        ("get", ""),
        ("get", "/new"),
        ("get", "/new/nhn"),
        ("get", "/{}"),
        ("get", "/senders/lib"),
        ("post", "/{}/settings"),
        ("post", "/{}/terms"),
        ("post", "/{}/price"),
        ("post", "/{}/switch"),
        ("post", "/{}/reset"),
        ("post", "/{}/test"),
    ],
)
def test_only_the_system_manager_gets_here(
    who: str, way: tuple[str, str], cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    method, path = way
    address = "/channels" + path.format(account(cast).pk)
    assert getattr(sign_in(staff.by_name()[who]), method)(address).status_code == 403


def test_no_account_yet(staff: Staff, sign_in: SignIn) -> None:
    page = sign_in(staff.system).get("/channels").content.decode()
    assert "등록한 계정이 없습니다" in page
    assert "hx-trigger" not in page
    assert "<c-" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_for_all_that_it_asks(
    kind: str, staff: Staff, sign_in: SignIn
) -> None:
    assert kind_name(kind) != kind
    assert kind_hint(kind)
    page = sign_in(staff.system).get(f"/channels/new/{kind}").content.decode()
    for setting in KINDS[kind].settings:
        assert setting_name(setting.name) in page
        assert setting_hint(setting.name)
        assert f'name="{setting.name}"' in page


def test_an_account_is_entered_and_its_secret_never_shown(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    answer = browser.post(
        "/channels/new/nhn", {**NEW, "sms_key": "S1", "sms_secret": "second-secret-of-sms"}
    )
    found = CarrierAccount.objects.get()
    assert answer["Location"] == f"/channels/{found.pk}"
    known = settings_of(found)
    assert (known["api_secret"], known["sms_key"], known["sms_secret"]) == (
        SECRET,
        "S1",
        "second-secret-of-sms",
    )
    page = browser.get(f"/channels/{found.pk}").content.decode()
    assert SECRET not in page
    assert "second-secret-of-sms" not in page
    assert "KEY1" in page
    assert found.callback_token in page
    assert "account.set" in AuditEntry.objects.values_list("act", flat=True)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("nhn", {"name": ""}, "필수"),
        ("nhn", {"api_secret": ""}, "필수"),
        ("nhn", {"api_key": "한글"}, "설정이 맞지 않습니다"),
        ("nhn", {"key_seconds": "abc"}, "설정이 맞지 않습니다"),
        ("nhn", {"base_url": "http://carrier.example"}, "설정이 맞지 않습니다"),
        ("sandbox", {}, "필수"),
    ],
)
def test_settings_that_do_not_do(
    kind: str, change: dict[str, str], said: str, staff: Staff, sign_in: SignIn
) -> None:
    page = sign_in(staff.system).post(f"/channels/new/{kind}", {**NEW, **change}).content.decode()
    assert said in page
    assert 'id="errors"' in page
    assert SECRET not in page
    assert not CarrierAccount.objects.exists()


def test_a_name_that_is_taken_changes_nothing(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    account(cast)
    page = sign_in(staff.system).post("/channels/new/solapi", NEW).content.decode()
    assert "이미 있는 계정 이름" in page
    assert CarrierAccount.objects.get().kind == "nhn"


def test_unknown_kinds_and_accounts(staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    for path in ("/channels/new/fax", "/channels/99", "/channels/senders/none"):
        assert browser.get(path).status_code == 404


def test_a_secret_that_is_not_typed_stays(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    found = account(cast, secrets_={"sms_secret": "S2"}, options={"sms_key": "S1"})
    given = {"api_key": "KEY2", "profile": "PF2", "sms_key": "S1"}
    sign_in(staff.system).post(f"/channels/{found.pk}/settings", given)
    found.refresh_from_db()
    known = settings_of(found)
    assert (known["api_key"], known["api_secret"], known["sms_secret"]) == ("KEY2", SECRET, "S2")
    assert (found.profile, found.name) == ("PF2", "본계약")
    page = sign_in(staff.system).post(f"/channels/{found.pk}/settings", {}).content.decode()
    assert "필수" in page
    bad = {**given, "api_secret": "한글"}
    page = sign_in(staff.system).post(f"/channels/{found.pk}/settings", bad).content.decode()
    assert "설정이 맞지 않습니다" in page


def test_terms_and_prices(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    found, browser = account(cast), sign_in(staff.system)
    terms = {"priority": "20", "channels": ["alimtalk", "sms"], "per_day": "9000"}
    browser.post(f"/channels/{found.pk}/terms", terms)
    found.refresh_from_db()
    assert (found.priority, found.channels, found.per_second, found.per_day) == (
        20,
        "alimtalk,sms",
        None,
        9000,
    )
    day = timezone.localdate() + timedelta(days=5)
    price = {"channel": "sms", "won": "7.5", "since": day.isoformat()}
    browser.post(f"/channels/{found.pk}/price", price)
    assert Tariff.objects.filter(account=found, channel="sms", won="7.5", since=day).exists()
    page = browser.get(f"/channels/{found.pk}").content.decode()
    assert "7.5원" in page
    assert "예정" in page
    for path, data in (("terms", {"priority": "x"}), ("price", {"channel": "mms", "won": "1"})):
        assert 'id="errors"' in browser.post(f"/channels/{found.pk}/{path}", data).content.decode()
    acts = AuditEntry.objects.values_list("act", flat=True)
    assert {"account.terms", "account.price"} <= set(acts)


def test_off_on_and_back_to_work(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    found, browser = account(cast), sign_in(staff.system)
    page = browser.post(f"/channels/{found.pk}/switch", {"on": "0"}, follow=True).content.decode()
    assert "계정을 껐습니다" in page
    assert not CarrierAccount.objects.get().is_active
    browser.post(f"/channels/{found.pk}/switch", {"on": "1"})
    assert CarrierAccount.objects.get().is_active
    page = browser.post(f"/channels/{found.pk}/reset", follow=True).content.decode()
    assert "쉬고 있지 않은" in page
    now = timezone.now()
    Breaker.objects.create(
        account=found, channel="sms", state="open", since=now, reason="cuts", probe_at=now
    )
    page = browser.get("/channels").content.decode()
    assert "여러 번 잇달아 답하지 않았거나" in page
    page = browser.post(f"/channels/{found.pk}/reset", follow=True).content.decode()
    assert "다시 보냅니다: 문자" in page


# ---- asked ---------------------------------------------------------------------------------------


def test_a_carrier_that_answers(
    cast: Cast, staff: Staff, sign_in: SignIn, sandbox_handle: Handle
) -> None:
    with_sandbox(cast, sandbox_handle)
    assert cast.account is not None
    browser = sign_in(staff.system)
    page = browser.post(f"/channels/{cast.account.pk}/test", follow=True).content.decode()
    assert "사업자가 응답했습니다" in page
    assert "잔액은" in page
    assert AuditEntry.objects.get(act="account.test").facts["well"] is True


def test_a_carrier_that_refuses_the_key(
    cast: Cast, staff: Staff, sign_in: SignIn, sandbox_handle: Handle
) -> None:
    with_sandbox(cast, sandbox_handle)
    assert cast.account is not None
    CarrierAccount.objects.update(api_key="WRONGKEY")
    browser = sign_in(staff.system)
    page = browser.post(f"/channels/{cast.account.pk}/test", follow=True).content.decode()
    assert "사업자가 거절했습니다" in page


def test_a_carrier_that_does_not_answer(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    found = account(cast, "멀리", kind="solapi")
    CarrierAccount.objects.update(base_url="http://127.0.0.1:9")
    page = sign_in(staff.system).post(f"/channels/{found.pk}/test", follow=True).content.decode()
    assert "응답하지 않습니다" in page


@pytest.fixture(scope="module")
def sandbox_handle() -> Iterator[Handle]:
    running = start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _no_open_lines() -> Iterator[None]:
    yield
    wire.hang_up()


# ---- health --------------------------------------------------------------------------------------


def test_health_asks_again_ever_later_and_then_no_more(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    account(cast)
    browser = sign_in(staff.system)
    page = browser.get("/channels").content.decode()
    assert 'hx-get="/channels?look=1" hx-trigger="load delay:5s"' in page
    poll = {"HX-Request": "true", "X-Alimnaru-Poll": "1"}
    fragment = browser.get("/channels?look=7", headers=poll).content.decode()
    assert fragment.strip().startswith('<div id="health"')
    assert "delay:20s" in fragment
    assert "발신번호" not in fragment
    last = browser.get("/channels?look=40", headers=poll).content.decode()
    assert "hx-trigger" not in last
    assert "다시 보기" in last


def test_the_page_costs_the_same_however_many_there_are(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.system)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    first = account(cast, "0")
    few = queries("/channels"), queries(f"/channels/{first.pk}"), queries("/channels/senders/lib")
    root = cast.library.parent
    for n in range(1, 6):
        one = account(cast, str(n))
        Tariff.objects.create(
            account=one, channel="sms", won=n, since=timezone.localdate(), source="계약"
        )
        Pulse.objects.create(account=one, channel="sms", at=timezone.now(), calls=n)
        code = f"d{n}"
        Department.objects.create(
            code=code, name=code, parent=root, path=f"/gu/{code}/", sender_number="025550000"
        )
    assert (
        queries("/channels"),
        queries(f"/channels/{first.pk}"),
        queries("/channels/senders/lib"),
    ) == few


# ---- sender numbers ------------------------------------------------------------------------------


def number(browser: Any, written: str, department: str = "lib", **more: str) -> str:
    data = {"number": written, "registered": "on", **more}
    address = f"/channels/senders/{department}"
    return str(browser.post(address, data, follow=True).content.decode())


def test_a_department_gets_a_number_and_what_waited_goes_on(
    cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    browser = sign_in(staff.system)
    batch = list_of(cast, 2)
    Chunk.objects.filter(batch=batch).update(state="held", hold_code="sender_number_missing")
    assert "02-777-1000" in number(browser, "02) 777-1000")
    cast.library.refresh_from_db()
    assert cast.library.sender_number == "027771000"
    assert Chunk.objects.get(batch=batch).state == "ready"
    entry = AuditEntry.objects.get(act="sender.set")
    assert entry.facts == {"before": "025550101", "number": "027771000"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"written": "010-1234-5678"}, "errors"),
        ({"written": "02-123"}, "errors"),
        ({"written": "02-777-1000", "registered": ""}, "먼저 사업자에 등록"),
        ({"written": ""}, "발신번호가 등록되어 있지 않아"),
    ],
)
def test_a_number_that_does_not_do(
    data: dict[str, str], said: str, cast: Cast, staff: Staff, sign_in: SignIn
) -> None:
    assert said in number(sign_in(staff.system), **data)
    cast.library.refresh_from_db()
    assert cast.library.sender_number == "025550101"


def test_a_number_is_inherited(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.system)
    number(browser, "02-777-1000", "gu")
    number(browser, "", "lib")
    page = browser.get("/channels").content.decode()
    assert re.search(r"나루구보건소,\s*나루중앙도서관", page)
    assert "나루구청의 번호로" in browser.get("/channels/senders/lib").content.decode()
    assert "하위 부서 2곳" in browser.get("/channels/senders/gu").content.decode()
    chosen = browser.get("/channels/senders", {"department": "lib"})
    assert chosen["Location"] == "/channels/senders/lib"


def test_the_offices_file_does_not_bring_an_old_number_back(cast: Cast) -> None:
    load_catalogue(actor=cast.librarian, office_file="")
    some = Department.objects.exclude(sender_number="").exclude(code__in=["gu", "lib"]).first()
    assert some is not None
    set_sender_number(some, actor=cast.librarian, written="02-777-1000")
    load_catalogue(actor=cast.librarian, office_file="")
    some.refresh_from_db()
    assert some.sender_number == "027771000"


def test_another_host_is_not_handed_the_secrets(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    """Whoever may not read a secret may not have it sent to an address of their own either."""
    found, browser = account(cast), sign_in(staff.system)
    given = {"api_key": "KEY1", "profile": "PF1", "base_url": "https://elsewhere.example"}
    page = browser.post(f"/channels/{found.pk}/settings", given).content.decode()
    assert "비밀 정보를 새로" in page
    assert SECRET not in page
    before = found.base_url
    found.refresh_from_db()
    assert found.base_url == before
    browser.post(f"/channels/{found.pk}/settings", {**given, "api_secret": "another"})
    found.refresh_from_db()
    assert found.base_url == "https://elsewhere.example"
    assert settings_of(found)["api_secret"] == "another"
