"""Remind: what rules find in other systems becomes messages, each once.

Every worker does this beside its jobs. A rule is tended by one process at a time; should two do it
all the same (a lock is lost with its connection), the unique constraint of occasions and the row
locks of `take_due` keep each thing single. What was found is written before anything is sent, in
the transaction that notes how far the rule has looked; what is sent leaves in one transaction with
its occasions. So whatever is cut off anywhere is done again or was done, never both.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from alimnaru.flow.rule_plan import (
    RuleFailed,
    RulePlan,
    anchor_of,
    day_in,
    note_failure,
    note_success,
    pack,
    pin_of,
    plan_of,
    rule_numbered,
)
from alimnaru.flow.rule_sending import close_surges, send_due
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.sources import SourceTables
from alimnaru.rules.conditions import Condition, Op
from alimnaru.rules.phone import read_phone
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.reminder import (
    anchors_on,
    due_moment,
    moments,
    next_moment,
    over_at,
    useful_until,
)
from alimnaru.rules.reminder_fields import PHONE, Record, cell_of, values_of
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.rules.source_faults import SourceFault
from alimnaru.sources.tables import key_text
from alimnaru.store import crypto
from alimnaru.store.ledger import advisory, occasions
from alimnaru.store.ledger.occasions import Found
from alimnaru.store.models import Occasion, Rule

log = structlog.get_logger()

#: Records that a rule may find at one moment: half a district. More is a condition left out.
MOST = 200_000
#: Records of an event that are read at a time; the rest is read a few seconds later.
AT_A_TIME = 5_000
#: Rehearsed records can be looked at for so long.
SHOWN_FOR = timedelta(days=14)

_DAY = timedelta(days=1)


def remind() -> None:
    """Tend every rule that is rehearsed or live. One that fails does not keep the others."""
    now = timezone.now()
    close_surges(now)
    for rule in running_rules():
        with advisory.held(advisory.RULE, rule) as mine:
            if mine:
                _tend_alone(rule)


def _tend_alone(number: int) -> None:
    try:
        tend(number, timezone.now())
    except (OperationalError, InterfaceError):
        raise  # ours is away, and nothing can be noted either
    except Rule.DoesNotExist:
        return  # deleted since it was listed
    except Exception as error:
        # Our own mistake. Its text may quote what the other system says.
        log.warning("rule_fault", rule=number, error=type(error).__name__)
        note_failure(rule_numbered(number), SourceFault.INTERNAL.value)


def running_rules() -> list[int]:
    """Rules that look at their sources."""
    found = Rule.objects.filter(
        mode__in=[Rule.Mode.LIVE, Rule.Mode.REHEARSAL], source__is_active=True
    )
    return list(found.order_by("pk").values_list("pk", flat=True))


def tend(number: int, now: datetime) -> None:
    """Let one rule find what is due and send it. What fails stands on the rule."""
    rule = rule_numbered(number)
    try:
        plan = plan_of(rule)
        _must_be_approved(rule)
        if look(plan, now):
            note_success(rule)
        if rule.mode == Rule.Mode.LIVE:
            send_due(plan, now)
    except RuleFailed as failed:
        note_failure(rule, failed.code.value)
    except SourceFailed as failed:
        note_failure(rule, str(failed))


def _must_be_approved(rule: Rule) -> None:
    """What goes by itself is what somebody has agreed to, to the letter."""
    if rule.mode == Rule.Mode.LIVE and rule.approved_hash != pin_of(rule):
        raise RuleFailed(RuleFault.CHANGED)


def look(plan: RulePlan, now: datetime) -> bool:
    """Find what is due. False: it was not the time to ask the source."""
    if plan.rule.kind == Rule.Kind.EVENT:
        return _look_at_events(plan, now)
    return _look_at_dates(plan, now)


def begin(plan: RulePlan, now: datetime) -> None:
    """From this moment on: what was due before, or stands in the source already, is not told.

    Raises `SourceFailed`.
    """
    rule = plan.rule
    rule.looked_at = now
    there: list[Found] = []
    if rule.kind == Rule.Kind.EVENT:
        tables = plan.tables()
        newest = _json(tables.newest(plan.view))
        rule.mark = {"mark": newest}
        if newest is not None:
            # The source tells its last minute again at the next question: by then it is known.
            again = tables.after(plan.view, newest, plan.where, limit=AT_A_TIME)
            there = [_before(plan, record, now) for record in again]
    with transaction.atomic():
        occasions.note(rule.pk, _once(there), at_most=1, now=now)
        rule.save(update_fields=["looked_at", "mark"])


def _before(plan: RulePlan, record: Record, now: datetime) -> Found:
    """A record that stood there before the rule began."""
    return Found(
        record=_key(plan, record),
        day=timezone.localdate(now),
        offset=0,
        due_at=now,
        to_hash=b"",
        payload=None,
        state=Occasion.State.REHEARSED.value,
    )


def _key(plan: RulePlan, record: Record) -> str:
    return key_text(record[plan.view.key])[:120]


def _look_at_dates(plan: RulePlan, now: datetime) -> bool:
    rule = plan.rule
    after = rule.looked_at
    if after is None or after > now:
        # The clock was ahead: what is still to come is looked for again, and found known if it is.
        with transaction.atomic():
            if after is not None:
                occasions.forget_future(rule.pk, now)
            _looked(rule, now)
        return False
    passed = moments(after, now, plan.timing)
    if not passed:
        return False
    tables = plan.tables()
    found = [one for at in passed for one in _due_at(plan, tables, at, now)]
    catching_up = now <= passed[-1] + plan.timing.catch_up
    if not found and catching_up and tables.newest(plan.view) is None:
        return False  # a table without a row may be one that is being filled anew
    with transaction.atomic():
        occasions.note(rule.pk, found, at_most=rule.at_most, now=now)
        _tidy(rule, now)
        _looked(rule, now)
    return True


def _tidy(rule: Rule, now: datetime) -> None:
    if rule.mode == Rule.Mode.REHEARSAL:
        occasions.forget_payloads(rule.pk, timezone.localdate(now) - SHOWN_FOR)


def _looked(rule: Rule, now: datetime) -> None:
    rule.looked_at = now
    rule.save(update_fields=["looked_at"])


def _due_at(plan: RulePlan, tables: SourceTables, at: datetime, now: datetime) -> list[Found]:
    """What is due at a moment; dropped at once where that moment has passed for too long."""
    day = timezone.localdate(at)
    found = []
    for record, anchor, offset in records_due(plan, tables, day):
        late = now > useful_until(at, anchor, offset, plan.timing)
        found.append(_found(plan, record, day, offset, at, late=late))
    return _once(found)


def records_due(
    plan: RulePlan, tables: SourceTables, day: date
) -> list[tuple[Record, date | datetime, int]]:
    """The records that are due on a day: each with its anchor and the offset that it is due by.

    Raises `SourceFailed`, or `RuleFailed` where it would be half the district.
    """
    found: list[tuple[Record, date | datetime, int]] = []
    name = plan.rule.anchor
    for on, offset in anchors_on(day, plan.timing).items():
        of_day = (Condition(name, Op.GE, on), Condition(name, Op.LT, on + _DAY))
        for record in tables.records(plan.view, [*plan.where, *of_day], limit=MOST + 1):
            anchor = anchor_of(cell_of(record.get(name)))
            if anchor is not None and day_in(anchor) == on:
                found.append((record, anchor, offset))
        if len(found) > MOST:
            raise RuleFailed(RuleFault.TOO_MANY)
    return found


def _look_at_events(plan: RulePlan, now: datetime) -> bool:
    rule, source = plan.rule, plan.rule.source
    if source is None or not _is_time(rule, source.poll_seconds, now):
        return False
    if rule.mark is None:
        begin(plan, now)
        return True
    fresh = plan.tables().after(plan.view, rule.mark["mark"], plan.where, limit=AT_A_TIME)
    keys = [_key(plan, record) for record in fresh]
    known = occasions.known(rule.pk, keys) if keys else frozenset()
    found = [
        _found_event(plan, record, now)
        for record, key in zip(fresh, keys, strict=True)
        if key not in known
    ]
    mark = {"mark": _json(fresh[-1][str(plan.view.mark)])} if fresh else rule.mark
    with transaction.atomic():
        # A record is told once, on whatever day it is read again.
        occasions.note(rule.pk, _once(found), at_most=1, now=now)
        if found:
            _tidy(rule, now)
        rule.looked_at, rule.mark = now, mark
        rule.save(update_fields=["looked_at", "mark"])
    return True


def _is_time(rule: Rule, poll_seconds: int, now: datetime) -> bool:
    at = rule.looked_at
    return at is None or at > now or at + timedelta(seconds=poll_seconds) <= now


def _found_event(plan: RulePlan, record: Record, now: datetime) -> Found:
    anchor = anchor_of(cell_of(record.get(plan.rule.anchor))) if plan.rule.anchor else None
    late = anchor is not None and over_at(anchor) <= now
    return _found(plan, record, timezone.localdate(now), 0, now, late=late)


def _found(
    plan: RulePlan, record: Record, day: date, offset: int, at: datetime, *, late: bool
) -> Found:
    cell = values_of({PHONE: plan.made[PHONE]}, [record], day)[PHONE]
    phone = read_phone(cell)
    code = phone.value if isinstance(phone, Refusal) else ""
    if late:
        code = Refusal.EXPIRED.value
    state = Occasion.State.DUE if plan.rule.mode == Rule.Mode.LIVE else Occasion.State.REHEARSED
    rehearsed = state is Occasion.State.REHEARSED
    dropped = bool(code) and not rehearsed
    return Found(
        record=_key(plan, record),
        day=day,
        offset=offset,
        due_at=at,
        to_hash=b"" if isinstance(phone, Refusal) else crypto.phone_hash(phone),
        payload=None if dropped else pack(record, plan.needed),
        state=(Occasion.State.DROPPED if dropped else state).value,
        code=code,
    )


def _once(found: list[Found]) -> list[Found]:
    """A record that two anchors bring is one."""
    return list({(one.record, one.day): one for one in found}.values())


def rehearse(plan: RulePlan, now: datetime) -> datetime:
    """Find what would go at the rule's next moment (an event: what stands there now), and keep it
    to be looked at; return that moment. Raises `SourceFailed`, `RuleFailed`."""
    rule, tables = plan.rule, plan.tables()
    if rule.kind == Rule.Kind.EVENT:
        at = now
        read = tables.records(plan.view, plan.where, limit=AT_A_TIME)
        found = [_found_event(plan, record, now) for record in read]
    else:
        at = next_moment(now, plan.timing)
        while not (found := _due_at(plan, tables, at, at)) and at < now + 7 * _DAY:
            at = due_moment(timezone.localdate(at) + _DAY, plan.timing)
    with transaction.atomic():
        Occasion.objects.filter(rule=rule, state=Occasion.State.REHEARSED).delete()
        occasions.note(rule.pk, _once(found), at_most=0, now=now)
    return at


def _json(mark: object) -> object:
    """A mark as JSON holds it: the source reads its own text again."""
    if isinstance(mark, date):
        return mark.isoformat()
    return mark if mark is None or isinstance(mark, int | str) else str(mark)
