"""Fallback: messages whose try ended without reaching anybody take the next one, exactly once."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.gathering import gather
from alimnaru.flow.jobs import JobName, defer
from alimnaru.rules.channel import Channel
from alimnaru.rules.plan import Move, after_silence
from alimnaru.store.ledger import moves, settling
from alimnaru.store.ledger.exit import waiting_messages
from alimnaru.store.ledger.moves import Handover
from alimnaru.store.models import Batch, Chunk

#: Messages moved in one transaction; more wait for the next round of the same job.
ROUND = 5_000

#: What is written about a try that nobody answered.
SILENT = "silent"


def fall_back(batch_id: int) -> None:
    """Move every message of a batch whose next try is due into chunks of its next channel."""
    while _one_round(batch_id):
        pass


def _one_round(batch_id: int) -> bool:
    now = timezone.now()
    with transaction.atomic():
        batch = Batch.objects.select_related("notice").get(pk=batch_id)
        due, more = moves.due_moves(batch_id, now, ROUND)
        groups: dict[tuple[str, int], list[tuple[int, int, bytes]]] = defaultdict(list)
        for d in due:
            groups[d.next_channel, d.next_try].append((d.message, d.attempt_no, d.to_hash))
        moves.close_attempts([d.attempt for d in due], now)
        left = Counter(d.chunk for d in due)
        settling.count_on_chunks({c: {"moved": n} for c, n in left.items()}, now)
        for (channel, try_no), items in sorted(groups.items()):
            gather(batch, items, channel=Channel(channel), try_no=try_no, now=now)
    return more


def give_up_waiting(chunk_id: int) -> None:
    """Hand over what a sent chunk has had no answer for, for longer than its notice can wait.

    The sweep rings only after the carrier was asked for results past that time and these were
    drained. An answer that still comes is kept, and a success counts as reached on both.
    """
    now = timezone.now()
    with transaction.atomic():
        chunk = Chunk.objects.select_related("batch__notice").get(pk=chunk_id)
        step = after_silence(chunk.batch.notice.policy, Channel(chunk.channel))
        if not isinstance(step, Move):
            return
        due = now + timedelta(seconds=step.delay)
        silent = [
            Handover(m.id, m.attempt_no, SILENT, step.channel, step.try_no, due)
            for m in waiting_messages(chunk_id)
        ]
        for batch, _ in moves.hand_over(silent, now):
            defer(JobName.FALLBACK, batch)
