"""A program that is told by webhook is away for an hour, or we are killed: it hears of all."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from alimnaru.flow import hooks
from alimnaru.office.batches import cancel_batch
from alimnaru.office.unknowns import decide
from alimnaru.ops.cluster import Cluster
from alimnaru.rules.unknowns import Choice
from alimnaru.rules.webhooks import EventType, as_text
from alimnaru.store import crypto
from alimnaru.store.models import Batch, Change, Delivery, Message, Task, Webhook
from tests.cast import Cast, bring_results, phone
from tests.flow.books import check_books
from tests.flow.moment import Moment
from tests.flow.reports import DELIVERED, ids, report
from tests.receiver import CUT, Got, Receiver, receiver
from tests.stories.conftest import wait_until

Working = Callable[..., AbstractContextManager[Cluster]]
#: No web process stands here that could take callbacks: results are asked for.
BUSY = {
    "HOOK_HOSTS": "127.0.0.1",
    "HOOK_SECONDS": 0.1,
    "POLL_SECONDS": 0.5,
    "SWEEP_SECONDS": 0.5,
    "LEASE_SECONDS": 3,
}
SECRET, NEXT = b"a secret of thirty-two bytes....", b"the secret that takes its place."


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    settings.HOOK_HOSTS = ["127.0.0.1"]
    with receiver() as found:
        yield found


def hook(cast: Cast, other: Receiver) -> Webhook:
    return Webhook.objects.create(
        department=cast.library,
        made_by=cast.librarian,
        name="대출 시스템",
        url=other.url,
        secret=crypto.seal(SECRET, purpose=hooks.PURPOSE),
        events=[event.value for event in EventType],
        created_at=timezone.now(),
    )


class Diary:
    """What the messages themselves said, looked up after each step, by no way that events take."""

    def __init__(self) -> None:
        self.states: dict[int, list[str]] = {}

    def look(self) -> None:
        for pk, state in Message.objects.values_list("pk", "state"):
            known = self.states.setdefault(pk, [])
            if state != "pending" and (not known or known[-1] != state):
                known.append(state)


def an_hour(cast: Cast, moment: Moment, diary: Diary) -> list[Batch]:
    """Six lists of seventy people; what is unknown turns up, is decided, or is sent by SMS."""
    batches = []
    for step in range(6):
        endings = [""] * 40 + ["0009"] * 20 + ["0004"] * 10
        batch = cast.send(cast.rows(*(phone(ending) for ending in endings)), chunk_size=25)
        batches.append(batch)
        bring_results(batch)
        diary.look()
        dark = list(
            Message.objects.filter(batch=batch, state="unknown").values_list("pk", flat=True)
        )
        report(cast, *((f"{pk}-1", DELIVERED) for pk in dark[:10]))
        diary.look()
        decide(batch, Choice.SMS, actor=cast.librarian, messages=dark[10:15])
        bring_results(batch)
        diary.look()
        given_up = cast.send(cast.rows(phone(), phone()), at=moment.now + timedelta(hours=5))
        cancel_batch(given_up, actor=cast.librarian)
        diary.look()
        batches.append(given_up)
        for _ in range(10):
            hooks.tell()
            moment.passes(minutes=1)
        if step == 3:
            rotate()
    return batches


def rotate() -> None:
    """Its secret is changed meanwhile; for a day both sign."""
    Webhook.objects.update(
        old_secret=crypto.seal(SECRET, purpose=hooks.PURPOSE),
        old_secret_until=timezone.now() + timedelta(days=1),
        secret=crypto.seal(NEXT, purpose=hooks.PURPOSE),
    )


def finished(other: Receiver) -> dict[int, list[str]]:
    """Batch → ids of the events that told its end."""
    found: dict[int, list[str]] = {}
    for call in other.got:
        if call.event["type"] == "batch.finished":
            found.setdefault(int(call.event["data"]["batch"]), []).append(call.id)
    return found


def test_a_receiver_that_is_down_for_an_hour_gets_everything_in_order(
    cast: Cast, other: Receiver, moment: Moment
) -> None:
    found = hook(cast, other)
    diary = Diary()
    other.down()
    batches = an_hour(cast, moment, diary)
    found.refresh_from_db()
    assert moment.now - (found.failing_since or moment.now) >= timedelta(minutes=50)
    assert not other.got
    # Called a few times, not some five hundred.
    assert found.setbacks < 10
    other.answer = Rude().answer
    other.up()
    for _ in range(40):
        hooks.tell()
        moment.passes(minutes=10)
    assert other.states() == diary.states
    assert max(map(len, diary.states.values())) == 2
    assert len(diary.states) == 6 * 72
    assert set(finished(other)) == {batch.pk for batch in batches}
    # Twice only with the same id, and then with the same words.
    bodies: dict[str, set[bytes]] = {}
    for call in other.got:
        call.verify(as_text(SECRET))
        call.verify(as_text(NEXT))
        bodies.setdefault(call.id, set()).add(call.body)
    assert len(other.got) > len(bodies) == Delivery.objects.count()
    assert all(len(same) == 1 for same in bodies.values())
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    assert not Change.objects.exists()
    assert not Task.objects.filter(done_at=None).exists()
    for batch in batches:
        check_books(batch)


class Rude:
    """Back, it answers with errors now and then, and breaks off after it has taken something."""

    def __init__(self) -> None:
        self._dice = random.Random(5)

    def answer(self, _: Got) -> tuple[int, dict[str, str]]:
        thrown = self._dice.random()
        if thrown < 0.03:
            return 500, {}
        return (CUT, {}) if thrown < 0.06 else (204, {})


def test_workers_that_are_killed_lose_nothing(
    office: Cast, other: Receiver, working: Working
) -> None:
    hook(office, other)
    batch = office.send(office.rows(*(phone() for _ in range(250))), chunk_size=50)
    slow = threading.Event()

    def answer(_: Got) -> tuple[int, dict[str, str]]:
        if not slow.is_set():
            time.sleep(0.01)
        return 204, {}

    other.answer = answer
    for enough in (40, 120):
        with working(2, **BUSY) as cluster:
            wait_until(lambda enough=enough: len(other.got) >= enough)  # type: ignore[misc]
            for pid in cluster.pids().values():
                os.kill(pid, signal.SIGKILL)
    slow.set()
    with working(2, **BUSY):
        wait_until(lambda: bool(finished(other)) and not waiting())
    assert other.states() == {message: ["delivered"] for message in ids(batch)}
    assert len(set(other.ids())) == 251 == Delivery.objects.count()
    assert list(finished(other)) == [batch.pk]


def test_one_that_does_not_answer_keeps_nobody_waiting(office: Cast, settings: Any) -> None:
    settings.HOOK_HOSTS = ["127.0.0.1"]
    waits, goes_on = threading.Event(), threading.Event()

    def hang(_: Got) -> tuple[int, dict[str, str]]:
        waits.set()
        assert goes_on.wait(60)
        return 204, {}

    with receiver() as silent, receiver() as other:
        silent.answer = hang
        for each in (silent, other):
            hooks.send_test(hook(office, each))
        post = hooks.Post()
        post.go_round()
        assert waits.wait(20)
        wait_until(lambda: len(other.got) == 1)
        hooks.send_test(Webhook.objects.get(url=other.url))
        # The thread of the other one may still be at its end.
        wait_until(lambda: post.go_round() or len(other.got) == 2)
        assert not silent.got
        goes_on.set()
        wait_until(lambda: len(silent.got) == 1 and not waiting())
        post.close()


def test_what_cannot_be_told_yet_keeps_nothing_else_back(office: Cast, settings: Any) -> None:
    settings.HOOK_HOSTS = ["127.0.0.1"]
    with receiver() as other, connection.cursor() as cursor:
        hooks.send_test(hook(office, other))
        post = hooks.Post()
        cursor.execute("ALTER TABLE store_change RENAME TO gone")
        try:
            with pytest.raises(ProgrammingError):
                post.go_round()
            wait_until(lambda: len(other.got) == 1)
        finally:
            cursor.execute("ALTER TABLE gone RENAME TO store_change")
            post.close()


def waiting() -> bool:
    return Delivery.objects.filter(state="waiting").exists() or Change.objects.exists()
