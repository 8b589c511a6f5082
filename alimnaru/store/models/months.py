"""What is counted of a month once a day, because nobody should wait for it: reasons, and effects.

It outlives the messages: when their residents are forgotten, these figures stay.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class MonthCount(models.Model):
    """A count of one kind, in one department, of one notice."""

    class Kind(models.TextChoices):
        #: Tries that failed on `channel` for `code` and were followed by another.
        MOVED = "moved"
        #: Messages that ended undelivered, by the state in which they did.
        FAILED = "failed"
        SUPPRESSED = "suppressed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"
        UNKNOWN = "unknown"
        #: Residents who got the notice, and those of them who got the notice `code` after it.
        REMINDED = "reminded"
        FOLLOWED = "followed"
        #: Records that a rule found to be due, and those that were settled before it told anybody.
        DUE = "due"
        SETTLED = "settled"

    #: Its first day.
    month = models.DateField()
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT, db_index=False)
    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=8, blank=True)
    code = models.CharField(max_length=60, blank=True)
    messages = models.IntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month", "kind"], name="month_count_by_kind")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}: {self.messages}"


class MonthCounted(models.Model):
    """When a month was counted last."""

    month = models.DateField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} counted"
