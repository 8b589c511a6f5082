"""Webhooks: what is told, to whom, in which order, and what if nobody is there."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks.webhooks import WebhookVerificationError

from alimnaru.flow import hooks
from alimnaru.office.batches import cancel_batch
from alimnaru.rules.webhooks import EventType, as_text
from alimnaru.store import crypto
from alimnaru.store.ledger import hooks as ledger
from alimnaru.store.models import (
    ApiKey,
    Batch,
    Change,
    Delivery,
    Department,
    Message,
    Reference,
    Task,
    Webhook,
)
from tests.cast import Cast, bring_results, phone
from tests.flow.moment import Moment
from tests.flow.reports import DELIVERED, ids, report
from tests.receiver import Got, Receiver, receiver

SECRET, OLDER = b"s" * 32, b"o" * 32
ALL = [event.value for event in EventType]


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    settings.HOOK_HOSTS = ["127.0.0.1"]
    with receiver() as found:
        yield found


def hook(cast: Cast, other: Receiver, department: Department | None = None, **more: Any) -> Webhook:
    """A webhook of the library that wants everything, also of lists."""
    facts: dict[str, Any] = {
        "department": department or cast.library,
        "made_by": cast.librarian,
        "name": "대출 시스템",
        "url": other.url,
        "secret": crypto.seal(SECRET, purpose=hooks.PURPOSE),
        "events": ALL,
        "created_at": timezone.now(),
    }
    return Webhook.objects.create(**facts | more)


def told(other: Receiver) -> list[tuple[str, str]]:
    """(type, code) of everything that came."""
    return [(c.event["type"], c.event["data"].get("code", "")) for c in other.got]


def the(other: Receiver, kind: str) -> dict[str, Any]:
    """The one event of a type. Those about different things may come in any order."""
    (found,) = (call.event for call in other.got if call.event["type"] == kind)
    return found


def settle(cast: Cast, *endings: str) -> Batch:
    batch = cast.send(cast.rows(*(phone(ending) for ending in endings)))
    bring_results(batch)
    return batch


def waiting() -> int:
    return Delivery.objects.filter(state="waiting").count()


# ---- what is told --------------------------------------------------------------------------------


def test_what_an_event_says(cast: Cast, other: Receiver) -> None:
    hook(cast, other)
    batch = settle(cast, "")
    hooks.tell()
    first, last = the(other, "message.delivered"), the(other, "batch.finished")
    message = Message.objects.get()
    assert first["data"] == {
        "message": str(message.pk),
        "reference": "",
        "batch": str(batch.pk),
        "batch_reference": "",
        "notice": "lib.due.soon",
        "state": "delivered",
        "channel": "alimtalk",
        "code": "delivered",
        "attempt": 1,
        "sandbox": False,
    }
    assert first["timestamp"].startswith(str(message.done_at.date()))  # type: ignore[union-attr]
    assert last["data"] == {
        "batch": str(batch.pk),
        "reference": "",
        "notice": "lib.due.soon",
        "rows": 1,
        "refused": 0,
        "delivered": 1,
        "failed": 0,
        "suppressed": 0,
        "cancelled": 0,
        "expired": 0,
        "unknown": 0,
        "sandbox": False,
    }
    for call in other.got:
        call.verify(as_text(SECRET))
        assert b"010" not in call.body
        assert "김나루" not in call.body.decode()
    assert waiting() == 0
    assert not Change.objects.exists()


def test_the_callers_own_reference_comes_back(cast: Cast, other: Receiver) -> None:
    hook(cast, other)
    batch = cast.send(cast.rows(phone()))
    key = a_key(cast)
    Batch.objects.filter(pk=batch.pk).update(api_key=key, reference="11월 연체")
    Reference.objects.create(message_id=ids(batch)[0], key=key, text="대출 7", at=timezone.now())
    bring_results(batch)
    hooks.tell()
    told_of = the(other, "message.delivered")["data"]
    assert (told_of["reference"], told_of["sandbox"]) == ("대출 7", True)
    assert the(other, "batch.finished")["data"]["reference"] == "11월 연체"


def a_key(cast: Cast) -> ApiKey:
    return ApiKey.objects.create(
        department=cast.library, member=cast.librarian, made_by=cast.librarian, name="대출",
        public=secrets.token_hex(6), secret_sha256=b"",
        is_sandbox=True, scopes=[], created_at=timezone.now(),
    )  # fmt: skip


def test_no_way_to_end_is_forgotten(cast: Cast, other: Receiver) -> None:
    """By receipt, by the sweep's clock, by a person; the trigger sees them all."""
    hook(cast, other)
    settle(cast, "", "0009", "0004")
    gone = cast.send(cast.rows(phone()), at=timezone.now() + timedelta(hours=1))
    cancel_batch(gone, actor=cast.librarian)
    hooks.tell()
    types = {kind for kind, _ in told(other)}
    assert types >= {
        "message.delivered",
        "message.unknown",
        "message.failed",
        "message.cancelled",
        "batch.finished",
    }
    assert Delivery.objects.count() == len(other.got) == 6


