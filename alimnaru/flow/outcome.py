"""What follows from results: messages are settled, or handed over to their next try.

Results reach this point from three sides (refused at once, asked back after a cut, receipts), and
all of them are treated as receipts: in bulk, in any order, any number of times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alimnaru.flow.jobs import JobName, defer
from alimnaru.rules.channel import Channel
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Action, Result, action_for
from alimnaru.rules.plan import Move, Policy, Settle, next_step
from alimnaru.store.ledger import moves, settling
from alimnaru.store.ledger.moves import Handover
from alimnaru.store.ledger.settling import Settled, Verdict, standing


@dataclass(frozen=True, slots=True)
class Told:
    """A result of one attempt. `code` is the carrier's, kept for the record of our mistakes."""

    message: int
    attempt_no: int
    code: str
    result: Result


def conclude(told: Iterable[Told], now: datetime) -> int:
    """Act on results in the caller's transaction; return how many named an attempt of ours.

    Jobs for the messages handed over are deferred last.
    """
    done: list[Verdict] = []
    rest: list[Told] = []
    waiting = 0
    for t in told:
        match action_for(t.result):
            case Action.DONE:
                done.append(Verdict(t.message, t.attempt_no, t.result))
            case Action.WAIT:
                waiting += 1
            case _:
                rest.append(t)
    changes: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    matched = waiting + _deliver(done, changes, now)
    handovers, seen = _decide(rest, changes, now)
    owing = moves.hand_over(handovers, now)
    settling.count_on_chunks(changes, now)
    for batch, _ in sorted(owing):
        # What is due later is the sweep's: a job that waits would keep the key from urgent ones.
        defer(JobName.FALLBACK, batch)
    return matched + seen


def _deliver(done: list[Verdict], changes: dict[int, dict[str, int]], now: datetime) -> int:
    settled = settling.settle(MessageState.DELIVERED, done, now)
    _count(settled, MessageState.DELIVERED, changes)
    if len(settled) == len(done):
        return len(done)
    known = {s.message for s in settled}
    late = moves.mark_reached([v for v in done if v.message not in known], now)
    # The SMS that followed has ended without reaching anybody: Kakao's word decides.
    lost = [message for message, _, state, _ in late if state in ("failed", "unknown")]
    _credit(lost, changes, now)
    return len(settled) + len(late)


def _credit(messages: Sequence[int], changes: dict[int, dict[str, int]], now: datetime) -> None:
    for chunk, counters in moves.changes_of(moves.credit_earlier(messages, now)).items():
        for name, number in counters.items():
            changes[chunk][name] += number


def _decide(
    rest: list[Told], changes: dict[int, dict[str, int]], now: datetime
) -> tuple[list[Handover], int]:
    """Settle what has ended; return what goes on to another try, and how many were ours."""
    if not rest:
        return [], 0
    ends: dict[MessageState, list[Verdict]] = defaultdict(list)
    handovers: list[Handover] = []
    context = standing([t.message for t in rest])
    ours = 0
    for t in rest:
        at = context.get(t.message)
        if at is None:
            continue
        ours += 1
        if at.attempt_no != t.attempt_no:
            continue
        policy = Policy(
            fallback=Channel(at.fallback) if at.fallback else None,
            urgent=at.priority in ("P0", "P1"),
        )
        step = next_step(policy, Channel(at.channel), at.try_no, t.result)
        if isinstance(step, Settle):
            ends[step.state].append(Verdict(t.message, t.attempt_no, t.result))
        elif isinstance(step, Move):
            due = now + timedelta(seconds=step.delay)
            handovers.append(
                Handover(t.message, t.attempt_no, t.result, step.channel, step.try_no, due)
            )
    for state, verdicts in ends.items():
        settled = settling.settle(state, verdicts, now)
        _count(settled, state, changes)
        _credit([s.message for s in settled if context[s.message].attempt_no > 1], changes, now)
    return handovers, ours


def _count(settled: list[Settled], state: MessageState, changes: dict[int, dict[str, int]]) -> None:
    for s in settled:
        counters = changes[s.chunk]
        counters[state] += 1
        if s.before != MessageState.PENDING:
            counters[s.before] -= 1
