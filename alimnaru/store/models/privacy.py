"""What a data-protection officer answers for: the monthly review, residents' requests, breaches."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AccessReview(models.Model):
    """A month of the access log, looked through and signed (안전성 확보조치 기준 제8조 ②)."""

    #: The first day of the month.
    month = models.DateField(unique=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    note = models.CharField(max_length=300, blank=True)
    #: What was signed: `entries`, `people`, and `anomalies` by key.
    found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"access review {self.month:%Y-%m}"


class AccessRemark(models.Model):
    """What was found out about an anomaly of a month. The latest counts."""

    month = models.DateField()
    #: `rules.access_review.Anomaly.key`.
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    text = models.CharField(max_length=300)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month", "key"], name="access_remark_of")]

    def __str__(self) -> str:
        return f"remark {self.pk} of {self.month:%Y-%m}"


class ResidentRequest(models.Model):
    """What a resident asks of the office about their own data (법 제35조~제37조), and its clock."""

    class Kind(models.TextChoices):
        ACCESS = "access"  # 제35조 열람
        CORRECT = "correct"  # 제36조 정정·삭제
        STOP = "stop"  # 제37조 처리정지

    class Way(models.TextChoices):
        DESK = "desk"
        POST = "post"
        PHONE = "phone"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    way = models.CharField(max_length=8, choices=Way.choices)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    #: The phone, sealed (`store.crypto`, "resident request"), and its keyed hash; the phone is
    #: forgotten when the request is answered.
    phone = models.BinaryField(null=True)
    to_hash = models.BinaryField()
    received_on = models.DateField()
    due_on = models.DateField()
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: `rules.resident_request.Refusal`; empty where it was granted.
    refusal = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)
    #: Of the file that was handed over.
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"],
                name="resident_request_open",
                condition=models.Q(answered_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"resident request {self.pk}"


class Incident(models.Model):
    """A leak of residents' data, or what may have been one (법 제34조)."""

    title = models.CharField(max_length=80)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    #: When somebody of the office learned of it: from then the 72 hours run.
    known_at = models.DateTimeField()
    #: When it happened, as far as is known.
    happened_at = models.DateTimeField(null=True)
    #: Which items leaked, how, and what was done, for the notice to the people (제34조 ①).
    items = models.CharField(max_length=40, blank=True)
    course = models.CharField(max_length=300, blank=True)
    measures = models.CharField(max_length=300, blank=True)
    #: It may have leaked, nobody knows (제34조 ②, from 2026-09-11).
    possible = models.BooleanField(default=False)
    sensitive = models.BooleanField(default=False)
    unique_id = models.BooleanField(default=False)
    illegal_access = models.BooleanField(default=False)
    #: Got back, and nobody can be harmed any more.
    recovered = models.BooleanField(default=False)
    #: People beyond those of its batches and messages.
    people_besides = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "store.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )
    close_reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"incident {self.pk}"


class IncidentScope(models.Model):
    """A batch whose people are affected, or one message of it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="scopes")
    batch = models.ForeignKey("store.Batch", on_delete=models.PROTECT)
    #: Null: everybody whom the batch reached.
    message_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident", "batch", "message_id"],
                name="incident_scope_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"scope {self.pk} of incident {self.incident_id}"


class IncidentStep(models.Model):
    """Something that was done about an incident: when, and by whom it was written down."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps")
    #: `rules.breach.Step`.
    kind = models.CharField(max_length=20)
    done_at = models.DateTimeField()
    noted_at = models.DateTimeField()
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    text = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"step {self.pk} of incident {self.incident_id}"
