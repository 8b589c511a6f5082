"""What is kept apart for a law or a court, beyond its term (개인정보 보호법 21조 ③).

Nothing of the sending system points here or is pointed at: batch and messages are plain numbers,
and the copies lie under a key of the hold's own, whose end is the hold's.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from alimnaru.rules.hold import HoldState


class LegalHold(models.Model):
    """A hold: on what it rests, until when, who asked and who agreed, and how far it has come."""

    state = models.CharField(max_length=12, default=HoldState.ASKED.value)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    batch = models.BigIntegerField()
    #: Messages of it; null: all of them.
    messages = ArrayField(models.BigIntegerField(), null=True)
    #: The law, or the court's order.
    basis = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    #: The last day on which it is kept.
    until = models.DateField()
    asked_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True)
    #: A `crypto.BatchKey` under the ring, numbered by `crypto.HOLDS`; null before and after.
    wrapped_key = models.BinaryField(null=True)
    #: Messages up to this number have been put apart.
    copied_to = models.BigIntegerField(default=0)
    copies = models.PositiveIntegerField(default=0)
    copied_at = models.DateTimeField(null=True)
    #: SHA-256 over the copies as they were put apart (`store.ledger.holds`); also in the audit.
    digest = models.CharField(max_length=64, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    end_asked_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    end_asked_at = models.DateTimeField(null=True)
    #: Null with `key_gone_at`: its day was over.
    end_agreed_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    end_agreed_at = models.DateTimeField(null=True)
    key_gone_at = models.DateTimeField(null=True)
    blanked_to = models.BigIntegerField(default=0)
    destruction = models.ForeignKey(
        "store.Destruction", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [
            # Destroying asks it for each batch that is due.
            models.Index(
                fields=["batch"],
                name="hold_copying",
                condition=models.Q(state=HoldState.COPYING.value),
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}: {self.state}"


class HeldCopy(models.Model):
    """One message put apart: its proof as JSON, under the hold's key. Once that is destroyed,
    payload and hash are empty."""

    id = models.BigAutoField(primary_key=True)
    hold = models.ForeignKey(LegalHold, on_delete=models.PROTECT, related_name="held")
    message = models.BigIntegerField()
    row_no = models.IntegerField()
    #: `rules.lifecycle.MessageState` when it was put apart.
    state = models.CharField(max_length=10)
    #: By which the resident whose it is finds it.
    to_hash = models.BinaryField()
    payload = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hold", "message"], name="held_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["to_hash"], name="held_of_phone")]

    def __str__(self) -> str:
        return f"held copy {self.pk}"
