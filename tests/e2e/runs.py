"""Batches of the library in every state that a page has to show, by name.

They are born and settled by the real ledger; what a carrier would say is told here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.wordings import wording
from alimnaru.rules.lifecycle import MessageState
from alimnaru.rules.outcomes import Result
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import release_hash
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.store.ledger import settling
from alimnaru.store.models import Batch, CarrierAccount, Chunk, Member, Message, Stage, Vote
from tests.e2e.office import Office, at_clock
from tests.e2e.residents import name_of, rows_of
from tests.reads.fates import fall_back, hand_over, tell

_R = Result
#: What became of a list of forty: mostly well.
ORDINARY: dict[int, Result] = {
    **dict.fromkeys(range(32), _R.DELIVERED),
    **dict.fromkeys(range(32, 39), _R.NOT_A_USER),
    39: _R.NUMBER_WRONG,
}


@dataclass(slots=True)
class Runs:
    """Takes lists in for the office, and remembers them by name."""

    office: Office
    account: CarrierAccount
    found: dict[str, Batch]

    def take(
        self,
        name: str,
        count: int,
        *,
        code: str = "lib.due.soon",
        bad: Sequence[BadRow] = (),
        by: Member | None = None,
        origin: str = "list",
        chunk_size: int = 1000,
    ) -> Batch:
        """A list, or one person, released at once."""
        notice, version = self.office.notice(code), self.office.version(code)
        order = Order(
            notice=notice,
            version=version,
            department=notice.department,
            member=by or self.office.staff.writer,
            chunk_size=chunk_size,
            origin=origin,
            source_name=""
            if origin == "one"
            else f"{notice.name}_{timezone.localdate():%m%d}.xlsx",
        )
        rows = list(rows_of(wording(version.pk).variables, count, timezone.localdate()))
        batch = take_in(order, [*rows, *bad])
        self.found[name] = batch
        return batch

    def change(self, batch: Batch, **fields: Any) -> None:
        """Set columns of the batch as if it had come so far."""
        for name, value in fields.items():
            setattr(batch, name, value)
        batch.save(update_fields=list(fields))

    def give(self, batch: Batch, fates: dict[int, Result], *, rest: Result = _R.DELIVERED) -> None:
        """Hand over, tell, and let what failed by Kakao arrive by SMS, or end as `rest`."""
        hand_over(batch)
        tell(batch, fates)
        if any(fate is _R.NOT_A_USER for fate in fates.values()):
            fall_back(batch)
            places = [place for place, fate in fates.items() if fate is _R.NOT_A_USER]
            tell(batch, dict.fromkeys(places[:-1], _R.DELIVERED) | {places[-1]: rest})
        Chunk.objects.filter(batch=batch, sent_at__isnull=False).update(account=self.account)

    def age(self, batch: Batch, days: int) -> None:
        """Move everything about a batch into the past."""
        back = timedelta(days=days)
        for model, key, columns in (
            (Batch, "pk", ("created_at", "not_before", "expires_at", "released_at")),
            (Chunk, "batch", ("sent_at", "not_before")),
            (Message, "batch", ("done_at",)),
        ):
            rows = model.objects.filter(**{key: batch.pk})
            for column in columns:
                for pk, at in rows.exclude(**{column: None}).values_list("pk", column):
                    model.objects.filter(pk=pk).update(**{column: at - back})


def bad_rows(*codes: Refusal, first: int = 900) -> list[BadRow]:
    """Rows that the check refused, one for each code."""
    return [
        BadRow(first + n, "휴대폰", code, "", name_of(first + n), "02-***")
        for n, code in enumerate(codes)
    ]


def hold(batch: Batch, code: str) -> None:
    """Its chunks wait for a person."""
    Chunk.objects.filter(batch=batch).update(state="held", hold_code=code)


def finished(runs: Runs) -> None:
    """Lists whose work is done, on earlier days."""
    faults = (Refusal.PHONE_LANDLINE, Refusal.PHONE_EMPTY, Refusal.VALUE_NOT_A_DATE)
    done = runs.take("done", 40, bad=bad_rows(*faults))
    runs.give(done, ORDINARY, rest=_R.HANDSET_OFF)
    runs.age(done, 1)
    good = runs.take("all_good", 25, code="lib.hold.ready")
    runs.give(good, dict.fromkeys(range(25), _R.DELIVERED))
    runs.age(good, 5)
    one = runs.take("one", 1, code="lib.hold.ready", origin="one")
    runs.give(one, {0: _R.DELIVERED})
    unknown = runs.take("unknown", 12, code="lib.overdue")
    runs.give(unknown, dict.fromkeys(range(9), _R.DELIVERED))
    _lose(unknown, 3)
    erased = runs.take("erased", 8)
    runs.give(erased, dict.fromkeys(range(8), _R.DELIVERED))
    runs.age(erased, 200)
    runs.change(erased, wrapped_key=None)


def _lose(batch: Batch, count: int) -> None:
    """The last messages' results will not come."""
    now = timezone.now()
    lost = Message.objects.filter(batch=batch).order_by("-row_no")[:count]
    for message in lost:
        settling.settle_chunk(
            message.chunk_id, MessageState.UNKNOWN, _R.TIMED_OUT, now, [message.pk]
        )
        settling.count_on_chunks({message.chunk_id: {"unknown": 1}}, now)


