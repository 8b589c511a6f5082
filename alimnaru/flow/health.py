"""Health of accounts: what calls and results show, and breakers that follow from it."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction

from alimnaru.flow.jobs import JobName, lock_of
from alimnaru.rules.channel import Channel
from alimnaru.rules.health import Breaker, BreakerState, Reason, Signs, closed, judge, opened
from alimnaru.store.ledger import chunks, health, owing

log = structlog.get_logger()

NEVER = Breaker()
NOTHING = Signs()


def note_call(account: int, channel: str, now: datetime, *, cut: bool, probe: bool) -> None:
    """Keep how a call ended. Who fails, or is being tried, is judged at once, not at the sweep."""
    with transaction.atomic():
        health.note_call(account, channel, cut=cut, at=now)
        if cut or probe:
            check(now, only=(account, channel))


def check(now: datetime, only: tuple[int, str] | None = None) -> None:
    """Open and close breakers by what was seen lately. In a transaction."""
    breakers = health.breakers()
    seen = health.signs(now, settings.HEALTH_PATIENCE)
    for key in sorted(seen.keys() | breakers.keys()) if only is None else [only]:
        was = breakers.get(key, NEVER)
        to = judge(was, seen.get(key, NOTHING), now, settings.BREAKER_SECONDS)
        if to is not None:
            _move(*key, was, to, now)


def refuse(account: int, channel: str, reason: str, now: datetime) -> None:
    """The account refuses the office: no more of it goes there until a try succeeds."""
    with transaction.atomic():
        was = health.breakers().get((account, channel), NEVER)
        if was.state is not BreakerState.OPEN:
            _move(account, channel, was, opened(was, reason, now, settings.BREAKER_SECONDS), now)


def reset_breakers(account: int, now: datetime) -> list[Channel]:
    """Close an account's breakers because a person says so; return where. In a transaction."""
    reset = []
    for (whose, channel), was in sorted(health.breakers().items()):
        if whose == account and was.state is not BreakerState.CLOSED:
            _move(account, channel, was, closed(was, now, Reason.PERSON), now)
            reset.append(Channel(channel))
    return reset


def leave(account: int, channel: str | None, now: datetime) -> None:
    """Let what stands in an account's lines go by another way, at once. In a transaction."""
    _wake(chunks.leave_lines(account, channel, now))


def call_up(now: datetime) -> None:
    """Let nobody wait for an account that has nothing to do. In a transaction."""
    _wake(chunks.call_up(now))


def _wake(freed: list[int]) -> None:
    if freed:
        owing.ring_now([lock_of(JobName.DISPATCH, chunk) for chunk in freed])


def _move(account: int, channel: str, was: Breaker, to: Breaker, now: datetime) -> None:
    if not health.move_breaker(account, channel, was, to):
        return  # another worker has seen the same
    if to.reason != Reason.PERSON:  # that one stands in the audit
        facts = {"state": to.state.value, "reason": to.reason, "times": to.times}
        log.warning("breaker_moved", account=account, channel=channel, **facts)
    if to.state is BreakerState.OPEN:
        leave(account, channel, now)
