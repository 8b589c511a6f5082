"""Looks at rules: the list, one of each kind, and their form."""

from __future__ import annotations

from tests.e2e.acts import press
from tests.e2e.look import EMPTY, ERROR, FULL, Look, own

_LIVE, _REHEARSAL = own(code="loans-live"), own(code="loans-rehearsal")
RULES = (
    Look("rules"),
    Look("rule", "approver", args=_REHEARSAL, states=(FULL,)),
    Look("rule", note="live", args=_LIVE, states=(FULL, ERROR)),
    Look("rule", note="seed", args=own(code="lib-overdue"), states=(EMPTY,)),
    Look("rule-new", states=(FULL, EMPTY)),
    Look("rule-change", args=_REHEARSAL, states=(FULL,)),
    Look(
        "rule-new",
        note="form",
        query="?notice=lib.due.soon&view=loans-db%2Floans&kind=date",
        states=(ERROR,),
        act=press("저장"),
    ),
)
