"""What an older system is told."""

from __future__ import annotations

import pytest

from alimnaru.rules.agent_fates import Fate, fate_of, fate_of_refusal
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import ACTIONS, Action, Result
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal


@pytest.mark.parametrize("state", MessageState)
def test_only_what_arrived_counts_as_arrived(state: MessageState) -> None:
    arrived = state is MessageState.DELIVERED
    assert (fate_of(state, Result.DELIVERED) is Fate.DELIVERED) == (
        arrived or state is MessageState.FAILED
    )
    assert (fate_of(state, None) is Fate.DELIVERED) == arrived


@pytest.mark.parametrize("result", [r for r in Result if ACTIONS[r] is Action.BAD_NUMBER])
def test_a_wrong_number_is_told_as_one(result: Result) -> None:
    assert fate_of("failed", result) in {Fate.NO_SUBSCRIBER, Fate.SUSPENDED}


@pytest.mark.parametrize(
    ("state", "code", "fate"),
    [
        ("failed", Result.HANDSET_OFF, Fate.OFF),
        ("failed", Result.BALANCE_EMPTY, Fate.OTHER),
        ("failed", Refusal.NO_CHANNEL_LEFT, Fate.OTHER),
        ("failed", None, Fate.OTHER),
        ("suppressed", Refusal.OPTED_OUT, Fate.REFUSED),
        ("expired", Refusal.EXPIRED, Fate.TIMEOUT),
        ("unknown", Result.TIMED_OUT, Fate.TIMEOUT),
        ("cancelled", Refusal.CANCELLED_BY_STAFF, Fate.OTHER),
        ("something", None, Fate.OTHER),
    ],
)
def test_ends(state: str, code: str | None, fate: Fate) -> None:
    assert fate_of(state, code) is fate


@pytest.mark.parametrize("refusal", [r for r in Refusal if r.name.startswith("PHONE_")])
def test_every_fault_of_a_mobile_number_is_a_number(refusal: Refusal) -> None:
    expected = {Fate.NUMBER_MALFORMED, Fate.NO_SUBSCRIBER}
    # Of the office's own numbers only.
    if refusal is Refusal.PHONE_NOT_OFFICE:
        expected = {Fate.OTHER}
    assert fate_of_refusal(refusal) in expected


def test_what_is_refused_is_never_told_as_arrived() -> None:
    assert Fate.DELIVERED not in {fate_of_refusal(refusal) for refusal in Refusal}
    assert fate_of_refusal(str(read_phone("02-555-0101"))) is Fate.NUMBER_MALFORMED
    assert fate_of_refusal(Refusal.SMS_TOO_LONG) is Fate.TOO_LONG
