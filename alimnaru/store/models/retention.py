"""What is kept until when, what was destroyed, and the keys that all hangs on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class RootKey(models.Model):
    """A root secret under a master key (`store.keyring`). A generation has a row for each master
    that opens it, so that processes with the old and the new master work side by side."""

    generation = models.PositiveSmallIntegerField()
    #: 8 bytes by which a master key knows its own rows; says nothing about the key.
    master_mark = models.BinaryField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "master_mark"], name="root_key_once")
        ]

    def __str__(self) -> str:
        return f"root key {self.generation}"


class Destruction(models.Model):
    """A certificate: what was destroyed, why, by whom, and what shows that nobody changed it."""

    class State(models.TextChoices):
        ASKED = "asked"  # a second person must agree
        REFUSED = "refused"
        APPROVED = "approved"  # a worker is at it
        DONE = "done"

    class What(models.TextChoices):
        TEXT = "text"
        HASH = "hash"
        ROWS = "rows"  # records: `rules.retention.Record`

    state = models.CharField(max_length=8, choices=State.choices, default=State.DONE)
    what = models.CharField(max_length=4, choices=What.choices, default=What.TEXT)
    #: `rules.retention.Basis`; `RetentionClass` or `Record`.
    basis = models.CharField(max_length=10)
    retention = models.CharField(max_length=2, blank=True)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT, null=True)
    #: What people asked for; null: by itself.
    batch = models.ForeignKey("store.Batch", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    #: Null: by itself, because its time was over.
    approved_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    #: When the files had been rewritten, so that no old version of a row is left in them.
    rewritten_at = models.DateTimeField(null=True)
    batches = models.PositiveIntegerField(default=0)
    messages = models.PositiveBigIntegerField(default=0)
    #: Refused rows, revisions and occasions.
    others = models.PositiveBigIntegerField(default=0)
    #: SHA-256 over all of the above and the batches' numbers (`reads.destroying.digest`).
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-id"], name="destruction_by_time")]

    def __str__(self) -> str:
        return f"destruction {self.pk}: {self.state}"


class Certificate(models.Model):
    """That a destruction was certified, and with which digest. INSERT only, and sealed: one that
    is removed or written anew afterwards is found (`reads.verifying`)."""

    id = models.BigAutoField(primary_key=True)
    destruction_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"certificate of destruction {self.destruction_id}"


class Kept(models.Model):
    """A batch that is through: until when which part of it is kept, and how far destroying is."""

    batch = models.OneToOneField(
        "store.Batch", on_delete=models.CASCADE, primary_key=True, related_name="kept"
    )
    retention = models.CharField(max_length=2)
    through_at = models.DateTimeField()
    text_until = models.DateTimeField()
    hash_until = models.DateTimeField()
    #: When its key was destroyed: from then on nobody reads it.
    key_gone_at = models.DateTimeField(null=True)
    #: Chunks up to this number have been blanked.
    blanked_to = models.BigIntegerField(default=0)
    text_gone_at = models.DateTimeField(null=True)
    unhashed_to = models.BigIntegerField(default=0)
    hash_gone_at = models.DateTimeField(null=True)
    messages = models.PositiveIntegerField(default=0)
    others = models.PositiveIntegerField(default=0)
    text_destruction = models.ForeignKey(
        Destruction, on_delete=models.PROTECT, null=True, related_name="texts"
    )
    hash_destruction = models.ForeignKey(
        Destruction, on_delete=models.PROTECT, null=True, related_name="hashes"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["text_until"],
                name="kept_text",
                condition=models.Q(text_gone_at__isnull=True),
            ),
            models.Index(
                fields=["hash_until"],
                name="kept_hash",
                condition=models.Q(hash_gone_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"kept: batch {self.batch_id}"
