"""Words of what is done about a month: its codes stand in the database as plain strings."""

from __future__ import annotations

from django import template

from alimnaru import wording
from alimnaru.rules.month_work import MonthAct, WorkState
from alimnaru.rules.refusals import Refusal
from alimnaru.rules.statement import StatementFault
from alimnaru.store.models import MonthWork

register = template.Library()


@register.filter
def month_act(kind: str) -> str:
    """What a worker does."""
    return wording.label(MonthAct(kind))


@register.filter
def work_state(state: str) -> str:
    """How far it has come."""
    return wording.label(WorkState(state))


@register.filter
def work_fault(work: MonthWork) -> str:
    """Why it could not be done; empty where it could."""
    if not work.fault:
        return ""
    known = StatementFault if work.fault in set(StatementFault) else Refusal
    return wording.sentence(known(work.fault), **work.fault_facts)
