"""Batches, the chunks they travel in, and the rows that the check refused."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from alimnaru.rules.lifecycle import ChunkState


class Stage(models.TextChoices):
    """How far people have come with a batch; what the carriers do stands on its chunks."""

    DRAFT = "draft"  # checked and stored; nobody has asked for it yet
    REQUESTED = "requested"  # waits for approvals
    RETURNED = "returned"  # an approver sent it back
    RELEASED = "released"  # may go, from `not_before` on
    DISCARDED = "discarded"  # given up before it was released; its personal data is gone


class SliceState(models.TextChoices):
    """What is known of a first slice (`rules.first_slice`). Empty: there is none."""

    WATCHING = "watching"
    PASSED = "passed"
    FAILED = "failed"


class Batch(models.Model):
    """Messages of one notice asked for at once."""

    notice = models.ForeignKey("store.Notice", on_delete=models.PROTECT)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    version = models.ForeignKey("store.TemplateVersion", on_delete=models.PROTECT)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    origin = models.CharField(max_length=10, default="list")
    source_name = models.CharField(max_length=200, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)
    lane = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    #: Stopped for good: what still turns up (a fallback of what was under way) ends as cancelled.
    cancelled_at = models.DateTimeField(null=True)
    #: Only on a sandbox account: a demonstration at night must still show something.
    hours_waived = models.BooleanField(default=False)
    #: Rows of the list, refused ones included; never changes after intake.
    rows = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    #: The batch's data key under the master key. Null: destroyed, and every payload with it.
    wrapped_key = models.BinaryField(null=True)

    stage = models.CharField(
        max_length=10, choices=Stage.choices, default=Stage.RELEASED, db_default=Stage.RELEASED
    )
    #: `rules.release.RowsDigest` over its good rows: the same list twice, in whatever order.
    rows_digest = models.BinaryField(null=True)
    #: No phone stands in it more often (`rules.crowd`); 0: that is not known.
    most_each = models.PositiveSmallIntegerField(default=0, db_default=0)
    #: `rules.release.release_hash`: what the approvals below agree to.
    release_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    requested_at = models.DateTimeField(null=True)
    #: How many others must agree, and why (`rules.release.Risk`).
    approvals_needed = models.PositiveSmallIntegerField(default=0, db_default=0)
    risks = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    released_at = models.DateTimeField(null=True)
    #: Until then its sender may take it back; nothing is handed over before.
    undo_until = models.DateTimeField(null=True)
    #: Messages that go first; 0: all go at once (`rules.first_slice`).
    slice_size = models.PositiveIntegerField(default=0, db_default=0)
    #: Empty: no first slice. Else `watching`, `passed` or `failed`.
    slice_state = models.CharField(max_length=8, blank=True, default="", db_default="")
    slice_since = models.DateTimeField(null=True)
    #: The key by which a program asked for it.
    api_key = models.ForeignKey(
        "store.ApiKey", on_delete=models.PROTECT, null=True, related_name="batches"
    )
    #: What the program calls it.
    reference = models.CharField(max_length=64, blank=True, default="", db_default="")
    #: The rule that found its people.
    rule = models.ForeignKey(
        "store.Rule", on_delete=models.PROTECT, null=True, related_name="batches"
    )
    #: A program adds to it until then; null: nothing is added any more.
    open_until = models.DateTimeField(null=True)
    #: Somebody wants to hear of its messages (`flow.hooks`). Set by a trigger, when a batch is made
    #: and when it gets its key.
    watched = models.BooleanField(default=False, db_default=False)
    #: The budget line that pays for it: its notice's, if nobody names another.
    project = models.ForeignKey(
        "store.Project", on_delete=models.PROTECT, null=True, related_name="batches"
    )
    #: The text message that its wording needs, `sms` or `lms` (`rules.tariff.needed_text`). Empty:
    #: it was made before that was noted.
    needs = models.CharField(max_length=3, blank=True, default="", db_default="")
    #: It goes by this contract or not at all: a canary tries one way and no other.
    account = models.ForeignKey(
        "store.CarrierAccount", on_delete=models.PROTECT, null=True, db_index=False
    )
    #: The batch whose mistake this one corrects.
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )

    class Meta:
        indexes: ClassVar = [
            # The list of batches of a department, newest first.
            models.Index(fields=["department", "-created_at"], name="batch_by_department"),
            # The same over the whole office.
            models.Index(fields=["-created_at"], name="batch_by_time"),
            # What waits for approvals, or is a draft that nobody sent.
            models.Index(
                fields=["stage", "created_at"],
                name="batch_unreleased",
                condition=~models.Q(stage="released"),
            ),
            # What programs still add to.
            models.Index(
                fields=["api_key", "notice"],
                name="batch_open",
                condition=models.Q(open_until__isnull=False),
            ),
            # First slices that are being watched.
            models.Index(
                fields=["id"], name="batch_watched", condition=models.Q(slice_state="watching")
            ),
            # What may still be going today.
            models.Index(fields=["expires_at"], name="batch_by_expiry"),
            # The same list twice within a day.
            models.Index(fields=["rows_digest"], name="batch_by_rows"),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"

    @property
    def people(self) -> int:
        """Who would get it: its rows without the refused ones."""
        return self.rows - self.refused


class Vote(models.Model):
    """What an approver said about a request, and of exactly what (`hash`)."""

    class Decision(models.TextChoices):
        APPROVE = "approve"
        RETURN = "return"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices)
    #: `Batch.release_hash` as it was; a vote for something else counts for nothing.
    hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "member", "hash"], name="vote_once")
        ]

    def __str__(self) -> str:
        return f"{self.decision} of batch {self.batch_id}"


class RefusedRow(models.Model):
    """A row that the check refused: reported, counted, never sent."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="refused_rows")
    row_no = models.PositiveIntegerField()
    column = models.CharField(max_length=100)
    code = models.CharField(max_length=40)
    #: Phone and name as they stood in the list, and what was at fault, masked; sealed under the
    #: batch key.
    payload = models.BinaryField()

    def __str__(self) -> str:
        return f"row {self.row_no}: {self.code}"


