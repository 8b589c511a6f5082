"""A rule as it is carried out: its times, its question to the source, and how a message is made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import structlog
from django.utils import timezone

from alimnaru.flow.rosters import variables_for
from alimnaru.flow.source_failed import SourceFailed
from alimnaru.flow.sources import SourceTables, tables_of
from alimnaru.flow.wordings import wording
from alimnaru.rules.cell import Cell
from alimnaru.rules.conditions import Condition, condition_from_json
from alimnaru.rules.reminder import SEOUL, Days, Timing, rule_hash
from alimnaru.rules.reminder_fields import (
    NAME,
    PHONE,
    Made,
    Record,
    cell_of,
    day_of,
    fields_of,
    made_from_json,
    values_of,
)
from alimnaru.rules.roster import BadRow, GoodRow, RosterRefused, RosterSpec, SingleRows
from alimnaru.rules.rule_facts import RuleFacts
from alimnaru.rules.rule_faults import RuleFault
from alimnaru.rules.variables import Kind, Variable
from alimnaru.sources.base import View
from alimnaru.store import crypto
from alimnaru.store.models import Department, Rule, TemplateVersion

log = structlog.get_logger()

PURPOSE = "occasion"


class RuleFailed(Exception):  # noqa: N818
    """A rule cannot be carried out as it stands. `code` is a `RuleFault`."""

    def __init__(self, code: RuleFault) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A rule, read. `where` are its conditions without the date."""

    rule: Rule
    timing: Timing
    view: View
    where: tuple[Condition, ...]
    made: Mapping[str, Made]

    @property
    def needed(self) -> list[str]:
        """The source's fields that a message is made of."""
        names = fields_of(self.made)
        if self.rule.anchor and self.rule.anchor not in names:
            names.append(self.rule.anchor)
        return names

    def tables(self) -> SourceTables:
        """The source, opened. Raises `SourceFailed`."""
        if self.rule.source is None:
            raise SourceFailed(RuleFault.NO_SOURCE)
        return tables_of(self.rule.source)


def rule_numbered(number: int) -> Rule:
    """A rule with what it is carried out by."""
    return Rule.objects.select_related(
        "notice", "notice__department", "source", "source__department", "source__member"
    ).get(pk=number)


def note_failure(rule: Rule, error: str) -> None:
    """Keep that a rule cannot be carried out, and since when."""
    now = timezone.now()
    log.warning("rule_failed", rule=rule.pk, error=error)
    Rule.objects.filter(pk=rule.pk, failing_since=None).update(failing_since=now)
    Rule.objects.filter(pk=rule.pk).exclude(error=error[:200]).update(error=error[:200])


def note_success(rule: Rule) -> None:
    """Keep that its source was read."""
    Rule.objects.filter(pk=rule.pk).exclude(failing_since=None).update(failing_since=None, error="")


def plan_of(rule: Rule) -> RulePlan:
    """Read a rule. Raises `RuleFailed`. Needs its notice and source."""
    if rule.source is None:
        raise RuleFailed(RuleFault.NO_SOURCE)
    view = _view(rule)
    try:
        where = tuple(condition_from_json(one) for one in rule.conditions)
        made = {name: made_from_json(one) for name, one in rule.fields.items()}
    except (ValueError, TypeError):
        raise RuleFailed(RuleFault.WRONG) from None
    dated = rule.kind == Rule.Kind.DATE
    if PHONE not in made or (dated and not (rule.anchor and rule.offsets)):
        raise RuleFailed(RuleFault.WRONG)
    if not dated and view.mark is None:
        raise RuleFailed(RuleFault.NO_MARK)
    timing = Timing(
        offsets=tuple(rule.offsets),
        at=rule.at,
        days=Days(rule.days),
        catch_up=timedelta(minutes=rule.catch_up_minutes),
        working_days_only=rule.notice.working_days_only,
    )
    return RulePlan(rule, timing, view, where, made)


def _view(rule: Rule) -> View:
    views = rule.source.settings.get("views", {}) if rule.source else {}
    said = views.get(rule.view)
    if not isinstance(said, dict) or not said.get("table") or not said.get("key"):
        raise RuleFailed(RuleFault.NO_VIEW)
    return View(said["table"], said["key"], said.get("mark"))


