"""Messages and their superseded tries. The hot statements are in `store/ledger.py`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from alimnaru.rules.lifecycle import MessageState


class Message(models.Model):
    """One notice for one resident. Written when it is born and when it is settled.

    No index may name a column that changes while a message travels (state, code, done_at): with
    fillfactor 45 the settling update then stays on its page (HOT), at two to three times the speed.
    Batch and chunk carry no foreign-key constraint: two trigger calls a row would double the
    cost of the COPY.
    """

    id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(
        "store.Batch", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    chunk = models.ForeignKey("store.Chunk", on_delete=models.DO_NOTHING, db_constraint=False)
    row_no = models.IntegerField()
    #: 16 bytes: the row's identity within its list, so that a list cannot tell one person twice.
    row_key = models.BinaryField()
    #: 16 bytes of a keyed hash of the phone.
    to_hash = models.BinaryField()
    #: Phone, name and values, sealed under the batch's data key.
    payload = models.BinaryField()
    state = models.CharField(max_length=10, default=MessageState.PENDING)
    channel = models.CharField(max_length=8)
    attempt_no = models.SmallIntegerField(default=1)
    code = models.CharField(max_length=40, null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "row_key"], name="message_row_once")
        ]
        indexes: ClassVar = [
            # What a phone was sent; with the batch, what it was sent lately: the daily cap asks
            # that for each of a chunk, however much the resident has been sent in ten years.
            models.Index(fields=["to_hash", "batch"], name="message_of_phone"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}: {self.state}"


class Attempt(models.Model):
    """A superseded try: it failed, was refused or stayed silent, and another follows or followed.

    `moved_at` is null while the next try still has to be made; that row is the hand-over from
    `flow.receive` to `flow.fallback`.
    """

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, db_constraint=False, db_index=False
    )
    attempt_no = models.SmallIntegerField()
    batch_id = models.BigIntegerField()
    chunk_id = models.BigIntegerField()
    channel = models.CharField(max_length=8)
    code = models.CharField(max_length=40)
    at = models.DateTimeField()
    next_channel = models.CharField(max_length=8)
    next_try = models.SmallIntegerField()
    due_at = models.DateTimeField()
    moved_at = models.DateTimeField(null=True)
    #: A success that came after all: with a delivered successor the resident was reached twice.
    reached_at = models.DateTimeField(null=True)
    #: When that success became the message's own, since the later try reached nobody.
    credited_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "attempt_no"], name="attempt_once")
        ]
        indexes: ClassVar = [
            # What `flow.fallback` still has to move.
            models.Index(
                fields=["batch_id", "due_at"],
                name="attempt_due",
                condition=models.Q(moved_at__isnull=True),
            ),
            # Residents reached on two channels, for a batch's report.
            models.Index(
                fields=["batch_id"],
                name="attempt_reached",
                condition=models.Q(reached_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt_no} of message {self.message_id}: {self.code}"
