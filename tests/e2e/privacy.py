"""What the officer for personal data has on the desk: an incident, a resident's request."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from alimnaru.flow import holds, sealing
from alimnaru.office.incidents import add_step, change, open_incident
from alimnaru.office.resident_requests import receive
from alimnaru.reads.destroying import digest
from alimnaru.rules.breach import Step
from alimnaru.rules.hold import HoldState
from alimnaru.store import crypto
from alimnaru.store.models import (
    Batch,
    Department,
    Destruction,
    HeldCopy,
    LegalHold,
    Member,
    Message,
    Verification,
)
from tests.e2e.office import Office


def open_desk(office: Office, batch: Batch, *, trouble: bool = False) -> dict[str, int]:
    """One of each, by the manager of the library."""
    manager, department = office.staff.manager, office.library
    now = timezone.now()
    found = open_incident(
        actor=manager,
        department=department,
        title="다른 분의 예약도서가 적힌 알림",
        known_at=now - timedelta(hours=5),
        happened_at=now - timedelta(hours=6),
        batch=batch.pk,
    )
    change(
        found, actor=manager, given={"items": "이름, 예약한 책 제목", "course": "명단의 칸이 밀림"}
    )
    add_step(found, actor=manager, kind=Step.STOPPED, done_at=now - timedelta(hours=4), text="멈춤")
    request = receive(
        actor=manager,
        department=department,
        kind="access",
        way="desk",
        phone="01055550100",
        received_on=timezone.localdate() - timedelta(days=2),
        note="창구에서 신분증 확인",
    )
    gone = _destroyed(department, batch, manager, now)
    seal_all(office.staff.auditor, now, trouble=trouble)
    kept = _held(department, batch, office, now, trouble=trouble)
    return {"incident": found.pk, "resident_request": request.pk, "destruction": gone, **kept}


def seal_all(auditor: Member, now: datetime, *, trouble: bool) -> None:
    """Everything sealed, and verified twice; in trouble something was altered."""
    sealing.seal()
    finding = {"wrong": "row_altered", "table": "store_auditentry", "id": 812, "seal": 3,
               "day": timezone.localdate(now).isoformat()}  # fmt: skip
    for days, wrong in ((9, 0), (1, int(trouble))):
        at = now - timedelta(days=days)
        Verification.objects.create(
            state=Verification.State.DONE,
            asked_by=auditor,
            asked_at=at,
            ended_at=at + timedelta(minutes=3),
            seals=412,
            rows=18_230,
            batches=96,
            messages=48_120,
            newest=412,
            wrong=wrong,
            findings=[finding] * wrong,
        )


def _held(
    department: Department, batch: Batch, office: Office, now: datetime, *, trouble: bool
) -> dict[str, int]:
    """One that is kept, and one that the manager asks for; in trouble a copy was taken out."""
    own = Message.objects.filter(batch=batch).order_by("pk")
    messages = list(own.values_list("pk", flat=True)[:4])
    told = {
        "department": department,
        "batch": batch.pk,
        "messages": messages,
        "basis": "민사소송법 제344조에 따른 문서제출명령",
        "reason": "손해배상 소송의 증거로 제출",
        "until": timezone.localdate(now) + timedelta(days=700),
        "asked_at": now - timedelta(hours=4),
    }
    kept = LegalHold.objects.create(
        **told,
        state=HoldState.COPYING,
        asked_by=office.staff.manager,
        agreed_by=office.staff.auditor,
        agreed_at=now - timedelta(hours=3),
    )
    kept.wrapped_key = crypto.BatchKey.new().wrap(crypto.HOLDS + kept.pk)
    kept.save()
    holds.copy(kept.pk)
    LegalHold.objects.create(**told, asked_by=office.staff.manager)
    if trouble:
        HeldCopy.objects.filter(hold=kept, message=messages[-1]).delete()
    return {"hold": kept.pk, "held": kept.held.order_by("pk")[0].pk}


def _destroyed(department: Department, batch: Batch, manager: Member, now: datetime) -> int:
    """One that is done, and one that somebody asks for."""
    gone = Destruction.objects.create(
        basis="term_over",
        retention="RA",
        department=department,
        begun_at=now - timedelta(hours=2),
        done_at=now - timedelta(hours=1),
        batches=2,
        messages=148,
    )
    gone.digest = digest(gone)
    gone.save()
    Destruction.objects.create(
        state=Destruction.State.ASKED,
        basis="decision",
        retention="RA",
        department=department,
        batch=batch,
        reason="잘못 만든 명단이라 바로 파기",
        asked_by=manager,
        asked_at=now - timedelta(hours=3),
    )
    return gone.pk
