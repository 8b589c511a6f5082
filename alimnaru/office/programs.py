"""What programs do with lists: send one at once, fill a batch in pieces and close it, take it back.

A program with a key to send is trusted with what it tells one by one: two people agreed to the key.
So messages of one call go without an approval, however many they are: unless there are far more
than usual, the check of a list finds them wrong, or they went before. A batch is a list: it goes by
the office's release rules, with the program as its sender.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import pieces
from alimnaru.flow import release as flow
from alimnaru.flow.acceptance import Desk
from alimnaru.flow.gather import bring_in
from alimnaru.flow.intake import IntakeRefused, Order, take_in
from alimnaru.flow.routing import chunk_size
from alimnaru.flow.wordings import wording
from alimnaru.office import batches, release
from alimnaru.office.release import UNRELEASED, ReleasePlan, ReleaseRefused, ask, plan_for
from alimnaru.reads.estimate import Estimate, estimate
from alimnaru.rules.audience import Origin
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import Risk
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.store import audit
from alimnaru.store.ledger import advisory
from alimnaru.store.ledger import pieces as ledger
from alimnaru.store.models import ApiKey, Batch, Message, Stage

Rows = Sequence[GoodRow | BadRow]


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch of one call, and the message of each good row by the row's number."""

    batch: Batch
    ids: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would follow if rows were sent: as a batch, as far as `plan.approvals` and
    `plan.undo_until` go."""

    plan: ReleasePlan
    cost: Estimate


def send_many(
    key: ApiKey,
    desk: Desk,
    rows: Rows,
    *,
    references: Mapping[int, str],
    at: datetime | None = None,
    confirmed: bool = False,
    project: int | None = None,
) -> Sent:
    """Send good rows at once or at `at`; bad ones are stored as refused. `references` by number of
    row. `confirmed`: the program knows that the same went lately. `project` pays instead of the
    notice's line.

    Raises `IntakeRefused` where no row is good, and `ReleaseRefused`; then nothing is stored.
    """
    with transaction.atomic():
        batch = _taken_in(key, desk, rows, project)
        now = timezone.now()
        plan = _plan(batch, at, confirmed=confirmed)
        ids = ledger.ids_by_row(batch.pk)
        _name(key, {ids[number]: text for number, text in references.items() if number in ids})
        facts = _facts(batch) | {"wording": desk.version.sha256}
        _note(batch, key, "batch.send", facts)
        if Risk.SURGE in plan.risks and not key.is_sandbox:
            # Something is wrong with the program, or with the world: people have to look.
            batch = ask(batch, actor=key.member, at=at, confirmed=True)
        else:
            _release(batch, at, plan, now)
    return Sent(batch, ids)


def _taken_in(key: ApiKey, desk: Desk, rows: Rows, project: int | None) -> Batch:
    order = Order(
        notice=desk.notice,
        version=desk.version,
        department=desk.notice.department,
        member=key.member,
        chunk_size=chunk_size(desk.version.pk, hours_waived=key.is_sandbox),
        origin=Origin.API.value,
        hours_waived=key.is_sandbox,
        draft=True,
        project=project,
    )
    batch = take_in(order, rows)
    batch.api_key = key
    batch.save(update_fields=["api_key"])
    return batch


def _plan(batch: Batch, at: datetime | None, *, confirmed: bool) -> ReleasePlan:
    """What its release would mean, if nothing forbids it. Raises `ReleaseRefused`."""
    digest = int.from_bytes(bytes(batch.rows_digest or b""), "big")
    advisory.wait_for(advisory.SAME, digest)
    plan = plan_for(batch, at)
    if plan.faults:
        code, facts = plan.faults[0]
        raise ReleaseRefused(code, **facts)
    if plan.repeats_of is not None and not confirmed:
        raise ReleaseRefused(ReleaseRefusal.REPEATED, batch=plan.repeats_of.pk)
    return plan


def _release(batch: Batch, at: datetime | None, plan: ReleasePlan, now: datetime) -> None:
    """Let a locked or new batch go without an approval: nobody sits there who could think again,
    so there is no undo window, but a long one still tries a first slice."""
    first = 0 if batch.hours_waived else plan.slice_size
    flow.release(batch, flow.Start(max(at or now, now), None, first), now)


def open_batch(
    key: ApiKey, desk: Desk, *, reference: str, at: datetime | None, project: int | None = None
) -> Batch:
    """An empty batch that takes rows until it is closed. `project` pays instead of the notice's
    line."""
    opening = pieces.Opening(
        notice=desk.notice,
        version=desk.version,
        department=desk.notice.department,
        member=key.member,
        api_key=key.pk,
        origin=Origin.API.value,
        reference=reference,
        send_at=at,
        hours_waived=key.is_sandbox,
        project=project,
    )
    with transaction.atomic():
        batch = pieces.open_batch(opening)
        _note(batch, key, "batch.open", {"notice": desk.notice.code})
    return batch


def add_rows(
    key: ApiKey, batch: Batch, rows: Rows, *, references: Mapping[int, str]
) -> dict[int, int | BadRow]:
    """Add a piece to an open batch: the message of each row by its number, or what is wrong with
    it. Raises `ReleaseRefused`."""
    with transaction.atomic():
        fresh = _open(key, batch)
        added = pieces.add(fresh, rows)
        named = {
            message: references[number]
            for number, message in added.items()
            if isinstance(message, int) and number in references
        }
        _name(key, named)
        batch.rows, batch.refused = fresh.rows, fresh.refused
    return added


def close_batch(
    key: ApiKey, batch: Batch, *, at: datetime | None, confirmed: bool = False
) -> Batch:
    """Nothing is added any more: it goes, or becomes a request that approvers see.

    Raises `IntakeRefused` where no row is good, and `ReleaseRefused`; then it stays open.
    """
    with transaction.atomic():
        fresh = _open(key, batch)
        if not fresh.people:
            raise IntakeRefused(Refusal.NOTHING_TO_SEND)
        now = timezone.now()
        starts_at = at or (fresh.not_before if fresh.not_before > now else None)
        # Its program may have a new key since it was opened: who closes it is its sender.
        Batch.objects.filter(pk=fresh.pk).update(member=key.member, api_key=key)
        fresh.member, fresh.api_key = key.member, key
        pieces.close(fresh)
        if not fresh.hours_waived:
            return ask(fresh, actor=key.member, at=starts_at, confirmed=confirmed)
        # It reaches nobody, so nobody need agree.
        plan = _plan(fresh, starts_at, confirmed=confirmed)
        _release(fresh, starts_at, plan, now)
        _note(fresh, key, "batch.release", {"people": fresh.people})
    return fresh


def _open(key: ApiKey, batch: Batch) -> Batch:
    """The batch, locked, if it takes rows of this key. Raises `ReleaseRefused`."""
    fresh = flow.for_change(batch.pk)
    check_own(key, fresh)
    over = fresh.open_until is None or fresh.open_until <= timezone.now()
    if fresh.stage != Stage.DRAFT or over:
        raise ReleaseRefused(ReleaseRefusal.HANDLED, stage=fresh.stage)
    return fresh


def check_own(key: ApiKey, batch: Batch) -> None:
    """Whether a program of the key's department made the batch, for the same kind of carrier: a
    key for trials takes nothing back that is real. Raises `ReleaseRefused`."""
    maker = batch.api_key
    same = maker is not None and maker.department_id == key.department_id
    if not same or batch.hours_waived != key.is_sandbox:
        raise ReleaseRefused(ReleaseRefusal.NOT_YOURS)


def cancel_batch(key: ApiKey, batch: Batch) -> None:
    """Take back what was not handed over; of what nobody has released, all. Raises
    `ReleaseRefused`."""
    with transaction.atomic():
        fresh = flow.for_change(batch.pk)
        check_own(key, fresh)
        if fresh.stage in UNRELEASED:
            release.discard(fresh, actor=key.member)
        elif fresh.stage == Stage.RELEASED:
            batches.cancel_batch(fresh, actor=key.member)
        else:
            raise ReleaseRefused(ReleaseRefusal.HANDLED, stage=fresh.stage)


def cancel_message(key: ApiKey, message: int) -> bool:
    """Take one message back. False: it has ended, or is on its way. Raises `ReleaseRefused`."""
    with transaction.atomic():
        now = timezone.now()
        bring_in(message, now)
        found = Message.objects.filter(pk=message).values_list("batch", flat=True).first()
        if found is None:
            return False
        batch = Batch.objects.select_related("department", "member", "api_key").get(pk=found)
        check_own(key, batch)
        if not pieces.cancel_one(message, now):
            # What `bring_in` has done may stand: the message goes as it would have.
            return False
        _note(batch, key, "batch.cancel_one", {"messages": 1})
    return True


def forecast(
    key: ApiKey, desk: Desk, rows: Rows, *, at: datetime | None, project: int | None = None
) -> Forecast:
    """What would follow if these rows were sent. They are taken in as a list is and thrown away
    again, so nothing is asked that a real one would not be asked, and nothing is stored.

    Raises `IntakeRefused` where no row is good.
    """
    with transaction.atomic():
        batch = _taken_in(key, desk, rows, project)
        cost = estimate(
            batch.department,
            batch.people,
            wording(batch.version_id).text_by(batch.notice.fallback),
            timezone.now(),
            notice=batch.notice,
            project=batch.project_id,
        )
        found = Forecast(plan_for(batch, at), cost)
        transaction.set_rollback(True)
    return found


def _name(key: ApiKey, named: Mapping[int, str]) -> None:
    pairs = [(message, text) for message, text in named.items() if text]
    if pairs:
        ledger.name(key.pk, pairs, timezone.now())


def _facts(batch: Batch) -> dict[str, object]:
    return {
        "notice": batch.notice.code,
        "rows": batch.rows,
        "refused": batch.refused,
        "hours_waived": batch.hours_waived,
    }


def _note(batch: Batch, key: ApiKey, act: str, facts: Mapping[str, object]) -> None:
    audit.record(
        actor=key.member,
        act=act,
        subject=f"batch:{batch.pk}",
        department=batch.department,
        facts=dict(facts),
    )
