"""The officer's desk: a breach until its evidence, a request answered, a month signed."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from alimnaru.flow import holds, sealing
from alimnaru.office import dormancy
from alimnaru.office.access_review import ReviewRefused, remark, remind, sign
from alimnaru.office.incidents import BreachRefused, add_scope, close, notify
from alimnaru.office.resident_file import about
from alimnaru.reads.access import Looked, looks, month_of
from alimnaru.reads.audit import Sight
from alimnaru.reads.incidents import standing_of
from alimnaru.reads.verifying import verify
from alimnaru.rules.access import Access
from alimnaru.rules.access_review import Oddity, ReviewFault
from alimnaru.rules.breach import BreachFault
from alimnaru.store import access, crypto
from alimnaru.store.ledger import accesses
from alimnaru.store.models import (
    AccessEntry,
    AuditEntry,
    Batch,
    Department,
    HeldCopy,
    Incident,
    Kept,
    LegalHold,
    Member,
    Membership,
    Message,
    ResidentRequest,
    Role,
    Stage,
    Task,
)
from alimnaru.store.scoping import Scope, whole_office
from tests.console.locked import take
from tests.console.test_every_url import undone
from tests.e2e.world import State, World, build
from tests.staff import browser_of

pytestmark = pytest.mark.django_db
REASON = {"reason": "complaint", "note": ""}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield build(State.FULL)


@pytest.fixture
def world(built: World) -> Iterator[World]:
    with undone():
        yield built


def _incident(world: World) -> Incident:
    return Incident.objects.get(pk=world.ids["incident"])


def test_a_breach_is_told_by_the_normal_release(world: World) -> None:
    found, manager = _incident(world), world.staff.manager
    people = standing_of(found).people
    asked = notify(found, actor=manager)
    assert [(b.notice.code, b.stage) for b in asked] == [("ops.breach", Stage.REQUESTED)]
    assert asked[0].approvals_needed == 2
    assert asked[0].people == people > 0
    with pytest.raises(BreachRefused, match=BreachFault.ALL_TOLD):
        notify(found, actor=manager)
    # What is found to have leaked as well is told too, and only that.
    told = {asked[0].pk, *found.scopes.values_list("batch", flat=True)}
    reached = Message.objects.filter(state="delivered", batch__department=found.department)
    other = reached.exclude(batch__in=told).latest("id").batch_id
    add_scope(found, actor=manager, batch=other)
    assert [b.corrects_id for b in notify(found, actor=manager)] == [other]
    with pytest.raises(BreachRefused, match=BreachFault.NOT_ALLOWED):
        add_scope(found, actor=world.staff.writer, batch=1)


def test_an_incident_closes_with_its_reasons_only(world: World) -> None:
    found, manager = _incident(world), world.staff.manager
    with pytest.raises(BreachRefused, match=BreachFault.STEPS_MISSING):
        close(found, actor=manager, reason="끝났습니다 정말로")
    close(found, actor=manager, reason="명단을 살펴보니 유출이 아니어서 알릴 분이 없었습니다")
    with pytest.raises(BreachRefused, match=BreachFault.CLOSED):
        close(found, actor=manager, reason="명단을 살펴보니 유출이 아니어서 알릴 분이 없었습니다")


def _without_pango(monkeypatch: pytest.MonkeyPatch, address: str, member: Member) -> int:
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "weasyprint", None)
        return browser_of(member).post(address).status_code


def test_the_evidence_names_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    address = reverse("incident-evidence", args=[world.ids["incident"]])
    assert _without_pango(monkeypatch, address, world.staff.manager) == 302
    answer = browser_of(world.staff.manager).post(address)
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert set(packed.namelist()) >= {"report.pdf", "audit.json", "access.json", "sha256.txt"}
    said = b"".join(packed.read(n) for n in packed.namelist() if n.endswith(".json")).decode()
    assert not re.search(r"01[016789]-?\d{3,4}-?\d{4}", said)
    assert packed.read("report.pdf").startswith(b"%PDF")


@pytest.mark.parametrize("clear", ["", "1"])
def test_the_affected_are_taken_for_a_reason(world: World, clear: str) -> None:
    address = reverse("incident-affected", args=[world.ids["incident"]])
    browser = browser_of(world.staff.manager)
    if clear:
        _answer, content = take(browser, address, {**REASON, "clear": clear})
    else:
        content = browser.post(address, REASON).content
    assert content.startswith(b"PK")
    entry = AccessEntry.objects.order_by("-pk")[0]
    assert (entry.act, entry.reason) == (Access.EXPORT, "complaint")
    assert entry.people == standing_of(_incident(world)).people


def test_a_resident_is_answered_with_one_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = Message.objects.get(pk=world.message("done"))
    found = ResidentRequest.objects.get(pk=world.ids["resident_request"])
    found.to_hash = bytes(message.to_hash)
    key = crypto.BatchKey.unwrap(bytes(message.batch.wrapped_key or b""), message.batch_id)
    phone = key.open(message.pk, bytes(message.payload))[0]
    found.phone = crypto.seal(phone.encode(), purpose="resident request")
    found.save()
    address = reverse("resident-request-file", args=[found.pk])
    assert _without_pango(monkeypatch, address, world.staff.manager) == 302
    answer = browser_of(world.staff.manager).post(address, {"language": "en"})
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    held = json.loads(packed.read("resident.json"))
    assert message.pk in {m["number"] for m in held["messages"]}
    assert packed.read("resident.pdf").startswith(b"%PDF")
    staff = {m.name for m in Member.objects.filter(is_program=False)}
    assert not [name for name in staff if name in packed.read("resident.json").decode()]
    found.refresh_from_db()
    assert (found.phone, bool(found.answered_at), len(found.sha256)) == (None, True, 64)
    assert browser_of(world.staff.manager).post(address).status_code == 302


def test_nobody_reads_by_a_request_what_other_departments_have_told(world: World) -> None:
    """Anybody's number can be written down as a request; who answers for one department alone gets
    what that department holds."""
    message = Message.objects.get(pk=world.message("done"))
    key = crypto.BatchKey.unwrap(bytes(message.batch.wrapped_key or b""), message.batch_id)
    phone = key.open(message.pk, bytes(message.payload))[0]
    own = Scope((message.batch.department.path,))
    access.note(
        member=message.batch.member,
        act=Access.MESSAGE,
        subject=f"message:{message.pk}",
        department=message.batch.department,
        whose=bytes(message.to_hash),
    )
    held = about(own, phone)
    assert {one["department"] for one in held["seen_by"]} == {message.batch.department.name}
    assert message.pk in {m["number"] for m in held["messages"]}
    assert held["only"] == [message.batch.department.name]
    root = Department.objects.get(parent=None)
    other = Department.objects.create(code="x9", name="보건소", parent=root, path=f"{root.path}x9/")
    held = about(Scope((other.path,)), phone)
    assert (held["messages"], held["only"], held["seen_by"]) == ([], ["보건소"], [])
    everything = about(Scope((root.path,)), phone)
    assert everything["only"] == []
    assert message.pk in {m["number"] for m in everything["messages"]}


def test_texts_are_told_for_as_long_as_they_are_held(world: World) -> None:
    message = Message.objects.get(pk=world.message("done"))
    key = crypto.BatchKey.unwrap(bytes(message.batch.wrapped_key or b""), message.batch_id)
    phone = key.open(message.pk, bytes(message.payload))[0]
    old = timezone.now() - timedelta(days=800)
    Batch.objects.filter(pk=message.batch_id).update(created_at=old, released_at=old)
    told = about(whole_office(), phone)["messages"]
    assert next(m for m in told if m["number"] == message.pk)["values"]


def _back(entry_month: date) -> None:
    """Entries of an earlier month, at noon of a working day and at night."""
    zone = timezone.get_current_timezone()
    noon = timezone.datetime(entry_month.year, entry_month.month, 15, 23, tzinfo=zone)
    AccessEntry.objects.bulk_create(
        AccessEntry(
            at=noon,
            member=Member.objects.get(login="writer"),
            actor_name="x",
            via="console",
            act=Access.ROWS,
            subject="batch:1",
            people=5,
        )
        for _ in range(2)
    )


def test_a_month_is_explained_and_signed_by_others(world: World) -> None:
    first = (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
    writer, auditor = world.staff.writer, world.staff.auditor
    Member.objects.filter(pk=writer.pk).update(login="writer")
    _back(first)
    found = month_of(first, timezone.now()).found
    night = next(one for one in found if one.oddity is Oddity.NIGHT)
    assert (night.members, night.count) == ((writer.pk,), 2)
    assert remind(timezone.now()) == 1
    assert remind(timezone.now()) == 0
    with pytest.raises(ReviewRefused, match=ReviewFault.REMARKS_MISSING):
        sign(first, actor=auditor)
    with pytest.raises(ReviewRefused, match=ReviewFault.NOT_ALLOWED):
        sign(first, actor=writer)
    for one in found:
        remark(first, one.key, actor=auditor, text="당직 근무 확인함")
    sign(first, actor=auditor)
    assert not Task.objects.filter(kind=Task.Kind.ACCESS_REVIEW, done_at=None).exists()
    with pytest.raises(ReviewRefused, match=ReviewFault.SIGNED):
        sign(first, actor=auditor)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE store_accessentry SET people = 0",
        "DELETE FROM store_accessentry",
        "UPDATE store_incidentstep SET text = ''",
        "DELETE FROM store_incidentstep",
    ],
)
def test_the_log_is_kept(world: World, statement: str) -> None:
    access.note(member=world.staff.writer, act=Access.ROWS, subject="batch:1", people=3)
    refused = pytest.raises(DatabaseError, match="takes INSERT only")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)


def test_after_two_years_it_goes_with_its_seal(world: World) -> None:
    """A younger seal would tell of a row that somebody has removed."""
    for days in (740, 735):
        AccessEntry.objects.create(
            at=timezone.now() - timedelta(days=days), member=world.staff.writer,
            actor_name="x", via="cli", act="see.rows", subject="x",
        )  # fmt: skip
    before = timezone.now() - timedelta(days=732)
    assert accesses.forget(before) == 0
    sealing.seal()
    assert accesses.forget(before) == 0
    assert not [one for one in verify().findings if one.table == "store_accessentry"]


def test_what_an_old_seal_covers_goes(world: World) -> None:
    entry = AccessEntry.objects.create(
        at=timezone.now() - timedelta(days=740), member=world.staff.writer,
        actor_name="x", via="cli", act="see.rows", subject="x",
    )  # fmt: skip
    sealing.seal(timezone.now() - timedelta(days=739))
    access.note(member=world.staff.writer, act=Access.ROWS, subject="batch:1", people=3)
    assert accesses.forget(timezone.now() - timedelta(days=732)) == 1
    assert not AccessEntry.objects.filter(pk=entry.pk).exists()
    assert not [one for one in verify().findings if one.table == "store_accessentry"]


def test_who_saw_one_phone(world: World) -> None:
    message = world.message("done")
    browser_of(world.staff.writer).get(reverse("message", args=[message]))
    key = Message.objects.get(pk=message)
    batch_key = crypto.BatchKey.unwrap(bytes(key.batch.wrapped_key or b""), key.batch_id)
    phone = batch_key.open(message, bytes(key.payload))[0]
    seen = looks(Sight(whole_office(), office_wide=True), Looked(phone=phone))
    assert world.staff.writer.pk in {entry.member_id for entry in seen}


def test_what_programs_send_is_noted_once(world: World) -> None:
    now = timezone.now()
    accesses.note_programs(now)
    assert accesses.note_programs(now) == 0


def test_unused_accounts_are_shut_and_can_be_opened(world: World) -> None:
    long_ago = timezone.now() - timedelta(days=91)
    everybody = Member.objects.filter(is_program=False)
    everybody.update(created_at=long_ago, last_login=timezone.now())
    Member.objects.filter(pk=world.staff.viewer.pk).update(last_login=long_ago)
    assert dormancy.shut_unused(timezone.now()) == [world.staff.viewer]
    assert AuditEntry.objects.filter(act="member.dormant").count() == 1
    Member.objects.filter(pk=world.staff.viewer.pk).update(is_active=True)
    AuditEntry.objects.create(
        at=timezone.now(),
        actor=world.staff.manager,
        actor_name="x",
        act="member.open",
        subject=f"member:{world.staff.viewer.pk}",
    )
    assert dormancy.shut_unused(timezone.now()) == []


def _through(world: World) -> tuple[Batch, Member]:
    """A batch whose every result is there, and somebody to agree with the manager."""
    now = timezone.now()
    batch = Batch.objects.get(pk=world.batch("done"))
    Kept.objects.create(batch=batch, retention="RA", through_at=now, text_until=now, hash_until=now)
    LegalHold.objects.filter(state="hold_asked").delete()
    officer = Member.objects.create(login="officer", name="신보호")
    root = Department.objects.get(parent=None)
    Membership.objects.create(member=officer, department=root, role=Role.PRIVACY_OFFICER)
    return batch, officer


def test_a_hold_is_two_peoples_and_one_message_of_it_is_taken_for_a_reason(world: World) -> None:
    batch, officer = _through(world)
    manager = browser_of(world.staff.manager)
    one = _asked_to_hold(manager, batch)

    browser_of(officer).post(reverse("hold-agree", args=[one.pk]))
    holds.copy(one.pk)
    one.refresh_from_db()
    assert (one.state, one.copies, one.agreed_by) == ("hold_kept", 2, officer)
    Batch.objects.filter(pk=batch.pk).update(wrapped_key=None)
    address = reverse("hold-proof", args=[HeldCopy.objects.filter(hold=one)[0].pk])
    answer = manager.post(address, REASON)
    assert answer.content.startswith(b"%PDF")
    entry = AccessEntry.objects.order_by("-pk")[0]
    assert (entry.act, entry.member, entry.clear) == (Access.EXPORT, world.staff.manager, True)

    manager.post(reverse("hold-end", args=[one.pk]), {"reason": "소송이 취하됨"})
    browser_of(officer).post(reverse("hold-end-agree", args=[one.pk]))
    holds.tend()
    assert manager.post(address, REASON).status_code == 404
    page = browser_of(world.staff.auditor).get(reverse("hold", args=[one.pk])).content.decode()
    assert "파기 확인서" in page


def _asked_to_hold(manager: Client, batch: Batch) -> LegalHold:
    until = timezone.localdate()
    given = {
        "batch": batch.pk,
        "rows": "2, 3",
        "basis": "민사소송법 제344조",
        "until": until.isoformat(),
        "reason": "소송의 증거로 제출",
    }
    answer = manager.post(reverse("hold-new"), given)
    assert "보존 기한이 오늘보다 뒤가 아니거나 너무 멉니다." in answer.content.decode()
    given["until"] = (until + timedelta(days=90)).isoformat()
    answer = manager.post(reverse("hold-new"), given)
    one = LegalHold.objects.get(state="hold_asked")
    assert answer.headers["Location"] == reverse("hold", args=[one.pk])
    page = manager.get(reverse("hold", args=[one.pk])).content.decode()
    assert reverse("hold-refuse", args=[one.pk]) in page
    assert reverse("hold-agree", args=[one.pk]) not in page
    return one
