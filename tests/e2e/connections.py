"""Keys, webhooks and connected systems of the library, as an office has them after a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from alimnaru.office import keys
from alimnaru.office.keys import Wish
from alimnaru.office.webhooks import Wanted, add
from alimnaru.rules.api_keys import Limits
from alimnaru.store.models import (
    AgentRow,
    ApiKey,
    ApiUse,
    Delivery,
    DroppedFile,
    Member,
    Source,
    Webhook,
)
from tests.e2e.office import Office

_LIMITS = Limits(("10.20.0.0/16",), 600, 20_000)
_LOANS = Wish("도서관 대출 시스템", ["send", "read"], _LIMITS)
_KINDS = (("loans", "대출 자료 조회", "table"), ("sms", "민원 문자 발송 표", "agent"))


def connect_programs(office: Office, *, trouble: bool, again: str = "") -> dict[str, int]:
    """Make them; the names under which their ids are found. `again` tells a second round apart."""
    found = _keys(office, trouble=trouble)
    found["webhook"] = _webhook(office, trouble=trouble).pk
    for code, name, kind in (*_KINDS, ("drop", "야간 명단 폴더", "folder")):
        found[f"source_{kind}"] = _source(office, code + again, name, kind, trouble=trouble).pk
    return found


def _keys(office: Office, *, trouble: bool) -> dict[str, int]:
    staff, lib, now = office.staff, office.library, timezone.now()
    works, _ = keys.issue(_LOANS, actor=staff.manager, department=lib)
    keys.confirm(works, actor=staff.system, seen=_LIMITS.digest())
    waits, _ = keys.issue(replace(_LOANS, name="강좌 접수"), actor=staff.system, department=lib)
    test = replace(_LOANS, name="예약 시스템 시험", is_sandbox=True, limits=Limits())
    keys.issue(test, actor=staff.manager, department=lib)
    over, _ = keys.issue(replace(test, name="예전 시스템"), actor=staff.manager, department=lib)
    keys.revoke(over, actor=staff.manager)
    health = replace(test, name="검진 예약")
    keys.issue(health, actor=staff.neighbour, department=office.health)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    ApiUse.objects.create(key=works, window="day", starts_at=midnight, taken=4_120)
    ApiKey.objects.filter(pk=works.pk).update(last_used_at=now - timedelta(minutes=2))
    if trouble:
        ApiKey.objects.filter(pk=works.pk).update(expires_at=now + timedelta(days=6))
    return {"key": works.pk, "key_waits": waits.pk, "key_over": over.pk}


def _webhook(office: Office, *, trouble: bool) -> Webhook:
    wanted = Wanted("대출 시스템 수신", "https://loans.library.example/alimnaru?token=a", ())
    webhook, _ = add(wanted, actor=office.staff.manager, department=office.library)
    now = timezone.now()
    if trouble:
        Webhook.objects.filter(pk=webhook.pk).update(
            failing_since=now - timedelta(hours=3), setbacks=7, next_at=now + timedelta(minutes=40)
        )
    fates = (("done", 200, ""), ("failed", 500, "status"), ("waiting", None, "unreachable"))
    Delivery.objects.bulk_create(
        Delivery(
            webhook=webhook,
            event_id=f"evt_{webhook.pk:08d}{number:024d}",
            type=("message.delivered", "message.failed", "batch.finished")[number % 3],
            subject=f"message:{1000 + number}",
            body="{}",
            created_at=now - timedelta(minutes=5 * number),
            give_up_at=now + timedelta(hours=72),
            state=fates[number % 3][0],
            tries=number % 3 + 1,
            tried_at=now - timedelta(minutes=5 * number),
            status=fates[number % 3][1],
            error=fates[number % 3][2],
        )
        for number in range(30)
    )
    return webhook


def _source(office: Office, code: str, name: str, kind: str, *, trouble: bool) -> Source:
    now = timezone.now()
    program = Member.objects.create(login=f"source:{code}", name=name, is_program=True)
    source = Source.objects.create(
        department=office.library,
        code=code,
        name=name,
        kind=kind,
        member=program,
        created_at=now - timedelta(days=30),
        polled_at=now - timedelta(seconds=4),
        failing_since=now - timedelta(minutes=50) if trouble else None,
        error="unreachable" if trouble else "",
    )
    if kind == "agent":
        AgentRow.objects.bulk_create(
            AgentRow(
                source=source,
                record=f"sc_tran:{number}",
                recognised=number % 5 != 0,
                refusal="phone_empty" if number == 7 else "",
                taken_at=now,
            )
            for number in range(40)
        )
    if kind == "folder":
        for number, fault in enumerate(("", "file_encoding")):
            DroppedFile.objects.create(
                source=source,
                name=f"반납예정_{number}.csv",
                sha256=f"{number:064d}",
                found_at=now,
                fault=fault,
                receipt_at=now,
            )
    return source
