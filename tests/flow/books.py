"""The books of a batch: what must add up after whatever has happened."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from django.db import connection

from alimnaru.reads.verifying import verify
from alimnaru.rules.lifecycle import MessageState
from alimnaru.store.ledger.settling import COUNTERS
from alimnaru.store.models import Batch, Chunk, Message, Tally
from tests.cast import PRICES

ENDS = [state.value for state in MessageState if state is not MessageState.PENDING]


def check_books(batch: Batch) -> None:
    """Messages, counters of chunks, tallies and won say the same; nothing owed is forgotten."""
    batch.refresh_from_db()
    messages = list(Message.objects.filter(batch=batch))
    chunks = list(Chunk.objects.filter(batch=batch))
    states = Counter(m.state for m in messages)
    assert batch.rows == batch.refused + sum(states.values())
    assert {s: sum(getattr(c, s) for c in chunks) for s in ENDS} == {s: states[s] for s in ENDS}
    _check_chunks(messages, chunks)
    delivered = Counter(m.channel for m in messages if m.state == "delivered")
    counted: Counter[str] = Counter()
    for chunk in chunks:
        counted[chunk.channel] += chunk.delivered
    assert +counted == delivered
    _check_tallies(batch)
    _check_journal()


def _check_journal() -> None:
    """Whatever moved a message wrote it down, and nothing else did."""
    assert verify().findings == []


def _check_chunks(messages: list[Message], chunks: list[Chunk]) -> None:
    waiting = Counter(m.chunk_id for m in messages if m.state == "pending")
    for chunk in chunks:
        counters = {name: getattr(chunk, name) for name in COUNTERS}
        assert all(number >= 0 for number in counters.values()), counters
        owed = chunk.size - sum(counters.values())
        assert owed == waiting[chunk.pk], (chunk, counters)
        if chunk.state in {"settled", "sent"}:
            assert (chunk.state == "settled") == (owed == 0), (chunk, counters)


def _check_tallies(batch: Batch) -> None:
    """Tallies are kept by department and notice, over all their batches."""
    chunks = Chunk.objects.filter(batch__department=batch.department, batch__notice=batch.notice)
    counted: Counter[tuple[str, str]] = Counter()
    for chunk in chunks:
        for end in ENDS:
            counted[chunk.channel, end] += getattr(chunk, end)
    tallied: Counter[tuple[str, str]] = Counter()
    won = Decimal(0)
    for tally in Tally.objects.filter(department=batch.department, notice=batch.notice):
        tallied[tally.channel, tally.outcome] += tally.messages
        won += tally.won
    assert {k: n for k, n in tallied.items() if n} == {k: n for k, n in counted.items() if n}
    price = {channel: Decimal(text) for channel, text in PRICES.items()}
    assert won == sum(c.delivered * price[c.channel] for c in chunks)


def jobs(name: str = "") -> list[tuple[str, int]]:
    """(job, key) of everything that somebody rings for, in the order of the bells."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, (args->>'key')::bigint FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name LIKE %s ORDER BY id",
            [f"alimnaru.{name}%"],
        )
        return [(task.removeprefix("alimnaru."), key) for task, key in cursor.fetchall()]


def lose_jobs() -> None:
    """All bells fall silent, as after a pruned worker."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
