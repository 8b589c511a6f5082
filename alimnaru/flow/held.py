"""What was held for a person's act goes on when the act is done."""

from __future__ import annotations

from datetime import datetime

from alimnaru.flow.jobs import JobName, defer
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import chunks


def let_go(code: Refusal, now: datetime, *, version: int | None = None) -> int:
    """Offer again what was held for this reason (of this wording). In the caller's transaction,
    last: a job's key is a lock too. Returns chunks freed; the exit asks everything anew."""
    freed = chunks.free_held(code, version, now)
    for chunk, lane in sorted(freed):
        defer(JobName.DISPATCH, chunk, queue=lane)
    return len(freed)
