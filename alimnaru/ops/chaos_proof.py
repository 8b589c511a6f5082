"""What the witness says: every acceptance that the sandbox recorded, against the messages."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

import httpx

from alimnaru.ops.sandbox_account import SandboxLine
from alimnaru.ops.stack import Stack

if TYPE_CHECKING:
    from alimnaru.reads.deliveries import BatchReport

#: A sandbox that was killed is up again within a few; after this it is asked all the same.
WITNESS_SECONDS = 30.0


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


def prove(stack: Stack, batch: int, report: BatchReport, *, by_refs: bool = True) -> Proof:
    """Compare a finished batch with what the sandbox accepted.

    A carrier that is told no reference of ours (`by_refs` false) is held to numbers: a list of this
    run never holds one twice.

    Lost: a message that ended as reached, or did not end, without an acceptance that explains it.
    Repeated: an acceptance more than one for a message on a channel (this mix lets no channel
    retry, so one is all there may be).
    """
    from alimnaru.reads.deliveries import count_from_messages
    from alimnaru.store.models import Message

    found = Message.objects.filter(batch_id=batch).values_list("pk", "state", "channel")
    messages = {pk: (state, channel) for pk, state, channel in found}
    named = messages.keys() if by_refs else _by_number(batch)
    accepted = _acceptances(stack, named)
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


_CHANNELS = {"ATA": "alimtalk", "SMS": "sms", "LMS": "lms", "MMS": "mms"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """The messages of a batch by number, and the moment (ISO, UTC) before which none of it went."""

    messages: Mapping[str, int]
    since: str


def _by_number(batch_id: int) -> Numbers:
    from alimnaru.store import crypto
    from alimnaru.store.models import Batch, Message

    batch = Batch.objects.get(pk=batch_id)
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch_id)
    found = Message.objects.filter(batch_id=batch_id).values_list("pk", "payload").iterator()
    return Numbers(
        {key.open(pk, bytes(payload))[0]: pk for pk, payload in found},
        batch.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
    )


def message_of(entry: Mapping[str, object], ours: Container[int] | Numbers) -> int | None:
    """Which of our messages an acceptance is about."""
    if isinstance(ours, Numbers):
        return ours.messages.get(str(entry["to"])) if str(entry["at"]) >= ours.since else None
    message = int(str(entry["ref"]).partition("-")[0])
    return message if message in ours else None


def _wait_for_the_witness(stack: Stack, sandbox: SandboxLine) -> None:
    """The last fault may have struck the sandbox itself; it reads its journal before it answers."""
    deadline = time.monotonic() + WITNESS_SECONDS
    while time.monotonic() < deadline:
        stack.watch()
        try:
            sandbox.control("GET", "health")
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return


def _acceptances(stack: Stack, ours: Container[int] | Numbers) -> Counter[tuple[int, str]]:
    """How often the sandbox accepted each of our messages on each channel."""
    counted: Counter[tuple[int, str]] = Counter()
    if stack.sandbox is None:
        return counted
    _wait_for_the_witness(stack, stack.sandbox)
    url = f"{stack.sandbox.url}/_sandbox/accepted?format=ndjson"
    with httpx.stream("GET", url, timeout=120) as answer:
        for line in answer.iter_lines():
            entry = json.loads(line)
            message = message_of(entry, ours)
            if message is not None:
                counted[message, _CHANNELS[entry["type"]]] += 1
    return counted
