"""Where one message stands, for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.message_phase import ENDED, MessageFacts, MessagePhase, message_phase

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
SOON, AGO = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)
P = MessagePhase


@pytest.mark.parametrize(
    ("facts", "phase"),
    [
        ({"state": "delivered", "chunk": "settled"}, P.DELIVERED),
        ({"state": "unknown", "chunk": "sent", "released": False}, P.UNKNOWN),
        ({"chunk": "held", "released": False}, P.AWAITING_RELEASE),
        ({"chunk": "sent"}, P.HANDED_OVER),
        ({"chunk": "settled"}, P.HANDED_OVER),
        ({"chunk": "sent", "stopped": True}, P.HANDED_OVER),
        ({"chunk": "doubt"}, P.CHECKING),
        ({"chunk": "held"}, P.HELD),
        ({"chunk": "ready", "stopped": True}, P.HELD),
        ({"chunk": "ready"}, P.QUEUED),
        ({"chunk": "claimed"}, P.QUEUED),
        ({"chunk": "ready", "not_before": SOON}, P.SCHEDULED),
        ({"chunk": "ready", "undo_until": SOON}, P.SCHEDULED),
        ({"chunk": "ready", "undo_until": NOW}, P.QUEUED),
        ({"chunk": "ready", "not_before": SOON, "undo_until": AGO}, P.SCHEDULED),
    ],
)
def test_a_phase(facts: dict[str, Any], phase: MessagePhase) -> None:
    given = {"state": "pending", "released": True, "stopped": False, "not_before": AGO} | facts
    assert message_phase(MessageFacts(**given), NOW) is phase


def test_every_end_of_a_message_is_a_phase() -> None:
    assert {phase.value for phase in ENDED} == set(MessageState) - {MessageState.PENDING}