def test_an_unknown_one_that_turns_up_is_told_in_order(cast: Cast, other: Receiver) -> None:
    hook(cast, other)
    batch = settle(cast, "0009")
    report(cast, (f"{ids(batch)[0]}-1", DELIVERED))
    hooks.tell()
    assert other.states() == {ids(batch)[0]: ["unknown", "delivered"]}
    # It had ended when it became unknown: the late success is no second end.
    assert [kind for kind, _ in told(other)].count("batch.finished") == 1


def test_a_batch_is_finished_when_its_last_message_is_and_nobody_adds_to_it(
    cast: Cast, other: Receiver
) -> None:
    hook(cast, other, events=[EventType.BATCH_FINISHED.value])
    batch = settle(cast, "", "0006")
    hooks.tell()
    assert told(other) == []
    Batch.objects.update(open_until=timezone.now() + timedelta(minutes=5))
    report(cast, (f"{ids(batch)[1]}-1", DELIVERED))
    hooks.tell()
    assert told(other) == []
    Batch.objects.update(open_until=None)
    hooks.tell()
    hooks.tell()
    assert told(other) == [("batch.finished", "")]
    assert other.got[0].event["data"]["delivered"] == 2


def test_a_batch_is_not_finished_before_its_last_message_is_told(
    cast: Cast, other: Receiver
) -> None:
    """The last message may end between the two looks, at changes and at batches."""
    found = hook(cast, other)
    batch = settle(cast, "", "0006")
    ledger.tell_messages(timezone.now(), 10)
    report(cast, (f"{ids(batch)[1]}-1", DELIVERED))
    ledger.tell_batches(timezone.now())
    assert found.deliveries.count() == 1
    hooks.gather_changes()
    kinds = found.deliveries.order_by("pk").values_list("type", flat=True)
    assert list(kinds) == ["message.delivered", "message.delivered", "batch.finished"]


# ---- to whom -------------------------------------------------------------------------------------


def test_who_hears_of_what(cast: Cast, other: Receiver) -> None:
    mine = hook(cast, other, name="mine")
    above = hook(cast, other, cast.library.parent, name="above")
    beside = hook(cast, other, cast.health, name="beside")
    picky = hook(cast, other, name="picky", events=["message.failed", "batch.finished"])
    no_lists = hook(cast, other, name="no lists", events=[])
    settle(cast, "")
    hooks.gather_changes()
    found = {w: w.deliveries.count() for w in (mine, above, beside, picky, no_lists)}
    assert list(found.values()) == [2, 2, 0, 1, 0]


def test_what_a_program_asked_for_is_told_to_everybody_who_wants_it(
    cast: Cast, other: Receiver
) -> None:
    everything = hook(cast, other, events=[])
    batch = cast.send(cast.rows(phone()))
    Batch.objects.filter(pk=batch.pk).update(api_key=a_key(cast))
    # A save of the row as it was known before.
    batch.api_key = a_key(cast)
    batch.save()
    bring_results(batch)
    hooks.gather_changes()
    assert everything.deliveries.count() == 2


def test_a_list_that_nobody_wants_to_hear_of_costs_nothing(cast: Cast, other: Receiver) -> None:
    hook(cast, other, events=[])
    batch = settle(cast, "")
    batch.refresh_from_db()
    assert not batch.watched
    assert not Change.objects.exists()


def test_what_happens_while_it_is_paused_is_told_afterwards(cast: Cast, other: Receiver) -> None:
    found = hook(cast, other, is_active=False)
    settle(cast, "")
    hooks.tell()
    assert (other.got, waiting()) == ([], 2)
    Webhook.objects.filter(pk=found.pk).update(is_active=True)
    hooks.tell()
    assert len(other.got) == 2


