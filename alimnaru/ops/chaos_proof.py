"""What the witness says: every acceptance that the sandbox recorded, against the messages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from alimnaru.ops.stack import Stack

if TYPE_CHECKING:
    from alimnaru.reads.deliveries import BatchReport


@dataclass(slots=True)
class Proof:
    """One list, proved. `doubts` say what does not fit, by message id and never by person."""

    rows: int
    accepted: int
    lost: int = 0
    repeated: int = 0
    balances: bool = True
    doubts: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """For the log of a run."""
        state = "adds up" if self.balances else "DOES NOT ADD UP"
        return (
            f"{self.rows:,} rows, {self.accepted:,} acceptances, "
            f"lost {self.lost}, repeated {self.repeated}, {state}"
        )


def prove(stack: Stack, batch: int, report: BatchReport) -> Proof:
    """Compare a finished batch with what the sandbox accepted.

    Lost: a message that ended as reached, or did not end, without an acceptance that explains it.
    Repeated: an acceptance more than one for a message on a channel (this mix lets no channel
    retry, so one is all there may be).
    """
    from alimnaru.reads.deliveries import count_from_messages
    from alimnaru.store.models import Message

    found = Message.objects.filter(batch_id=batch).values_list("pk", "state", "channel")
    messages = {pk: (state, channel) for pk, state, channel in found}
    accepted = _acceptances(stack, messages.keys())
    return compare(messages, accepted, report, count_from_messages(batch))


def compare(
    messages: Mapping[int, tuple[str, str]],
    accepted: Counter[tuple[int, str]],
    report: BatchReport,
    counted: Mapping[str, int],
) -> Proof:
    """The proof itself: messages by id as (state, channel), acceptances by (id, channel)."""
    proof = Proof(rows=report.rows, accepted=sum(accepted.values()))
    for (message, channel), times in accepted.items():
        if times > 1:
            proof.repeated += times - 1
            proof.doubts.append(f"repeated: message {message} on {channel}: {times}")
    for message, (state, channel) in messages.items():
        if fault := _missing(accepted, message, state, channel):
            proof.lost += 1
            proof.doubts.append(f"lost: message {message} {fault}")
    _add_up(proof, report, counted)
    return proof


def _missing(
    accepted: Counter[tuple[int, str]], message: int, state: str, channel: str
) -> str | None:
    if state == "pending" or (state == "delivered" and (message, channel) not in accepted):
        return f"{state} on {channel}"
    if not any((message, c) in accepted for c in ("alimtalk", "sms")):
        return f"{state}, never accepted"
    return None


def _add_up(proof: Proof, report: BatchReport, counted: Mapping[str, int]) -> None:
    stated = {
        "delivered": sum(report.delivered.values()),
        "failed": report.failed,
        "unknown": report.unknown,
        "pending": report.pending,
    }
    proof.balances = report.balances and all(
        counted.get(state, 0) == number for state, number in stated.items()
    )
    if not proof.balances:
        proof.doubts.append(f"counters {stated}, messages {dict(counted)}")


_CHANNELS = {"ATA": "alimtalk", "SMS": "sms", "LMS": "lms"}


def _acceptances(stack: Stack, ours: object) -> Counter[tuple[int, str]]:
    """How often the sandbox accepted each of our messages on each channel."""
    counted: Counter[tuple[int, str]] = Counter()
    if stack.sandbox is None:
        return counted
    url = f"{stack.sandbox.url}/_sandbox/accepted?format=ndjson"
    with httpx.stream("GET", url, timeout=120) as answer:
        for line in answer.iter_lines():
            entry = json.loads(line)
            message = int(str(entry["ref"]).partition("-")[0])
            if message in ours:  # type: ignore[operator]  # a view of message ids
                counted[message, _CHANNELS[entry["type"]]] += 1
    return counted
