"""Handing the parts of a shipment over, and reading the verdict on each recipient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from alimnaru.carriers.base import CarrierError, InDoubt, Refused, Sent, Shipment
from alimnaru.carriers.bizgo import codes, wire
from alimnaru.carriers.bizgo.parts import Part, divide

#: Parts that go together → what came of each, or what its call raised.
Hand = Callable[[Sequence[Part]], Sequence[Sent | CarrierError]]


def all_parts(shipment: Shipment, hand: Hand, at_once: int = 1) -> Sent:
    """Hand over the parts, `at_once` of them together, until one of them is in trouble.

    Raises `NotSent` only if nothing at all was accepted.
    """
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    parts = divide(shipment)
    while together := list(islice(parts, at_once)):
        ends = hand(together)
        for sent in ends:
            if isinstance(sent, Sent):
                accepted |= sent.accepted
                refused |= sent.refused
        if troubles := [end for end in ends if isinstance(end, CarrierError)]:
            raise _what_it_means(troubles, something_went=bool(accepted))
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