def pin_of(rule: Rule) -> str:
    """What an approval of the rule, as it stands, pins: all that decides who gets what and when,
    down to the table that is read."""
    views = rule.source.settings.get("views", {}) if rule.source else {}
    return rule_hash(
        {
            "notice": rule.notice.code,
            "source": rule.source.code if rule.source else None,
            "view": views.get(rule.view),
            "kind": rule.kind,
            "conditions": rule.conditions,
            "anchor": rule.anchor,
            "offsets": list(rule.offsets),
            "days": rule.days,
            "at": rule.at.isoformat(),
            "fields": rule.fields,
            "grouping": rule.grouping,
            "at_most": rule.at_most,
            "catch_up": rule.catch_up_minutes,
        }
    )


def facts_of(rule: Rule) -> RuleFacts:
    """What is to be said about a rule. A condition that cannot be read stands in the rule's way,
    and is said there."""
    conditions = []
    for one in rule.conditions:
        with suppress(ValueError):
            conditions.append(condition_from_json(one))
    return RuleFacts(
        notice=rule.notice.name,
        source=rule.source.name if rule.source else "",
        is_event=rule.kind == Rule.Kind.EVENT,
        anchor=rule.anchor,
        offsets=rule.offsets,
        days=rule.days,
        at=rule.at,
        conditions=conditions,
        grouping=rule.grouping,
        at_most=rule.at_most,
    )


def sender_of(rule: Rule) -> Department:
    """Whose messages they are: the department that connected the system."""
    return rule.source.department if rule.source else rule.notice.department


class Maker:
    """Makes rows of records, for one wording as one department sends it. Not for two threads."""

    def __init__(self, plan: RulePlan, version: TemplateVersion, today: date) -> None:
        words = wording(version.pk)
        self._variables = variables_for(version, sender_of(plan.rule))
        self._made = _with_names(plan.made, self._variables)
        self._room = {v.name: v.max_length for v in self._variables}
        self._today = today
        self._judge = SingleRows(
            RosterSpec(
                variables=self._variables,
                today=today,
                alimtalk=words.alimtalk,
                sms=words.sms,
                lms=words.lms,
                secret=crypto.row_secret(),
            )
        )

    def row(self, records: Sequence[Record], number: int = 1) -> GoodRow | BadRow:
        """The row of one message about these records, judged as the check of a list would.

        Raises `RuleFailed` where the rule says nothing for a variable that the wording needs.
        """
        cells = values_of(self._made, records, self._today, self._room)
        phone, name = cells.pop(PHONE), cells.pop(NAME, None)
        known = {v.name: cells[v.name] for v in self._variables if v.name in cells}
        try:
            return self._judge.judge(phone, str(name or ""), known, number)
        except RosterRefused:
            raise RuleFailed(RuleFault.VARIABLE_MISSING) from None


def _with_names(made: Mapping[str, Made], variables: Iterable[Variable]) -> dict[str, Made]:
    """The person's name where a wording asks for it and the rule does not say otherwise."""
    own = dict(made)
    if NAME in own:
        for variable in variables:
            if variable.kind is Kind.PERSON:
                own.setdefault(variable.name, own[NAME])
    return own


_TAGS: Mapping[str, Callable[[str], Cell]] = {
    "d": date.fromisoformat,
    "m": datetime.fromisoformat,
    "t": time.fromisoformat,
}


def pack(record: Record, fields: Iterable[str]) -> bytes:
    """A record's fields, sealed. Dates stay dates: `02:30` as text could be read in two ways."""
    return crypto.seal(
        json.dumps({name: _tagged(cell_of(record.get(name))) for name in fields}).encode(),
        purpose=PURPOSE,
    )


def unpack(blob: bytes) -> dict[str, Cell]:
    """What `pack` sealed. Raises `crypto.Unreadable`."""
    said = json.loads(crypto.unseal(bytes(blob), purpose=PURPOSE))
    return {
        name: _TAGS[value[0]](value[1]) if isinstance(value, list) else value
        for name, value in said.items()
    }


def _tagged(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return ["m", cell.isoformat()]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]
    if isinstance(cell, time):
        return ["t", cell.isoformat()]
    if cell is None or isinstance(cell, str | int | float):
        return cell
    return str(cell)


def anchor_of(cell: Cell) -> date | datetime | None:
    """A moment stays one: what is over at 14:00 is over then, not at midnight."""
    if isinstance(cell, datetime):
        moment = cell.astimezone(SEOUL) if cell.tzinfo else cell.replace(tzinfo=SEOUL)
        return moment if moment.time() != time() else moment.date()
    if isinstance(cell, date):
        return cell
    return day_of(cell, timezone.localdate())


def day_in(anchor: date | datetime) -> date:
    """The day of an anchor, in the office."""
    return anchor.date() if isinstance(anchor, datetime) else anchor