def under_way(runs: Runs) -> None:
    """Lists that carriers are working on, or would be."""
    now = timezone.now()
    sending = runs.take("sending", 60, chunk_size=20, bad=bad_rows(Refusal.PHONE_EMPTY))
    later = _first_chunk_only(sending)
    tell(sending, dict.fromkeys(range(15), _R.DELIVERED))
    later.update(state="ready", not_before=now + timedelta(hours=1))
    stopped = runs.take("stopped", 60, chunk_size=20)
    _first_chunk_only(stopped).update(hold_code=Refusal.BATCH_STOPPED)
    tell(stopped, dict.fromkeys(range(18), _R.DELIVERED))
    runs.change(stopped, stopped_at=now)
    capped = runs.take("capped", 30)
    hold(capped, Refusal.SPEND_CAP)
    cancelled = runs.take("cancelled", 10)
    for chunk in Chunk.objects.filter(batch=cancelled):
        count = settling.settle_chunk(
            chunk.pk, MessageState.CANCELLED, Refusal.CANCELLED_BY_STAFF, now
        )
        settling.count_on_chunks({chunk.pk: {"cancelled": count}}, now)
    runs.change(cancelled, stopped_at=now, cancelled_at=now)


def _first_chunk_only(batch: Batch) -> QuerySet[Chunk]:
    """Hand over its first chunk; the others, which are returned, stand aside."""
    first = Chunk.objects.filter(batch=batch).order_by("pk")[0]
    others = Chunk.objects.filter(batch=batch).exclude(pk=first.pk)
    others.update(state="held")
    hand_over(batch)
    return others


def before_release(runs: Runs) -> None:
    """Lists that wait for a decision, for their hour, or for the end of their undo window."""
    now, staff = timezone.now(), runs.office.staff
    asked = runs.take("requested", 150)
    _unreleased(runs, asked, Stage.REQUESTED, needed=2, risks=["big", "first_use"])
    _vote(asked, staff.second_approver, Vote.Decision.APPROVE)
    own = runs.take("own_request", 120, by=staff.approver, code="lib.overdue")
    _unreleased(runs, own, Stage.REQUESTED, needed=1, risks=["big"])
    back = runs.take("returned", 110, code="lib.hold.ready")
    _unreleased(runs, back, Stage.RETURNED, needed=1, risks=["big"])
    _vote(back, staff.approver, Vote.Decision.RETURN, "보관기한을 한 번 더 확인해 주십시오.")
    later = runs.take("scheduled", 30)
    _put_off(runs, later, at_clock(10, days=1))
    undo = runs.take("undo", 30, code="lib.hold.ready")
    _put_off(runs, undo, now + timedelta(minutes=10))
    runs.change(undo, undo_until=now + timedelta(minutes=10))
    watched = runs.take("watched", 240, chunk_size=20)
    _watch(runs, watched)


def _unreleased(
    runs: Runs, batch: Batch, stage: Stage, *, needed: int = 0, risks: Sequence[str] = ()
) -> None:
    hold(batch, "release_awaited")
    digest = batch.pk.to_bytes(16, "big")
    pinned = release_hash(batch.version.sha256, digest, batch.rows - batch.refused, "")
    runs.change(
        batch,
        stage=stage,
        rows_digest=digest,
        release_hash=pinned,
        requested_at=timezone.now() - timedelta(minutes=20),
        approvals_needed=needed,
        risks=list(risks),
        released_at=None,
    )


def _vote(batch: Batch, member: Member, decision: Vote.Decision, reason: str = "") -> None:
    Vote.objects.create(
        batch=batch,
        member=member,
        at=timezone.now(),
        decision=decision,
        hash=batch.release_hash,
        reason=reason,
    )


def _put_off(runs: Runs, batch: Batch, at: datetime) -> None:
    Chunk.objects.filter(batch=batch).update(not_before=at)
    runs.change(batch, not_before=at, expires_at=at + timedelta(days=2))


def _watch(runs: Runs, batch: Batch) -> None:
    _first_chunk_only(batch).update(hold_code="first_slice")
    Chunk.objects.filter(batch=batch, state="sent").update(in_slice=True)
    tell(batch, dict.fromkeys(range(12), _R.DELIVERED))
    runs.change(batch, slice_size=20, slice_state="watching", slice_since=timezone.now())


def next_door(runs: Runs) -> None:
    """Lists of the health centre, which nobody in the library may see."""
    batch = runs.take("health", 10, code="hc.cert.ready", by=runs.office.staff.neighbour)
    runs.give(batch, dict.fromkeys(range(10), _R.DELIVERED))


#: All of it, in the order in which it came about.
EVERYTHING: Sequence[Callable[[Runs], None]] = (finished, under_way, before_release, next_door)


def places(batch: Batch, state: str) -> Iterator[int]:
    """Ids of the batch's messages in a state."""
    yield from Message.objects.filter(batch=batch, state=state).values_list("pk", flat=True)


__all__ = ["EVERYTHING", "GoodRow", "Runs", "bad_rows", "hold", "places"]
