"""Handing the parts of a shipment over, and reading the verdict on each recipient."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alimnaru.carriers.base import InDoubt, NotSent, Refused, Sent, Shipment
from alimnaru.carriers.bizgo import codes, wire
from alimnaru.carriers.bizgo.parts import Part, divide

Hand = Callable[[Part], Sent]


def all_parts(shipment: Shipment, hand: Hand) -> Sent:
    """Hand over one part after the other. Raises `NotSent` only if nothing at all was accepted."""
    accepted: dict[str, str] = {}
    refused: dict[str, Refused] = {}
    for part in divide(shipment):
        try:
            sent = hand(part)
        except NotSent as error:
            if accepted:
                raise InDoubt(error.code, error.detail) from error
            raise
        accepted |= sent.accepted
        refused |= sent.refused
    return Sent(accepted, refused)


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
