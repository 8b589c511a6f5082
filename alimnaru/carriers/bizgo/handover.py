"""Handing the parts of a shipment over, and reading the verdict on each recipient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from alimnaru.carriers.base import CarrierError, InDoubt, Refused, Rejected, Sent, Shipment
from alimnaru.carriers.bizgo import codes, wire
from alimnaru.carriers.bizgo.parts import Part, divide
from alimnaru.rules.health import ACCOUNTS_OWN

#: Parts that go together → what came of each, or what its call raised.
Hand = Callable[[Sequence[Part]], Sequence[Sent | CarrierError]]


def all_parts(shipment: Shipment, hand: Hand, at_once: int = 1) -> Sent:
    """Hand over the parts, `at_once` of them together, until one of them is in trouble.

    A part that is refused for what it says is refused alone, where others were taken. Raises
    `NotSent` only if nothing at all was accepted.
    """
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    parts = divide(shipment)
    while together := list(islice(parts, at_once)):
        troubles: list[CarrierError] = []
        alone: list[tuple[Part, Rejected]] = []
        for part, end in zip(together, hand(together), strict=True):
            if isinstance(end, Sent):
                accepted |= end.accepted
                refused |= end.refused
            elif isinstance(end, Rejected) and end.result not in ACCOUNTS_OWN:
                alone.append((part, end))
            else:
                troubles.append(end)
        if troubles or (alone and not accepted):
            troubles += [error for _, error in alone]
            raise _what_it_means(troubles, something_went=bool(accepted))
        for part, error in alone:
            why = Refused(error.code, error.result)
            refused |= {one.ref: why for one in part.messages}
    return Sent(accepted, refused)


def _what_it_means(troubles: Sequence[CarrierError], *, something_went: bool) -> CarrierError:
    for error in troubles:
        if isinstance(error, InDoubt):
            return error
    first = troubles[0]
    return InDoubt(first.code, first.detail) if something_went else first


def taken_before(part: Part) -> list[wire.Taken]:
    """The verdicts where Bizgo says of the request as a whole that it was obeyed before."""
    return [wire.Taken(to=one.to, code=codes.TAKEN_BEFORE) for one in part.messages]


def judged(part: Part, verdicts: Sequence[wire.Taken]) -> tuple[Sent, dict[str, str]]:
    """What was accepted and refused now, and what had been taken before. Raises `InDoubt`.

    Keys are our references; the second value's are Bizgo's, which may be empty.
    """
    by_number = {one.to: one.ref for one in part.messages}
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    before: dict[str, str] = {}
    for index, verdict in enumerate(verdicts):
        ref = by_number.get(verdict.to.replace("-", ""))
        if ref is None and index < len(part.messages):
            # Verdicts come in the order of the request.
            ref = part.messages[index].ref
        if ref is None:
            continue
        if verdict.code == codes.ACCEPTED:
            accepted[ref] = verdict.msg_key
        elif verdict.code == codes.TAKEN_BEFORE:
            before[ref] = verdict.msg_key
        else:
            refused[ref] = Refused(verdict.code, codes.recipient_result(verdict.code))
    named = accepted.keys() | refused.keys() | before.keys()
    if len(named) != len(part.messages) or len(verdicts) != len(part.messages):
        raise InDoubt("VerdictsIncomplete", f"{len(named)}/{len(part.messages)}")
    return Sent(accepted, refused), before
