"""How the office stands, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alimnaru.rules.standing import Pause
from alimnaru.store.ledger import standing as ledger
from alimnaru.store.models import OfficeState


@dataclass(frozen=True, slots=True)
class Standing:
    """`pause`: `rules.standing.Pause` or empty. `found`: what carriers told a copy, by account."""

    pause: str
    since: datetime | None = None
    why: str = ""
    who: str = ""
    known_until: datetime | None = None
    reconciled_at: datetime | None = None
    found: Sequence[Mapping[str, Any]] = ()

    @property
    def is_copy(self) -> bool:
        return self.pause == Pause.COPY

    @property
    def all_asked(self) -> bool:
        return all(one["asked"] for one in self.found)

    def as_json(self) -> dict[str, object]:
        return {
            "sends": not self.pause,
            "pause": self.pause,
            "since": self.since and self.since.isoformat(),
            "known_until": self.known_until and self.known_until.isoformat(),
            "reconciled": self.reconciled_at is not None,
            "accounts": list(self.found),
        }


def standing() -> Standing:
    """How the office stands. One statement."""
    state = OfficeState.objects.select_related("member").filter(pk=1).first()
    if state is None or not state.pause:
        return Standing("")
    return Standing(
        pause=state.pause,
        since=state.paused_at,
        why=state.why,
        who=state.member.name if state.member else "",
        known_until=state.known_until,
        reconciled_at=state.reconciled_at,
        found=state.found,
    )


def unsure_messages(now: datetime) -> int:
    """Messages that may have gone after a copy was made, if no carrier tells."""
    return ledger.waiting_in(ledger.unsure_chunks(now))
