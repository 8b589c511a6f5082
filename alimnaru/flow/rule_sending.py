"""What rules have found becomes batches: one for all that is due at a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from alimnaru.flow import release
from alimnaru.flow.intake import Order, take_in
from alimnaru.flow.rosters import NoWording, newest_wording
from alimnaru.flow.routing import chunk_size
from alimnaru.flow.rule_plan import Maker, RuleFailed, RulePlan, anchor_of, sender_of, unpack
from alimnaru.reads.policies import office_policy
from alimnaru.reads.rules import sent_today, usual_size
from alimnaru.rules.cell import Cell
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.release import Risk, is_surge
from alimnaru.rules.reminder import over_at, useful_until
from alimnaru.rules.reminder_fields import NAME
from alimnaru.rules.roster import BadRow, GoodRow
from alimnaru.rules.roster_rows import as_text
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.store import crypto
from alimnaru.store.ledger import occasions
from alimnaru.store.ledger.occasions import Due
from alimnaru.store.models import Batch, Message, Rule, Stage, Task, TemplateVersion

#: Occasions in one transaction.
MOST = 200_000


@dataclass(frozen=True, slots=True)
class Opened:
    """An occasion with the record that it was found by."""

    due: Due
    record: Mapping[str, Cell]

    @property
    def order(self) -> tuple[int, str]:
        """By date, then by key: the first of a message is the most urgent."""
        return self.due.day.toordinal() - self.due.offset, self.due.record


def send_due(plan: RulePlan, now: datetime) -> int:
    """Put what is due into batches; return how many messages. All in one transaction.

    Raises `RuleFailed` where the notice has no wording or the rule not all of its variables.
    """
    rule = plan.rule
    if rule.kind == Rule.Kind.EVENT and _waits(rule):
        return 0  # one question to people at a time, or each poll would add one
    with transaction.atomic():
        due = occasions.take_due(rule.pk, MOST)
        if not due:
            return 0
        try:
            version = newest_wording(rule.notice)
        except NoWording:
            raise RuleFailed(RuleFault.NO_WORDING) from None
        sent = 0
        for _, together in groupby(_useful(plan, due, now), key=lambda one: one.due.due_at):
            sent += _send(plan, version, list(together), now)
    return sent


def _waits(rule: Rule) -> bool:
    return Batch.objects.filter(rule=rule, stage=Stage.REQUESTED).exists()


def _useful(plan: RulePlan, due: Sequence[Due], now: datetime) -> list[Opened]:
    """Those that are still worth sending; the others are dropped, each with its reason."""
    kept: list[Opened] = []
    late: list[Opened] = []
    lost: list[int] = []
    for one in due:
        try:
            opened = Opened(one, unpack(one.payload))
        except crypto.Unreadable:
            lost.append(one.id)
            continue
        (late if _is_late(plan, opened, now) else kept).append(opened)
    occasions.drop([one.due.id for one in late], Refusal.EXPIRED, now)
    occasions.drop(lost, Refusal.VALUE_EMPTY, now)
    return kept


def _is_late(plan: RulePlan, one: Opened, now: datetime) -> bool:
    anchor = anchor_of(one.record.get(plan.rule.anchor)) if plan.rule.anchor else None
    if plan.rule.kind == Rule.Kind.EVENT:
        return anchor is not None and over_at(anchor) <= now
    if anchor is None:
        return True
    return now > useful_until(one.due.due_at, anchor, one.due.offset, plan.timing)


def _send(plan: RulePlan, version: TemplateVersion, due: list[Opened], now: datetime) -> int:
    maker = Maker(plan, version, timezone.localdate(now))
    groups = grouped(plan, due)
    rows = [_row(maker, group, number) for number, group in enumerate(groups, 2)]
    good = [row for row in rows if isinstance(row, GoodRow)]
    for group, row in zip(groups, rows, strict=True):
        if isinstance(row, BadRow):
            occasions.drop([one.due.id for one in group], row.code, now)
    if not good:
        return 0
    surge = _surge(plan.rule, len(good), now)
    batch = take_in(_order(plan, version, draft=surge is not None), rows)
    _mark(plan, batch, groups)
    if surge is not None:
        _ask_people(plan.rule, batch, surge, now)
    messages = dict(Message.objects.filter(batch=batch).values_list("row_no", "id"))
    occasions.sent(
        (
            (one.due.id, messages[number])
            for number, group in enumerate(groups, 2)
            if number in messages
            for one in group
        ),
        batch.pk,
        now,
    )
    return len(good)


def grouped(plan: RulePlan, due: Iterable[Opened]) -> list[list[Opened]]:
    """What goes into one message. A person is a phone and a name: two children with their mother's
    phone get a message each, with their own name in it."""
    if plan.rule.grouping != "person":
        return [[one] for one in sorted(due, key=lambda one: one.order)]
    found: dict[tuple[bytes, str], list[Opened]] = defaultdict(list)
    named = plan.made.get(NAME)
    field = named.fields[0] if named and named.fields else ""
    for one in sorted(due, key=lambda one: one.order):
        found[bytes(one.due.to_hash), as_text(one.record.get(field))].append(one)
    return list(found.values())


def _row(maker: Maker, group: Sequence[Opened], number: int) -> GoodRow | BadRow:
    row = maker.row([one.record for one in group], number)
    if isinstance(row, BadRow):
        return row
    # A person may have two appointments, each in a message: the records tell rows apart.
    digest = blake2b(digest_size=16, key=crypto.row_secret())
    for one in group:
        digest.update(f"{one.due.id}\0".encode())
    return GoodRow(row.number, digest.digest(), row.phone, row.name, row.values)


def _order(plan: RulePlan, version: TemplateVersion, *, draft: bool) -> Order:
    rule = plan.rule
    if rule.source is None:
        raise RuleFailed(RuleFault.NO_SOURCE)
    return Order(
        notice=rule.notice,
        version=version,
        department=sender_of(rule),
        member=rule.source.member,
        chunk_size=chunk_size(version.pk, hours_waived=False),
        origin="rule",
        source_name=rule.name,
        draft=draft,
    )


def _mark(plan: RulePlan, batch: Batch, groups: Iterable[Sequence[Opened]]) -> None:
    """Whose batch it is; and none of it goes once all that it looks ahead to is over."""
    ends: list[datetime] = []
    for one in (one for group in groups for one in group):
        anchor = anchor_of(one.record.get(plan.rule.anchor)) if plan.rule.anchor else None
        if anchor is None or one.due.offset > 0:
            ends.clear()
            break
        ends.append(over_at(anchor))
    if ends:
        batch.expires_at = min(batch.expires_at, max(ends))
    batch.rule = plan.rule
    batch.save(update_fields=["rule", "expires_at"])


def _surge(rule: Rule, count: int, now: datetime) -> int | None:
    """The usual size if this is far beyond it: then people decide."""
    usual = usual_size(rule)
    alike = count + sent_today(rule, now)
    return usual if is_surge(alike, usual, office_policy()) else None


def _ask_people(rule: Rule, batch: Batch, usual: int, now: datetime) -> None:
    release.request(batch, approvals=1, risks=[Risk.SURGE.value], now=now)
    task = Task(
        department=batch.department,
        kind=Task.Kind.RULE_SURGE,
        subject=f"batch:{batch.pk}",
        facts={"rule": rule.pk, "batch": batch.pk, "people": batch.people, "usual": usual},
        created_at=now,
    )
    Task.objects.bulk_create([task], ignore_conflicts=True)


def close_surges(now: datetime) -> None:
    """What people have decided about is done."""
    waiting = Task.objects.filter(kind=Task.Kind.RULE_SURGE, done_at=None)
    for task in waiting:
        asked = Batch.objects.filter(pk=task.facts.get("batch"), stage=Stage.REQUESTED)
        if not asked.exists():
            Task.objects.filter(pk=task.pk, done_at=None).update(done_at=now)