def test_paused_for_too_long_it_is_given_up_and_kept(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    found = hook(cast, other, is_active=False)
    settle(cast, "")
    hooks.tell()
    moment.passes(hours=73)
    hooks.tidy(moment.now)
    assert set(found.deliveries.values_list("state", flat=True)) == {"failed"}


# ---- trouble -------------------------------------------------------------------------------------


def test_one_that_is_down_is_left_alone_ever_longer(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    found = hook(cast, other)
    settle(cast, *[""] * 20)
    other.down()
    for setbacks, seconds in enumerate((5, 30, 120), 1):
        hooks.tell()
        found.refresh_from_db()
        assert found.setbacks == setbacks
        assert found.next_at == moment.now + timedelta(seconds=seconds)
        hooks.tell()
        moment.passes(seconds=seconds)
    tried = Delivery.objects.filter(tries__gt=0)
    # One that is down is not called for each event.
    assert 3 <= tried.count() <= 2 + 8
    assert set(tried.values_list("error", flat=True)) == {"unreachable"}
    other.up()
    hooks.tell()
    found.refresh_from_db()
    assert (found.setbacks, found.failing_since, found.next_at) == (0, None, None)
    assert (waiting(), len(other.got)) == (0, 21)


def test_one_event_that_is_not_taken_holds_up_only_its_own_message(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    found = hook(cast, other)
    batch = settle(cast, "0009", "", "")
    first = ids(batch)[0]
    report(cast, (f"{first}-1", DELIVERED))
    other.answer = lambda call: (500, {}) if f'"message" : "{first}",'.encode() in call.body else (
        204, {}
    )  # fmt: skip
    hooks.tell()
    found.refresh_from_db()
    assert (found.setbacks, found.failing_since) == (0, None)
    assert len(other.got) == 3
    assert [call.event["data"]["state"] for call in other.refused] == ["unknown"]
    assert waiting() == 2
    hooks.tell()
    assert len(other.refused) == 1
    other.answer = None
    moment.passes(seconds=6)
    hooks.tell()
    assert other.states()[first] == ["unknown", "delivered"]
    assert waiting() == 0


def test_the_event_that_it_cannot_take_is_not_the_only_one_to_be_tried(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    found = hook(cast, other)
    bad = hooks.send_test(found).event_id
    other.answer = lambda call: (500, {}) if call.id == bad else (204, {})
    hooks.tell()
    found.refresh_from_db()
    assert found.setbacks == 1
    settle(cast, "")
    hooks.tell()
    assert other.got == []
    moment.passes(seconds=6)
    hooks.tell()
    assert len(other.got) == 2
    found.refresh_from_db()
    assert found.setbacks == 0


def test_a_wish_for_rest_is_heeded(cast: Cast, other: Receiver, moment: Moment) -> None:
    found = hook(cast, other)
    settle(cast, *[""] * 30)
    other.answer = lambda _: (429, {"Retry-After": "90"})
    hooks.tell()
    found.refresh_from_db()
    assert found.next_at == moment.now + timedelta(seconds=90)
    assert len(other.refused) <= 8
    other.answer = None
    moment.passes(seconds=89)
    hooks.tell()
    assert other.got == []
    moment.passes(seconds=2)
    hooks.tell()
    assert waiting() == 0


def test_a_wish_for_rest_in_the_middle_is_heeded_too(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    found = hook(cast, other)
    settle(cast, *[""] * 60)
    other.answer = lambda _: (503, {"Retry-After": "7"}) if len(other.got) >= 20 else (204, {})
    hooks.tell()
    found.refresh_from_db()
    assert found.next_at == moment.now + timedelta(seconds=7)
    assert (len(other.got), found.setbacks) == (20, 0)
    other.answer = None
    moment.passes(seconds=8)
    hooks.tell()
    assert (len(other.got), waiting()) == (61, 0)
    assert len(set(other.ids())) == 61


def test_gone_switches_it_off_and_tells_somebody(cast: Cast, other: Receiver) -> None:
    found = hook(cast, other)
    settle(cast, "")
    other.answer = lambda _: (410, {})
    hooks.tell()
    found.refresh_from_db()
    assert not found.is_active
    assert Task.objects.get().facts == {"name": "대출 시스템", "status": 410, "error": "status"}
    assert waiting() == 2


def test_after_an_hour_somebody_is_told_once_and_it_ends_with_the_trouble(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    hook(cast, other)
    settle(cast, "")
    other.down()
    for _ in range(6):
        hooks.tell()
        moment.passes(minutes=20)
    assert Task.objects.filter(kind="webhook_failing", done_at=None).count() == 1
    other.up()
    moment.passes(hours=1)
    hooks.tell()
    assert Task.objects.get().done_at == moment.now


def test_after_three_days_it_is_given_up_kept_and_can_be_driven_again(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    found = hook(cast, other)
    settle(cast, *[""] * 3)
    other.down()
    for _ in range(20):
        hooks.tell()
        moment.passes(hours=4)
    assert set(found.deliveries.values_list("state", flat=True)) == {"failed"}
    settle(cast, "")
    other.up()
    hooks.tell()
    assert len(other.got) == 2
    failed = list(found.deliveries.filter(state="failed").values_list("pk", "event_id"))
    assert hooks.redrive([pk for pk, _ in failed]) == 4
    hooks.tell()
    assert set(other.ids()) >= {event for _, event in failed}
    assert hooks.redrive([pk for pk, _ in failed]) == 0


def test_what_is_over_is_forgotten(cast: Cast, other: Receiver, moment: Moment) -> None:
    hook(cast, other)
    settle(cast, "", "")
    hooks.tell()
    Delivery.objects.filter(pk=Delivery.objects.order_by("pk")[0].pk).update(state="failed")
    hooks.tidy(moment.now + timedelta(days=29))
    assert Delivery.objects.count() == 3
    hooks.tidy(moment.now + timedelta(days=31))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    hooks.tidy(moment.now + timedelta(days=91))
    assert not Delivery.objects.exists()


# ---- secrets and addresses -----------------------------------------------------------------------


def test_both_secrets_sign_while_one_takes_the_others_place(cast: Cast, other: Receiver) -> None:
    found = hook(
        cast,
        other,
        old_secret=crypto.seal(OLDER, purpose=hooks.PURPOSE),
        old_secret_until=timezone.now() + timedelta(hours=1),
    )
    hooks.send_test(found)
    hooks.tell()
    for secret in (SECRET, OLDER):
        other.got[0].verify(as_text(secret))
    Webhook.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
    hooks.send_test(found)
    hooks.tell()
    other.got[1].verify(as_text(SECRET))
    with pytest.raises(WebhookVerificationError):
        other.got[1].verify(as_text(OLDER))


def test_a_forged_one_is_told_apart(cast: Cast, other: Receiver) -> None:
    hooks.send_test(hook(cast, other))
    hooks.tell()
    call = other.got[0]
    forged = Got(call.id, call.headers, call.body.replace(b"test", b"fake"))
    with pytest.raises(WebhookVerificationError):
        forged.verify(as_text(SECRET))
    assert base64.b64decode(call.headers["webhook-signature"].removeprefix("v1,"))


def test_this_machine_is_not_called_unless_it_is_allowed(
    cast: Cast, other: Receiver, settings: Any
) -> None:
    settings.HOOK_HOSTS = []
    hooks.send_test(hook(cast, other))
    hooks.send_test(hook(cast, other, url=other.url.replace("127.0.0.1", "localhost")))
    hooks.tell()
    assert (other.got, other.refused) == ([], [])
    assert set(Delivery.objects.values_list("error", "status")) == {("not_allowed", None)}


def test_a_redirect_is_not_followed(cast: Cast, other: Receiver) -> None:
    hooks.send_test(hook(cast, other))
    other.answer = lambda _: (302, {"Location": other.url})
    hooks.tell()
    assert len(other.refused) == 1
    assert Delivery.objects.get().status == 302


def test_the_number_of_statements_does_not_grow_with_the_events(
    cast: Cast, other: Receiver, django_assert_max_num_queries: Any
) -> None:
    hook(cast, other)
    settle(cast, *[""] * 50)
    with django_assert_max_num_queries(20):
        hooks.tell()
    assert len(other.got) == 51


def test_the_triggers_plan_suits_any_number_of_rows(cast: Cast) -> None:
    """PL/pgSQL keeps the plan of its first call, made for one row: with a nested loop 20,000 rows
    would be 400,000,000 pairs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'store_message_moved'")
        assert cursor.fetchone() == (["enable_nestloop=off"],)
