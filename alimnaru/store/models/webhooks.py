"""Outgoing webhooks: where to, what, and how far each has come."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Webhook(models.Model):
    """An address of another program that wants to hear of its department's messages."""

    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    made_by = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    url = models.URLField(max_length=300)
    #: Sealed (`store.crypto`, "webhook"): the 24 to 64 bytes behind `whsec_`.
    secret = models.BinaryField()
    #: The secret before, which signs too until then: rotation without a gap.
    old_secret = models.BinaryField(null=True)
    old_secret_until = models.DateTimeField(null=True)
    #: `rules.webhooks.EventType`; empty: all.
    events = ArrayField(models.CharField(max_length=40), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    #: Since when nothing has come through; null: all is well.
    failing_since = models.DateTimeField(null=True)
    #: The next moment at which it may be tried: one that is down is not called for each event.
    next_at = models.DateTimeField(null=True)
    setbacks = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Change(models.Model):
    """Something that happened to a message of a watched batch, before it is told.

    A trigger appends it to whatever moved the message (`0014_hooks`); `flow.hooks` makes a
    `Delivery` of it for each webhook. Without a message it is a watched batch that has not ended.
    """

    id = models.BigAutoField(primary_key=True)
    batch_id = models.BigIntegerField()
    #: Null: about the batch as a whole.
    message_id = models.BigIntegerField(null=True)
    type = models.CharField(max_length=40)
    #: The state that it left.
    was = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=8, blank=True)
    attempt_no = models.SmallIntegerField(default=1)
    code = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch_id"],
                condition=models.Q(message_id__isnull=True),
                name="change_batch_once",
            )
        ]

    def __str__(self) -> str:
        return f"change {self.pk}: {self.type}"


class Delivery(models.Model):
    """An event on its way to one webhook. Ids rise as things happened: they go in this order."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        #: Tried for 72 hours; kept, and can be driven again.
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    #: `webhook-id` of the specification: the same for every try.
    event_id = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=40)
    #: Orders what is about the same thing: `message:<id>` or `batch:<id>`.
    subject = models.CharField(max_length=40)
    #: As it is signed and sent. Ids, codes and times; nobody's phone or name.
    body = models.TextField()
    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    #: This event alone waits so long, and what follows about the same thing; null: it may go.
    next_at = models.DateTimeField(null=True)
    #: Tried in vain until then it is kept as failed.
    give_up_at = models.DateTimeField()
    #: The status of the last answer; null: none came.
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=40, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "id"],
                name="delivery_waiting",
                condition=models.Q(state="waiting"),
            ),
            # Events that wait longer than their webhook: few.
            models.Index(
                fields=["webhook"],
                name="delivery_held",
                condition=models.Q(state="waiting", next_at__isnull=False),
            ),
            models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),
            # What is old enough to be forgotten.
            models.Index(
                fields=["state", "created_at"],
                name="delivery_over",
                condition=~models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.event_id}: {self.state}"
