"""People decide about messages whose outcome no carrier tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.unknowns import carry_out, case_of
from alimnaru.office.batches import check_sender
from alimnaru.rules.channel import Channel
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.unknowns import Choice, allowed, by_rule, why_no_sms
from alimnaru.store import audit
from alimnaru.store.ledger import unknowns
from alimnaru.store.models import Batch, Member


class NoText(ValueError):  # noqa: N818
    """No SMS may follow; `code` says why."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What may become of a batch's open unknown messages. `by_rule`: what the notice's rule comes
    to at the deadline; `text`: the channel of a text that may follow, None if none may, and then
    `no_text` says why."""

    allowed: tuple[Choice, ...]
    by_rule: Choice
    text: Channel | None
    no_text: Refusal | None


def ways_out(batch: Batch, deadline: datetime | None) -> WaysOut:
    """What a person may decide now, and what happens if nobody does. Needs the batch's notice."""
    now = timezone.now()
    case = case_of(batch, now)
    late = case_of(batch, max(now, deadline or now))
    no_text = why_no_sms(case)
    return WaysOut(
        allowed=allowed(case),
        by_rule=by_rule(batch.notice.on_unknown, late),
        text=None if no_text else case.text,
        no_text=no_text,
    )


def decide(
    batch: Batch, choice: Choice, *, actor: Member, messages: Sequence[int] | None = None
) -> int:
    """Decide about a batch's open unknown messages; return about how many.

    Named `messages` may be decided about again after they were left; a whole batch means those that
    nobody has decided about. What a receipt has settled meanwhile is left alone. Raises `NoText`,
    and `office.batches.NotAllowed`.
    """
    check_sender(batch, actor)
    now = timezone.now()
    with transaction.atomic():
        fresh = Batch.objects.select_related("notice", "department").get(pk=batch.pk)
        refusal = why_no_sms(case_of(fresh, now)) if choice is Choice.SMS else None
        if refusal is not None:
            raise NoText(refusal)
        found = unknowns.lock_open(fresh.pk, only=messages, again=messages is not None)
        carry_out(fresh, found, choice, member=actor, now=now)
        if found:
            # What is decided about waits for nobody: the work list asks this note.
            unknowns.schedule(fresh.pk, fresh.notice.unknown_hours)
            audit.record(
                actor=actor,
                act="unknown.decide",
                subject=f"batch:{fresh.pk}",
                department=fresh.department,
                facts={"choice": choice.value, "messages": len(found), "named": bool(messages)},
            )
    return len(found)
