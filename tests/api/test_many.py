"""Many messages in one call, and what would become of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from alimnaru.rules.audience import Audience
from alimnaru.store.models import (
    ApiUse,
    Batch,
    Message,
    Project,
    Reference,
    RefusedRow,
    SavedList,
    Tally,
)
from tests.api.asked import balanced, codes, many, row
from tests.api.programs import Program, key_for
from tests.cast import Cast, bring_results


@pytest.fixture
def program(practising: Cast) -> Program:
    return Program(key_for(practising.library)[1])


def test_each_row_is_answered_by_its_index(program: Program) -> None:
    body = many(row(reference="a"), row(to="02-123-4567"), row(key="k"), row(key="k"))
    answer = program.post("messages/many", body)
    assert answer.status_code == 202, answer.content
    said = answer.json()
    assert (said["rows"], said["accepted"], said["refused"]) == (4, 2, 2)
    assert [result["id"] is not None for result in said["results"]] == [True, False, True, False]
    assert [e["code"] for r in said["results"] for e in r["errors"]] == [
        "phone_landline",
        "row_duplicate",
    ]
    assert Reference.objects.get(text="a").message_id == int(said["results"][0]["id"])
    bring_results(Batch.objects.get(pk=int(said["batch"])))
    batch = program.get(f"batches/{said['batch']}").json()
    assert batch["delivered"]["alimtalk"] == 2
    assert balanced(batch)
    message = program.get(f"messages/{said['results'][0]['id']}").json()
    assert (message["status"], message["reference"]) == ("delivered", "a")


def test_all_or_nothing(program: Program) -> None:
    body = many(row(), row(to="x"), refuse_all_on_error=True)
    answer = program.post("messages/many", body)
    assert (answer.status_code, codes(answer)) == (422, [("rows.1.to", "phone_empty")])
    assert not Batch.objects.exists()


def test_nothing_good_is_nothing_sent(program: Program) -> None:
    answer = program.post("messages/many", many(row(to="x"), row(variables={})))
    assert answer.status_code == 422
    assert codes(answer) == [
        ("rows.0.to", "phone_empty"),
        ("rows.1.variables.성명", "value_empty"),
    ]
    assert not Batch.objects.exists()


def test_a_variable_that_is_none_is_a_mistake_in_the_program(program: Program) -> None:
    answer = program.post("messages/many", many(row(), row(variables={"이름": "x"})))
    assert codes(answer) == [("rows.1.variables.이름", "unknown")]


def test_the_same_rows_do_not_go_twice_by_mistake(program: Program) -> None:
    body = many(row(), row())
    assert program.post("messages/many", body, Idempotency_Key="1").status_code == 202
    again = program.post("messages/many", body, Idempotency_Key="1")
    assert again["Idempotent-Replayed"] == "true"
    other = program.post("messages/many", body, Idempotency_Key="2")
    assert (other.status_code, codes(other)) == (409, [("", "release_repeated")])
    assert Message.objects.count() == 2
    meant = program.post("messages/many", {**body, "confirm_repeat": True}, Idempotency_Key="2")
    # 409 is no answer that is kept: the state of things may change.
    assert meant.status_code == 202
    assert Message.objects.count() == 4


def test_only_good_rows_count_against_the_day(practising: Cast) -> None:
    key, text = key_for(practising.library, per_day=3)
    program = Program(text)
    assert program.post("messages/many", many(row(), row(), row(to="x"))).status_code == 202
    assert program.post("messages/many", many(row(), row())).status_code == 429
    assert program.post("messages/many", many(row())).status_code == 202
    assert ApiUse.objects.get(key=key, window="day").taken == 3


def test_what_was_refused_is_no_part_of_the_day(practising: Cast) -> None:
    key, text = key_for(practising.library, per_day=4)
    program = Program(text)
    body = many(row(), row())
    assert program.post("messages/many", body, Idempotency_Key="1").status_code == 202
    # Refused as a repetition, with and without a token: nothing of it goes.
    assert program.post("messages/many", body, Idempotency_Key="2").status_code == 409
    assert program.post("messages/many", body).status_code == 409
    assert program.post("messages/many", many(row(), row())).status_code == 202
    assert program.post("messages/many", many(row())).status_code == 429
    assert ApiUse.objects.get(key=key, window="day").taken == 4


def test_far_more_than_usual_waits_for_people(practising: Cast) -> None:
    today = timezone.localdate()
    for ago in range(1, 8):
        Tally.objects.create(
            day=today - timedelta(days=ago),
            department=practising.library,
            notice=practising.notice,
            channel="alimtalk",
            outcome="delivered",
            messages=1,
            won=5,
        )
    program = Program(key_for(practising.library, is_sandbox=False)[1])
    said = program.post("messages/many", many(*(row() for _ in range(60)))).json()
    assert (said["stage"], said["approvals_needed"] > 0) == ("requested", True)
    message = program.get(f"messages/{said['results'][0]['id']}").json()
    assert message["status"] == "awaiting_release"
    few = program.post("messages/many", many(row(), row())).json()
    assert few["stage"] == "released"


def test_a_notice_for_others_is_refused_as_a_whole(practising: Cast) -> None:
    practising.notice.audience = Audience.STAFF
    practising.notice.save()
    now = timezone.now()
    SavedList.objects.create(
        department=practising.library,
        member=practising.librarian,
        name="직원",
        audience=Audience.STAFF,
        rows=1,
        columns=[],
        content=b"sealed",
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    program = Program(key_for(practising.library)[1])
    answer = program.post("messages/many", many(row()))
    assert (answer.status_code, codes(answer)) == (422, [("", "residents_among_staff")])
    assert not Batch.objects.exists()


def test_a_dry_run_prices_the_text_that_would_go(practising: Cast) -> None:
    """An MMS of which there is neither picture nor text goes to nobody and costs nothing."""
    practising.notice.fallback = "mms"
    practising.notice.save()
    program = Program(key_for(practising.library, is_sandbox=False)[1])
    answer = program.post("dry-run", many(*(row() for _ in range(10))))
    assert answer.json()["channels"] == ["alimtalk"]


def test_a_dry_run_tells_everything_and_keeps_nothing(practising: Cast) -> None:
    program = Program(key_for(practising.library, is_sandbox=False)[1])
    line = {"code": "due", "name": "반납 안내", "starts_on": date(2020, 1, 1)}
    Project.objects.create(department=practising.library, monthly_cap_won=100, **line)
    rows = [row() for _ in range(120)]
    rows[7]["to"] = "x"
    answer = program.post("dry-run", {**many(*rows), "project": "due"})
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["rows"], said["would_send"], said["would_refuse"]) == (120, 119, 1)
    assert said["refused"][0]["index"] == 7
    assert said["first"]["sms"]["bytes"] <= 90
    assert "김*루" in said["longest"]["alimtalk"]["text"]
    assert said["channels"] == ["alimtalk", "sms"]
    cost = said["cost"]
    assert cost["won_least"] < cost["won"] < cost["won_most"]
    assert (cost["stopped_midway"], cost["budget_left_won"]) == (True, 100)
    assert [(c["name"], c["won_short"]) for c in cost["ceilings"]] == [
        ("반납 안내", pytest.approx(cost["won"] - 100)),
    ]
    assert said["approvals_needed"] >= 1
    assert {"code": "big", "name": "많은 사람"} in said["risks"]
    assert said["goes_at"] < said["expires_at"]
    assert not (Batch.objects.exists())
    assert not (Message.objects.exists())
    assert not (RefusedRow.objects.exists())


def test_a_program_names_the_line_that_pays(practising: Cast, program: Program) -> None:
    line = {"code": "due", "name": "반납 안내", "starts_on": date(2020, 1, 1)}
    made = Project.objects.create(department=practising.library, **line)
    Project.objects.create(department=practising.health, **{**line, "code": "theirs"})
    for code in ("nobody", "theirs"):
        answer = program.post("messages/many", {**many(row()), "project": code})
        assert (answer.status_code, codes(answer)) == (422, [("project", "project")])
    sent = program.post("messages/many", {**many(row()), "project": "due"}).json()
    opened = program.post("batches", {"notice": "lib.due.soon", "project": "due"}).json()
    for batch in (sent["batch"], opened["id"]):
        assert Batch.objects.get(pk=batch).project == made


def test_a_dry_run_knows_that_the_same_went(program: Program) -> None:
    body = many(row())
    sent = program.post("messages/many", body).json()
    assert program.post("dry-run", body).json()["repeats"] == sent["batch"]