class Chunk(models.Model):
    """Messages that travel in one call: the unit of claiming, retrying and asking back.

    What is in flight lives here, not on messages. `claim` numbers the claims, so that a process
    that was believed dead finds its own number gone and stops.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks")
    channel = models.CharField(max_length=8)
    lane = models.CharField(max_length=8)
    #: Which try on this channel, from 1; a retry of the same channel is a new chunk.
    try_no = models.PositiveSmallIntegerField(default=1)
    account = models.ForeignKey("store.CarrierAccount", on_delete=models.PROTECT, null=True)
    state = models.CharField(max_length=8, default=ChunkState.READY)
    claim = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    #: The carrier's or our reference, stored before anything is handed over.
    token = models.CharField(max_length=100, blank=True, default="")
    #: The message ids that went, and the carrier's references in the same order.
    sent_ids = ArrayField(models.BigIntegerField(), null=True)
    carrier_refs = ArrayField(models.CharField(max_length=100), null=True)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    doubt_since = models.DateTimeField(null=True)
    #: Calls that ended with nothing accepted, or asks that could not tell: sets the back-off.
    setbacks = models.PositiveSmallIntegerField(default=0)
    hold_code = models.CharField(max_length=40, blank=True, default="")
    polled_at = models.DateTimeField(null=True)
    poll_at = models.DateTimeField(null=True)
    #: When the notice's rule is asked next about the unknown messages in it. Null: not looked at
    #: since one became unknown.
    unknown_due_at = models.DateTimeField(null=True)
    #: Goes while the rest of its batch waits to see how it fares.
    in_slice = models.BooleanField(default=False, db_default=False)

    size = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    suppressed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    expired = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    #: Left for another chunk: next channel, retry, or a preference for SMS.
    moved = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            # The sweep looks only at chunks that still owe something.
            models.Index(
                fields=["state", "not_before"],
                name="chunk_open",
                condition=~models.Q(state="settled"),
            ),
            # The working list of unknown outcomes, and the rule that ends them.
            models.Index(
                fields=["unknown_due_at"],
                name="chunk_unknown",
                condition=models.Q(unknown__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"chunk {self.pk}: {self.state}"
