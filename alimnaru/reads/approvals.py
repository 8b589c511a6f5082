"""Requests that wait for somebody's word."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from alimnaru.reads.estimate import ASSUMED_PERCENT, DAYS, LEAST
from alimnaru.reads.money import contracts
from alimnaru.rules.channel import Channel
from alimnaru.rules.release import Risk
from alimnaru.store.models import Batch, Member, Stage, Tally, TemplateVersion, Vote
from alimnaru.store.scoping import Scope

_APPROVED = Q(votes__hash=F("release_hash"), votes__decision=Vote.Decision.APPROVE)


@dataclass(frozen=True, slots=True)
class Request:
    """A batch that somebody asked for. `won`: what it will cost, None without a tariff."""

    batch: Batch
    risks: Sequence[Risk]
    approved: int
    won: Decimal | None
    own: bool

    @property
    def people(self) -> int:
        """Who would get it."""
        return self.batch.rows - self.batch.refused


def waiting(scope: Scope) -> QuerySet[Batch]:
    """Requests of these departments, the newest first."""
    return (
        scope.batches()
        .filter(stage=Stage.REQUESTED)
        .select_related("notice", "department", "member", "version")
        .annotate(approved=Count("votes", filter=_APPROVED))
        .order_by("-requested_at", "-pk")
    )


def number_waiting(scope: Scope, member: Member) -> int:
    """How many of them wait for this member: not their own, not approved by them. One query."""
    mine = Vote.objects.filter(member=member, decision=Vote.Decision.APPROVE)
    return (
        scope.batches()
        .filter(stage=Stage.REQUESTED, expires_at__gt=timezone.now())
        .exclude(member=member)
        .exclude(release_hash__in=mine.values("hash"))
        .count()
    )


def requests_of(batches: Sequence[Batch], member: Member) -> list[Request]:
    """Batches of `waiting` with what an approver looks at first. Two queries, however many."""
    won = _costs(batches, timezone.now())
    return [
        Request(
            batch=batch,
            risks=risks_of(batch),
            approved=batch.approved,  # type: ignore[attr-defined]  # annotated by `waiting`
            won=won[batch.pk],
            own=batch.member_id == member.pk,
        )
        for batch in batches
    ]


def risks_of(batch: Batch) -> list[Risk]:
    """Why it waits, as it was when it was asked for."""
    known = {risk.value: risk for risk in Risk}
    return [known[code] for code in batch.risks if code in known]


def _costs(batches: Sequence[Batch], now: datetime) -> dict[int, Decimal | None]:
    """As `reads.estimate` has it for one list, for many at once."""
    prices, today = contracts(), timezone.localdate(now)
    shares = _shares({b.department_id for b in batches}, now)
    found: dict[int, Decimal | None] = {}
    for batch in batches:
        people = batch.rows - batch.refused
        fallback = batch.notice.fallback
        every = shares.get((batch.department_id, None), ASSUMED_PERCENT)
        own = shares.get((batch.department_id, batch.notice_id), every)
        percent = own if fallback else 100
        alimtalk = people * percent // 100
        path = batch.department.path
        try:
            sum_ = prices.won(Channel.ALIMTALK, today, department=path) * alimtalk
            if fallback:
                text = prices.won(Channel(fallback), today, department=path)
                sum_ += text * (people - alimtalk)
            found[batch.pk] = sum_
        except ValueError:
            found[batch.pk] = None
    return found


def _shares(departments: set[int], now: datetime) -> Mapping[tuple[int, int | None], int]:
    """Of a hundred messages of a department so many went by Alimtalk: of each notice (None: of
    all), where enough are known."""
    since = timezone.localdate(now) - timedelta(days=DAYS)
    tallies = Tally.objects.filter(department__in=departments, day__gte=since, outcome="delivered")
    told: dict[tuple[int, int | None], Counter[str]] = defaultdict(Counter)
    for department, notice, channel, number in (
        tallies.values("department_id", "notice_id", "channel")
        .annotate(n=Sum("messages"))
        .values_list("department_id", "notice_id", "channel", "n")
    ):
        told[department, notice][channel] += number
        told[department, None][channel] += number
    return {
        key: round(counts[Channel.ALIMTALK.value] * 100 / counts.total())
        for key, counts in told.items()
        if counts.total() >= LEAST
    }


def votes_on(batch: Batch) -> list[Vote]:
    """What was said about the request as it is now, in order."""
    return list(batch.votes.filter(hash=batch.release_hash).select_related("member").order_by("at"))


def refused_by_code(batch: Batch) -> list[tuple[str, int]]:
    """Rows that the check refused, by reason, the most frequent first."""
    found = batch.refused_rows.values("code").annotate(n=Count("pk")).order_by("-n", "code")
    return list(found.values_list("code", "n"))


def sent_before(batch: Batch) -> TemplateVersion | None:
    """The wording that the notice went out with last, if it was another one."""
    last = (
        Batch.objects.filter(notice=batch.notice_id, stage=Stage.RELEASED)
        .exclude(version__sha256=batch.version.sha256)
        .select_related("version")
        .order_by("-created_at")
        .first()
    )
    return last.version if last else None
