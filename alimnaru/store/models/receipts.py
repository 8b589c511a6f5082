"""What came in and went out at the wire, kept before anybody interprets it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ReceiptInbox(models.Model):
    """One callback body or one page of polled results, sealed: it names phones."""

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE)
    received_at = models.DateTimeField()
    body = models.BinaryField()
    #: SHA-256 of a callback's body: the same one again is a repetition or a replay, and is answered
    #: but not kept. Null for pages that we asked for.
    digest = models.BinaryField(null=True)
    drained_at = models.DateTimeField(null=True)
    #: What became of its items; unmatched ones name no attempt of ours.
    items = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "digest"], name="inbox_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="inbox_undrained", condition=models.Q(drained_at__isnull=True)
            ),
            # Retention deletes by age.
            models.Index(fields=["received_at"], name="inbox_by_age"),
        ]

    def __str__(self) -> str:
        return f"inbox {self.pk}"


class WireExchange(models.Model):
    """One request to a carrier and its answer: numbers masked, cut to size, sealed."""

    account = models.ForeignKey("store.CarrierAccount", on_delete=models.CASCADE)
    chunk_id = models.BigIntegerField(null=True, db_index=True)
    at = models.DateTimeField(db_index=True)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    request = models.BinaryField()
    response = models.BinaryField()
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}"
