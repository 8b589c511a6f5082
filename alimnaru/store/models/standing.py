"""Whether the office sends, and which database it believes to be."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class OfficeState(models.Model):
    """One row, asked for before anything leaves."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    #: `rules.standing.Identity` of the database that wrote these rows.
    system = models.CharField(max_length=20)
    timeline = models.PositiveIntegerField()
    #: Its oid; null until a version that knows of it has looked.
    database = models.BigIntegerField(null=True)
    #: When a worker last looked: how far a restored copy goes, to some seconds.
    seen_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    #: `rules.standing.Pause`; empty where it sends.
    pause = models.CharField(max_length=6, blank=True, default="")
    why = models.CharField(max_length=200, blank=True, default="")
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)
    #: The last moment that a copy knows of, and what carriers said they took after it.
    known_until = models.DateTimeField(null=True)
    reconciled_at = models.DateTimeField(null=True)
    #: As `flow.reconcile.Found.as_json` writes it.
    found = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="officestate_one_row")
        ]

    def __str__(self) -> str:
        return f"office {self.pause or 'sends'}"


class Recalled(models.Model):
    """A try that a carrier has and of which a restored copy knows nothing: it goes no second time.

    Found by message where a chunk is about to go, and then gone; what never comes up goes after a
    month.
    """

    message_id = models.BigIntegerField()
    attempt_no = models.SmallIntegerField()
    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE, db_index=False)
    token = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["message_id", "attempt_no", "token"], name="recalled_once"
            )
        ]

    def __str__(self) -> str:
        return f"recalled {self.message_id}-{self.attempt_no}"
