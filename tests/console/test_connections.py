"""Keys, webhooks and connected systems in the console: what a manager sees and does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alimnaru.office import keys
from alimnaru.office.keys import Wish
from alimnaru.office.webhooks import Wanted, add
from alimnaru.rules.api_keys import Limits, parse_key
from alimnaru.store.models import AgentRow, ApiKey, ApiUse, Delivery, Member, Source, Webhook
from tests.cast import Cast
from tests.console.conftest import SignIn
from tests.staff import Staff

WISH = Wish("도서관 대출 시스템", ["send", "read"], Limits(("10.20.0.0/16",), 600, 20_000))
FORM = {
    "department": "lib",
    "name": "예약 시스템",
    "kind": "test",
    "scopes": ["send", "read"],
    "addresses": "10.20.0.0/16\n203.0.113.7",
    "per_minute": "60",
    "per_day": "1000",
    "days": "90",
}
HOOK = {"department": "lib", "name": "예약", "url": "https://booking.example/hook?token=word"}


@pytest.fixture
def desk(staff: Staff, sign_in: SignIn) -> Client:
    """최관장's."""
    return sign_in(staff.manager)


@pytest.fixture
def live(cast: Cast, staff: Staff) -> ApiKey:
    """A key that waits for a second manager."""
    return keys.issue(WISH, actor=staff.manager, department=cast.library)[0]


@pytest.fixture
def webhook(cast: Cast, staff: Staff) -> Webhook:
    wanted = Wanted("예약", "https://booking.example/hook?token=word")
    return add(wanted, actor=staff.manager, department=cast.library)[0]


@pytest.fixture
def source(cast: Cast) -> Source:
    program = Member.objects.create(login="source:sms", name="문자 표", is_program=True)
    return Source.objects.create(
        department=cast.library,
        code="sms",
        name="민원 문자 표",
        kind="agent",
        member=program,
        created_at=timezone.now(),
    )


