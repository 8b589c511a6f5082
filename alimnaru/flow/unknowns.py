"""Unknown: decisions about messages whose outcome nobody tells, by a person or by the rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.gathering import gather
from alimnaru.flow.wordings import wording
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.unknowns import COUNTED_AS_SENT, Case, Choice, by_rule
from alimnaru.store.ledger import settling, unknowns
from alimnaru.store.ledger.settling import Verdict
from alimnaru.store.ledger.unknowns import Open
from alimnaru.store.models import Batch, Member

#: Messages decided about in one transaction of the rule; more wait for its next round.
ROUND = 5_000


def case_of(batch: Batch, now: datetime, channel: Channel = Channel.ALIMTALK) -> Case:
    """What decides about a batch's unknown messages of a channel. Needs the batch's notice."""
    text = None
    if batch.notice.fallback:
        words = wording(batch.version_id)
        way = words.way_by(Channel(batch.notice.fallback))
        text = way if words.speaks(way) else None
    return Case(
        channel=channel,
        text=text,
        over=now >= batch.expires_at or batch.wrapped_key is None,
        cancelled=batch.cancelled_at is not None,
    )


def carry_out(
    batch: Batch, found: Sequence[Open], choice: Choice, *, member: Member | None, now: datetime
) -> None:
    """Do what was decided, in the caller's transaction, which holds the messages' locks.

    Raises ValueError for a text that may not follow.
    """
    if not found:
        return
    unknowns.record(
        found, batch=batch.pk, choice=choice, at=now, member=member.pk if member else None
    )
    match choice:
        case Choice.SENT:
            _count_as_sent(found, now)
        case Choice.SMS:
            _send_text(batch, found, now)
        case Choice.LEAVE:
            pass


def _count_as_sent(found: Sequence[Open], now: datetime) -> None:
    verdicts = [Verdict(o.message, o.attempt_no, COUNTED_AS_SENT) for o in found]
    changes: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for settled in settling.settle(MessageState.DELIVERED, verdicts, now):
        changes[settled.chunk][settled.before] -= 1
        changes[settled.chunk][MessageState.DELIVERED] += 1
    settling.count_on_chunks(changes, now)


def _send_text(batch: Batch, found: Sequence[Open], now: datetime) -> None:
    channel = case_of(batch, now).text
    if channel is None:
        raise ValueError("no text follows this notice")
    unknowns.reopen(found, channel=channel, at=now)
    left = Counter(o.chunk for o in found)
    settling.count_on_chunks({c: {"unknown": -n, "moved": n} for c, n in left.items()}, now)
    items = [(o.message, o.attempt_no, o.to_hash) for o in found]
    gather(batch, items, channel=channel, try_no=1, now=now)


# ---- the rule ------------------------------------------------------------------------------------


def apply_rule(batch_id: int) -> None:
    """Decide about what nobody decided in time, as the notice says."""
    while _one_round(batch_id):
        pass


def _one_round(batch_id: int) -> bool:
    now = timezone.now()
    with transaction.atomic():
        batch = Batch.objects.select_related("notice").get(pk=batch_id)
        hours = batch.notice.unknown_hours
        due = unknowns.lock_open(batch_id, before=now - timedelta(hours=hours), limit=ROUND)
        choices: dict[Choice, list[Open]] = defaultdict(list)
        for o in due:
            case = case_of(batch, now, Channel(o.channel))
            choices[by_rule(batch.notice.on_unknown, case)].append(o)
        for choice, found in sorted(choices.items()):
            carry_out(batch, found, choice, member=None, now=now)
        if len(due) < ROUND:
            unknowns.schedule(batch_id, hours)
    return len(due) == ROUND
