"""The list of wordings, the page of one, and what is done there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alimnaru.reads.reviews import stale_since
from alimnaru.store.models import (
    AuditEntry,
    CarrierAccount,
    Member,
    Notice,
    TemplateRegistration,
    TemplateVersion,
)
from tests.cast import BODY, Cast
from tests.console.conftest import SignIn
from tests.staff import Staff, browser_of

_S = TemplateRegistration.State


@pytest.fixture
def manager(staff: Staff, sign_in: SignIn) -> Client:
    return sign_in(staff.manager)


@pytest.fixture
def account(db: None) -> CarrierAccount:
    """A contract whose carrier is down: nothing listens there."""
    return CarrierAccount.objects.create(
        name="나루계약",
        kind="solapi",
        base_url="http://127.0.0.1:9",
        api_key="k",
        secret=b"",
        callback_token="t",
        profile="@naru",
    )


def registered(
    version: TemplateVersion, account: CarrierAccount, state: str, **more: Any
) -> TemplateRegistration:
    now = timezone.now()
    return TemplateRegistration.objects.create(
        version=version,
        account=account,
        code=more.pop("code", f"T{version.pk}"),
        state=state,
        checked_at=more.pop("checked_at", now),
        submitted_at=now,
        decided_at=now,
        **more,
    )


def edited(cast: Cast, number: int = 2, member: Member | None = None) -> TemplateVersion:
    version = TemplateVersion(
        notice=cast.notice,
        number=number,
        template={
            **cast.version.template,
            "body": f"{BODY}\n\n※ 대출하신 분께 보내는 안내입니다.",
            "buttons": [],
        },
        variables=cast.version.variables,
        sms=cast.version.sms,
        category="006001",
        drafted_by=member,
    )
    version.sha256 = version.fingerprint()
    version.save()
    return version


def said(answer: Any) -> str:
    """What the next page will tell."""
    assert answer.status_code == 302
    return str(list(get_messages(answer.wsgi_request))[-1])


# ---- the list ------------------------------------------------------------------------------------


def test_it_says_what_goes_out_and_how_the_review_stands(
    cast: Cast, account: CarrierAccount, staff: Staff, sign_in: SignIn
) -> None:
    registered(cast.version, account, _S.APPROVED)
    registered(edited(cast), account, _S.REJECTED)
    html = sign_in(staff.viewer).get("/templates").content.decode()
    assert "<c-" not in html
    row = html[html.index("<tbody>") : html.index("</tbody>")]
    for text in ("반납예정일 안내", "나루중앙도서관", "1판", "2판", "나루계약", "반려"):
        assert text in row
    # A viewer reads; whoever keeps wordings has something to do.
    edit = f'href="/templates/{cast.notice.pk}/edit"'
    assert edit not in html
    assert edit in sign_in(staff.manager).get("/templates").content.decode()


def test_a_wording_that_no_account_may_send_is_marked(cast: Cast, manager: Client) -> None:
    html = manager.get("/templates").content.decode()
    assert "보낼 수 없음" in html
    assert "낸 적 없음" in html


def test_a_neighbour_sees_nothing_of_it(cast: Cast, staff: Staff, sign_in: SignIn) -> None:
    browser = sign_in(staff.neighbour)
    html = browser.get("/templates").content.decode()
    assert "반납예정일" not in html
    assert "아직 알림이 없습니다" in html
    assert browser.get(f"/templates/{cast.notice.pk}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=반납", True),
        ("q=LIB.due", True),
        ("q=없는+알림", False),
        ("state=rejected", True),
        ("state=in_review", False),
        ("state=nonsense", True),
        ("department={lib}", True),
        ("department={health}", False),
        ("department=²", True),
        ("page=99", True),
    ],
)
def test_it_is_narrowed(
    query: str, found: bool, cast: Cast, account: CarrierAccount, staff: Staff
) -> None:
    registered(cast.version, account, _S.REJECTED)
    address = f"/templates?{query.format(lib=cast.library.pk, health=cast.health.pk)}"
    html = browser_of(staff.system).get(address).content.decode()
    assert ("반납예정일 안내" in html) is found
    assert ("찾는 문안이 없습니다" in html) is not found


def test_what_no_carrier_has_told_for_long_is_stale(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    row = registered(cast.version, account, _S.IN_REVIEW)
    assert "듣지 못했습니다" not in manager.get("/templates").content.decode()
    row.checked_at = timezone.now() - timedelta(hours=5)
    row.save()
    assert "듣지 못했습니다" in manager.get("/templates").content.decode()
    assert "듣지 못했습니다" in manager.get(f"/templates/{cast.notice.pk}").content.decode()


@pytest.mark.parametrize(
    ("state", "hours", "stale"),
    [("approved", 5, False), ("approved", 49, True), ("in_review", 5, True), ("gone", 99, False)],
)
def test_each_state_has_its_patience(
    state: str, hours: int, stale: bool, cast: Cast, account: CarrierAccount
) -> None:
    now = timezone.now()
    row = registered(cast.version, account, state, checked_at=now - timedelta(hours=hours))
    assert (stale_since([row], now, 300) is not None) is stale
    row.account.is_active = False
    assert stale_since([row], now, 300) is None


def _more_notices(cast: Cast, account: CarrierAccount, count: int) -> None:
    for at in range(count):
        notice = Notice.objects.create(
            code=f"lib.more.{Notice.objects.count()}.{at}", name="더", department=cast.library
        )
        for number in (1, 2):
            version = TemplateVersion.objects.create(
                notice=notice,
                number=number,
                template=cast.version.template,
                variables=cast.version.variables,
                sha256="0",
            )
            registered(version, account, _S.APPROVED)


def test_more_notices_take_no_more_queries(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    counts = []
    for more in (2, 20):
        _more_notices(cast, account, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            manager.get("/templates")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- one notice ----------------------------------------------------------------------------------


def page(cast: Cast, more: str = "") -> str:
    return f"/templates/{cast.notice.pk}{more}"


def test_its_page_shows_versions_differences_and_the_phone(
    cast: Cast, account: CarrierAccount, staff: Staff, manager: Client
) -> None:
    registered(cast.version, account, _S.APPROVED)
    registered(edited(cast, member=staff.manager), account, _S.IN_REVIEW)
    html = manager.get(page(cast)).content.decode()
    assert "<c-" not in html
    assert "지금 나감" in html
    assert "최관장" in html
    assert "1판과 2판의 차이" in html
    assert "※ 대출하신 분께 보내는 안내입니다.</ins>" in html
    assert "대출 연장하기 · WL · https://lib.example/m</del>" in html
    assert '<mark class="ph">#{성명}</mark>' in html
    assert "영업일로 이틀까지 걸립니다." in html
    old = manager.get(page(cast, "?v=1")).content.decode()
    assert "1판 미리보기" in old
    assert "두 판은 같습니다." in manager.get(page(cast, "?v=2&with=2")).content.decode()


@pytest.mark.parametrize("query", ["?v=9", "?v=x", "?v=²"])
def test_a_version_that_is_not_there_is_not_found(query: str, cast: Cast, manager: Client) -> None:
    assert manager.get(page(cast, query)).status_code == 404


def test_a_notice_without_a_wording_says_what_to_do(cast: Cast, manager: Client) -> None:
    notice = Notice.objects.create(code="lib.new", name="새 알림", department=cast.library)
    html = manager.get(f"/templates/{notice.pk}").content.decode()
    assert "아직 문안이 없습니다" in html
    assert manager.get(f"/templates/{notice.pk}/edit").status_code == 200


def test_what_was_said_stands_in_its_order(
    cast: Cast, account: CarrierAccount, staff: Staff, sign_in: SignIn
) -> None:
    comments = [
        {"text": "행사 <b>안내</b>가 있습니다.", "at": "2026-11-20T10:00:00+09:00", "ours": False},
        {"text": "뺐습니다.", "at": None, "ours": True},
    ]
    registered(cast.version, account, _S.REJECTED, comments=comments)
    html = sign_in(staff.viewer).get(page(cast)).content.decode()
    assert html.index("행사 &lt;b&gt;안내") < html.index("뺐습니다.")
    assert "검수자" in html
    # A viewer only reads.
    assert 'method="post"' not in html[html.index('id="main"') : html.index("</main>")]


def test_problems_stand_before_the_review_is_asked_for(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    html = manager.get(page(cast)).content.decode()
    assert "카카오에 내기 전에 고칠 곳" in html
    assert "왜 이 알림을 받는지 알려 주는 줄이 없습니다." in html
    assert "1판 심사 요청" not in html
    edited(cast)
    assert "2판 심사 요청" in manager.get(page(cast)).content.decode()


def test_the_page_takes_no_more_queries_for_more_versions(
    cast: Cast, account: CarrierAccount, staff: Staff, manager: Client
) -> None:
    counts = []
    number = 2
    for more in (2, 8):
        for _ in range(more):
            registered(edited(cast, number, staff.manager), account, _S.REJECTED)
            number += 1
        with CaptureQueriesContext(connection) as queries:
            manager.get(page(cast))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- acts ----------------------------------------------------------------------------------------


def test_a_carrier_that_is_down_is_told_in_words(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    row = registered(cast.version, account, _S.IN_REVIEW)
    for name, data in (("refresh", {}), ("withdraw", {}), ("comment", {"text": "의견"})):
        answer = manager.post(page(cast, f"/at/{row.pk}/{name}"), data)
        assert "나루계약: 발송 사업자가 " in said(answer)
        assert answer["Location"] == page(cast, "?v=1")
    assert "심사 요청 거두기" in manager.get(page(cast)).content.decode()


def test_what_stops_it_never_reaches_a_carrier(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    sent = {"version": "1", "account": str(account.pk)}
    answer = manager.post(page(cast, "/submit"), sent)
    assert "카카오에 내지 않았습니다" in said(answer)
    assert not TemplateRegistration.objects.exists()


def test_no_account_and_too_long_a_word_are_told(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    edited(cast)
    answer = manager.post(page(cast, "/submit"), {"version": "2"})
    assert "계정을 하나 이상 골라" in said(answer)
    sent = {"version": "2", "account": str(account.pk), "comment": "가" * 501}
    assert "500자까지" in said(manager.post(page(cast, "/submit"), sent))
    assert manager.post(page(cast, "/submit"), {"version": "9"}).status_code == 404
    row = registered(cast.version, account, _S.IN_REVIEW)
    answer = manager.post(page(cast, f"/at/{row.pk}/comment"), {"text": " "})
    assert "보낼 의견을 적어" in said(answer)


@pytest.mark.parametrize("who", ["viewer", "writer", "auditor", "neighbour"])
def test_only_who_keeps_its_wordings_acts(
    who: str, cast: Cast, account: CarrierAccount, staff: Staff, sign_in: SignIn
) -> None:
    row = registered(cast.version, account, _S.IN_REVIEW)
    browser = sign_in(staff.by_name()[who])
    status = 404 if who == "neighbour" else 403
    for act in ("/submit", "/fallback", f"/at/{row.pk}/refresh"):
        assert browser.post(page(cast, act)).status_code == status
    assert not AuditEntry.objects.filter(act__startswith="template.").exists()


def test_an_act_needs_a_row_of_the_notice_and_a_name(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    row = registered(cast.version, account, _S.IN_REVIEW)
    assert manager.post(page(cast, f"/at/{row.pk}/delete")).status_code == 404
    assert manager.post(page(cast, "/at/999999/refresh")).status_code == 404
    assert manager.get(page(cast, f"/at/{row.pk}/refresh")).status_code == 405


def test_the_fallback_is_chosen_among_what_the_wording_says(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    assert "바꿨습니다" in said(manager.post(page(cast, "/fallback"), {"channel": ""}))
    cast.notice.refresh_from_db()
    assert cast.notice.fallback == ""
    answer = manager.post(page(cast, "/fallback"), {"channel": "lms"})
    assert "장문 문자의 글이 없습니다." in said(answer)
    assert manager.post(page(cast, "/fallback"), {"channel": "pigeon"}).status_code == 404
    entry = AuditEntry.objects.get(act="notice.fallback")
    assert entry.facts == {"before": "sms", "after": ""}


def test_a_draft_with_an_unknown_variable_breaks_no_page(
    cast: Cast, account: CarrierAccount, manager: Client
) -> None:
    version = edited(cast)
    version.template = {**version.template, "body": "#{모름}님께 보내는 안내입니다."}
    version.save()
    html = manager.get(page(cast)).content.decode()
    assert "변수 ‘모름’이 변수 목록에 없습니다." in html
    answer = manager.post(page(cast, "/fallback"), {"channel": "sms"})
    assert "모름" in said(answer)
