"""Whether the office sends: asked before anything leaves, and noticed when the database is a copy.

A copy (restored from a backup, taken over by a standby, copied row by row) believes unsent what may
have gone after it was made. So it sends nothing, asks no carrier and calls nobody, until a person
lets it go on (`office.standing`). See docs/decisions/0043-a-restored-copy-starts-paused.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.flow.jobs import JobName, defer, defer_new
from alimnaru.rules.standing import Identity, Mark, Pause, is_copy, was_set_back
from alimnaru.store import audit
from alimnaru.store.ledger import birth, chunks, settling
from alimnaru.store.ledger import standing as ledger
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.models import OfficeState

log = structlog.get_logger()

#: How often the office notes that it lives. A copy knows so until when it is whole.
SEEN_EVERY = timedelta(seconds=10)
#: What a carrier has of a lost stretch is kept so long: no message waits longer for its next try.
RECALLED_FOR = timedelta(days=31)
MARK = "database.mark"


@dataclass(frozen=True, slots=True)
class Stand:
    """`sends`: messages may leave. `reaches_out`: others may be asked and told."""

    sends: bool
    reaches_out: bool
    #: Carriers have tries of which this copy knew nothing (`Recalled`).
    recalls: bool = False


def stand() -> Stand:
    """How the office stands now."""
    seen = ledger.look()
    copy = seen.pause == Pause.COPY or _is_copy(seen)
    return Stand(not seen.pause and not copy, not copy, seen.recalls)


def _is_copy(seen: ledger.Seen) -> bool:
    # Nobody has written it down: tables that were made this moment, or emptied by a test.
    return seen.known is not None and is_copy(
        seen.known, seen.here, trust_failover=settings.TRUST_FAILOVER
    )


def while_sending(act: Callable[[], object]) -> Callable[[], None]:
    """`act`, left out while the office is paused for whatever reason."""

    def acts() -> None:
        if stand().sends:
            act()

    return acts


def while_reaching_out(act: Callable[[], object]) -> Callable[[], None]:
    """`act`, left out in a copy that nobody has let go on."""

    def acts() -> None:
        if stand().reaches_out:
            act()

    return acts


def look_after(now: datetime) -> None:
    """Note that the office lives; pause it where this database turns out to be a copy."""
    seen = ledger.look()
    if seen.known is None:
        ledger.adopt(now)
    elif seen.pause != Pause.COPY:
        back = was_set_back(_mark(), Mark(seen.here, ledger.flushed()))
        if _is_copy(seen):
            _pause_copy(now, "set back" if back else "another database")
            return
        if back:
            _pause_copy(now, "set back")
            return
        if seen.known != seen.here:
            ledger.adopt(now)
    else:
        return
    if ledger.see(now, now - SEEN_EVERY):
        _write_mark(Mark(seen.here, ledger.flushed()))
    ledger.forget_recalled(now - RECALLED_FOR)


def _pause_copy(now: datetime, why: str) -> None:
    with transaction.atomic():
        state = OfficeState.objects.select_for_update().get(pk=1)
        if state.pause == Pause.COPY:
            return
        until = max(filter(None, (ledger.last_commit(), state.seen_at)), default=now)
        state.pause, state.paused_at, state.why = Pause.COPY, now, why
        state.member, state.known_until = None, until
        state.reconciled_at, state.found = None, []
        state.save()
        ledger.jump()
        audit.record(
            actor=audit.own_member(),
            act="office.pause",
            subject="office",
            facts={"why": Pause.COPY.value, "until": until.isoformat()},
        )
    log.warning("paused_as_copy", why=why)


def _mark() -> Mark | None:
    try:
        found = json.loads((settings.HOME / MARK).read_text())
        return Mark(Identity(found["system"], found["timeline"]), found["flushed"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_mark(mark: Mark) -> None:
    """Beside the database, so that older files of it are known. Best effort: it is a second net."""
    values = {
        "system": mark.identity.system,
        "timeline": mark.identity.timeline,
        "flushed": mark.flushed,
    }
    target = settings.HOME / MARK
    draft = target.with_suffix(".new")
    try:
        draft.write_text(json.dumps(values))
        draft.replace(target)
    except OSError as error:
        log.warning("mark_not_written", error=type(error).__name__)


def give_back(claim: Claim) -> bool:
    """Put what a carrier has of a chunk that is about to go under the token that it went under, so
    that the carrier is asked and nobody is told again. True: the rest of the chunk may go."""
    now = timezone.now()
    with transaction.atomic():
        waiting = settling.lock_pending([claim.chunk])
        if not chunks.holds(claim):
            return False
        went: dict[tuple[int, str], list[int]] = {}
        for account, token, message in ledger.take_recalled(claim.chunk):
            went.setdefault((account, token), []).append(message)
        if not went:
            return True
        if len(went) == 1 and len(waiting) == sum(map(len, went.values())):
            ((account, token),) = went
            if ledger.doubt_under(claim, account, token, now):
                defer(JobName.DISPATCH, claim.chunk, queue=claim.lane)
            return False
        moved = 0
        ids = birth.chunk_ids(len(went))
        for chunk, ((account, token), messages) in zip(ids, went.items(), strict=True):
            ledger.part_under(claim, account, token, now, chunk=chunk, messages=messages)
            moved += len(messages)
        settling.count_on_chunks({claim.chunk: {"moved": moved}}, now)
        defer_new(JobName.DISPATCH, ids, queue=claim.lane)
    return True
