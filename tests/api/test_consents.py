"""Agreements to be served: recorded once, found by phone, ended; only for the key's own notices."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.utils import timezone

from alimnaru.store import crypto
from alimnaru.store.models import AccessEntry, AuditEntry, Notice, ServiceConsent
from tests.api.asked import codes
from tests.api.programs import Program, key_for
from tests.cast import Cast, phone

NAME = "김나루"


@pytest.fixture
def serving(practising: Cast) -> Cast:
    Notice.objects.filter(pk=practising.notice.pk).update(legal_effect="service")
    return practising


@pytest.fixture
def program(serving: Cast) -> Program:
    return Program(key_for(serving.library, is_sandbox=False)[1])


def put(program: Program, number: str, **changes: object) -> HttpResponse:
    body = {"notice": "lib.due.soon", "phone": number, "name": NAME, "evidence": "신청 31"}
    return program.call("PUT", "consents", {**body, **changes})


def test_one_is_recorded_found_and_ended(program: Program) -> None:
    number = phone()
    said = put(program, number, address="나루구 나루로 1").json()
    today = timezone.localdate().isoformat()
    assert said["consents"] == [
        {"notice": "lib.due.soon", "starts_on": today, "ends_on": None, "how": "api",
         "evidence": "신청 31"}
    ]  # fmt: skip
    assert put(program, number).json() == said
    assert ServiceConsent.objects.count() == 1
    assert program.post("consents/search", {"phone": number}).json() == said
    assert program.post("consents/search", {"phone": number, "name": "박강가"}).json() == {
        "consents": []
    }
    end = {"phone": number, "notice": "lib.due.soon", "name": NAME, "note": "전화로 말함"}
    assert program.post("consents/end", end).json() == {"consents": []}
    assert ServiceConsent.objects.get().withdrawn_at is not None
    acts = AuditEntry.objects.filter(act__startswith="consent.")
    assert [a.act for a in acts.order_by("pk")] == [
        "consent.record", "consent.record", "consent.withdraw",
    ]  # fmt: skip
    assert number not in str(list(acts.values_list("facts", "subject")))
    looked = AccessEntry.objects.filter(act="find.phone", to_hash=crypto.phone_hash(number))
    assert looked.count() == 2


def test_a_trial_binds_nobody(serving: Cast) -> None:
    trial = Program(key_for(serving.library)[1])
    assert len(put(trial, phone()).json()["consents"]) == 1
    assert not ServiceConsent.objects.exists()


def test_a_trial_learns_nothing_that_is_real(serving: Cast, program: Program) -> None:
    real, nobodys = phone(), phone()
    assert put(program, real, evidence="대장 7").status_code == 200
    trial = Program(key_for(serving.library)[1])
    for number in (real, nobodys):
        end = {"phone": number, "notice": "lib.due.soon"}
        told = [
            put(trial, number).json(),
            trial.post("consents/search", {"phone": number}).json(),
            trial.post("consents/end", end).json(),
        ]
        assert [[c["evidence"] for c in one["consents"]] for one in told] == [["신청 31"], [], []]
    assert ServiceConsent.objects.get().withdrawn_at is None


def test_who_ends_nothing_has_looked_all_the_same(program: Program) -> None:
    """Ending what there is not answers with all that there is."""
    number = phone()
    put(program, number)
    end = {"phone": number, "notice": "lib.due.soon", "name": "박강가"}
    assert program.post("consents/end", end).status_code == 200
    looked = AccessEntry.objects.filter(act="find.phone", to_hash=crypto.phone_hash(number))
    assert looked.count() == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"phone": "02-123-4567"}, ("phone", "phone_landline")),
        ({"name": " "}, ("name", "value_empty")),
        ({"evidence": " "}, ("evidence", "evidence")),
        ({"evidence": "010-3000-1234"}, ("evidence", "evidence")),
        ({"ends_on": "2020-01-01"}, ("ends_on", "dates_reversed")),
        ({"notice": "hc.vaccine"}, ("notice", "notice_unknown")),
        ({"starts_on": 1}, ("starts_on", None)),
        ({"starts_on": "2026-13-01"}, ("starts_on", None)),
    ],
)
def test_what_is_wrong_is_named(
    program: Program, changes: dict[str, object], wrong: tuple[str, str | None]
) -> None:
    answer = put(program, phone(), **changes)
    assert answer.status_code == 422
    assert wrong in codes(answer) or (wrong[1] is None and wrong[0] in str(codes(answer)))
    assert not ServiceConsent.objects.exists()


def test_what_only_announces_needs_none(program: Program) -> None:
    Notice.objects.filter(code="lib.due.soon").update(legal_effect="notice")
    assert codes(put(program, phone())) == [("notice", "nothing_served")]
