"""Kinds of notice: who owns them and the policy under which they go."""

from __future__ import annotations

from datetime import time, timedelta
from typing import ClassVar

from django.db import models

from alimnaru.rules.channel import Channel, Lane
from alimnaru.rules.consent import Window
from alimnaru.rules.plan import Policy


class Notice(models.Model):
    """A kind of notice, such as `lib.due.soon` (반납예정일 안내)."""

    class LegalEffect(models.TextChoices):
        NONE = "none"
        NOTICE = "notice"
        SERVICE = "service"

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    legal_effect = models.CharField(
        max_length=10, choices=LegalEffect.choices, default=LegalEffect.NONE
    )
    #: 0 public, 1 personal, 2 sensitive, 3 must never show what it is about.
    sensitivity = models.PositiveSmallIntegerField(default=1)
    #: P0 at once, P1 minutes, P2 within the hour, P3 campaign.
    priority = models.CharField(max_length=2, default="P2")
    lane = models.CharField(max_length=8, default=Lane.NORMAL)
    opens = models.TimeField(default=time(8))
    closes = models.TimeField(default=time(20))
    working_days_only = models.BooleanField(default=False)
    #: A notice older than this says something that is no longer true.
    ttl_minutes = models.PositiveIntegerField(default=24 * 60)
    grouping = models.CharField(max_length=10, default="none")
    #: Empty: no SMS follows.
    fallback = models.CharField(max_length=8, blank=True, default=Channel.SMS)
    fallback_wait = models.PositiveIntegerField(default=600)
    #: What becomes of a message whose outcome no carrier tells, `unknown_hours` after that was
    #: clear, if no person decides before: leave it, count it as sent, or send an SMS.
    on_unknown = models.CharField(max_length=5, default="leave")
    unknown_hours = models.PositiveSmallIntegerField(default=72)
    retention = models.CharField(max_length=2, default="RA")
    approvals = models.PositiveSmallIntegerField(default=1)
    #: `rules.audience.Audience`: residents, members (of a class, a programme) or staff.
    audience = models.CharField(max_length=10, default="residents", db_default="residents")
    #: Birth, death and family events come from the civil record by code, never from a list.
    hand_typed = models.BooleanField(default=True, db_default=True)
    #: How long the first of several for one resident waits for the others, to become one message;
    #: 0: each goes by itself.
    merge_minutes = models.PositiveSmallIntegerField(default=0, db_default=0)
    #: Variable → how several become one (`rules.merging.specs_from_json`), when they wait for each
    #: other or a rule gathers by person. What is not named must be the same in all of them.
    merging = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    #: The budget line that pays for it, where the sender names no other.
    project = models.ForeignKey(
        "store.Project", on_delete=models.PROTECT, null=True, related_name="notices"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def window(self) -> Window:
        return Window(self.opens, self.closes, working_days_only=self.working_days_only)

    @property
    def policy(self) -> Policy:
        return Policy(
            fallback=Channel(self.fallback) if self.fallback else None,
            urgent=self.priority in {"P0", "P1"},
        )

    @property
    def merge_wait(self) -> timedelta:
        """How long a message waits for others of its kind; what is urgent never does."""
        waits = self.grouping == "person" and self.priority != "P0" and self.lane != Lane.URGENT
        return timedelta(minutes=self.merge_minutes if waits else 0)

    @property
    def is_statutory(self) -> bool:
        """An opt-out does not stop what the law makes the office say."""
        return self.legal_effect != self.LegalEffect.NONE
