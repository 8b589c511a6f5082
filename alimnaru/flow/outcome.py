"""What follows from results: messages are settled, or handed over to their next try.

Results reach this point from three sides (refused at once, asked back after a cut, receipts), and
all of them are treated as receipts: in bulk, in any order, any number of times.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from alimnaru.flow.jobs import JobName, defer
from alimnaru.rules.absence import ABSENT_FOR
from alimnaru.rules.channel import Channel
from alimnaru.rules.health import SIGNS, Sign
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Action, Result, action_for
from alimnaru.rules.plan import Move, Policy, Settle, next_step
from alimnaru.store.ledger import absences, health, moves, settling
from alimnaru.store.ledger.absences import Missed
from alimnaru.store.ledger.moves import Handover
from alimnaru.store.ledger.settling import Settled, Verdict, standing

#: What results say about accounts, by the chunk they are about.
_Signs = dict[Sign, Counter[int]]


class Told(msgspec.Struct, frozen=True, gc=False):
    """A result of one attempt. `code` is the carrier's, kept for the record of our mistakes."""

    message: int
    attempt_no: int
    code: str
    result: Result


@dataclass(frozen=True, slots=True)
class Concluded:
    """What acting on results left to do."""

    #: Batches that owe messages their next try.
    owing: list[int]
    #: Message ids that are none of ours.
    strangers: frozenset[int] = frozenset()

    def ring(self) -> None:
        """Ring for what is owed. The last act of a transaction: a job's key is a lock too."""
        for batch in self.owing:
            # What is due later is the sweep's: a job that waits would keep the key from urgent
            # ones.
            defer(JobName.FALLBACK, batch)


def conclude(told: Iterable[Told], now: datetime) -> Concluded:
    """Act on results in the caller's transaction, which rings for the rest when it is done."""
    done: list[Verdict] = []
    rest: list[Told] = []
    for t in told:
        match action_for(t.result):
            case Action.DONE:
                done.append(Verdict(t.message, t.attempt_no, t.result))
            case Action.WAIT:
                pass
            case _:
                rest.append(t)
    # All of them first and in id order: below, the sets overlap with those of other workers in
    # any order (a late success of one try here, the failure of the next one there).
    strangers = settling.lock({v.message for v in done} | {t.message for t in rest})
    changes: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    absences.note(_missed(rest), now)
    signs: _Signs = {sign: Counter() for sign in Sign}
    _deliver(done, changes, signs, now)
    owing = moves.hand_over(_decide(rest, changes, signs, now), now)
    good, bad = signs[Sign.GOOD], signs[Sign.BAD]
    health.note_results({c: (good[c], bad[c]) for c in sorted(good | bad)}, now)
    settling.count_on_chunks(changes, now)
    return Concluded(sorted(batch for batch, _ in owing), strangers)


def _missed(rest: list[Told]) -> list[Missed]:
    return [
        Missed(t.message, t.attempt_no, t.result, ABSENT_FOR[t.result].days)
        for t in rest
        if t.result in ABSENT_FOR
    ]


def end_waiting(chunks: Sequence[int], state: MessageState, code: str, now: datetime) -> int:
    """Settle what still waits in chunks, except for whom an earlier try is known to have reached:
    they were told, whatever becomes of the later one. Returns how many were settled so."""
    waiting = settling.lock_pending(chunks)
    changes: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    _credit(waiting, changes, now)
    ended = 0
    for chunk in chunks:
        count = settling.settle_chunk(chunk, state, code, now)
        changes[chunk][state] += count
        ended += count
    settling.count_on_chunks(changes, now)
    return ended


def _deliver(
    done: list[Verdict], changes: dict[int, dict[str, int]], signs: _Signs, now: datetime
) -> None:
    settled = settling.settle(MessageState.DELIVERED, done, now)
    signs[Sign.GOOD].update(s.chunk for s in settled)
    _count(settled, MessageState.DELIVERED, changes)
    if len(settled) == len(done):
        return
    known = {s.message for s in settled}
    late = moves.mark_reached([v for v in done if v.message not in known], now)
    # The SMS that followed has ended without reaching anybody: Kakao's word decides.
    lost = [message for message, _, state, _ in late if state in ("failed", "unknown")]
    _credit(lost, changes, now)


def _credit(messages: Sequence[int], changes: dict[int, dict[str, int]], now: datetime) -> None:
    for chunk, counters in moves.changes_of(moves.credit_earlier(messages, now)).items():
        for name, number in counters.items():
            changes[chunk][name] += number


def _decide(
    rest: list[Told], changes: dict[int, dict[str, int]], signs: _Signs, now: datetime
) -> list[Handover]:
    """Settle what has ended; return what goes on to another try."""
    if not rest:
        return []
    ends: dict[MessageState, list[Verdict]] = defaultdict(list)
    handovers: list[Handover] = []
    context = standing([t.message for t in rest])
    for t in rest:
        at = context.get(t.message)
        if at is None or at.attempt_no != t.attempt_no:
            continue
        signs[SIGNS[t.result]][at.chunk] += 1
        policy = Policy(
            fallback=Channel(at.fallback) if at.fallback else None,
            urgent=at.priority in ("P0", "P1"),
        )
        step = next_step(policy, Channel(at.channel), at.try_no, t.result)
        if isinstance(step, Move) and at.state == MessageState.UNKNOWN:
            # A person was told that nobody knows; now it is known, and theirs to go on from.
            step = Settle(MessageState.FAILED)
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
    return handovers


def _count(settled: list[Settled], state: MessageState, changes: dict[int, dict[str, int]]) -> None:
    for s in settled:
        counters = changes[s.chunk]
        counters[state] += 1
        if s.before != MessageState.PENDING:
            counters[s.before] -= 1
