"""Who did what. The database refuses to change or delete a row of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """One act. The actor's name is copied, so that a renamed account rewrites no history."""

    at = models.DateTimeField()
    actor = models.ForeignKey("store.Member", on_delete=models.PROTECT)
    actor_name = models.CharField(max_length=100)
    department = models.ForeignKey("store.Department", on_delete=models.PROTECT, null=True)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=100)
    #: From where, as the web process saw it, and by which surface (`store.whence`).
    address = models.CharField(max_length=45, blank=True, default="", db_default="")
    via = models.CharField(max_length=8, blank=True, default="", db_default="")
    #: Facts of the act. No personal data: phones and names of residents never stand here.
    facts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="audit_by_subject"),
            models.Index(fields=["-at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.act} {self.subject}"
