"""How one batch stands: its phase, what holds it up, who must agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from alimnaru.reads.batch_lists import Counts, counts_of, phase_in
from alimnaru.reads.deliveries import BatchReport, batch_report
from alimnaru.reads.rights import people_with
from alimnaru.rules.phase import Phase, percent
from alimnaru.rules.rights import Right
from alimnaru.store.models import Batch, ListUpload, Vote
from alimnaru.store.scoping import Scope


@dataclass(frozen=True, slots=True)
class Stand:
    """A batch at one moment. `report` holds the equation, `counts` what is under way."""

    batch: Batch
    report: BatchReport
    counts: Counts
    phase: Phase
    #: The upload that it was made from, as far as that is kept.
    upload: int | None = None

    @property
    def good(self) -> int:
        """Rows that became messages."""
        return self.report.rows - self.report.refused

    @property
    def percent(self) -> int:
        """Of the good rows, how many have ended; 100 only when all have."""
        return percent(self.good - self.report.pending, self.good)

    @property
    def reached_twice(self) -> int:
        """Residents whom two channels reached."""
        return sum(self.report.both_reached.values())

    @property
    def saved(self) -> Decimal:
        """Won that this cost less than an LMS to everybody who was told, or nothing."""
        won = self.report.won
        return max(Decimal(0), won["all_lms"] - won["spent"]) if won else Decimal(0)

    @property
    def with_carrier(self) -> int:
        """Messages that were handed over and have no result yet."""
        return max(0, self.counts.pending - self.counts.held - self.counts.unsent)

    @property
    def by_text(self) -> int:
        """Told by a text message of any kind."""
        return sum(self.report.delivered.values()) - self.report.delivered.get("alimtalk", 0)

    @property
    def not_told(self) -> int:
        """Rows whose residents were not told, or not for certain: the unreached list's length."""
        return self.report.refused + self.counts.missed


def stand_of(scope: Scope, batch_id: int, now: datetime) -> Stand | None:
    """The batch as it stands, or None if the scope has no such batch. Reads no messages, but for
    those that were reached twice."""
    own = scope.batches().select_related("notice", "department", "member", "version", "corrects")
    batch = own.filter(pk=batch_id).first()
    report = batch_report(scope, batch_id) if batch else None
    if batch is None or report is None:
        return None
    counts = counts_of([batch_id]).get(batch_id, Counts())
    upload = ListUpload.objects.filter(batch=batch_id).values_list("pk", flat=True).first()
    return Stand(batch, report, counts, phase_in(batch, counts, now), upload)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who has agreed to a request as it is now, how many must, and who could."""

    votes: Sequence[Vote]
    needed: int
    could: Sequence[str]

    @property
    def missing(self) -> int:
        """Approvals that are still awaited."""
        return max(0, self.needed - len(self.votes))


def agreement_on(batch: Batch) -> Agreement:
    """The approvals of a batch that still count. `could`: names of approvers of its department or
    above it."""
    approve = Vote.Decision.APPROVE
    approvers = people_with(Right.APPROVE, batch.department)
    votes = list(
        batch.votes.filter(hash=batch.release_hash, decision=approve)
        .filter(member__in=approvers.order_by().values("pk"))
        .select_related("member")
        .order_by("at")
    )
    could = approvers.exclude(pk__in=[batch.member_id, *(vote.member_id for vote in votes)])
    return Agreement(votes, batch.approvals_needed, list(could.values_list("name", flat=True)))


def last_return(batch: Batch) -> Vote | None:
    """Why an approver sent it back."""
    returned = batch.votes.filter(decision=Vote.Decision.RETURN).select_related("member")
    return returned.order_by("-at").first()
