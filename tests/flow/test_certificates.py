"""Records of the office's own duties end by their terms; no certificate disappears unseen."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from alimnaru.flow import sealing
from alimnaru.flow.certificates import destroy_records
from alimnaru.office.consents import Agreement, record
from alimnaru.reads.destroying import is_untouched
from alimnaru.reads.verifying import verify
from alimnaru.rules.seals import Wrong
from alimnaru.store.models import (
    AccessRemark,
    AccessReview,
    AuditEntry,
    Certificate,
    Destruction,
    Incident,
    IncidentScope,
    IncidentStep,
    Notice,
    ResidentRequest,
    ServiceConsent,
)
from tests.cast import Cast, phone


def at(year: int, month: int = 6) -> datetime:
    return timezone.make_aware(datetime(year, month, 1, 9))


def end(agreements: QuerySet[ServiceConsent], when: datetime) -> None:
    """As `office.consents.withdraw` would have done then."""
    for one in agreements:
        AuditEntry.objects.create(
            at=when, actor=one.recorded_by, actor_name="사서", act="consent.withdraw",
            subject=f"notice:{one.notice_id}", facts={"consent": one.pk},
        )  # fmt: skip
    agreements.update(withdrawn_at=when)


@pytest.fixture
def records(cast: Cast) -> Cast:
    """One of each whose years are over, and one of each of the year after."""
    Notice.objects.filter(pk=cast.notice.pk).update(legal_effect="service")
    cast.notice.refresh_from_db()
    batch, who = cast.send(cast.rows(phone("4321"))), cast.librarian
    this = timezone.localdate().year
    for years in (3, 4):
        when = at(this - years)
        ResidentRequest.objects.create(
            kind="access", way="desk", department=cast.library, to_hash=b"h" * 16, member=who,
            received_on=when.date(), due_on=when.date(), answered_at=when, answered_by=who,
        )  # fmt: skip
        month = date(this - years, 6, 1)
        AccessReview.objects.create(month=month, signed_at=when, signed_by=who)
        AccessRemark.objects.create(month=month, key="k", at=when, member=who, text="확인함")
    for years in (5, 6):
        when = at(this - years)
        incident = Incident.objects.create(
            title="t", department=cast.library, member=who, opened_at=when, known_at=when,
            closed_at=when, closed_by=who,
        )  # fmt: skip
        IncidentScope.objects.create(incident=incident, batch=batch)
        IncidentStep.objects.create(
            incident=incident, kind="stopped", done_at=when, noted_at=when, member=who
        )
        start = when.date()
        agreed = [
            Agreement(phone(), "김나루", start, "1호", ends_on=start),
            Agreement(phone(), "박가람", start, "2호"),
        ]
        record(cast.notice, agreed, actor=who)
        end(ServiceConsent.objects.filter(ends_on=None, withdrawn_at=None), when)
    record(
        cast.notice, [Agreement(phone(), "최다온", at(this - 9).date(), "3호")], actor=who
    )  # in force
    return cast


def test_each_goes_when_its_years_are_over(records: Cast) -> None:
    assert destroy_records(timezone.now()) == 1 + 1 + 1 + 2
    assert ResidentRequest.objects.count() == AccessReview.objects.count() == 1
    assert AccessRemark.objects.count() == Incident.objects.count() == 1
    assert IncidentStep.objects.count() == IncidentScope.objects.count() == 1
    assert ServiceConsent.objects.count() == 3
    made = {d.retention: d for d in Destruction.objects.all()}
    assert {code: d.others for code, d in made.items()} == {"PR": 1, "PI": 3, "PA": 2, "PC": 2}
    assert all(d.what == "rows" and is_untouched(d) for d in made.values())
    assert made["PC"].department == records.library
    assert AuditEntry.objects.filter(act="retention.destroy").count() == 4
    assert destroy_records(timezone.now()) == 0


def test_what_is_signed_stays_until_then(records: Cast) -> None:
    who, now = records.librarian, timezone.now()
    AccessReview.objects.create(month=now.date().replace(day=1), signed_at=now, signed_by=who)
    AccessRemark.objects.create(month=now.date(), key="k", at=now, member=who, text="확인함")
    incident = Incident.objects.order_by("pk")[0]
    IncidentStep.objects.create(
        incident=incident, kind="stopped", done_at=now, noted_at=now, member=who
    )
    for model in (AccessReview, AccessRemark, IncidentStep):
        with pytest.raises(DatabaseError, match="takes INSERT only"), transaction.atomic():
            model.objects.all().delete()


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("DELETE FROM store_destruction WHERE id = %s", Wrong.ROW_REMOVED),
        ("UPDATE store_destruction SET others = 0 WHERE id = %s", Wrong.ROW_ALTERED),
    ],
)
def test_a_certificate_that_is_removed_or_altered_is_found(
    records: Cast, sql: str, wrong: Wrong
) -> None:
    destroy_records(timezone.now() + timedelta(minutes=1))
    sealing.seal()
    assert verify().findings == []
    one = Destruction.objects.order_by("pk")[0].pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, [one])
        assert [(f.wrong, f.table, f.id) for f in verify().findings] == [
            (wrong, "store_destruction", one)
        ]
        cursor.execute("DELETE FROM store_certificate WHERE destruction_id = %s", [one])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert [f.table for f in verify().findings] == ["store_certificate"]
    with pytest.raises(DatabaseError, match="takes INSERT only"), transaction.atomic():
        Certificate.objects.all().delete()
