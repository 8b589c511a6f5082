"""People pause the whole office and let it go on; a copy is reconciled with the carriers first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import reconcile as asking
from alimnaru.flow import standing as flow
from alimnaru.flow.outcome import end_waiting
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.standing import Pause, Unsure
from alimnaru.store import audit
from alimnaru.store.ledger import settling
from alimnaru.store.ledger import standing as ledger
from alimnaru.store.models import Member, OfficeState


class NotReconciled(Exception):  # noqa: N818
    """A copy goes on only after the carriers were asked what they have."""


class MustChoose(Exception):  # noqa: N818
    """Of `messages` no carrier can tell whether they went: a person says what becomes of them."""

    def __init__(self, messages: int) -> None:
        super().__init__(str(messages))
        self.messages = messages


def pause(*, actor: Member, why: str) -> bool:
    """Let nothing leave until somebody resumes; False if it was paused already."""
    with transaction.atomic():
        state = _locked()
        if state.pause:
            return False
        state.pause, state.paused_at = Pause.PERSON, timezone.now()
        state.member, state.why = actor, why[:200]
        state.save()
        facts = {"why": Pause.PERSON.value, "reason": why}
        audit.record(actor=actor, act="office.pause", subject="office", facts=facts)
    return True


def reconcile(*, actor: Member) -> list[dict[str, Any]] | None:
    """Ask every carrier what it took since this copy was whole. None: this is no copy.

    May be done again, for one that did not answer.
    """
    flow.look_after(timezone.now())
    state = OfficeState.objects.filter(pk=1, pause=Pause.COPY).first()
    if state is None or state.known_until is None:
        return None
    now = timezone.now()
    found = [f.as_json() for f in asking.ask_all(state.known_until, now)]
    with transaction.atomic():
        state = _locked()
        # Who asks again finds what is kept already, and must not be told that it was nothing.
        state.found, state.reconciled_at = found, now
        state.save(update_fields=["found", "reconciled_at"])
        audit.record(actor=actor, act="office.reconcile", subject="office", facts=_sums(found))
    return found


def resume(
    *, actor: Member, why: str = "", unsure: Unsure | None = None, whole: bool = False
) -> int | None:
    """Let the office send again. Returns how many messages were settled as unknown, None if it
    was not paused.

    `whole`: of a copy, the actor's word that it misses no commit (its archive was synchronous until
    the end), so nothing is unsure. Raises `NotReconciled`, `MustChoose`.
    """
    now = timezone.now()
    flow.look_after(now)
    with transaction.atomic():
        state = _locked()
        if not state.pause:
            return None
        settled = 0
        if state.pause == Pause.COPY:
            settled = _accept(state, now, unsure, whole=whole)
            ledger.adopt(now)
        facts = _sums(state.found) | {
            "why": state.pause,
            "reason": why,
            "unsure": unsure.value if unsure else "",
            "whole": whole,
            "messages": settled,
        }
        OfficeState.objects.filter(pk=1).update(
            pause="", paused_at=None, why="", member=None, seen_at=now
        )
        audit.record(actor=actor, act="office.resume", subject="office", facts=facts)
    return settled


def _accept(state: OfficeState, now: datetime, unsure: Unsure | None, *, whole: bool) -> int:
    """What becomes of messages of which nobody knows whether they went."""
    if state.reconciled_at is None:
        raise NotReconciled
    if whole or all(found["asked"] for found in state.found):
        return 0
    chunks = ledger.unsure_chunks(now)
    waiting = ledger.waiting_in(chunks)
    if waiting and unsure is None:
        raise MustChoose(waiting)
    if unsure is not Unsure.UNKNOWN:
        return 0
    settling.lock_pending(chunks)
    settled = end_waiting(chunks, MessageState.UNKNOWN, Result.TIMED_OUT, now)
    ledger.close(chunks)
    return settled


def _locked() -> OfficeState:
    found = OfficeState.objects.select_for_update().filter(pk=1).first()
    if found is None:
        ledger.adopt(timezone.now())
        found = OfficeState.objects.select_for_update().get(pk=1)
    return found


def _sums(found: list[dict[str, Any]]) -> dict[str, object]:
    return {
        "accounts": len(found),
        "recalled": sum(f["recalled"] for f in found),
        "strange": sum(f["strange"] for f in found),
        "silent": sum(not f["asked"] for f in found),
    }
