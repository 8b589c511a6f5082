"""API keys, what they have asked for, and the messages that wait to be gathered into batches."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiKey(models.Model):
    """What another program signs in with. The secret itself is shown once and never stored."""

    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    #: The program as an actor: audit entries and batches name it.
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    #: The part of the key that may be shown: `an_live_<public>_<secret>`.
    public = models.CharField(max_length=12, unique=True)
    #: SHA-256 of the secret: 32 random bytes need no slow hash.
    secret_sha256 = models.BinaryField()
    #: A sandbox key goes by sandbox accounts alone, which reach nobody.
    is_sandbox = models.BooleanField(default=False)
    #: `rules.api_scopes.Scope`.
    scopes = ArrayField(models.CharField(max_length=20))
    #: Networks in CIDR form from which it may be used; empty: from anywhere.
    addresses = ArrayField(models.CharField(max_length=50), default=list)
    per_minute = models.PositiveIntegerField(default=6_000)
    per_day = models.PositiveIntegerField(default=100_000)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    #: To the minute: it is not worth a write with each call.
    last_used_at = models.DateTimeField(null=True)
    #: It sends for real, and works only after a second manager has confirmed it.
    waits = models.BooleanField(default=False, db_default=False)
    #: Who did; null: nobody had to, or nobody has.
    confirmed_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    #: The key that this one takes the place of; both work until the old one's `expires_at`.
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    #: For so many days the old one works on, once this one does.
    overlap_days = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        ordering: ClassVar = ["department", "name", "id"]

    def __str__(self) -> str:
        return f"key {self.public}"


class ApiUse(models.Model):
    """Calls of a key in a minute or a Seoul day. Web processes take them out in advance, a few at
    a time, so that a busy key is no hot row."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_index=False)
    #: `minute` or `day`.
    window = models.CharField(max_length=6)
    starts_at = models.DateTimeField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "window", "starts_at"], name="api_use_once")
        ]
        indexes: ClassVar = [models.Index(fields=["starts_at"], name="api_use_over")]

    def __str__(self) -> str:
        return f"{self.window} of key {self.key_id}: {self.taken}"


class ApiCall(models.Model):
    """The first answer to a call that carried an `Idempotency-Key`; kept 24 hours and replayed."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_index=False)
    #: 16 bytes of SHA-256 over the header's text: callers put all sorts of things into it.
    token = models.BinaryField()
    #: SHA-256 of method, path and body: the same token with another request is a mistake.
    request = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    #: The answer as it was sent. It names ids and codes, nobody's phone or name.
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "token"], name="api_call_once")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="api_call_over")]

    def __str__(self) -> str:
        return f"call {self.pk}: {self.status}"


class Accepted(models.Model):
    """A single message that was accepted and has no batch yet. `flow.gather` makes one of all that
    wait, some ten times a second, so that load makes chunks bigger and not slower.

    No foreign-key constraints: a trigger call for each would cost as much as the row.
    """

    #: The message's own id, drawn when it was accepted.
    id = models.BigIntegerField(primary_key=True)
    key = models.ForeignKey(
        ApiKey, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False
    )
    notice = models.ForeignKey(
        "store.Notice", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    version = models.ForeignKey(
        "store.TemplateVersion", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    department = models.ForeignKey(
        "store.Department", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    member = models.ForeignKey(
        "store.Member", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    origin = models.CharField(max_length=10, default="api")
    lane = models.CharField(max_length=8)
    to_hash = models.BinaryField()
    #: Phone, name and values, sealed (`store.crypto`, "accepted").
    payload = models.BinaryField()
    accepted_at = models.DateTimeField()
    #: When it may be gathered: later than `accepted_at` where it waits to be merged or is booked.
    gather_at = models.DateTimeField()
    #: Null: as the notice says.
    expires_at = models.DateTimeField(null=True)
    is_sandbox = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["lane", "gather_at"], name="accepted_due"),
            # Those that wait for others of their kind, when the first of them is due.
            models.Index(
                fields=["notice", "to_hash"],
                name="accepted_waiting",
                condition=models.Q(gather_at__gt=models.F("accepted_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"accepted {self.pk}"


class Reference(models.Model):
    """What a caller calls a message of theirs, and into which message it was merged."""

    message_id = models.BigIntegerField(primary_key=True)
    #: Null: no program asked for it (a rule), but it was merged.
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, null=True, db_index=False)
    text = models.CharField(max_length=64)
    merged_into = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["key", "text"], name="reference_by_text"),
            # For how many others a message speaks.
            models.Index(
                fields=["merged_into"],
                name="reference_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"reference of message {self.message_id}"