def said(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


# ---- keys ----------------------------------------------------------------------------------------


def test_a_key_is_shown_once(desk: Client) -> None:
    answer = desk.post("/connections/keys/new", FORM, follow=True)
    shown = re.search(r'<code id="key-text">([^<]+)</code>', said(answer))
    assert shown
    parsed = parse_key(shown[1])
    assert parsed is not None
    key = ApiKey.objects.get(public=parsed[0])
    assert key.addresses == ["10.20.0.0/16", "203.0.113.7/32"]
    again = said(desk.get(f"/connections/keys/{key.pk}"))
    assert "key-text" not in again
    assert parsed[1] not in again
    assert "예약 시스템" in said(desk.get("/connections"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "필수"),
        ("scopes", [], "필수"),
        ("addresses", "somewhere", "읽을 수 없는 것이"),
        ("addresses", "0.0.0.0/0", "너무 넓어"),
        ("per_day", "0", "1"),
        ("days", "731", "730"),
        ("department", "health", "부서"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    desk: Client, field: str, value: object, words: str
) -> None:
    page = said(desk.post("/connections/keys/new", {**FORM, field: value}))
    assert words in page
    assert "고칠 곳이" in page
    assert not ApiKey.objects.exists()


def test_a_second_manager_confirms(staff: Staff, sign_in: SignIn, live: ApiKey) -> None:
    address = f"/connections/keys/{live.pk}"
    own = said(sign_in(staff.manager).get(address))
    assert "다른 관리자가 확인해야" in own
    assert "key-confirm" not in own
    assert f"{address}/confirm" not in own
    second = sign_in(staff.system)
    seen = re.search(r'name="seen" value="(\w+)"', said(second.get(address)))
    assert seen
    assert "바뀌어 확인하지" in said(second.post(f"{address}/confirm", {"seen": "x"}, follow=True))
    done = said(second.post(f"{address}/confirm", {"seen": seen[1]}, follow=True))
    assert "이제 이 키로 보낼 수 있습니다" in done
    assert not ApiKey.objects.get().waits


def test_limits_are_only_narrowed_once_two_agreed(
    staff: Staff, sign_in: SignIn, live: ApiKey
) -> None:
    keys.confirm(live, actor=staff.system, seen=WISH.limits.digest())
    desk, address = sign_in(staff.manager), f"/connections/keys/{live.pk}/limits"
    wider = {"addresses": "", "per_minute": "600", "per_day": "20000"}
    assert "좁힐 수만 있습니다" in said(desk.post(address, wider))
    narrow = {"addresses": "10.20.3.0/24", "per_minute": "600", "per_day": "100"}
    assert "바꾸었습니다" in said(desk.post(address, narrow, follow=True))
    assert "필수" in said(desk.post(address, {"addresses": ""}))


def test_a_key_is_replaced(desk: Client, cast: Cast, staff: Staff) -> None:
    old = keys.issue(Wish(WISH.name, ["read"], WISH.limits), actor=staff.manager,
                     department=cast.library)[0]  # fmt: skip
    address = f"/connections/keys/{old.pk}"
    bad = desk.post(f"{address}/rotate", {"overlap_days": "99"}, follow=True)
    assert "30일까지" in said(bad)
    page = said(desk.post(f"{address}/rotate", {"overlap_days": "7"}, follow=True))
    assert "key-text" in page
    assert "새 키가 이 키를 대신합니다" in said(desk.get(address))
    twice = desk.post(f"{address}/rotate", {"overlap_days": "7"}, follow=True)
    assert "이미 발급했습니다" in said(twice)


def test_a_key_is_revoked(desk: Client, live: ApiKey) -> None:
    address = f"/connections/keys/{live.pk}"
    assert "폐기했습니다" in said(desk.post(f"{address}/revoke", follow=True))
    assert "이미 끝났거나" in said(desk.post(f"{address}/revoke", follow=True))
    assert live.name not in said(desk.get("/connections"))
    assert live.name in said(desk.get("/connections?over=1"))


def test_today_is_counted(desk: Client, live: ApiKey) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ApiUse.objects.create(key=live, window="day", starts_at=midnight, taken=4_120)
    before = midnight - timedelta(days=1)
    ApiUse.objects.create(key=live, window="day", starts_at=before, taken=777)
    page = said(desk.get("/connections"))
    assert "4,120" in page
    assert "777" not in page


# ---- webhooks ------------------------------------------------------------------------------------


def test_a_secret_is_shown_once(desk: Client) -> None:
    page = said(desk.post("/connections/webhooks/new", HOOK, follow=True))
    assert "whsec_" in page
    webhook = Webhook.objects.get()
    address = f"/connections/webhooks/{webhook.pk}"
    assert "whsec_" not in said(desk.get(address))
    assert "whsec_" in said(desk.post(f"{address}/secret", follow=True))
    assert "token=word" not in said(desk.get("/connections/webhooks"))


def test_an_address_inside_is_refused(desk: Client) -> None:
    bad = {**HOOK, "url": "https://10.0.0.1/hook"}
    assert "허용하지 않은 내부망" in said(desk.post("/connections/webhooks/new", bad))
    bad["url"] = "http://booking.example/"
    assert "암호화하지 않는" in said(desk.post("/connections/webhooks/new", bad))


def test_a_webhook_is_looked_after(desk: Client, webhook: Webhook) -> None:
    address = f"/connections/webhooks/{webhook.pk}"
    assert "멈추었습니다" in said(desk.post(f"{address}/pause", follow=True))
    assert "멈추어 둔" in said(desk.post(f"{address}/test", follow=True))
    assert "다시 보냅니다" in said(desk.post(f"{address}/resume", follow=True))
    page = said(desk.post(f"{address}/test", follow=True))
    assert "시험 알림을 보냈습니다" in page
    changed = {"name": "새 이름", "url": "https://new.example/", "events": ["message.failed"]}
    page = said(desk.post(f"{address}/change", changed, follow=True))
    assert "new.example" in page
    assert "필수" in said(desk.post(f"{address}/change", {"name": ""}))
    assert "지웠습니다" in said(desk.post(f"{address}/remove", follow=True))
    assert desk.get(address).status_code == 404


def test_what_was_given_up_is_sent_again(desk: Client, webhook: Webhook) -> None:
    now = timezone.now()
    made = [
        Delivery.objects.create(
            webhook=webhook,
            event_id=f"evt_{number}",
            type="message.failed",
            subject="message:7",
            body="{}",
            created_at=now - timedelta(days=number),
            give_up_at=now,
            state="failed",
            tries=9,
            status=500,
            error="status",
        )
        for number in (0, 3, 9)
    ]
    address = f"/connections/webhooks/{webhook.pk}"
    page = said(desk.get(f"{address}?state=failed"))
    assert "500" in page
    assert "메시지 7" in page
    one = desk.post(f"{address}/redrive", {"delivery": str(made[0].pk)}, follow=True)
    assert "1건을 다시" in said(one)
    assert "1건을 다시" in said(desk.post(f"{address}/redrive", {"since": "week"}, follow=True))
    assert "1건을 다시" in said(desk.post(f"{address}/redrive", follow=True))
    assert "다시 보낼 것이 없습니다" in said(desk.post(f"{address}/redrive", follow=True))
    assert "이 상태인 알림이" in said(desk.get(f"{address}?state=done"))


# ---- connected systems, and the dashboard --------------------------------------------------------


def test_a_system_and_what_it_brought(desk: Client, source: Source) -> None:
    now = timezone.now()
    for number in range(4):
        AgentRow.objects.create(
            source=source, record=f"sc_tran:{number}", recognised=number > 0, taken_at=now
        )
    address = f"/connections/systems/{source.pk}"
    assert "75.0%" in said(desk.get("/connections/systems"))
    assert "75.0%" in said(desk.get(address))
    assert "더 읽지 않습니다" in said(desk.post(f"{address}/pause", follow=True))
    assert "다시 읽습니다" in said(desk.post(f"{address}/resume", follow=True))


def test_a_system_that_fails_says_why(desk: Client, source: Source) -> None:
    Source.objects.update(failing_since=timezone.now(), error="no_such_table")
    for address in ("/", "/connections/systems", f"/connections/systems/{source.pk}"):
        page = said(desk.get(address))
        assert "그런 표나 뷰가 없습니다" in page
        assert "no_such_table" not in page


def test_the_dashboard_tells_what_needs_somebody(
    desk: Client, staff: Staff, sign_in: SignIn, live: ApiKey, webhook: Webhook
) -> None:
    page = said(desk.get("/"))
    assert "확인을 기다리는 연계 키" in page
    assert "14일 안에" not in page
    keys.confirm(live, actor=staff.system, seen=WISH.limits.digest())
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(days=9))
    Webhook.objects.update(failing_since=timezone.now())
    page = said(desk.get("/"))
    assert "14일 안에 끝나는 연계 키" in page
    assert "웹훅이" in page
    for who in (staff.writer, staff.neighbour):
        assert "연계 키가" not in said(sign_in(who).get("/"))
