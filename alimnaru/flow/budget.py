"""Ceilings looked after: what waited for money goes on, and departments hear in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from alimnaru.flow.jobs import JobName, defer
from alimnaru.reads import budgets
from alimnaru.rules.ceilings import WARN_AT, Ceiling, Stand, in_the_way, may_stop, subject, warning
from alimnaru.rules.refusals import Refusal
from alimnaru.store.ledger import budget as ledger
from alimnaru.store.ledger.budget import Capped, Held
from alimnaru.store.models import Task

#: Held chunks of a department and a line that one sweep looks at.
AT_ONCE = 200
_KINDS = dict(zip(WARN_AT, (Task.Kind.BUDGET_LOW, Task.Kind.BUDGET_SPENT), strict=True))


def look_after(now: datetime) -> None:
    """Free what fits again (the next day or month, a raised ceiling), and warn once a span and
    ceiling."""
    stopping, free = _what_fits(now)
    _warn(stopping, now)
    # Last: a job's key is a lock too.
    for chunk, lane in sorted(ledger.free(free, Refusal.SPEND_CAP, now)):
        defer(JobName.DISPATCH, chunk, queue=lane)


def _what_fits(now: datetime) -> tuple[set[Ceiling], list[int]]:
    """Ceilings that stop something, and chunks that fit under theirs by now.

    What was freed a moment ago counts against them: else the same room would be given away at every
    sweep, and chunks would go back and forth.
    """
    room = _Room(now)
    stopping: set[Ceiling] = set()
    free = []
    for one in ledger.held(Refusal.SPEND_CAP, timezone.localdate(now), AT_ONCE):
        stop = room.take(one)
        if stop is None:
            free.append(one.chunk)
        else:
            stopping.add(stop.ceiling)
    return stopping, free


class _Room:
    """What is left under each ceiling, while it is being given away."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._over: dict[tuple[str, int | None], list[Capped]] = {}
        self._stands: dict[Capped, list[Stand]] = {}

    def take(self, one: Held) -> Stand | None:
        """Let it have what it costs; or the ceiling that is in its way."""
        if not may_stop(priority=one.priority, lane=one.lane):
            return None  # became urgent while it waited
        capped = self._capped(one)
        stands = [stand for each in capped for stand in self._stand(each)]
        stop = in_the_way(stands, one.won)
        if stop is None:
            for each in capped:
                taken = [replace(s, coming=s.coming + one.won) for s in self._stand(each)]
                self._stands[each] = taken
        return stop

    def _capped(self, one: Held) -> list[Capped]:
        key = (one.path, one.project)
        if key not in self._over:
            self._over[key] = ledger.over(*key)
        return self._over[key]

    def _stand(self, capped: Capped) -> list[Stand]:
        if capped not in self._stands:
            coming = ledger.under_way(capped, timezone.localdate(self._now), now=self._now)
            self._stands[capped] = budgets.stands(capped, self._now, coming)
        return self._stands[capped]


def _warn(stopping: set[Ceiling], now: datetime) -> None:
    for capped in ledger.all_capped():
        for stand in budgets.stands(capped, now):
            ceiling = stand.ceiling
            percent = WARN_AT[-1] if ceiling in stopping else warning(ceiling, stand.spent)
            if percent is not None:
                _tell(capped, ceiling, percent, now)


def _tell(capped: Capped, ceiling: Ceiling, percent: int, now: datetime) -> None:
    """A task of the department's, once a span: also one that was dealt with has been given. A
    ceiling that was changed meanwhile is another one, and reached anew."""
    about, cap = subject(ceiling, timezone.localdate(now), percent), int(ceiling.won)
    if Task.objects.filter(kind=_KINDS[percent], subject=about, facts__cap=cap).exists():
        return
    Task.objects.update_or_create(
        kind=_KINDS[percent],
        subject=about,
        done_at=None,
        defaults={
            "department_id": capped.department,
            "facts": {"name": capped.name, "span": ceiling.span.value, "cap": cap},
            "created_at": now,
        },
    )
