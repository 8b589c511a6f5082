"""Residents' choices: by phone in a body or a header, for the key's own notices."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.utils import timezone

from alimnaru.office.preferences import enter_choice
from alimnaru.rules.consent import Choice, Provenance
from alimnaru.store import crypto
from alimnaru.store.models import (
    AccessEntry,
    AuditEntry,
    Department,
    Notice,
    Preference,
    Suspension,
)
from tests.api.asked import codes
from tests.api.programs import Program, key_for
from tests.cast import Cast, phone


@pytest.fixture
def program(practising: Cast) -> Program:
    return Program(key_for(practising.library, is_sandbox=False)[1])


def put(
    program: Program, number: str, choice: str, notice: str | None = "lib.due.soon"
) -> HttpResponse:
    body = {"phone": number, "choice": choice, "notice": notice}
    return program.call("PUT", "preferences", body)


def test_a_choice_is_entered_found_and_ended(program: Program) -> None:
    number = phone()
    said = put(program, number, "sms").json()
    (choice,) = said["choices"]
    assert (choice["notice"], choice["choice"]) == ("lib.due.soon", "sms")
    assert choice["provenance"] == "api"
    assert program.get("preferences", Resident_Phone=number).json() == said
    assert program.post("preferences/search", {"phone": number}).json() == said
    assert program.get("preferences", Resident_Phone=phone()).json()["choices"] == []
    ended = program.call(
        "DELETE", "preferences?notice=lib.due.soon", None, Resident_Phone=number
    ).json()
    assert ended["choices"] == []
    assert Preference.objects.get().until is not None
    acts = AuditEntry.objects.filter(act__startswith="preference.")
    assert sorted(acts.values_list("act", flat=True)) == ["preference.end", "preference.set"]
    assert number not in str(list(acts.values_list("facts", "subject")))


def test_a_trial_changes_nothing(practising: Cast) -> None:
    trial = Program(key_for(practising.library)[1])
    assert len(put(trial, phone(), "stop").json()["choices"]) == 1
    assert not Preference.objects.exists()


def test_a_trial_learns_nothing_that_is_real(practising: Cast, program: Program) -> None:
    number = phone()
    put(program, number, "sms")
    trial = Program(key_for(practising.library)[1])
    (told,) = put(trial, number, "stop").json()["choices"]
    assert told["choice"] == "stop"
    nothing = {"choices": [], "suspended": False}
    where = {"Resident_Phone": number}
    assert trial.get("preferences", **where).json() == nothing
    assert trial.call("DELETE", "preferences?notice=lib.due.soon", None, **where).json() == nothing
    assert [c["choice"] for c in program.get("preferences", **where).json()["choices"]] == ["sms"]


def test_who_changes_nothing_has_looked_all_the_same(program: Program) -> None:
    number = phone()
    for _ in range(2):
        put(program, number, "sms")
    looked = AccessEntry.objects.filter(act="find.phone", to_hash=crypto.phone_hash(number))
    assert looked.count() == 1


def test_only_the_whole_office_speaks_for_all_notices(practising: Cast, program: Program) -> None:
    answer = put(program, phone(), "stop", None)
    assert (answer.status_code, codes(answer)) == (403, [("notice", "whole_office")])
    root = Program(key_for(Department.objects.get(code="gu"), is_sandbox=False)[1])
    number = phone()
    said = put(root, number, "stop", None).json()
    assert said["choices"][0]["notice"] is None
    gone = root.call("DELETE", "preferences", None, Resident_Phone=number)
    assert gone.json()["choices"] == []


def test_what_the_law_wants_said_is_not_stopped(practising: Cast, program: Program) -> None:
    practising.notice.legal_effect = Notice.LegalEffect.NOTICE
    practising.notice.save()
    answer = put(program, phone(), "stop")
    assert (answer.status_code, codes(answer)) == (422, [("choice", "statutory")])
    assert put(program, phone(), "sms").status_code == 200


def test_notices_of_others_stay_out_of_it(practising: Cast, program: Program) -> None:
    theirs = Notice.objects.create(code="health.x", name="검진 안내", department=practising.health)
    number = phone()
    enter_choice(
        actor=practising.librarian,
        phone=number,
        choice=Choice.STOP,
        notice=theirs,
        provenance=Provenance.DESK,
    )
    assert program.get("preferences", Resident_Phone=number).json()["choices"] == []
    answer = put(program, number, "sms", "health.x")
    assert (answer.status_code, codes(answer)) == (422, [("notice", "notice_unknown")])


def test_a_suspended_number_is_told(program: Program) -> None:
    number = phone()
    Suspension.objects.create(
        to_hash=crypto.phone_hash(number), reason="x", provenance="desk", since=timezone.now()
    )
    assert program.get("preferences", Resident_Phone=number).json()["suspended"] is True


def test_what_is_no_phone_is_refused(program: Program) -> None:
    answer = program.post("preferences/search", {"phone": "02-123-4567"})
    assert (answer.status_code, codes(answer)) == (422, [("phone", "phone_landline")])
    assert program.get("preferences").status_code == 422
