"""What the officer for personal data has on the desk: an incident, a resident's request."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from alimnaru.flow import sealing
from alimnaru.office.incidents import add_step, change, open_incident
from alimnaru.office.resident_requests import receive
from alimnaru.reads.destroying import digest
from alimnaru.rules.breach import Step
from alimnaru.store.models import Batch, Department, Destruction, Member, Verification
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
    return {"incident": found.pk, "resident_request": request.pk, "destruction": gone}


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
