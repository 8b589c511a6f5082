"""Entering and ending guardians: on evidence, for a while, recorded without anybody's number."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from alimnaru.flow.guardians import PURPOSE
from alimnaru.office.guardians import GuardianRefused, end_guardian, enter_guardian
from alimnaru.rules.guardians import GuardianFault, Relation, latest_end
from alimnaru.store import crypto
from alimnaru.store.models import AuditEntry, Guardian, Notice
from tests.cast import Cast, make_cast, phone

pytestmark = pytest.mark.django_db
F = GuardianFault


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def enter(
    cast: Cast,
    ward: str,
    by: str,
    *,
    notice: Notice | None = None,
    until: date | None = None,
    evidence: str = "동의서 12호",
) -> Guardian:
    return enter_guardian(
        actor=cast.librarian,
        ward=ward,
        phone=by,
        relation=Relation.PARENT,
        department=cast.library,
        notice=notice,
        until=until or timezone.localdate(),
        evidence=evidence,
    )


def test_a_guardian_is_entered_until_the_end_of_a_day(cast: Cast) -> None:
    ward, by, today = phone(), phone(), timezone.localdate()
    made = enter(cast, ward, by, until=today + timedelta(days=30))
    assert bytes(made.ward_hash) == crypto.phone_hash(ward)
    assert crypto.unseal(bytes(made.phone), purpose=PURPOSE).decode() == by
    end = timezone.localtime(made.until)
    assert (end.date(), end.hour, end.minute) == (today + timedelta(days=31), 0, 0)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.subject, entry.department) == (
        "guardian.set", f"guardian:{made.pk}", cast.library,
    )  # fmt: skip
    assert entry.facts == {"relation": "parent", "until": made.until.isoformat()}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"evidence": " "}, F.NO_EVIDENCE),
        ({"until": -1}, F.ENDS_TOO_EARLY),
        ({"until": 1_200}, F.ENDS_TOO_LATE),
        ({"by": "ward"}, F.SAME_PHONE),
        ({"legal_effect": "service"}, F.NOT_COPIED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_is_not_entered(cast: Cast, change: dict[str, str | int], fault: F) -> None:
    ward = phone()
    cast.notice.legal_effect = str(change.get("legal_effect", "none"))
    with pytest.raises(GuardianRefused) as refused:
        enter(
            cast,
            ward,
            ward if "by" in change else phone(),
            notice=cast.notice,
            until=timezone.localdate() + timedelta(days=int(change.get("until", 0))),
            evidence=str(change.get("evidence", "동의서")),
        )
    assert refused.value.code is fault
    assert not Guardian.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_same_is_entered_once(cast: Cast) -> None:
    ward, by = phone(), phone()
    first = enter(cast, ward, by)
    with pytest.raises(GuardianRefused) as refused:
        enter(cast, ward, by, until=latest_end(timezone.localdate()))
    assert refused.value.code is F.ALREADY
    enter(cast, ward, by, notice=cast.notice)  # another scope
    assert end_guardian(first, actor=cast.librarian, note="동의를 거둠")
    enter(cast, ward, by)
    assert Guardian.objects.count() == 3


def test_an_end_is_recorded_and_happens_once(cast: Cast) -> None:
    made = enter(cast, phone(), phone())
    assert end_guardian(made, actor=cast.librarian, note="동의를 거둠")
    made.refresh_from_db()
    assert made.until <= timezone.now()
    assert not end_guardian(made, actor=cast.librarian, note="다시")
    [_, entry] = AuditEntry.objects.order_by("pk")
    assert (entry.act, entry.facts) == (
        "guardian.end", {"relation": "parent", "note": "동의를 거둠"},
    )  # fmt: skip
