"""The source is asked again at the moment of sending: does it still hold?

Between a reminder's making and its going lie seconds, a night, or an outage; the book may be back
meanwhile, the appointment cancelled. So each chunk of a rule's batch is asked about before the
exit decides, with no transaction open: another system is on the line. Messages of which nothing
holds any more do not go. Where part of a message holds, or something else is true by now, the
message says what is true: it is made anew of the source's own words and sealed anew, and what it
said before is kept (`Revision`). If the source cannot be asked, nothing goes unchecked: the exit
puts the chunk off, until what it says would be worthless.

What was handed over once under a token is not asked about again: it must be the same when it is
handed over a second time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from alimnaru.flow.rule_plan import (
    Maker,
    RuleFailed,
    RulePlan,
    anchor_of,
    day_in,
    note_failure,
    note_success,
    pin_of,
    plan_of,
    rule_numbered,
)
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.reminder import due_day, over_at
from alimnaru.rules.reminder_fields import PHONE, Record, cell_of, values_of
from alimnaru.rules.roster import GoodRow
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.store import crypto
from alimnaru.store.ledger import occasions
from alimnaru.store.ledger.chunks import Claim
from alimnaru.store.ledger.exit import Waiting, waiting_messages
from alimnaru.store.ledger.occasions import Behind
from alimnaru.store.models import Batch, Rule

#: So many records do not come to their end together and leave their table empty: it is being
#: filled anew, as old systems do at night. What it says then is no answer.
NEVER_AT_ONCE = 5


@dataclass(slots=True)
class Checked:
    """What the source said about the messages of a chunk, some moments ago.

    `asked` about these messages; those in `gone` hold no more; those in `revised` say something
    else: message → phone, name, values. `over` are the occasions that hold no more.
    """

    asked: frozenset[int] = frozenset()
    gone: dict[int, Refusal] = field(default_factory=dict)
    revised: dict[int, list[str]] = field(default_factory=dict)
    over: list[int] = field(default_factory=list)


def must_ask(claim: Claim) -> bool:
    """Whether a chunk may only go after its source was asked."""
    return claim.rule is not None and not claim.token


def recheck(claim: Claim) -> Checked | None:
    """Ask the source about a claimed chunk; None: it cannot be asked now."""
    waiting = waiting_messages(claim.chunk)
    if claim.rule is None or not waiting:
        return Checked()
    rule = rule_numbered(claim.rule)
    try:
        plan = _approved(rule)
        checked = _ask(plan, claim.batch, waiting)
    except RuleFailed as failed:
        note_failure(rule, failed.code.value)
        return None
    except SourceFailed as failed:
        note_failure(rule, str(failed))
        return None
    note_success(rule)
    return checked


def _approved(rule: Rule) -> RulePlan:
    plan = plan_of(rule)
    if rule.approved_hash != pin_of(rule):
        # Asked or said anew, it would be what nobody has agreed to.
        raise RuleFailed(RuleFault.CHANGED)
    return plan


def _ask(plan: RulePlan, number: int, waiting: Sequence[Waiting]) -> Checked:
    batch = Batch.objects.select_related("version").get(pk=number)
    if batch.wrapped_key is None:
        return Checked()  # destroyed: the exit ends it
    about: dict[int, list[Behind]] = defaultdict(list)
    for one in occasions.behind(m.id for m in waiting):
        about[one.message].append(one)
    keys = [one.record for many in about.values() for one in many]
    tables = plan.tables()
    found = tables.still(plan.view, keys, plan.where)
    if not found and len(keys) >= NEVER_AT_ONCE and tables.newest(plan.view) is None:
        raise RuleFailed(RuleFault.SOURCE_EMPTY)
    now = timezone.now()
    maker = Maker(plan, batch.version, timezone.localdate(now))
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    checked = Checked(asked=frozenset(m.id for m in waiting))
    for message in waiting:
        records = []
        for one in about[message.id]:
            record = found.get(one.record)
            if record is not None and _holds(plan, one, record, bytes(message.to_hash), now):
                records.append(record)
            else:
                checked.over.append(one.id)
        said = _say(maker, records)
        if said is None:
            checked.gone[message.id] = Refusal.NO_LONGER_TRUE
        elif said != key.open(message.id, message.payload):
            checked.revised[message.id] = said
    return checked


def _holds(plan: RulePlan, one: Behind, record: Record, to_hash: bytes, now: datetime) -> bool:
    """The conditions do: the source has applied them. The date and the person must, too."""
    phone = read_phone(values_of({PHONE: plan.made[PHONE]}, [record], one.day)[PHONE])
    if isinstance(phone, Refusal) or crypto.phone_hash(phone) != to_hash:
        return False
    if not plan.rule.anchor:
        return True
    anchor = anchor_of(cell_of(record.get(plan.rule.anchor)))
    if anchor is None or (one.offset <= 0 and over_at(anchor) <= now):
        return False
    if plan.rule.kind == Rule.Kind.EVENT:
        return True
    return due_day(day_in(anchor), one.offset, plan.timing) == one.day


def _say(maker: Maker, records: Sequence[Record]) -> list[str] | None:
    """What a message about these records says; None: nothing that may be said."""
    if not records:
        return None
    row = maker.row(records)
    return [row.phone, row.name, *row.values] if isinstance(row, GoodRow) else None


def covers(checked: Checked, claim: Claim) -> bool:
    """Whether all that still waits was asked about."""
    return all(message.id in checked.asked for message in waiting_messages(claim.chunk))


def write(checked: Checked, claim: Claim, batch: Batch, now: datetime) -> None:
    """Keep what the source said, in the exit's transaction and under its claim."""
    if checked.over:
        occasions.drop(checked.over, Refusal.NO_LONGER_TRUE, now)
    if not checked.revised:
        return
    key = crypto.BatchKey.unwrap(bytes(batch.wrapped_key or b""), batch.pk)
    for message in waiting_messages(claim.chunk):
        if said := checked.revised.get(message.id):
            sealed = key.seal_anew(message.id, said)
            occasions.revise(message.id, message.attempt_no, sealed, now)
