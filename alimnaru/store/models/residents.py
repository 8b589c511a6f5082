"""What residents say on their own page, who else is told, and what the office must do about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Guardian(models.Model):
    """Somebody who gets a copy of a resident's notices: for which, and until when."""

    #: Whose notices.
    ward_hash = models.BinaryField()
    #: The guardian's phone, sealed (`store.crypto`, "guardian"), and its keyed hash.
    phone = models.BinaryField()
    to_hash = models.BinaryField()
    #: `rules.guardians.Relation`.
    relation = models.CharField(max_length=12)
    #: Null: every notice of `department` and below that may be copied.
    notice = models.ForeignKey("store.Notice", on_delete=models.CASCADE, null=True)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    #: What shows that it is allowed: a consent form, a decision. Nothing personal.
    evidence = models.CharField(max_length=200)
    member = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ward_hash"], name="guardian_of_ward")]

    def __str__(self) -> str:
        return f"guardian {self.pk}"


class Copy(models.Model):
    """That a message was copied for a guardian: once, whatever rings for it."""

    message_id = models.BigIntegerField()
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, db_index=False)
    copy_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message_id", "guardian"], name="copy_once")
        ]
        indexes: ClassVar = [models.Index(fields=["copy_id"], name="copy_of_what")]

    def __str__(self) -> str:
        return f"copy of message {self.message_id}"


class Task(models.Model):
    """Something that a department has to look at, which no list of messages shows."""

    class Kind(models.TextChoices):
        WRONG_PERSON = "wrong_person"  # a resident said that a message is not theirs
        SOURCE_FAILING = "source_failing"
        WEBHOOK_FAILING = "webhook_failing"
        RULE_SURGE = "rule_surge"  # a rule found far more than usual and waits
        ACCESS_REVIEW = "access_review"  # a month of the access log that nobody has signed
        BUDGET_LOW = "budget_low"  # most of a ceiling is spent
        BUDGET_SPENT = "budget_spent"  # all of it, or too little is left for what waits

    department = models.ForeignKey("store.Department", on_delete=models.PROTECT)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: What it is about: `message:12`, `source:3`. One open task for each.
    subject = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("store.Member", on_delete=models.PROTECT, null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(done_at__isnull=True),
                name="task_one_open",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["department", "created_at"],
                name="task_open",
                condition=models.Q(done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"task {self.pk}: {self.kind}"
