"""Webhooks and connected systems: who looks after them, and what is written of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from alimnaru.flow import hooks
from alimnaru.office import webhooks
from alimnaru.office.connecting import ConnectingRefused
from alimnaru.office.source_switch import pause_source, resume_source
from alimnaru.office.webhooks import Wanted
from alimnaru.rules.connecting import ConnectingFault
from alimnaru.rules.webhooks import from_text
from alimnaru.store import crypto
from alimnaru.store.models import AuditEntry, Delivery, Member, Source, Webhook
from tests.cast import Cast, make_cast
from tests.staff import Staff, hire

_F = ConnectingFault
WANTED = Wanted("예약 시스템", "https://booking.example/hook?token=word", ["message.failed"])


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def staff(cast: Cast) -> Staff:
    return hire(cast)


@pytest.fixture
def webhook(cast: Cast, staff: Staff) -> Webhook:
    return webhooks.add(WANTED, actor=staff.manager, department=cast.library)[0]


def refusal(act: object, *args: object, **more: object) -> ConnectingFault:
    with pytest.raises(ConnectingRefused) as refused:
        act(*args, **more)  # type: ignore[operator]  # one of the office's acts
    return refused.value.code


def given_up(webhook: Webhook, number: int, *, days: int = 0) -> Delivery:
    now = timezone.now()
    return Delivery.objects.create(
        webhook=webhook,
        event_id=f"evt_{number}",
        type="message.failed",
        subject=f"message:{number}",
        body="{}",
        created_at=now - timedelta(days=days),
        give_up_at=now,
        state=Delivery.State.FAILED,
        tries=9,
    )


def test_the_secret_is_told_once_and_kept_sealed(cast: Cast, staff: Staff) -> None:
    webhook, text = webhooks.add(WANTED, actor=staff.manager, department=cast.library)
    assert len(from_text(text)) == 32
    sealed = bytes(webhook.secret)
    assert from_text(text) not in sealed
    assert crypto.unseal(sealed, purpose=hooks.PURPOSE) == from_text(text)
    facts = AuditEntry.objects.get(act="webhook.add").facts
    assert facts["host"] == "booking.example"
    assert "token" not in str(facts)


@pytest.mark.parametrize("who", ["viewer", "writer", "approver", "auditor", "neighbour"])
def test_only_managers_look_after_them(
    cast: Cast, staff: Staff, webhook: Webhook, who: str
) -> None:
    actor = getattr(staff, who)
    acts = (webhooks.pause, webhooks.resume, webhooks.remove, webhooks.rotate_secret)
    for act in (*acts, webhooks.redrive, webhooks.send_test):
        assert refusal(act, webhook, actor=actor) is _F.CONNECTION_NOT_YOURS
    assert refusal(webhooks.change, webhook, WANTED, actor=actor) is _F.CONNECTION_NOT_YOURS
    found = refusal(webhooks.add, WANTED, actor=actor, department=cast.library)
    assert found is _F.CONNECTION_NOT_YOURS


def test_where_it_may_lead(cast: Cast, staff: Staff, settings: Settings) -> None:
    inside = Wanted("안", "http://10.1.2.3:8080/hook")
    found = refusal(webhooks.add, inside, actor=staff.manager, department=cast.library)
    assert found is _F.URL_NOT_ALLOWED
    settings.HOOK_HOSTS = ["10.1.0.0/16"]
    assert webhooks.add(inside, actor=staff.manager, department=cast.library)[0].events == []


def test_it_is_changed(staff: Staff, webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(setbacks=5, failing_since=timezone.now())
    wanted = Wanted("새 이름", "https://new.example/hook", [])
    changed = webhooks.change(webhook, wanted, actor=staff.manager)
    assert (changed.name, changed.url, changed.events) == ("새 이름", wanted.url, [])
    webhook.refresh_from_db()
    assert (webhook.setbacks, webhook.failing_since) == (0, None)
    facts = AuditEntry.objects.get(act="webhook.change").facts
    assert facts["host"] == ["booking.example", "new.example"]


def test_it_is_paused_and_resumed(staff: Staff, webhook: Webhook) -> None:
    assert not webhooks.pause(webhook, actor=staff.manager).is_active
    webhooks.pause(webhook, actor=staff.manager)
    assert AuditEntry.objects.filter(act="webhook.pause").count() == 1
    later = timezone.now() + timedelta(hours=4)
    Webhook.objects.filter(pk=webhook.pk).update(next_at=later, setbacks=8)
    assert refusal(webhooks.send_test, webhook, actor=staff.manager) is _F.WEBHOOK_PAUSED
    assert webhooks.resume(webhook, actor=staff.system).is_active
    webhook.refresh_from_db()
    assert (webhook.next_at, webhook.setbacks) == (None, 0)
    assert AuditEntry.objects.filter(act="webhook.resume").exists()


def test_two_secrets_sign_for_a_day(staff: Staff, webhook: Webhook) -> None:
    before = bytes(webhook.secret)
    text = webhooks.rotate_secret(webhook, actor=staff.manager)
    webhook.refresh_from_db()
    assert crypto.unseal(bytes(webhook.secret), purpose=hooks.PURPOSE) == from_text(text)
    assert webhook.old_secret is not None
    assert bytes(webhook.old_secret) == before
    assert webhook.old_secret_until is not None
    assert timedelta(hours=23) < webhook.old_secret_until - timezone.now() <= timedelta(hours=24)


def test_what_was_given_up_is_driven_again(staff: Staff, webhook: Webhook) -> None:
    first, second, old = (given_up(webhook, n, days=d) for n, d in ((1, 0), (2, 0), (3, 9)))
    act = webhooks.redrive
    assert act(webhook, actor=staff.manager, deliveries=[first.pk]) == 1
    week = timezone.now() - timedelta(days=7)
    assert act(webhook, actor=staff.manager, since=week) == 1
    second.refresh_from_db()
    old.refresh_from_db()
    assert (second.state, old.state) == ("waiting", "failed")
    assert act(webhook, actor=staff.manager) == 1
    assert refusal(act, webhook, actor=staff.manager) is _F.NOTHING_FAILED
    entry = AuditEntry.objects.filter(act="webhook.redrive").latest("pk")
    assert entry.facts["count"] == 1


def test_nothing_of_another_webhook_is_driven(cast: Cast, staff: Staff, webhook: Webhook) -> None:
    health = webhooks.add(WANTED, actor=staff.neighbour, department=cast.health)[0]
    theirs = given_up(health, 1)
    found = refusal(webhooks.redrive, webhook, actor=staff.manager, deliveries=[theirs.pk])
    assert found is _F.NOTHING_FAILED


def test_a_test_is_on_its_way(staff: Staff, webhook: Webhook) -> None:
    webhooks.send_test(webhook, actor=staff.manager)
    assert Delivery.objects.get(webhook=webhook).state == "waiting"


def test_it_is_removed_with_what_it_had_to_tell(staff: Staff, webhook: Webhook) -> None:
    given_up(webhook, 1)
    webhooks.remove(webhook, actor=staff.manager)
    assert not Webhook.objects.exists()
    assert AuditEntry.objects.get(act="webhook.remove").facts["count"] == 1


def test_a_connected_system_is_left_alone_and_read_again(cast: Cast, staff: Staff) -> None:
    program = Member.objects.create(login="source:loans", name="대출", is_program=True)
    now = timezone.now()
    source = Source.objects.create(
        department=cast.library,
        code="loans",
        name="대출 자료",
        kind="table",
        member=program,
        created_at=now,
        polled_at=now,
        failing_since=now,
        error="unreachable",
    )
    assert refusal(pause_source, source, actor=staff.writer) is _F.CONNECTION_NOT_YOURS
    for _ in range(2):
        pause_source(source, actor=staff.manager)
    source.refresh_from_db()
    assert (source.is_active, source.error) == (False, "")
    resume_source(source, actor=staff.system)
    source.refresh_from_db()
    assert (source.is_active, source.polled_at) == (True, None)
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["source.pause", "source.resume"]
