"""Which processes of ours are alive, on whatever machine."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Beat(models.Model):
    """A sign of life of one worker process: what it serves, and which version it runs.

    Procrastinate's own table of workers knows neither lanes nor versions, and without lanes nobody
    could tell that urgent messages have nobody to send them.
    """

    #: Drawn by the process when it starts.
    id = models.CharField(max_length=32, primary_key=True)
    host = models.CharField(max_length=64)
    version = models.CharField(max_length=20)
    lanes = ArrayField(models.CharField(max_length=8))
    started_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="beat_by_time")]

    def __str__(self) -> str:
        return f"worker {self.host} {','.join(self.lanes)}"


class CanaryPlan(models.Model):
    """Whether canary messages are sent, how often, and to which phone of the office's own."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField(default=False)
    #: Sealed (`store.crypto`, "canary").
    phone = models.BinaryField(null=True)
    every_minutes = models.PositiveIntegerField(default=60)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("store.Member", on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="canary_one_row")
        ]

    def __str__(self) -> str:
        return "canary"


class CanaryRun(models.Model):
    """One canary: a message to the office's own phone on one lane by one account.

    Its outcome is copied here when it is known, so that what the status page says of a month ago
    outlives the message.
    """

    at = models.DateTimeField()
    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE, db_index=False)
    lane = models.CharField(max_length=8)
    channel = models.CharField(max_length=8)
    batch = models.ForeignKey("store.Batch", on_delete=models.PROTECT, db_index=False)
    #: `rules.canary.Song`.
    state = models.CharField(max_length=8, default="waiting")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-at"], name="canary_by_time"),
            models.Index(fields=["id"], name="canary_waiting", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"canary {self.pk}: {self.state}"
