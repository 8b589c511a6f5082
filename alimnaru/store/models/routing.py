"""How accounts fare: what they may take, how well they deliver, and what is switched off."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Quota(models.Model):
    """The next free moment of an account, shared by all workers.

    The row with an empty lane is the account's own; those of the lanes only line up who waits, so
    that thousands of bulk chunks do not all knock at the same moment.
    """

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE)
    lane = models.CharField(max_length=8, blank=True, default="")
    free_at = models.DateTimeField()
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)
    #: Seconds of turns that were given out and missed: made up for bit by bit.
    behind = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "lane"], name="quota_once")
        ]

    def __str__(self) -> str:
        return f"quota {self.account_id} {self.lane}"


class Pulse(models.Model):
    """What one drain or one call showed of an account: appended, read over minutes, forgotten."""

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE, db_index=False)
    channel = models.CharField(max_length=8)
    at = models.DateTimeField(db_index=True)
    #: Calls that were answered, and those that were cut, refused for the carrier's own reasons.
    calls = models.PositiveIntegerField(default=0)
    cuts = models.PositiveIntegerField(default=0)
    #: Results that came to an end, those whose end was the carrier's fault, and the longest wait.
    ok = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    slowest = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"pulse {self.account_id} {self.channel}"


class Breaker(models.Model):
    """Whether an account may be given work on a channel. No row: closed, all is well."""

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE)
    channel = models.CharField(max_length=8)
    #: `rules.health.BreakerState`: closed, open, half.
    state = models.CharField(max_length=6, default="closed")
    since = models.DateTimeField()
    #: When an open one lets a first chunk through again.
    probe_at = models.DateTimeField(null=True)
    #: How often in a row it opened: sets how long it stays open.
    times = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True, default="")
    #: The chunk that is being tried while it is half open.
    probe_chunk = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "channel"], name="breaker_once")
        ]

    def __str__(self) -> str:
        return f"breaker {self.account_id} {self.channel}: {self.state}"


class Outage(models.Model):
    """A channel that is switched off, by the breakers of all its accounts or by a person."""

    channel = models.CharField(max_length=8)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    #: `breaker` or `person`.
    reason = models.CharField(max_length=10)
    member = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="outages_begun"
    )
    ended_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="outages_ended"
    )
    #: Won that may be spent on SMS in place of Alimtalk; null: no ceiling.
    ceiling_won = models.DecimalField(max_digits=12, decimal_places=0, null=True)
    spent_won = models.DecimalField(max_digits=14, decimal_places=3, default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(until__isnull=True), name="outage_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"outage of {self.channel} since {self.since:%Y-%m-%d %H:%M}"


class UnknownDecision(models.Model):
    """What a person or the notice's rule decided about a message whose outcome nobody tells."""

    message_id = models.BigIntegerField()
    attempt_no = models.SmallIntegerField()
    batch = models.ForeignKey("store.Batch", on_delete=models.CASCADE)
    #: `rules.unknowns.Choice`: sent, sms, leave.
    choice = models.CharField(max_length=5)
    at = models.DateTimeField()
    #: Null: by the notice's rule.
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message_id", "attempt_no"], name="decision_once")
        ]

    def __str__(self) -> str:
        return f"decision about message {self.message_id}: {self.choice}"
