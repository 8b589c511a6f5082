"""A batch that is filled in pieces, closed, looked at and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from alimnaru.flow import drafts
from alimnaru.flow.sweep import sweep
from alimnaru.office.release import ReleaseRefused, approve
from alimnaru.rules.release import ReleaseFault
from alimnaru.store.models import Batch, Member, Membership, Message, RefusedRow, Role
from tests.api.asked import balanced, codes, many, row
from tests.api.programs import Program, key_for
from tests.cast import Cast, bring_results, ring


@pytest.fixture
def program(practising: Cast) -> Program:
    return Program(key_for(practising.library)[1])


def opened(program: Program, **changed: Any) -> str:
    answer = program.post("batches", {"notice": "lib.due.soon", **changed})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def piece(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"rows": list(rows)}


def test_a_batch_in_pieces_adds_up(program: Program) -> None:
    batch = opened(program, reference="2026-11")
    said = program.post(f"batches/{batch}/rows", piece(row(), row(to="x"))).json()
    assert (said["rows"], said["refused"]) == (2, 1)
    said = program.post(f"batches/{batch}/rows", piece(row(reference="r"), row())).json()
    assert (said["rows"], said["refused"]) == (4, 1)
    open_ = program.get(f"batches/{batch}").json()
    assert (open_["stage"], open_["pending"], open_["balances"]) == ("draft", 3, True)
    assert open_["open_until"]
    ring()
    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}
    closed = program.post(f"batches/{batch}/close", {})
    assert (closed.status_code, closed.json()["stage"]) == (200, "released")
    bring_results(Batch.objects.get())
    done = program.get(f"batches/{batch}").json()
    assert (done["delivered"]["alimtalk"], done["phase"], done["open_until"]) == (3, "done", None)
    assert balanced(done)
    assert Message.objects.order_by("row_no").values_list("row_no", flat=True)[2] == 4
    named = program.get("messages?reference=r").json()["data"]
    assert [m["status"] for m in named] == ["delivered"]
    assert [b["id"] for b in program.get("batches?reference=2026-11").json()["data"]] == [batch]


def test_a_row_is_never_added_twice(program: Program) -> None:
    batch = opened(program)
    first = piece(row(key="1"), row())
    program.post(f"batches/{batch}/rows", first, Idempotency_Key="p1")
    again = program.post(f"batches/{batch}/rows", first, Idempotency_Key="p1")
    assert again["Idempotent-Replayed"] == "true"
    assert Message.objects.count() == 2
    # Without its token the same piece is known row by row, by key or by phone and name.
    said = program.post(f"batches/{batch}/rows", piece(*first["rows"], row())).json()
    assert [r["id"] is None for r in said["results"]] == [True, True, False]
    assert [r["errors"][0]["code"] for r in said["results"][:2]] == ["row_duplicate"] * 2
    found = program.get(f"batches/{batch}/refused").json()["data"]
    assert [(r["row"], r["field"]) for r in found] == [(3, "key"), (4, "key")]


def test_refused_rows_come_in_pages(program: Program) -> None:
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(*(row(to="x") for _ in range(3)), row()))
    first = program.get(f"batches/{batch}/refused?limit=2")
    assert 'rel="next"' in first["Link"]
    rest = program.get(f"batches/{batch}/refused?limit=2&cursor={first.json()['next']}")
    assert [r["row"] for r in first.json()["data"] + rest.json()["data"]] == [1, 2, 3]
    assert (rest.json()["next"], rest.has_header("Link")) == (None, False)


def test_the_digest_of_pieces_is_that_of_the_list(program: Program) -> None:
    rows = [row() for _ in range(5)]
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(*rows[:2]))
    program.post(f"batches/{batch}/rows", piece(*rows[2:]))
    assert program.post("messages/many", many(*rows)).status_code == 202
    again = program.post(f"batches/{batch}/close", {})
    assert (again.status_code, codes(again)) == (409, [("", "release_repeated")])
    assert program.get(f"batches/{batch}").json()["open_until"]
    meant = program.post(f"batches/{batch}/close", {"confirm_repeat": True})
    assert meant.json()["stage"] == "released"


def test_what_needs_approval_is_asked_for(practising: Cast) -> None:
    head = Member.objects.create(login="head", name="박팀장")
    Membership.objects.create(member=head, department=practising.library, role=Role.APPROVER)
    program = Program(key_for(practising.library, is_sandbox=False)[1])
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(*(row() for _ in range(120))))
    closed = program.post(f"batches/{batch}/close", {}).json()
    assert (closed["stage"], closed["phase"]) == ("requested", "requested")
    assert closed["approvals_needed"] == 1
    assert "big" in [risk["code"] for risk in closed["risks"]]
    ring()
    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}
    asked = Batch.objects.get()
    approve(asked, actor=head, hash=asked.release_hash)
    assert program.get(f"batches/{batch}").json()["stage"] == "released"


def test_who_was_given_the_key_does_not_approve_what_it_asks_for(practising: Cast) -> None:
    head = Member.objects.create(login="head", name="박관장")
    Membership.objects.create(
        member=head, department=practising.library, role=Role.DEPARTMENT_MANAGER
    )
    key = key_for(practising.library, is_sandbox=False, made_by=head)
    program = Program(key[1])
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(*(row() for _ in range(120))))
    assert program.post(f"batches/{batch}/close", {}).json()["stage"] == "requested"
    asked = Batch.objects.get()
    with pytest.raises(ReleaseRefused, match=ReleaseFault.OWN_BATCH):
        approve(asked, actor=head, hash=asked.release_hash)
    asked.refresh_from_db()
    assert asked.stage == "requested"


def test_a_long_batch_travels_in_the_bulk_lane(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alimnaru.flow.pieces.BULK_ROWS", 3)
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(row(), row(), row()))
    program.post(f"batches/{batch}/close", {})
    found = Batch.objects.get()
    assert (found.lane, set(found.chunks.values_list("lane", flat=True))) == ("bulk", {"bulk"})
    bring_results(found)
    assert program.get(f"batches/{batch}").json()["delivered"]["alimtalk"] == 3


def test_an_empty_batch_cannot_be_closed(program: Program) -> None:
    batch = opened(program)
    answer = program.post(f"batches/{batch}/close", {})
    assert (answer.status_code, codes(answer)) == (409, [("rows", "nothing_to_send")])


def test_a_closed_batch_takes_no_rows(program: Program) -> None:
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(row()))
    program.post(f"batches/{batch}/close", {})
    late = program.post(f"batches/{batch}/rows", piece(row()))
    assert (late.status_code, codes(late)) == (409, [("", "release_handled")])


def test_a_batch_for_later_waits(program: Program) -> None:
    later = timezone.now() + timedelta(hours=30)
    batch = opened(program, send_at=later.isoformat())
    program.post(f"batches/{batch}/rows", piece(row()))
    closed = program.post(f"batches/{batch}/close", {}).json()
    assert (closed["phase"], closed["stage"]) == ("scheduled", "released")
    assert datetime.fromisoformat(closed["not_before"]) == later
    message = program.get(f"messages?batch={batch}").json()["data"][0]
    assert message["status"] == "scheduled"


def test_an_open_batch_is_given_up(program: Program) -> None:
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(row(), row(to="x")))
    said = program.post(f"batches/{batch}/cancel", None).json()
    assert (said["stage"], said["cancelled"]) == ("discarded", 1)
    assert balanced(said)
    ring()
    assert not Message.objects.exists()
    assert balanced(program.get(f"batches/{batch}").json())
    again = program.post(f"batches/{batch}/cancel", None)
    assert (again.status_code, codes(again)) == (409, [("", "release_handled")])


def test_what_waits_of_a_released_batch_ends_as_cancelled(program: Program) -> None:
    said = program.post("messages/many", many(row(), row())).json()
    cancelled = program.post(f"batches/{said['batch']}/cancel", None).json()
    assert (cancelled["cancelled"], cancelled["phase"]) == (2, "batch_cancelled")
    assert balanced(cancelled)


def test_a_batch_that_nobody_closes_is_given_up(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(row(), row(to="x")))
    sweep()
    assert program.get(f"batches/{batch}").json()["stage"] == "draft"
    drafts.tidy(timezone.now() + timedelta(hours=25))
    ring()
    assert program.get(f"batches/{batch}").json()["stage"] == "discarded"
    assert not (Message.objects.exists())
    assert not (RefusedRow.objects.exists())


def test_a_batch_of_others_is_not_there(practising: Cast, program: Program) -> None:
    batch = opened(program)
    stranger = Program(key_for(practising.health)[1])
    for call in ("", "/refused"):
        assert stranger.get(f"batches/{batch}{call}").status_code == 404
    for act, body in (("rows", piece(row())), ("close", {}), ("cancel", None)):
        assert stranger.post(f"batches/{batch}/{act}", body).status_code == 404
    assert stranger.get("batches").json()["data"] == []


def test_a_key_for_trials_takes_nothing_real_back(practising: Cast, program: Program) -> None:
    live = Program(key_for(practising.library, is_sandbox=False)[1])
    batch = opened(live)
    answer = program.post(f"batches/{batch}/cancel", None)
    assert (answer.status_code, codes(answer)) == (409, [("", "release_not_yours")])
    clerks = practising.send(practising.rows("01000000001"))
    answer = program.post(f"batches/{clerks.pk}/cancel", None)
    assert (answer.status_code, codes(answer)) == (409, [("", "release_not_yours")])
    assert program.get(f"batches/{clerks.pk}").status_code == 200


def test_a_new_key_of_the_department_closes_what_the_old_one_opened(
    practising: Cast, program: Program
) -> None:
    batch = opened(program)
    program.post(f"batches/{batch}/rows", piece(row()))
    new, text = key_for(practising.library)
    assert Program(text).post(f"batches/{batch}/close", {}).json()["stage"] == "released"
    assert Batch.objects.get().member_id == new.member_id


def test_batches_come_in_pages(program: Program) -> None:
    made = [opened(program) for _ in range(3)]
    first = program.get("batches?limit=2").json()
    rest = program.get(f"batches?limit=2&cursor={first['next']}").json()
    assert [b["id"] for b in first["data"] + rest["data"]] == made[::-1]
    assert rest["next"] is None
