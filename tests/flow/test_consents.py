"""Served only on who agreed: recorded, asked at the exit, withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from alimnaru.office.consents import (
    Agreement,
    NoEvidence,
    NothingServed,
    of_person,
    record,
    withdraw,
)
from alimnaru.reads.consents import lacking
from alimnaru.rules.refusals import Refusal
from alimnaru.store import crypto
from alimnaru.store.models import AuditEntry, Notice, ServiceConsent
from tests.cast import Cast, bring_results, phone, states

NAME = "김나루"  # as every row of the cast names its person
REFUSED = ("suppressed", "alimtalk", Refusal.NO_SERVICE_CONSENT)


@pytest.fixture
def serving(cast: Cast) -> Cast:
    Notice.objects.filter(pk=cast.notice.pk).update(legal_effect="service")
    cast.notice.refresh_from_db()
    return cast


def agreed(number: str, name: str = NAME, **rest: object) -> Agreement:
    given = {"starts_on": timezone.localdate(), "evidence": "대장 2026-31", **rest}
    return Agreement(phone=number, name=name, **given)  # type: ignore[arg-type]


def test_only_who_agreed_is_served(serving: Cast) -> None:
    mine, strangers, other_name = phone("4321"), phone("4321"), phone("4321")
    told = record(
        serving.notice,
        [agreed(mine), agreed(other_name, "박강가"), agreed("02-123-4567")],
        actor=serving.librarian,
    )
    assert told == [None, None, Refusal.PHONE_LANDLINE]
    batch = serving.send(serving.rows(mine, strangers, other_name))
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered"), REFUSED, REFUSED]


@pytest.mark.parametrize(
    ("starts", "ends", "served"), [(0, None, True), (0, 0, True), (1, None, False), (-9, -1, False)]
)
def test_in_its_days(serving: Cast, starts: int, ends: int | None, served: bool) -> None:
    today, number = timezone.localdate(), phone("4321")
    last = None if ends is None else today + timedelta(days=ends)
    one = agreed(number, starts_on=today + timedelta(days=starts), ends_on=last)
    record(serving.notice, [one], actor=serving.librarian)
    batch = serving.send(serving.rows(number))
    bring_results(batch)
    assert (states(batch) != [REFUSED]) is served


def test_withdrawn_at_any_time(serving: Cast) -> None:
    number = phone("4321")
    for _ in range(2):
        record(serving.notice, [agreed(number)], actor=serving.librarian)
    assert ServiceConsent.objects.count() == 1
    mine = of_person(crypto.phone_hash(number), crypto.person_hash(NAME))
    assert withdraw(mine, actor=None) == 1
    assert withdraw(mine, actor=None) == 0
    batch = serving.send(serving.rows(number))
    bring_results(batch)
    assert states(batch) == [REFUSED]
    acts = list(AuditEntry.objects.filter(act__startswith="consent.").order_by("pk"))
    assert [a.act for a in acts] == ["consent.record", "consent.record"]
    ended = AuditEntry.objects.get(act="resident.withdraw")
    assert ended.facts["notice"] == serving.notice.code
    assert set(ended.facts) == {"notice", "consent"}


def test_what_is_only_announced_needs_none(cast: Cast) -> None:
    with pytest.raises(NothingServed):
        record(cast.notice, [agreed(phone("4321"))], actor=cast.librarian)
    Notice.objects.filter(pk=cast.notice.pk).update(legal_effect="notice")
    batch = cast.send(cast.rows(phone("4321")))
    bring_results(batch)
    assert states(batch) == [("delivered", "alimtalk", "delivered")]


def test_evidence_is_asked_for(serving: Cast) -> None:
    with pytest.raises(NoEvidence):
        record(serving.notice, [agreed(phone("4321"), evidence=" ")], actor=serving.librarian)
    assert not AuditEntry.objects.filter(act="consent.record").exists()


def test_a_list_says_beforehand_who_lacks_it(serving: Cast) -> None:
    mine, strangers, other_name = phone("4321"), phone("4321"), phone("4321")
    record(serving.notice, [agreed(mine), agreed(other_name, "박강가")], actor=serving.librarian)
    batch = serving.send(serving.rows(mine, strangers, other_name))
    assert lacking(batch) == 2
    Notice.objects.filter(pk=serving.notice.pk).update(legal_effect="notice")
    assert lacking(type(batch).objects.get(pk=batch.pk)) == 0
