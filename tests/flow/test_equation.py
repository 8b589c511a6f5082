"""Rows = refused + delivered + failed + suppressed + cancelled + expired + unknown + pending.

Random days of an office: receipts in any order, twice or never; cuts, stops, wishes, lost bells,
time, channels that are off, decisions about what nobody tells. After every step the books add up,
and in the end nobody is left pending.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction

from alimnaru.flow import tasks
from alimnaru.flow.fallback import fall_back, give_up_waiting
from alimnaru.flow.outcome import end_waiting
from alimnaru.flow.receive import drain
from alimnaru.flow.sweep import sweep
from alimnaru.office.channels import switch_off, switch_on
from alimnaru.office.unknowns import NoText, decide
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.roster import BadRow
from alimnaru.rules.unknowns import Choice
from alimnaru.store import crypto
from alimnaru.store.ledger import chunks
from alimnaru.store.models import Batch, Chunk, Message, Preference, ReceiptInbox
from tests.cast import Cast, phone
from tests.flow.books import check_books, jobs, lose_jobs
from tests.flow.moment import Moment
from tests.flow.reports import ids, keep

ENDINGS = ("", "", "0001", "0004", "0006", "0006", "0009", "0010", "0013", "0015")
CODES = ("4000", "4000", "3000", "3104", "3010", "3024", "3040", "3043", "1026", "7777")
FAULTS = ("cut_before", "cut_after", "error_503", "too_many")
STEPS = 25


@dataclass(slots=True)
class Day:
    """One batch and everything that may happen to it."""

    cast: Cast
    moment: Moment
    rng: random.Random
    batch: Batch
    phones: list[str]
    happened: list[str] = field(default_factory=list)

    def step(self) -> None:
        carrier = (self.receipts, self.receipts, self.read, self.fault)
        office = (self.work, self.work, self.work, self.fall_back, self.give_up)
        people = (self.stop, self.resume, self.cancel, self.wish, self.decide, self.outage)
        chance = (self.time, self.net, self.old_bells)
        act: Callable[[], None] = self.rng.choice((*carrier, *office, *people, *chance))
        self.happened.append(act.__name__)
        act()

    def receipts(self) -> None:
        messages = ids(self.batch)
        told = [
            (f"{self.rng.choice(messages)}-{self.rng.choice((1, 1, 2, 3))}", self.rng.choice(CODES))
            for _ in range(self.rng.randrange(1, 12))
        ]
        keep(self.cast, *told, *self.rng.sample(told, len(told) // 2))

    def read(self) -> None:
        drain()

    def work(self) -> None:
        """Every bell that is due is heard, whatever its schedule says."""
        for _ in range(4):
            due = jobs()
            lose_jobs()
            for name, key in due:
                getattr(tasks, name)(key)

    def fall_back(self) -> None:
        fall_back(self.batch.pk)

    def give_up(self) -> None:
        for chunk in Chunk.objects.filter(state="sent"):
            give_up_waiting(chunk.pk)

    def time(self) -> None:
        self.moment.passes(seconds=self.rng.choice((1, 5, 31, 61, 301, 700)))

    def net(self) -> None:
        lose_jobs()
        sweep()

    def fault(self) -> None:
        self.cast.faults(
            kind=self.rng.choice(FAULTS), path=self.rng.choice(("create", "add", "send", "list"))
        )

    def stop(self) -> None:
        with transaction.atomic():
            Batch.objects.update(stopped_at=self.moment.now)
            chunks.hold_batch(self.batch.pk, Refusal.BATCH_STOPPED)

    def resume(self) -> None:
        with transaction.atomic():
            Batch.objects.update(stopped_at=None)
            chunks.free_batch(self.batch.pk, self.moment.now)

    def cancel(self) -> None:
        if self.rng.random() < 0.8:
            return
        self.stop()
        with transaction.atomic():
            held = list(Chunk.objects.filter(state="held").values_list("pk", flat=True))
            end_waiting(held, MessageState.CANCELLED, Refusal.CANCELLED_BY_STAFF, self.moment.now)
            chunks.close_held(held)

    def wish(self) -> None:
        Preference.objects.create(
            to_hash=crypto.phone_hash(self.rng.choice(self.phones)),
            choice=self.rng.choice(("stop", "sms", "kakao")),
            provenance="desk",
            since=self.moment.now,
        )

    def outage(self) -> None:
        channel = self.rng.choice((Channel.ALIMTALK, Channel.ALIMTALK, Channel.SMS))
        if self.rng.random() < 0.5:
            switch_on(channel, actor=self.cast.librarian)
        else:
            switch_off(channel, actor=self.cast.librarian, ceiling=self.rng.choice((None, 20)))
        sweep()

    def decide(self) -> None:
        for choice in self.rng.sample(list(Choice), 3):
            message = self.rng.choice(ids(self.batch))
            with contextlib.suppress(NoText):
                decide(self.batch, choice, actor=self.cast.librarian, messages=[message])

    def old_bells(self) -> None:
        """Jobs may run twice, and long after they were asked for."""
        for chunk in Chunk.objects.all():
            tasks.dispatch(chunk.pk)
            tasks.poll(chunk.pk)
        tasks.receive(0)


@pytest.mark.parametrize("seed", range(20))
def test_the_books_add_up(cast: Cast, moment: Moment, seed: int) -> None:
    rng = random.Random(seed)
    cast.notice.priority = rng.choice(("P1", "P2"))
    cast.notice.fallback = rng.choice(("sms", "sms", "sms", ""))
    cast.notice.on_unknown = rng.choice(("leave", "sent", "sms"))
    cast.notice.save()
    phones = [phone(rng.choice(ENDINGS)) for _ in range(rng.randrange(4, 14))]
    bad = [BadRow(900 + n, "휴대폰", Refusal.PHONE_EMPTY, "", "", "") for n in range(seed % 3)]
    batch = cast.send([*cast.rows(*phones), *bad], chunk_size=rng.choice((2, 5, 100)))
    day = Day(cast, moment, rng, batch, phones)
    for _ in range(STEPS):
        day.step()
        check_books(batch)
    accepted = cast.accepted()
    assert len(accepted) == len(set(accepted)), day.happened
    comes_to_an_end(day)


def comes_to_an_end(day: Day) -> None:
    """With nothing but the sweep's bells everybody's notice ends, within days."""
    day.cast.control("DELETE", "faults")
    for channel in Channel:
        switch_on(channel, actor=day.cast.librarian)
    for _ in range(8):
        day.moment.passes(hours=73)
        lose_jobs()
        ReceiptInbox.objects.filter(drained_at=None).update(received_at=day.batch.created_at)
        sweep()
        day.work()
        check_books(day.batch)
    left = Message.objects.filter(state="pending").values_list("chunk__state", "attempt_no")
    assert not left, day.happened
    assert set(Chunk.objects.values_list("state", flat=True)) == {"settled"}, day.happened
    assert len(day.cast.accepted()) == len(set(day.cast.accepted()))


def test_a_quiet_day(cast: Cast, moment: Moment) -> None:
    """The least that the equation must survive: nothing happens at all."""
    batch = cast.send(cast.rows(phone(), phone()))
    check_books(batch)
    moment.now = batch.expires_at + timedelta(seconds=1)
    sweep()
    tasks.dispatch(Chunk.objects.get().pk)
    check_books(batch)
    assert set(Message.objects.values_list("state", flat=True)) == {"expired"}
