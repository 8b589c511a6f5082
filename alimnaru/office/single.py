"""A notice to one person, typed into a form; and a test message to one's own phone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.rosters import newest_wording, roster_for
from alimnaru.flow.routing import chunk_size
from alimnaru.office.refused import UploadRefused
from alimnaru.office.release import ask, plan_for
from alimnaru.office.uploads import require_sender
from alimnaru.reads.draft_rows import DraftRow
from alimnaru.reads.policies import office_policy
from alimnaru.reads.release_facts import TEST
from alimnaru.rules.audience import Origin
from alimnaru.rules.departure import is_off_hours
from alimnaru.rules.list_refusals import ListRefusal
from alimnaru.rules.outage import URGENT
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import ReleaseFacts, release_for
from alimnaru.rules.release_refusals import ReleaseRefusal
from alimnaru.rules.roster import BadRow, GoodRow, RosterRefused, SourceRow
from alimnaru.rules.roster_header import NAME, PHONE
from alimnaru.store import audit, crypto
from alimnaru.store.models import Batch, ListUpload, Member, Notice, TemplateVersion

#: `Member.mobile` is sealed under this.
MOBILE = "member mobile"


class RowRefused(Exception):  # noqa: N818
    """What was typed cannot be sent; `row` says which field and why."""

    def __init__(self, row: BadRow) -> None:
        super().__init__(row.code.value)
        self.row = row


@dataclass(frozen=True, slots=True)
class Follows:
    """What a message to one person would mean now: it may go at `opens_at`, `waits` if that is
    later, and `approvals` others must agree."""

    opens_at: datetime
    waits: bool
    approvals: int


def what_follows(*, actor: Member, notice: Notice, now: datetime) -> Follows:
    """Asked before there is a message: of its risks only the hour is known, and no other asks for
    anybody where one person is told."""
    batch = Batch(notice=notice, department=notice.department, member=actor, rows=1)
    policy = office_policy()
    plan = plan_for(batch, now=now, policy=policy, brief=True)
    facts = ReleaseFacts(
        count=1,
        notice_approvals=notice.approvals,
        off_hours=is_off_hours(timezone.localtime(plan.opens_at)),
        urgent=notice.priority in URGENT,
    )
    approvals = release_for(facts, policy).approvals
    return Follows(plan.opens_at, plan.opens_at > plan.starts_at, approvals)


def send_one(
    *,
    actor: Member,
    notice: Notice,
    phone: str,
    name: str,
    cells: Mapping[str, str],
    token: str,
    at: datetime | None = None,
    confirmed: bool = False,
) -> Batch:
    """Send a notice to one person, or ask for it. All of it happens, or nothing.

    `cells` by variable. `token` is the form's own: sent twice, it is the same message. Raises
    `UploadRefused`, `RowRefused` or `ReleaseRefused`.
    """
    require_sender(actor, notice)
    mark = hashlib.sha256(token.encode()).hexdigest()
    with transaction.atomic():
        # Two clicks meet here; the second finds what the first has made.
        Member.objects.select_for_update(no_key=True).get(pk=actor.pk)
        known = ListUpload.objects.filter(member=actor, sha256=mark, origin=Origin.ONE)
        earlier = known.select_related("batch").first()
        if earlier is not None and earlier.batch is not None:
            return earlier.batch
        version = newest_wording(notice)
        row = _judged(notice, version, phone, name, cells)
        batch = take_in(_order(notice, version, actor, Origin.ONE.value, draft=True), [row])
        _mark(batch, mark)
        return ask(batch, actor=actor, at=at, confirmed=confirmed)


def _judged(
    notice: Notice, version: TemplateVersion, phone: str, name: str, cells: Mapping[str, str]
) -> GoodRow:
    """The row as the check of a list of one would have it."""
    chosen = {PHONE: PHONE, NAME: NAME} | {variable: variable for variable in cells}
    roster = roster_for(version, notice.department, chosen)
    rows = [SourceRow(1, [PHONE, NAME, *cells]), SourceRow(2, [phone, name, *cells.values()])]
    try:
        row = next(roster.read(rows))
    except (RosterRefused, StopIteration):
        # A form without anything in it is a blank row to a list.
        row = BadRow(2, PHONE, Refusal.PHONE_EMPTY, "", name, "")
    if isinstance(row, BadRow):
        raise RowRefused(row)
    return row


def _order(
    notice: Notice, version: TemplateVersion, actor: Member, origin: str, *, draft: bool
) -> Order:
    return Order(
        notice=notice,
        version=version,
        department=notice.department,
        member=actor,
        chunk_size=chunk_size(version.pk, hours_waived=False),
        origin=origin,
        draft=draft,
    )


def _mark(batch: Batch, mark: str) -> None:
    ListUpload.objects.create(
        department=batch.department,
        notice=batch.notice,
        member=batch.member,
        created_at=timezone.now(),
        name="",
        size=0,
        sha256=mark,
        origin=Origin.ONE.value,
        state=ListUpload.State.READY,
        batch=batch,
    )


def send_test(*, actor: Member, batch: Batch, row: DraftRow) -> Batch:
    """Send what somebody in a draft would get to the actor's own mobile. Raises `UploadRefused`.

    It counts and costs as any message does, and is no use of the wording (`reads.release_facts`).
    """
    if batch.member_id != actor.pk:
        raise UploadRefused(ReleaseRefusal.NOT_YOURS, member=batch.member.name)
    require_sender(actor, batch.notice)
    if actor.mobile is None:
        raise UploadRefused(ListRefusal.MOBILE_MISSING)
    phone = crypto.unseal(bytes(actor.mobile), purpose=MOBILE).decode()
    good = GoodRow(1, os.urandom(crypto.HASH), phone, actor.name, tuple(row.values))
    with transaction.atomic():
        test = take_in(_order(batch.notice, batch.version, actor, TEST, draft=False), [good])
        audit.record(
            actor=actor,
            act="batch.test",
            subject=f"batch:{test.pk}",
            department=test.department,
            facts={"notice": test.notice.code, "draft": batch.pk},
        )
    return test
